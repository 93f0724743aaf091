"""Patterns of measures, findings and evidence: what names nothing, and what a measure asks for."""

from __future__ import annotations

from rules.pattern_table import parse_table

_WHOLE_WORDS = r"(?<![\w’'])(?:{})(?![\w’'])"

GLUE_WORDS = parse_table(
    r"""
    the|an?|this|that|these|those|such|which|who|and|or|but|so|as|than|then|if|when|once|until
        ✓ and  ✗ android
    after|before|while|because|to|of|in|on|at|for|from|with|by|about|into|again|also|just
        ✓ after  ✗ rafter
    is|are|am|be|been|being|was|were|will|would|has|have|had|having|do|does|did|can|could|may
        ✓ is  ✗ isolated
    might|should|shall|must|needs?|gets?|got|getting|becomes?|became|goes|went|going|stays?|keeps?
        ✓ becomes  ✗ comes
    remains?|looks?|seems?|feels?|appears? to|makes?|made|sure|let|there|here|it|its|it[’']?s
        ✓ looks  ✗ outlook
    that[’']?s|thing[’']?s|i[’']?m|we[’']?re|we[’']?ll|everything[’']?s|no longer|not|never|nothing
        ✓ that's  ✗ hats
    """,
    _WHOLE_WORDS,
)
"""Words that hold a sentence together and name nothing."""

NOBODY_IN_PARTICULAR = parse_table(
    r"""
    i|me|we|us|you|he|she|they|them|my|our|your|their|all|any|some|both|each|every
        ✓ we  ✗ web
    every(?:one|body|thing)|some(?:one|body|thing)|any(?:one|body|thing)|no ?one|nobody|people
        ✓ everybody is happy  ✗ every host answers
    users?|customers?|clients?|(?:dev(?:eloper)?|engineer|stakeholder|colleague)s?|teams?|folks
        ✓ the team  ✗ steam
    """,
    _WHOLE_WORDS,
)
"""Subjects that stand for anybody."""

NOTHING_IN_PARTICULAR = parse_table(
    r"""
    things?|stuff|issues?|problems?|tasks?|items?|tickets?|actions?|fix(?:es)?|bugs?|work|changes?
        ✓ the issue  ✗ a tissue
    features?|solutions?|projects?|code|systems?|services?|apps?|applications?|software|product
        ✓ the system  ✗ the ecosystem
    situations?|outcomes?|results?|goals?|objectives?|improvements?|measures?|process(?:es)?
        ✓ the result  ✗ resultant
    performance|reliability|stability|quality|resilience|robustness|safety|confidence|awareness
        ✓ stability  ✗ instability of DNS
    visibility|experience|overall|generally?|implementation|functionality|behaviou?r|state
        ✓ the behaviour  ✗ misbehaviour
    """,
    _WHOLE_WORDS,
)
"""Things that stand for anything, and qualities that nobody can see."""

BARE_VERDICTS = parse_table(
    r"""
    works?|worked|working|functions?|functional|functioning|runs?|running|operational|usable
        ✓ it works  ✗ a workspace
    done|finished|completed?|completes|completion|implemented|in place|fixed|resolved|solved
        ✓ done  ✗ abandoned
    closed|addressed|handled|achieved|accomplished|ready|sorted(?: out)?|taken care of|gone
        ✓ the ticket is closed  ✗ an enclosed note
    better|best|improve[sd]?|improving|good|great|nice|fine|ok|okay|well|perfect(?:ly)?|worse
        ✓ is better  ✗ is betterment
    happy|happier|satisfied|content|confident|comfortable|pleased|aware|agrees?|agreed|likes?
        ✓ the team is happy  ✗ the team is unhappy
    stable|reliable|reliably|robust|resilient|healthy|smooth(?:ly|er)?|safer?|normal(?:ly)?|clean
        ✓ stable  ✗ unstable
    succe(?:ss|ssful(?:ly)?|eds?)|effective(?:ly)?|efficient(?:ly)?|proper(?:ly)?|correct(?:ly)?
        ✓ properly  ✗ property
    right|fully|completely|totally|entirely|really|very|much|more|less|lot|bit|easier|simpler
        ✓ much more  ✗ furthermore
    faster|quicker|slower|clearer|nicer|satisfactory|acceptable|sufficient(?:ly)?|enough|ideal(?:ly)?
        ✓ it is faster  ✗ it is fastest in us-east
    tested|checked|verified|confirmed|reviewed|validated|approved|acknowledged
        ✓ verified  ✗ unverified
    yes|no|yep|sure|true|always|now|soon|eventually|forward|future|production|prod
        ✓ now  ✗ snow
    (?:as|like) (?:expected|intended|designed|planned|required|needed|it should|desired|wanted)
        ✓ it works as expected  ✗ the plan is expected
    expected|intended|desired|required|planned|back|up|out
        ✓ as expected  ✗ an unexpected
    """,
    _WHOLE_WORDS,
)
"""Verdicts without what they were seen by."""

UNSEEN_ABSENCES = parse_table(
    r"""
    (?:no|without|fewer|less) (?:more |further |other |new |such |similar )?
    (?:incident|outage|error|failure|complaint|surprise|trouble|recurrence|regression|downtime)s?
        ✓ no more outages  ✗ more outages
    (?:happen|occur|recur|come back|break|fail|repeat|regress)(?:s|ed|ing)?(?: again)?
        ✓ does not happen again  ✗ it is unbreakable
    (?:complains?|complaining|notice[sd]?|cares?)
        ✓ nobody complains  ✗ a complaint form
    """,
    _WHOLE_WORDS,
)
"""Absences without a window or a place to look at: nobody can see that something never happens."""

BETTER_AREAS = parse_table(
    r"""
    (?:better|improved|good|more|enhanced|stronger) <AREA>
        ✓ better monitoring  ✗ better monitors
    <AREA> (?:is|are|was|were|has been|have been|gets?|got|will be) (?:much |a lot |now )?
    (?:better|improved|good|fine|ok|okay|great|enhanced|strengthened|up to date)
        ✓ monitoring is much better  ✗ monitoring is red
    """,
    _WHOLE_WORDS,
    parts={
        "AREA": parse_table(
            r"""
            (?:monitor|alert|test|tool|train|log|onboard|plann|report|communicat)ing|alerts?|docs?
                ✓ alerting  ✗ alertness
            documentation|communication|automation|coverage|observability|tests|collaboration
                ✓ observability  ✗ observatory
            (?:incident |our |the )?response|maintenance|deployments?|architecture|security
                ✓ incident response  ✗ a responder
            """,
            "(?:{})",
            is_fragment=True,
        )
    },
)
"""A field that got better: nobody can see by what."""

INTENTIONS = parse_table(
    r"""
    (?:see|know|tell|notice|monitor|check|observe|verify|confirm|feel|watch|judge|decide|measure)
        ✓ we will see  ✗ seesaw
    (?:tbd|tba|tbc|todo|n/?a|none|unknown|pending|later|same|see above|idk|defined|determined)
        ✓ tbd  ✗ the tbdex
    obvious(?:ly)?|visible|clear(?:ly)?|evident|self-explanatory|trivial|clearer
        ✓ it will be obvious  ✗ clearance
    """,
    _WHOLE_WORDS,
)
"""Intentions to look at something some day, and places left open."""

BARE_DELIVERY = parse_table(
    r"""
    deployed|merged|released|shipped|live|rolled out|landed|pushed|committed|delivered
        ✓ deployed  ✗ undeployed
    """,
    _WHOLE_WORDS,
)
"""That something was delivered: no evidence without where."""

COURTESIES = parse_table(
    r"""
    lgtm|looks good|all good|thanks?(?: you)?|thx|cheers|please|hi|hello|cool|awesome|excellent
        ✓ LGTM  ✗ the scooler
    \+1|ack|roger|understood|noted|as discussed|as agreed|as said|see above|same here|ditto
        ✓ +1  ✗ ackermann
    """,
    r"(?<![\w’'])(?:{})(?![\w’'])",
)
"""Polite words with which somebody agrees."""

TEST_RUN = parse_table(
    r"""
    tests?|drills?|rehears\w*|exercises?|game ?days?
        ✓ a load test passes  ✗ the latest
    simulat\w*|failovers?|restores?|dry[- ]runs?|chaos|benchmarks?
        ✓ a failover takes a minute  ✗ a store
    """,
    _WHOLE_WORDS,
)
"""Measures that something is tried: a good finding names the run."""

ALERT_FIRES = parse_table(
    r"""
    alerts?|alarms?|pages?|paged|pagers?|notif\w*|warn\w*|fires?|fired
        ✓ the alert fires  ✗ a web page's
    """,
    _WHOLE_WORDS,
)
"""Measures that somebody is told: a good finding says when and whom."""

REFUSAL_SEEN = parse_table(
    r"""
    reject\w*|refus\w*|block(?:s|ed)?|den(?:y|ies|ied)|fails?|prevent\w*|forbid\w*|forbidden|stops?
        ✓ the script refuses  ✗ a blockade
    impossible|cannot|limit(?:s|ed)?|cap(?:s|ped)?
        ✓ a second run is impossible  ✗ a capital
    """,
    _WHOLE_WORDS,
)
"""Measures that something is stopped: a good finding says what was tried."""

DOCUMENT_SAYS = parse_table(
    r"""
    runbooks?|playbooks?|documents?|docs?|documentation|guides?|checklists?|polic(?:y|ies)|wiki
        ✓ the runbook names both  ✗ a documentary
    """,
    _WHOLE_WORDS,
)
"""Measures that a text says something: a good finding links it."""

FIGURE = parse_table(
    r"""
    \d  ✓ under 1 % errors  ✗ under some errors
    (?:an?|one|two|three|four|five|six|seven|ten|twelve|half|zero)
    [ ](?:per ?cent|%|seconds?|minutes?|hours?|days?|weeks?|months?|times?|in a row)
        ✓ within two hours  ✗ two tests
    """,
)
"""Measures that a figure is reached: a good finding gives it."""
