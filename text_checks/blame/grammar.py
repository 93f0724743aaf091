"""Patterns of the subjects and predicates of sentences that blame."""

from __future__ import annotations

ROLE = (
    r"(?:engineers?|[a-z]{3,}icians?|operators?|developers?|devs?|admin(?:istrator)?s?|sys-?admins?"
    r"|technicians?|dba|sres?"
    r"|on-?call(?:er|ers)?(?: engineers?)?|responders?|employees?|colleagues?|contractors?"
    r"|managers?"
    r"|maintainers?|testers?|analysts?|interns?|juniors?|newcomers?|trainees?|nurses?"
    r"|doctors?|pilots?"
    r"|captains?|crews?|officers?|drivers?|clerks?|agents?|staff|personnel|shift|strategists?"
    r"|vendors?"
    r"|suppliers?|authors?|reviewers?|committers?|person|individual|people|guys?|teams?|ops|qa"
    r"|operations|support|member|members|user|users|customers?|leads?|owners?)"
)
PERSON = (
    rf"(?:he|she|they|somebody|someone|nobody|no one|(?:the|an?|our|one|some|this|that|his|her"
    rf"|their|another)"
    rf" (?:[\w’'-]+ ){{0,3}}{ROLE}|{ROLE})"
)
FIRST = r"(?:I)"
NO_NAME = (
    r"(?!(?:We|I|It|They|You|This|That|These|Those|There|The|Our|Then|And|But|However|When|Nobody"
    r"|Users?|Customers?|Clients?|All|Some|Both)\b)"
)
NAME = rf"(?:{NO_NAME}[A-ZÀ-Þ][a-zà-ÿ]{{1,20}}(?: [A-ZÀ-Þ][a-zà-ÿ]{{1,20}})?|@[\w-]{{2,30}})"
FAILED = (
    r"(?:failed|forgot|forgets|neglected|omitted|did(?: not|n['’]t) (?:bother|think"
    r"|remember|care|manage)"
    r"|(?:was|were) too (?:lazy|busy)) to"
)
MISSED = (
    r"(?:missed|overlooked|ignored|disregarded|mishandled|mismanaged|botched|bungled"
    r"|messed up|screwed up"
    r"|broke|misread|misconfigured|misjudged|misunderstood|mistyped|fat-fingered|skipped"
    r"|erred|blundered"
    r"|panicked|got overeager|was asleep|were asleep)"
)
DID_NOT = (
    r"(?:did(?: not|n['’]t)|does(?: not|n['’]t)|do(?: not|n['’]t)|never|had(?: not|n['’]t)) "
    r"(?:\w+ )?(?:notice|check|verify|validate|test|catch|read|follow|realise|realize|know"
    r"|understand|look"
    r"|think|communicate|escalate|tell|inform|pay attention|double-check|review|ask|consider"
    r"|bother|care"
    r"|checked|verified|tested|read|followed|noticed|told|informed|asked)\b"
)
SHOULD = r"(?:should|could|ought to|must|might)(?: not|n['’]t)? have\b"
WRONGLY = (
    r"(?:accidentally|mistakenly|carelessly|wrongly|incorrectly|inadvertently|negligently"
    r"|foolishly)"
)
WRONG_ACT = (
    rf"(?:{WRONGLY} \w+|(?:\w+ed|chose|ran|put|cut|shut|hit|typed) (?:the |a |an )?"
    r"(?:wrong|bad|buggy|broken|incorrect|faulty)\b"
    r"|[^.;]{2,60} without (?:looking|checking|testing|asking|reading|thinking|telling|verifying))"
)
ERROR = (
    r"(?:errors?|mistakes?|oversights?|negligence|carelessness|incompetence|inattention"
    r"|sloppiness|blunders?)"
)
STAFF = ROLE.replace("|user|users|customers?", "").replace("|person|individual|people|guys?", "")
WORKER = PERSON.replace(ROLE, STAFF)
"""The people whose work it was; that users could have seen something is a fact."""
