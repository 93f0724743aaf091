"""Patterns of what an action names: its subject, a mechanism, a condition, an end."""

from __future__ import annotations

from rules.pattern_table import parse_table
from text_checks.actions.lexicon import NOUNS

MONITORING = parse_table(
    r"<MONITORING_NOUNS>|monitor|alert  ✓ add monitoring  ✗ add a module",
    r"\b(?:{})\b",
    parts=NOUNS,
)

DOCUMENT = parse_table(
    r"\b(?:<DOCUMENT_NOUNS>)\b  ✓ write a runbook  ✗ run the book club",
    parts=NOUNS,
)

PLAN = parse_table(
    r"<PLAN_NOUNS>|culture  ✓ improve the culture  ✗ improve the code",
    r"\b(?:{})\b",
    parts=NOUNS,
)

BARE_NOUN = parse_table(
    r"""
    <DOCUMENT_NOUNS>|<MONITORING_NOUNS>|tests?|bugs?|tickets?|training|automation|issues?
        ✓ tests  ✗ latest
    problems?|checks?|safeguards?|it|this  ✓ this  ✗ thistle
    """,
    r"\b(?:{})\b",
    parts=NOUNS,
)

NAMED_DOCUMENT = parse_table(
    r":|for|on|about|to|of|describing  ✓ a runbook for the pool  ✗ a runbook about",
    r"\b(?:<DOCUMENT_NOUNS>)\b\s{0,2}(?:{})\s",
    parts=NOUNS,
)

CONCRETE = parse_table(
    r"""
    \d|[`“\"]|\b[a-z]+[._/-][a-z_]+\.[a-z]+|\b\w+_\w+  ✓ cap retries at 3  ✗ cap the retries
    \b(?:default|off|on|in ci|from|instead)\b  ✓ log it in CI  ✗ log it in code
    """,
)

OUTPUT = parse_table(
    r"""
    \b(?:and|then|to|,)\s{1,3}(?:\w{1,40}\s{1,3})?(?:document|publish|write|record|post|present|report|file
    |propose|decide|choose|pick|list|agree)\b.{3,200}\b(?:by|until|before|in|on|as|which|whether
    |with|results?|decision|proposal|list|adr|rfc)\b
        ✓ study it and write the result in an ADR  ✗ study it and write
    \bwrite[- ]?up\b|\bdecision record\b|\badr\b|\brfc\b|\bproposal\b  ✓ an ADR  ✗ a tier
    \bwritten (?:decision|report|summary)\b  ✓ a written decision  ✗ a decision
    """,
)

FOLLOWING_CHANGE = parse_table(
    r"""
    add|remove|delete|implement|build|limit|disable|enable|set|cap|block|revoke|rotate|pin
        ✓ look at it and add a limit  ✗ look at it, adding
    replace|drop|get (?:the|it)|ensure the|ensure that the|make the|alert|page|fix the
        ✓ look at it, then replace the pool  ✗ look at it, then reply
    close the  ✓ look at it and close the port  ✗ look at it and closet it
    """,
    r"(?:,|;|\band\b|\bthen\b)\s+(?:then\s+)?(?:{})\b\s+\S+",
)

ENFORCED = parse_table(
    r"""
    fail(?:s|ed)? (?:the|if|when)|reject\w*|block\w*|enforce\w*|require\w*|checklist|linter?
        ✓ fails if the plan is empty  ✗ fails
    hook|quarter(?:ly)?|monthly|weekly  ✓ run it weekly  ✗ a week ago
    every (?:quarter|month|week|\d+)    ✓ every month  ✗ every host
    once a (?:quarter|month|week|year)  ✓ once a quarter  ✗ once a deploy
    sign[- ]off                         ✓ needs a sign-off  ✗ needs a sign
    """,
    r"\b(?:{})\b",
)

SHARED_CONTENT = parse_table(
    r"""
    explain(?:ing)? (?:the|how|what|why)  ✓ explain how it works  ✗ explain it
    e-?mail|newsletter|blog post|all[- ]hands|brown[- ]bag|lunch and learn|status page
        ✓ send a newsletter  ✗ send a letter
    release notes|announcement|slides?    ✓ publish the release notes  ✗ publish the release
    \d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*  ✓ on 3 March  ✗ on March
    linter                                ✓ add it to the linter  ✗ add it to the lint
    (?:inform|tell|notify|warn) \S+.{0,60} (?:of|about|that) .{4,80} (?:before|by|on|in)[ ]
        ✓ tell the team about the new limit by Friday  ✗ tell the team about it
    the (?:linter|parser|client|bot|importer|scheduler|service|job|pipeline|compiler) to
        ✓ teach the parser to skip it  ✗ teach the team to skip it
    """,
    r"\b(?:{})\b",
)

STATE = parse_table(
    r"""
    \b(?:that\s+)?(?:the|a|an|all|any|every|each|user|both|our|no|only
    |[\w-]{1,40})\s{1,3}(?:[\w./`-]{1,60}\s{1,3}){0,8}(?:is|are|has|have|does|do|can(?:not)?|must|will|fails?
    |stops?|runs?|gets?|uses?|returns?|reaches|shows?|starts?|sends?|requires?|logs?|alerts?
    |detects?|validates?|rejects?|contains?|includes?|remains?|stays?|points?|waits?|carr(?:y
    |ies)|lands?)\s(?:[\w./`'-]+\s*){2,}
        ✓ the job fails when a check is red  ✗ the job
    \b(?:from (?:being|\w+ing)|by \w+ing)\s+\S+\s+\S+
        ✓ by limiting each tenant to 20  ✗ by tomorrow
    """,
)

CONDITION = parse_table(
    r"""
    \b(?:instead of|when(?:ever)?|if|unless|until|once|as soon as|in case|for when|after|before
    |every time|above|below|exceed\w*|over|under|at least|at most|more than|less than
    |fewer than|within|past)\s+\S+
        ✓ page when the queue grows  ✗ page the queue
    [<>≥≤]\s{0,1}\d|\d\s{0,1}%  ✓ above 5 %  ✗ five percent
    """,
)

SIGNAL = parse_table(
    r"""
    errors?|latency|latencies|p\d\d|usage|utili[sz]ation|timeouts?|expir\w+|\dxx|\d{3}s?|lag
        ✓ alert on latency  ✗ alert on late jobs
    restarts?|counts?|capacity|saturation|memory|cpu|disk|queue|depth|rates?|threshold|slo
        ✓ alert on disk usage  ✗ alert on disks
    burn|availability|throughput|failures?|failed|failing|missing|free space|space
        ✓ alert on failures  ✗ alert on fail
    space left|temperature|packet loss|drops?|heartbeats?|age|stale\w*|freshness|duplicates?
        ✓ alert on packet loss  ✗ alert on packets
    drift|retries|unhealthy|healthy|oom\w*|notready|connections?|sockets?
        ✓ alert on unhealthy hosts  ✗ alert on hosts
    file (?:handles|watches|descriptors)  ✓ count file handles  ✗ count file names
    bandwidth|load|backlog|volume|duration|certificates?|mismatch\w*|checksum|differences?
        ✓ alert on the backlog  ✗ alert on logs
    ratio|percent\w*|abnormal|elevated|detect\w*|spikes?|violations?|attempts?|reads?
        ✓ alert on abnormal traffic  ✗ alert on normal traffic
    writes?|gaps?|delays?|jitter|clock|skew|offset|version|runs?|success\w*|delivery
        ✓ alert on clock skew  ✗ alert on skewers
    deliver\w*|deadlocks?|crash\w*        ✓ alert on deadlocks  ✗ alert on locks
    not (?:enough|being|reach\w*|sent|running|updat\w*)
        ✓ alert on jobs not running  ✗ alert on jobs not named
    no (?:data|log|new|events?|traffic|heartbeat)\w*  ✓ alert on no data  ✗ alert on no reply
    claim\w*|coverage|pagerduty|a week before|quota|budget|cost|spend|balance|orders? per
        ✓ alert on the balance  ✗ alert on imbalance
    payments?|logins?|signups?|requests?  ✓ alert on failed logins  ✗ alert on logging
    """,
    r"\b(?:{})\b",
)

END_CONDITION = parse_table(
    r"""
    \bfrom\s+\S+.{0,30}\s+to\s+\S+                ✓ cut it from 5 s to 1 s  ✗ cut it from 5 s
    \b(?:to|under|below|above|at|by|within|of|over)\s+(?:\w+\s+)?[<>≤≥]?\s?\d
        ✓ cut it to 20  ✗ cut it to size
    \bby\s+[a-z]+ing\s+\S+                        ✓ by limiting tenants  ✗ by Friday
    \bwith\s+(?:a|an|the)\s+\S+\s+\S+             ✓ with a hard limit  ✗ with limits
    \b(?:so that|such that|to ensure that)\s+\S+\s+\S+\s+\S+
        ✓ so that one tenant cannot fill it  ✗ so that it works
    \bto (?:stage|include|cover|check|detect|alert|fail|reject|verify|use|require|show|log
    |print|page|block|stop|validate|test|list|name|ask)\s+\S+
        ✓ extend it to cover retries  ✗ extend it to retries
    \b(?:if|when|unless|where)\s+\S+\s+\S+\s+\S+  ✓ warn if the queue grows  ✗ warn if asked
    \bin particular\b|\bincluding\b               ✓ in particular the pool  ✗ a particular pool
    """,
)

REPLACEMENT = parse_table(
    r"""
    \bfrom\s+\S+.{0,40}\s+(?:to|onto|into)\s+\S+
        ✓ move from cron to the scheduler  ✗ move from cron
    \bto\s+(?:[A-Z][\w.-]*|v?\d\S*)  ✓ upgrade to v2  ✗ upgrade towards v2
    \binstead of\b|->|\bto (?:not|no longer)\b
        ✓ a pool instead of one connection  ✗ a pool in its stead
    """,
)

PLAN_CONTENT = parse_table(
    r"""
    \b(?:that|which|who|where|whereby|when|if|including|includes|so that|not require
    |does not)\b\s+\S+
        ✓ a plan that names the hosts  ✗ a plan
    :\s+\S+|\d  ✓ Plan: drain first  ✗ Plan, drain first
    \b(?:checklist|quarterly|monthly|weekly|daily|every)\b  ✓ reviewed quarterly  ✗ reviewed
    \b(?:runbook|template)\b|\bwith (?:a |an |the )?\w+ \w+|of using|for \w+ing \S+ \S+ \S+
        ✓ a plan with an owner and date  ✗ a plan with owners
    """,
)

SETUP_VERBS = frozenset(
    """
    add set setup implement create build put introduce monitor alert expand have use install enable
    """.split()
)
"""Verbs whose object is the monitoring itself."""
