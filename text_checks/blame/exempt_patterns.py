"""Patterns of sentences that only look like blame: about blame itself, software, ourselves."""

from __future__ import annotations

from rules.pattern_table import parse_table

BLAME_MENTION = parse_table(
    r"""
    blam(?:e|ed|ing|eless\w*)\b(?!.{0,20}(?:lies with|is the|are the))
        ✓ this is no place for blame  ✗ the blame lies with Tom
    not (?:use|accept|say|write) .{0,20}human error  ✓ we do not say “human error”  ✗ human error
    (?:instead of|rather than|beyond|behind|label(?:led)?|called|term|word|phrase|assumed
    |suspected|avoid\w*|prevent\w*|reduce\w*|protect\w* against|guard\w* against|possib\w+
    |potential|risk of|prone to|without|no|never|not (?:a|an|any|due to|caused by)|was not
    |wasn['’]t|rule[sd]? out|room for|chance of|less|against|eliminate\w*
    |finding a way) (?:of |the |a |an |any |for )?(?:\w+ )?(?:human|operator|user|pilot
    |manual) (?:error|mistake)s?
        ✓ what is behind human error  ✗ human error
    fault tolerance|do not fault  ✓ fault tolerance  ✗ the fault
    human errors? (?:is|are) (?:where|not|never|a symptom|only|the (?:start|beginning))
        ✓ human error is a symptom  ✗ human error is likely
    """,
    r"\b(?:{})\b",
)
"""Text about blame or human error itself."""


OWN_TEAM = parse_table(
    r"""
    failed|forgot|should|could|did|missed|overlooked  ✓ we forgot to check  ✗ they forgot to check
    """,
    r"\b(?:we|us|our team) (?:\w+ )?(?:{})\b",
)

OPEN_QUESTION = parse_table(
    r"what|how|which|when|where  ✓ What made it slip?  ✗ It slipped. What made it?",
    r"^(?:{})\b[^?]*\?",
)

SOFTWARE_FAILURE = parse_table(
    r"""
    service|server|script|job|pipeline|system|scheduler|code|parser|test|tests|alert|check
        ✓ the script never ran  ✗ the operator never ran it
    strategy|contract|process|tool|algorithm|implementation|balancer|library|workflow
        ✓ the library should retry  ✗ the librarian should retry
    deployer|cluster|node|pod|daemon|agent container|monitor|user agent
        ✓ the cluster was full  ✗ the clusterer was full
    support (?:page|portal|system|ticket)
        ✓ the support page was wrong  ✗ the support team was wrong
    operator pod|runbook|migration|checklist|form|expression|query|build
        ✓ the runbook had a gap  ✗ the book had a gap
    """,
    r"\b(?:{})\b(?: (?:\w+ ){0,3}(?:failed|forgot|did|does|should|"
    r"could|ignored|missed|never|had|has|was))",
)
"""Software or a document as what failed: a fact, not blame."""
