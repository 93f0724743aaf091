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
    (?:not|(?:is|was|are)n't) (?:my|our) (?:own )?team's  ✓ not my team's  ✗ not my team's best day
    not me                                         ✓ not me  ✗ not meant so
    (?:not|n't) the (?:right |correct )?(?:person|owner|team|address(?:ee)?|one)
        ✓ not the right person for this  ✗ not the right fix
    (?:(?:you(?:'ve| have)?(?: got)?|got|have|asked|reached) )?(?:the |a )?wrong\s
    (?:person|owner|team|address(?:ee)?|recipient|colleague|department|guy|one)
        ✓ you have the wrong person  ✗ the wrong fix
    (?:(?:was|is|got|been) )?(?:assigned|sent|addressed|given) to (?:the |a )?wrong\s
    (?:person|owner|team|address(?:ee)?|one)  ✓ was assigned to the wrong person  ✗ assigned to Omar
    (?:do not|don't|never|did not|didn't) own(?:ed)? (?:it|this|that|{_THING})
        ✓ don't own this  ✗ don't own up
    (?:should|must) (?:really )?be (?!mine\b|ours\b|it\b|that\b)[^\W\d_][\w.-]*(?: \w+)?'s(?! \w)
        ✓ should be Omar's  ✗ should be Omar's decision
    belongs? (?:to|with)                           ✓ belongs to Omar  ✗ belonging
    (?:some|any)(?:body|one) else's                ✓ somebody else's  ✗ somebody else
    another (?:person|team|department)'s           ✓ another team's  ✗ another team
    (?:nothing|no (?:longer|more) anything) to do with (?:me|us)
        ✓ nothing to do with me  ✗ nothing to do with it
    (?:please |better )?(?:ask|assign|try) [^.,;!?]{{2,40}} instead
        ✓ please ask Omar instead  ✗ ask me again instead of him, later
    better ask (?!me\b|us\b|if\b)\w+               ✓ better ask Omar  ✗ better ask me first
    (?:should|needs? to|has to|ought to) (?:go|be (?:re-?assigned|given)) to
        ✓ should go to Omar  ✗ should go live
    (?:would|will) be (?:one )?for (?!me\b|us\b)\w+  ✓ would be for Omar  ✗ would be for me
    (?!it\b|this\b|that\b|who\b|what\b|which\b|nobody\b|i\b|we\b)[^\W\d_][\w'.-]*(?: \w+)?
    (?: owns| should (?:own|do|take|get|handle)) (?:it|this|that|this one)
        ✓ Omar Haddad owns this  ✗ nobody owns this
    (?!it\b|this\b|that\b|what\b|here\b|there\b|let\b)[^\W\d_][\w.-]*(?: \w+)?'s\s
    (?:own )?(?:action|task|job|area|team|service|call)
        ✓ Omar's job  ✗ that's my job
    (?:i(?:'ve| have)?|we(?:'ve| have)?) (?:left|moved (?:to another|away from)) (?:the|that|my)
    [^.,;!?]{{0,30}}team  ✓ I've left the payments team  ✗ I left the room
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

_NAME = (
    r"(?!(?i:our|the|my|your|an?|another|some|it|this|that)\b)"
    r"(?P<name>[^\W\d_][\w.'-]*(?:\s+[A-ZÀ-Þ][\w.'-]*)?)"
)
_BEFORE_NAME = (
    r"(?i:belongs?\s+(?:to|with)|ask|try|(?:go|given|assigned|reassign(?:ed)?)\s+to"
    r"|(?:is|be|it's)\s+for|(?:assign\s+)?(?:it|this|that)\s+to)"
)
_AFTER_NAME = r"(?:'s\s+(?:own\s+)?\w+|'s(?=\W*$)|\s+owns|\s+should\s+(?:own|do|take|get|handle))\b"
SUGGESTED_NAMES = (
    re.compile(rf"\b{_BEFORE_NAME}\s+{_NAME}"),
    re.compile(rf"(?:^|\b(?i:is|be|that's|it's)\s+){_NAME.replace(chr(39), '')}{_AFTER_NAME}"),
)
"""The name in “belongs to Omar Haddad”, and in “Omar owns this”."""
