"""Patterns of answers in a cause chain: conditions that last, effects, people, remedies."""

from __future__ import annotations

import re

from rules.pattern_table import parse_table
from text_checks.blame.grammar import GRAMMAR

BECAUSE = parse_table(
    r"""
    ^(?:(?:and )?(?:because|since|as|due to(?: the fact that)?|it was because)\b,?\s*)
        ✓ Because the pool was full  ✗ The pool was full because of it
    """,
)

REMEDY = parse_table(
    r"""
    ^(?:we )?(?:will|should|need to|must|plan to|are going to)[ ]
        ✓ we will add a limit  ✗ the limit will help
    ^(?:add|fix|create|implement|improve|introduce|monitor|train|write|deploy|restart|upgrade
    |ensure|roll back)[ ]
        ✓ Add a limit  ✗ Nobody added a limit
    \b(?:was|were|has been|got) (?:then |later )?(?:fixed|rolled back|restored|resolved
    |mitigated|restarted|reverted|patched|repaired|replaced afterwards)\b
        ✓ the host was then restarted  ✗ the host was slow
    \bafterwards\b|\blater that\b|\bthe next (?:day|week)\b|\bin the end\b
        ✓ it was mended afterwards  ✗ it was mended
    \bafter the (?:fix|incident|outage)\b  ✓ after the fix  ✗ before the fix
    \bsince then\b  ✓ it has been stable since then  ✗ it has been stable since
    """,
)

ASIDE = parse_table(
    r"""
    moved to a new|new office|wi-?fi|won an? |prize|award
        ✓ the team moved to a new office  ✗ the team moved a host
    was (?:published|founded|erected|built|hired|born|opened|acquired|renovated|painted) in
        ✓ the plant was built in 1990  ✗ the plant was built
    in (?:january|february|march|april|may|june|july|august|september|october|november
    |december)\b
        ✓ in May  ✗ in maybe
    in (?:19|20)\d\d|prefers?|likes?|style guide|flaky|that (?:week|day|month)|meanwhile
        ✓ that week  ✗ that host
    at the same time|by coincidence|unrelated|also had|weather|holiday|canteen|logo|font
        ✓ the weather was bad  ✗ the weathered host
    colou?r|birthday|festival|mascot|stock price|competitor  ✓ the mascot  ✗ the mask
    """,
    r"\b(?:{})\b",
)

ABSENCE = parse_table(
    r"""
    ^(?:there (?:is|was|are|were) )?(?:no|lack of|missing)[ ]
        ✓ No alert on the queue  ✗ An alert says no
    """,
)

PROCESS = parse_table(
    r"""
    process(?:es)?|procedures?|runbooks?|playbooks?|checklists?|polic(?:y|ies)|reviews?
        ✓ no procedure for it  ✗ no proceeding
    guidelines?|guides?|templates?|specs?|specifications?|designs?|designed|standards?
        ✓ no guidelines  ✗ no line
    plans?|budgets?|owners?|owned|ownership|training|tests?|testing|test suites?|fixtures?
        ✓ no owner  ✗ no one else
    pipelines?|ci|staging|alerts?|alerting|monitors?|monitoring|dashboards?|calendars?
        ✓ no pipeline  ✗ no pipe
    conventions?|contracts?|regulat\w+|culture|pressures?|defaults?|tools?|tooling|deployer
        ✓ no convention  ✗ no inventions
    layout|purchasing|documentation|documented|docs|inventory|schedules?|rotas?|rules?
        ✓ no inventory  ✗ no vent
    approvals?|requirements?|definition|backlog|roadmap|priorit\w+|incentives?
        ✓ no approval  ✗ no proof
    capacity planning|sizing|retention|maintenance|inspection|onboarding|handover|hand-over
        ✓ no handover  ✗ no hand
    escalation|agreements?|slas?|interfaces?|forms?|console|architecture|governance|audits?
        ✓ no escalation  ✗ no scale
    change control|manuals?|labels?|labelling|drills?|exercises?|staffing|rehears\w+
        ✓ no drills  ✗ no drillers
    acceptance|quotas?|limits?|linter|safeguards?|guards?|validation  ✓ no quota  ✗ no quote
    """,
    r"(?:{})",
    is_fragment=True,
)

LACK = parse_table(
    r"""
    no|not|never|n['’]t|nothing|nobody|no one|none|without|lacks?|lacked|lacking|absen\w+
        ✓ nobody tests it  ✗ notable
    missing|only|left out|outdated|optional|manual(?:ly)?|informal|unowned|undocumented
        ✓ it is undocumented  ✗ it is documented
    ad[- ]hoc|allows?|allowed|may|can|permits?|accepts?|assumes?|assumed|before|instead of
        ✓ it allows anything  ✗ it disallows
    rewards?|favou?rs?|over|broad|single|skips?|skipped|ends? (?:at|with)|stops? (?:at|with)
        ✓ it favours speed  ✗ flavour
    excludes?|ignores?|trusts?|shared?|delegated|prioriti[sz]\w+|by default|by hand|drove
        ✓ it trusts the caller  ✗ it is rusty
    mocked|nobody['’]s  ✓ it is mocked  ✗ it is mock
    """,
    r"(?:{})",
    is_fragment=True,
)

CONDITION = parse_table(
    r"""
    \b<PROCESS>\b.{0,200}\b<LACK>\b  ✓ the runbook has no step for it  ✗ the runbook
    \b<LACK>\b.{0,200}\b<PROCESS>\b  ✓ there was no runbook  ✗ there was no disk
    """,
    parts={"PROCESS": PROCESS, "LACK": LACK},
)

LASTING_CONDITION = parse_table(
    r"""
    no (?:script|tool|team|person|test|check|alert|step|rule|job|budget) \w+s
        ✓ no job checks  ✗ no host checks
    no [\w-]+(?: [\w-]+)? (?:shows|tells|warns|checks|stops|prevents|watches|limits|says|covers
    |compares|asks|refuses|guards|knows)
        ✓ no dashboard shows it  ✗ no dashboard is up
    nothing (?:in \w+ \w+ )?\w+s|nobody \w+s|nobody['’]s (?:task|job|duty)|by hand
        ✓ nothing in the pipeline checks  ✗ nothing of it
    (?:is|are) not \w+(?:ed|en)|never              ✓ it is not tested  ✗ it is untested
    nothing (?:stops|checks|prevents|tells|shows|warns)  ✓ nothing stops it  ✗ nothing stopped it
    no one (?:owns|is|checks)                      ✓ no one owns it  ✗ no one owned it
    nobody (?:owns|is responsible|checks|reviews)  ✓ nobody owns it  ✗ nobody owned it
    not owned by  ✓ it is not owned by a team  ✗ it is owned by a team
    is not (?:part|required|checked|covered|tested|enforced|owned|documented|monitored|reviewed
    |included)
        ✓ it is not part of the checklist  ✗ it is part of the checklist
    are not (?:part|required|checked|covered|tested|enforced|owned|documented|monitored
    |reviewed|included)
        ✓ they are not covered  ✗ they were not covered
    (?:do|does) not (?:require|include|ask|check|cover|say|set|enforce|warn|limit|exist|test
    |simulate|validate|scale|mention)
        ✓ it does not warn  ✗ it did not warn
    has no (?:owner|review|limit|test|check|alert|step|expiry|date|overlap)
        ✓ it has no owner  ✗ it had no owner
    have no (?:owner|review|limit|test|check|alert|step)
        ✓ they have no review  ✗ they had no review
    allows? .{3,200} without|may \w{1,40} .{3,200} without
        ✓ it allows a deploy without review  ✗ it allows without
    must be (?:done|typed|entered|copied) by hand  ✓ it must be typed by hand  ✗ it must be typed
    by name only                                   ✓ matched by name only  ✗ matched by name
    """,
    r"\b(?:{})\b",
)

PHYSICAL = parse_table(
    r"""
    \bthere (?:was|were) no \w+ left\b
        ✓ there were no connections left  ✗ there were connections left
    \b(?:has|had) no index\b  ✓ it had no index  ✗ it had an index
    \bno (?:space|memory|room|grease|power|workers)\b  ✓ no space on it  ✗ no spacebar
    """,
)

USERS = parse_table(
    r"""
    users?|customers?|callers?|participants?|passengers?|patients|players?|visitors?
        ✓ Customers could not pay  ✗ The customer library failed
    shoppers|viewers|subscribers|guests|merchants|students|readers|clients
        ✓ The readers saw nothing  ✗ The reader library
    """,
    r"^(?:the |our |some |many |most |all )?(?:{})\b(?! (?:team|library|code|sdk|pool|app))",
)

EFFECT = parse_table(
    r"""
    came to a standstill|went (?:from|up|down)|rose (?:to|by|from)|dropped (?:to|by|from)
        ✓ the site came to a standstill  ✗ the site came back
    fell (?:to|by)|p\d\d\b|latency (?:was|rose)     ✓ it fell to zero  ✗ it fell
    error rates? (?:was|rose|went|climbed|reached)  ✓ the error rate rose  ✗ the error rate
    revenue|complain\w*                             ✓ customers complained  ✗ customers waited
    tickets? (?:came|poured|were opened)            ✓ tickets poured in  ✗ tickets were closed
    for \d+ (?:minutes|hours|days)                  ✓ for 20 minutes  ✗ for a while
    (?:was|were) (?:unavailable|down|unreachable|offline|slow) (?:for|until)
        ✓ it was down for an hour  ✗ it was down
    saw an? error                                   ✓ they saw an error  ✗ they saw it
    had to (?:dial|wait|queue|retry|call|walk)      ✓ they had to wait  ✗ they had to pay
    abandoned                                       ✓ carts were abandoned  ✗ carts were empty
    could not (?:log in|pay|check out|order|book)   ✓ they could not pay  ✗ they could not see
    lost their|was on the news                      ✓ it was on the news  ✗ it was on the disk
    """,
    r"\b(?:{})\b",
)

TRAIT = parse_table(
    r"""
    discipline                                 ✓ the discipline of the team  ✗ disciplined
    lacks? (?:ownership|care|skill|discipline|motivation|experience)
        ✓ the team lacks care  ✗ the team lacks a runbook
    careless\w*|lazy|never (?:really )?cared|not qualified  ✓ he was lazy  ✗ lazily loaded
    does(?: not|n['’]t) (?:understand|believe|care)  ✓ she doesn’t care  ✗ she doesn’t own it
    do not (?:understand|believe|care)         ✓ they do not understand it  ✗ they do not own it
    don['’]t (?:understand|believe|care|know)  ✓ they don't know  ✗ they don't own it
    attitude|inexperienced|incompeten\w+|not paying attention|was tired|were tired
        ✓ the operator was tired  ✗ the disk was tiresome
    distracted|in a hurry|overconfiden\w+|human error  ✓ it was human error  ✗ it was a parse error
    """,
    r"\b(?:{})\b",
)

ACTOR = parse_table(
    r"""
    (?i:<PERSON>) (?:was|were|had|has|does|is)\b  ✓ The operator was late  ✗ Late was the operator
    (?:(?i:<PERSON>)|<NAME>) (?:\w+ly )?(?:did|forgot|made|ran|deleted|pushed|changed|chose
    |typed|pressed|thought|assumed|missed|skipped|ignored|decided|never|failed|misread|clicked
    |entered|left|closed|opened|unplugged|approved|merged)\b
        ✓ The operator quickly deleted it  ✗ The script deleted it
    """,
    r"^(?:{})",
    parts=GRAMMAR,
    flags=re.NOFLAG,
)
