"""The words that say that an action is somebody else's, and whose it may be."""

from __future__ import annotations

import re

from rules.pattern_table import parse_table

_THING = (
    r"(?:actions?|tasks?|jobs?|areas?|services?|systems?|teams?|departments?|codes?|things?"
    r"|responsibility|problems?|business|call|field|topic)"
)

NOT_MINE = parse_table(
    rf"""
    not (?:really )?(?:mine|ours)(?! to verify)    ✓ not mine, sorry  ✗ not minded
    (?:is|was|are)n't (?:really )?(?:mine|ours)    ✓ isn't mine  ✗ isn't mined
    (?:not|(?:is|was|are)n't) (?:for|with|owned by) (?:me|us|(?:my|our) team)
        ✓ not for us  ✗ not for the moment
    (?:not|(?:is|was|are)n't) (?:my|our) (?:own )?(?:team's )?{_THING}
        ✓ not my area  ✗ not my best day
    not me                                         ✓ not me  ✗ not meant so
    (?:not|n't) the (?:right |correct )?(?:person|owner|team|address(?:ee)?|one)
        ✓ not the right person for this  ✗ not the right fix
    (?:(?:you(?:'ve| have)?(?: got)?|got|have|asked|reached) )?(?:the |a )?wrong\s
    (?:person|owner|team|address(?:ee)?|recipient|colleague|department|guy|one)
        ✓ you have the wrong person  ✗ the wrong fix
    (?:do not|don't|never|did not|didn't) own(?:ed)? (?:it|this|that|{_THING})
        ✓ don't own this  ✗ don't own up
    belongs? (?:to|with)                           ✓ belongs to Omar  ✗ belonging
    (?:some|any)(?:body|one) else's                ✓ somebody else's  ✗ somebody else
    another (?:person|team|department)'s           ✓ another team's  ✗ another team
    (?:nothing|no (?:longer|more) anything) to do with (?:me|us)
        ✓ nothing to do with me  ✗ nothing to do with it
    (?:please )?(?:ask|assign) [^.,;!?]{{2,40}} instead
        ✓ please ask Omar instead  ✗ ask me again instead of him, later
    """,
    r"(?:{})(?![\w'’])",
)
"""What stands at the beginning of such a sentence, after polite and grammatical words."""

NOT_MINE_LEAD = parse_table(
    r"""
    the action|this one|that one|this action|it|this|that|these|they  ✓ this one  ✗ the one
    is|are|was|'s|it's|that's|its|i'm|i am|am|we are|we're|i|we       ✓ I'm  ✗ you're
    sorry|unfortunately|hi|hello|no|actually|afraid|simply|really|just  ✓ sorry  ✗ sorrow
    """,
    r"(?:{})(?=[\s,.:;!–—-])[\s,.:;!–—-]+",
)

NOT_MINE_DOUBT = parse_table(
    r"""
    if|unless|maybe|perhaps|possibly|probably|might|could be|not sure|i think|i guess|i believe
        ✓ not mine, I think  ✗ not mine
    any ?more|yet|alone|only   ✓ not mine alone  ✗ not mine, Omar's
    """,
    r"\b(?:{})\b",
)
"""Words that put it in doubt, so that it is asked back."""

_NAME = r"(?P<name>[^\W\d_][\w.'-]*(?:\s+[A-ZÀ-Þ][\w.'-]*)?)"
SUGGESTED_NAME = re.compile(
    rf"\b(?:(?i:belongs?\s+(?:to|with)|ask|assign(?:\s+(?:it|this))?(?:\s+to)?|(?:is|it's)\s+for"
    rf"|(?:it|this)\s+to))\s+{_NAME}"
)
"""The name in “belongs to Omar Haddad”."""
