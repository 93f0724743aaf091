"""Patterns that show whether an action says what will be different."""

from __future__ import annotations

import re

from text_checks.actions import lexicon


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


QUESTION = _compile(r"\?\W{0,3}$")
MAYBE = _compile(
    r"(?:maybe|perhaps|possibly|what if|how about|why not|could (?:we|be)\b|might\b|idea:)"
)
OPTION = _compile(r"\b(?:might|could|may) be (?:an option|useful|worth|possible|nice|good)\b")
PLACEHOLDER = _compile(
    r"\W*(?:tbd|tba|tbc|todo|to do|n/?a|none|fixme|xxx+|see (?:jira|ticket|above|below)|later"
    r"|\?+)?\W*"
)
MONITORING = _compile(rf"\b(?:{lexicon.MONITORING_NOUNS}|monitor|alert)\b")
DOCUMENT = _compile(rf"\b(?:{lexicon.DOCUMENT_NOUNS})\b")
PLAN = _compile(rf"\b(?:{lexicon.PLAN_NOUNS}|culture)\b")
BARE_NOUN = _compile(
    rf"\b(?:{lexicon.DOCUMENT_NOUNS}|{lexicon.MONITORING_NOUNS}|tests?|bugs?|tickets?|training|automation"
    r"|issues?|problems?|checks?|safeguards?|it|this)\b"
)
NAMED_DOCUMENT = _compile(
    rf"\b(?:{lexicon.DOCUMENT_NOUNS})\b\s{{0,2}}(?::|for|on|about|to|of|describing)\s"
)
CONCRETE = _compile(
    r"\d|[`“\"]|\b[a-z]+[._/-][a-z_]+\.[a-z]+|\b\w+_\w+|\b(?:default|off|on|in ci|from|instead)\b"
)
DISCUSSION_START = _compile(
    r"(?:(?:we )?(?:should |need to |will )?(?:have|hold|schedule|set ?up|arrange|organi[sz]e"
    r"|start|initiate)"
    r" (?:a |an |the |another )?(?:\w+ )?(?:discussion|conversation|talk|chat|call|meeting"
    r"|sync|workshop)"
    r"|bring up|get (?:consensus|agreement|buy-in|together|aligned)|come to an agreement"
    r"|raise (?:it|this|the)"
    r" \w+ (?:with|at|in))\b"
)
EXPLORATION_START = _compile(
    r"(?:(?:we )?(?:should |need to |will |to )?(?:probably )?)(?:look(?:ing)? (?:into|at"
    r"|for)|figur(?:e|ing) out|find(?:ing)?"
    r" (?:out|a |an |some |the |better |ways?)|think(?:ing)? (?:about|of|through)|see (?:if"
    r"|whether|how|what)"
    r"|dig(?:ging)? (?:into|deeper)|work out|deep[- ]dive|try (?:to )?(?:find|out|understand)"
    r"|follow(?:ing)?[- ]up (?:on|with)|(?:perform|do|conduct|make|run|carry out) (?:a |an |some )?"
    r"(?:deep dive|investigation|analysis|research|review|assessment|study|audit|evaluation"
    r"|spike|poc)"
    r"|spike\b|poc\b|root[- ]cause\b|get to the bottom|continue to (?:attempt|investigate"
    r"|look|monitor|analy)"
    r"|(?:document|note) and think|questioning|investigation|(?:further |more )?(?:analysis"
    r"|research)"
    r"|(?:we have )?added? a (?:backlog )?(?:task|ticket|story|item) to (?:look|investigate"
    r"|curate|check))\b"
)
OUTPUT = _compile(
    r"\b(?:and|then|to|,)\s+(?:\w+\s+)?(?:document|publish|write|record|post|present|report"
    r"|file|propose|decide|choose"
    r"|pick|list|agree)\b.{3,}\b(?:by|until|before|in|on|as|which|whether|with|results?"
    r"|decision|proposal|list|adr|rfc)\b"
    r"|\b(?:write[- ]?up|decision record|\badr\b|\brfc\b|proposal|written (?:decision|report"
    r"|summary))\b"
)
FOLLOWING_CHANGE = _compile(
    r"(?:,|;|\band\b|\bthen\b)\s+(?:then\s+)?(?:add|remove|delete|implement|build|limit"
    r"|disable|enable|set"
    r"|cap|block|revoke|rotate|pin"
    r"|replace|drop|get (?:the|it)|ensure the|ensure that the|make the|alert|page|fix the"
    r"|close the)\b\s+\S+"
)
WISH = _compile(
    r"\b(?:aim(?:s|ing)? (?:at|for|to)|our goal|the goal|goal is|strive|ideal(?:ly)?\b"
    r"|would be (?:one|nice|good|great|ideal)"
    r"|want to be able|five nines|boring|easy to|easier to (?:operate|understand|use"
    r"|maintain)|tribal knowledge|become (?:less|more)"
    r"|allow(?:s)? for a more|world[- ]class|state of the art|at this moment|move towards?"
    r"|zero[- ]downtime|never (?:lose|again)"
    r"|in order to get more|should be (?:easy|boring|simple|fast|reliable|resilient|possible"
    r"|safe|seamless|painless)"
    r"|a more (?:resilient|robust|mature|modern|reliable|scalable|stable|secure))\b"
)
BEHAVIOUR = _compile(
    r"\b(?:be (?:more |extra |very )?(?:careful|cautious|mindful|diligent|vigilant|attentive"
    r"|aware|proactive|patient)"
    r"|pay (?:more |closer )?attention|take (?:more |extra )?(?:care|time)|double[- ]check"
    r"|culture|should be encouraged"
    r"|keep in mind|more seriously|higher priority|strictly adher\w+"
    r"|continue (?:to )?(?:encourag|shar)\w+"
    r"|continuous training|trainings?\b (?:for|of) (?:all|every|staff|engineers|employees)"
    r"|vigilant|as far as possible|if possible)\b"
    r"|^(?:(?:we|engineers|developers|everyone|everybody|people|teams?|operators"
    r"|staff) (?:should|must|need to|needs to) )?"
    r"(?:always|never|don['’]t|do not|follow|stick to|adhere to|respect|observe|avoid making"
    r"|communicate earlier)\b"
)
ENFORCED = _compile(
    r"\b(?:fail(?:s|ed)? (?:the|if|when)|reject\w*|block\w*|enforce\w*|require\w*|checklist"
    r"|linter?|hook|quarter(?:ly)?|monthly|weekly"
    r"|every (?:quarter|month|week|\d+)|once a (?:quarter|month|week|year)|sign[- ]off)\b"
)
SHARING_START = _compile(
    r"(?:raise awareness|spread|keep .{1,40} (?:in the loop|informed|posted|up to date)"
    r"|get in touch|clear(?:er)? communication"
    r"|better communication|knowledge[- ]sharing|communicat\w+|let .{1,30} know|talk to"
    r"|speak to|work with|be (?:more )?transparent"
    r"|continue sharing)\b"
)
SHARED_CONTENT = _compile(
    r"\b(?:explain(?:ing)? (?:the|how|what|why)|e-?mail|newsletter|blog post|all[- ]hands"
    r"|brown[- ]bag|lunch and learn"
    r"|status page|release notes|announcement|slides?|\d{1,2} (?:jan|feb|mar|apr|may|jun|jul"
    r"|aug|sep|oct|nov|dec)\w*|linter"
    r"|(?:inform|tell|notify|warn) \S+.{0,60} (?:of|about|that) .{4,80} (?:before|by|on|in) "
    r"|the (?:linter|parser|client|bot|importer|scheduler|service|job|pipeline|compiler) to)\b"
)
ASSURANCE_START = _compile(
    r"(?:(?:we )?(?:should |need to |must |will |to )?)(?:make|making|be) sure"
    r"|\S+ (?:\w+ ){0,4}should always\b"
)
VAGUE_STATE = _compile(
    r"\b(?:in place|up[- ]to[- ]date|as much as possible|proper(?:ly)?|correct(?:ly)?"
    r"|appropriate(?:ly)?|adequate(?:ly)?"
    r"|sufficient(?:ly)?|enough|working|work(?:s)? (?:as|properly|correctly|well)|reliabl[ey]"
    r"|robust|aware|trained|healthy"
    r"|knows? how|know (?:about|what)|right people|(?:can)?not happen again|happen(?:s"
    r"|ing)? again|does ?n[o']t (?:happen|recur)"
    r"|never (?:happen|recur)\w*|similar (?:incidents?|outages?|issues?|problems?|events?)"
    r"|same (?:mistake|issue|problem)"
    r"|if needed|where (?:possible|needed|appropriate)|plan for|high availability|well[- ]\w+)\b"
)
STATE = _compile(
    r"\b(?:that\s+)?(?:the|a|an|all|any|every|each|user|both|our|no|only"
    r"|[\w-]+)\s+(?:[\w./`-]+\s+){0,8}"
    r"(?:is|are|has|have|does|do|can(?:not)?|must|will|fails?|stops?|runs?|gets?|uses?"
    r"|returns?|reaches|shows?|starts?|sends?"
    r"|requires?|logs?|alerts?|detects?|validates?|rejects?|contains?|includes?|remains?"
    r"|stays?|points?|waits?|carr(?:y|ies)|lands?)\s"
    r"(?:[\w./`'-]+\s*){2,}"
    r"|\b(?:from (?:being|\w+ing)|by \w+ing)\s+\S+\s+\S+"
)
CONDITION = _compile(
    r"\b(?:instead of|when(?:ever)?|if|unless|until|once|as soon as|in case|for when|after"
    r"|before|every time|above|below"
    r"|exceed\w*|over|under|at least|at most|more than|less than|fewer than|within"
    r"|past)\s+\S+|[<>≥≤]\s{0,1}\d|\d\s{0,1}%"
)
SIGNAL = _compile(
    r"\b(?:errors?|latency|latencies|p\d\d|usage|utili[sz]ation|timeouts?|expir\w+|\dxx"
    r"|\d{3}s?|lag|restarts?|counts?|capacity"
    r"|saturation|memory|cpu|disk|queue|depth|rates?|threshold|slo|burn|availability"
    r"|throughput|failures?|failed|failing|missing"
    r"|free space|space|space left|temperature|packet loss|drops?|heartbeats?|age|stale\w*"
    r"|freshness|duplicates?|drift|retries"
    r"|unhealthy|healthy|oom\w*|notready|connections?|sockets?|file (?:handles|watches"
    r"|descriptors)|bandwidth|load|backlog|volume|duration"
    r"|certificates?|mismatch\w*|checksum|differences?|ratio|percent\w*|abnormal|elevated"
    r"|detect\w*|spikes?|violations?|attempts?"
    r"|reads?|writes?|gaps?|delays?|jitter|clock|skew|offset|version|runs?|success\w*"
    r"|delivery|deliver\w*|deadlocks?|crash\w*"
    r"|not (?:enough|being|reach\w*|sent|running|updat\w*)|no (?:data|log|new|events?|traffic"
    r"|heartbeat)\w*|claim\w*|coverage|pagerduty|a week before"
    r"|quota|budget|cost|spend|balance|orders? per|payments?|logins?|signups?|requests?)\b"
)
IMPROVEMENT = _compile(
    r"^(?:(?:we )?(?:need|should have|want|introduce|develop|set ?up|setup|build|implement"
    r"|put|create|add|have|enforce|use)\s+)?(?:some\s+|a\s+|an\s+)?"
    r"(?:better|improved|stricter|stronger|clearer|faster|smarter|enhanced|proper|good"
    r"|more [a-z-]{3,})\b"
    r"|\bmore (?:generic|robust|resilient|reliable|descriptive|visible|efficient"
    r"|human-readable|stable|flexible|mature|modern)\b"
)
IMPROVEMENT_START = _compile(
    r"(?:make|making|keep)\s+(?:\S+\s+){1,6}(?:better|more|easier|faster|safer|simpler|less"
    r"|robust|clearer|resilient|reliable)\b"
    r"|bring(?:ing)? down|clean(?:ing)? up|speed(?:ing)? up|work on (?:improving|making)"
    r"|continu\w+ (?:to )?(?:improv|refin)\w+"
    r"|(?:the |our )\S+(?: \S+){0,2} (?:needs?|should have|should be) (?:a )?(?:more|better|improv)"
)
VAGUE_OBJECT = _compile(
    r"^(?:the |our |your |all )?(?:\w+ )?(?:monitoring|alerting|alerts|process(?:es)?"
    r"|practices?|testing|tests?|scenarios|coverage|test coverage"
    r"|resilience|resiliency|reliability|observability|documentation|docs|runbooks?|toil"
    r"|noise|alert noise|latency|risk|time it takes|stability|security"
    r"|security posture|performance|quality|complexity|policies|scaling policies|usability"
    r"|visibility|tooling|skills|usage)\b"
)
END_CONDITION = _compile(
    r"\bfrom\s+\S+.{0,30}\s+to\s+\S+|\b(?:to|under|below|above|at|by|within|of"
    r"|over)\s+(?:\w+\s+)?[<>≤≥]?\s?\d"
    r"|\bby\s+[a-z]+ing\s+\S+|\bwith\s+(?:a|an|the)\s+\S+\s+\S+|\b(?:so that|such that"
    r"|to ensure that)\s+\S+\s+\S+\s+\S+"
    r"|\bto (?:stage|include|cover|check|detect|alert|fail|reject|verify|use|require|show|log"
    r"|print|page|block|stop|validate|test|list|name|ask)\s+\S+"
    r"|\b(?:if|when|unless|where)\s+\S+\s+\S+\s+\S+|\bin particular\b|\bincluding\b"
)
REPLACEMENT = _compile(
    r"\bfrom\s+\S+.{0,40}\s+(?:to|onto|into)\s+\S+|\bto\s+(?:[A-Z][\w.-]*|v?\d\S*)"
    r"|\binstead of\b|->|\bto (?:not|no longer)\b"
)
PROGRAMME = _compile(
    r"\b(?:rewrite|rebuild|redesign|rearchitect|overhaul|migrate|automate|audit|refactor"
    r"|revis\w+|replace) (?:\w+ )?"
    r"(?:all|every|everything|entire|whole|our whole|the whole|the entire)\b|\bacross all\b"
    r"|\bbest practices\b|\btechnical debt\b"
    r"|\bleast[- ]privilege\b|\b(?:hire|invest in)\b|\bsecurity operation\w* cent\w+"
    r"|\bmore and more\b|\bchaos engineering\b"
    r"|\ball deployed\b|\bstandardi[sz]ed\b|\brules and guidelines\b"
    r"|\bproperty-based tests over\b|\btargeted fuzzing\b"
)
PLAN_CONTENT = _compile(
    r"\b(?:that|which|who|where|whereby|when|if|including|includes|so that|not require"
    r"|does not)\b\s+\S+|:\s+\S+|\d"
    r"|\b(?:checklist|quarterly|monthly|weekly|daily|every)\b|\b(?:runbook|template)\b"
    r"|\bwith (?:a |an |the )?\w+ \w+|of using|for \w+ing \S+ \S+ \S+"
)
SETUP_VERBS = frozenset(
    """
    add set setup implement create build put introduce monitor alert expand have use install enable
    """.split()
)
"""Verbs whose object is the monitoring itself."""
