"""Assess whether a cause chain is sound: each answer a cause, the last one something to change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from text_checks.blame import find_blame
from text_checks.blame.grammar import NAME, PERSON
from text_checks.cause_chains.similarity import count_shared_stems, is_restatement
from text_checks.language import is_english


class Soundness(StrEnum):
    """The soundness of a cause chain: sound, or its defect."""

    SOUND = "sound"
    TOO_SHORT = "too_short"
    ENDS_IN_PERSON = "ends_in_person"
    ENDS_IN_SYMPTOM = "ends_in_symptom"
    RESTATES = "restates"
    NOT_CAUSAL = "not_causal"


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


MAX_WHY_LENGTH = 600
_BECAUSE = _compile(
    r"^(?:(?:and )?(?:because|since|as|due to(?: the fact that)?|it was because)\b,?\s*)"
)
_REMEDY = _compile(
    r"^(?:we )?(?:will|should|need to|must|plan to|are going to) |^(?:add|fix|create"
    r"|implement|improve|introduce|monitor|train"
    r"|write|deploy|restart|upgrade|ensure|roll back) |\b(?:was|were|has been|got) (?:then "
    r"|later )?(?:fixed|rolled back|restored|resolved"
    r"|mitigated|restarted|reverted|patched|repaired|replaced afterwards)\b|\b(?:afterwards"
    r"|later that|the next (?:day|week)|in the end"
    r"|after the (?:fix|incident|outage)|since then)\b"
)
_ASIDE = _compile(
    r"\b(?:moved to a new|new office|wi-?fi|won an? |prize|award|was (?:published|founded"
    r"|erected|built|hired|born|opened|acquired|renovated"
    r"|painted) in|in (?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december)\b|in (?:19|20)\d\d"
    r"|prefers?|likes?|style guide|flaky|that (?:week|day|month)|meanwhile|at the same time"
    r"|by coincidence|unrelated|also had|weather|holiday"
    r"|canteen|logo|font|colou?r|birthday|festival|mascot|stock price|competitor)\b"
)
_ABSENCE = _compile(r"^(?:there (?:is|was|are|were) )?(?:no|lack of|missing) ")
_PROCESS = (
    r"(?:process(?:es)?|procedures?|runbooks?|playbooks?|checklists?|polic(?:y|ies)|reviews?"
    r"|guidelines?|guides?|templates?|specs?"
    r"|specifications?|designs?|designed|standards?|plans?|budgets?|owners?|owned|ownership"
    r"|training|tests?|testing|test suites?|fixtures?"
    r"|pipelines?|ci|staging|alerts?|alerting|monitors?|monitoring|dashboards?|calendars?"
    r"|conventions?|contracts?|regulat\w+|culture"
    r"|pressures?|defaults?|tools?|tooling|deployer|layout|purchasing|documentation"
    r"|documented|docs|inventory|schedules?|rotas?|rules?"
    r"|approvals?|requirements?|definition|backlog|roadmap|priorit\w+|incentives?"
    r"|capacity planning|sizing|retention|maintenance|inspection"
    r"|onboarding|handover|hand-over|escalation|agreements?|slas?|interfaces?|forms?|console"
    r"|architecture|governance|audits?|change control"
    r"|manuals?|labels?|labelling|drills?|exercises?|staffing|rehears\w+|acceptance|quotas?"
    r"|limits?|linter|safeguards?|guards?|validation)"
)
_LACK = (
    r"(?:no|not|never|n['’]t|nothing|nobody|no one|none|without|lacks?|lacked|lacking"
    r"|absen\w+|missing|only|left out|outdated|optional"
    r"|manual(?:ly)?|informal|unowned|undocumented|ad[- ]hoc|allows?|allowed|may|can|permits?"
    r"|accepts?|assumes?|assumed|before|instead of"
    r"|rewards?|favou?rs?|over|broad|single|skips?|skipped|ends? (?:at|with)|stops? (?:at"
    r"|with)|excludes?|ignores?|trusts?|shared?|delegated"
    r"|prioriti[sz]\w+|by default|by hand|drove|mocked|nobody['’]s)"
)
_CONDITION = _compile(rf"\b{_PROCESS}\b.*\b{_LACK}\b|\b{_LACK}\b.*\b{_PROCESS}\b")
_LASTING_CONDITION = _compile(
    r"\b(?:no (?:script|tool|team|person|test|check|alert|step|rule|job|budget) \w+s"
    r"|no [\w-]+(?: [\w-]+)? (?:shows|tells|warns|checks|stops|prevents|watches|limits|says|covers"
    r"|compares|asks|refuses|guards|knows)"
    r"|nothing (?:in \w+ \w+ )?\w+s|nobody \w+s|nobody['’]s (?:task|job|duty)|by hand"
    r"|(?:is|are) not \w+(?:ed|en)|never|nothing (?:stops|checks|prevents|tells|shows|warns)"
    r"|no one (?:owns|is"
    r"|checks)|nobody (?:owns|is responsible|checks|reviews)"
    r"|not owned by|is not (?:part|required|checked|covered|tested|enforced|owned|documented"
    r"|monitored|reviewed|included)"
    r"|are not (?:part|required|checked|covered|tested|enforced|owned|documented|monitored"
    r"|reviewed|included)"
    r"|(?:do|does) not (?:require|include|ask|check|cover|say|set|enforce|warn|limit|exist"
    r"|test|simulate|validate|scale|mention)"
    r"|has no (?:owner|review|limit|test|check|alert|step|expiry|date|overlap)"
    r"|have no (?:owner|review|limit|test|check|alert|step)"
    r"|allows? .{3,} without|may \w+ .{3,} without|must be (?:done|typed|entered"
    r"|copied) by hand|by name only)\b"
)
_PHYSICAL = _compile(
    r"\bthere (?:was|were) no \w+ left\b|\b(?:has|had) no index\b|\bno (?:space|memory|room"
    r"|grease|power|workers)\b"
)
_USERS = _compile(
    r"^(?:the |our |some |many |most |all )?(?:users?|customers?|callers?|participants?"
    r"|passengers?|patients|players?|visitors?|shoppers|viewers"
    r"|subscribers|guests|merchants|students|readers|clients)\b(?! (?:team|library|code|sdk"
    r"|pool|app))"
)
_EFFECT = _compile(
    r"\b(?:came to a standstill|went (?:from|up|down)|rose (?:to|by|from)|dropped (?:to|by"
    r"|from)|fell (?:to|by)|p\d\d\b|latency (?:was|rose)"
    r"|error rates? (?:was|rose|went|climbed|reached)|revenue|complain\w*|tickets? (?:came"
    r"|poured|were opened)|for \d+ (?:minutes|hours|days)"
    r"|(?:was|were) (?:unavailable|down|unreachable|offline|slow) (?:for|until)|saw an? error"
    r"|had to (?:dial|wait|queue|retry|call|walk)"
    r"|abandoned|could not (?:log in|pay|check out|order|book)|lost their|was on the news)\b"
)
_TRAIT = _compile(
    r"\b(?:discipline|lacks? (?:ownership|care|skill|discipline|motivation|experience)"
    r"|careless\w*|lazy|never (?:really )?cared|not qualified"
    r"|does(?: not|n['’]t) (?:understand|believe|care)|do not (?:understand|believe|care)"
    r"|don['’]t (?:understand|believe|care|know)|attitude"
    r"|inexperienced|incompeten\w+|not paying attention|was tired|were tired|distracted"
    r"|in a hurry|overconfiden\w+|human error)\b"
)
_ACTOR = re.compile(
    rf"^(?:(?i:{PERSON}) (?:was|were|had|has|does|is)\b|(?:(?i:{PERSON})"
    rf"|{NAME}) (?:\w+ly )?(?:did|forgot|made|ran"
    rf"|deleted|pushed|changed|chose|typed|pressed"
    r"|thought|assumed|missed|skipped|ignored|decided|never|failed|misread|clicked|entered"
    r"|left|closed|opened|unplugged|approved|merged)\b)"
)


def assess_soundness(symptom: str, whys: Sequence[str]) -> Soundness:
    """Return the soundness of a cause chain.

    Of several defects it returns the first of: restates, not causal, ends in a person, ends in a
    symptom, too short.
    """
    answers = [_BECAUSE.sub("", why.strip())[:MAX_WHY_LENGTH] for why in whys if why.strip()]
    if not answers:
        return Soundness.TOO_SHORT
    if not is_english(" ".join((symptom, *answers))):
        return Soundness.SOUND
    if any(is_restatement(previous, answer) for previous, answer in pairwise((symptom, *answers))):
        return Soundness.RESTATES
    if _is_not_causal(symptom, answers):
        return Soundness.NOT_CAUSAL
    return _assess_ending(answers[-1])


def _is_not_causal(symptom: str, answers: list[str]) -> bool:
    if any(_REMEDY.search(why) for why in answers):
        return True
    parallel = sum(bool(_ABSENCE.match(a) and _ABSENCE.match(b)) for a, b in pairwise(answers))
    asides = (
        _ASIDE.search(why) and not count_shared_stems(why, symptom, *answers[:number])
        for number, why in enumerate(answers)
    )
    return parallel > 1 or any(asides)


def _assess_ending(answer: str) -> Soundness:
    is_condition = bool(_CONDITION.search(answer) or _LASTING_CONDITION.search(answer))
    if _USERS.match(answer) and not _TRAIT.search(answer):
        return Soundness.ENDS_IN_SYMPTOM
    if (
        _TRAIT.search(answer)
        or find_blame(answer)
        or (_ACTOR.match(answer) and not _LASTING_CONDITION.search(answer))
    ):
        return Soundness.ENDS_IN_PERSON
    if _EFFECT.search(answer) and not is_condition:
        return Soundness.ENDS_IN_SYMPTOM
    if not is_condition or _PHYSICAL.search(answer):
        return Soundness.TOO_SHORT
    return Soundness.SOUND
