"""The story's second part: the meeting, five promises to four people, and their answers by mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from local.story.cast import (
    FARID,
    LEONIE,
    MATEO,
    NGOZI,
    PRIYA,
    PROMISES,
    TOM,
    YUKI,
    Promise,
    causes,
)
from local.story.stage import Stage, check
from local.story.telling import Tell
from models.action import Standing

TO_ACCEPT = "please accept or decline"


async def meeting(stage: Stage, tell: Tell) -> None:
    """Hold the meeting: the causes and actions of the document, said better, each with an owner."""
    planned = (await stage.record()).meeting
    assert planned is not None  # noqa: S101  (the draft gate saw to it)
    await stage.until(planned.at + timedelta(minutes=50))
    came = [part for person in (LEONIE, FARID, MATEO, YUKI) for part in ("--attended", person)]
    await stage.order(FARID, "meeting", "hold", *came)
    record = await stage.record()
    check(len(record.causes) == len(causes()), "the document named its causes")
    check(len(record.actions) == len(PROMISES), "the document proposed its actions")
    for cause, (symptom, whys) in zip(record.causes, causes(), strict=True):
        asked = [part for why in whys for part in ("--why", why)]
        await stage.order(FARID, "cause", "revise", cause.id, "--symptom", symptom, *asked)
    own = await promised(stage, "A1", PROMISES[0], verifier=MATEO, refused=True)
    check("verifier-owns" in own, "nobody verifies what they promised")
    for action, promise in zip(record.actions, PROMISES, strict=True):
        await promised(stage, action.id, promise, verifier=NGOZI)
    tell(
        f"The document named {len(causes())} causes and {len(PROMISES)} actions. The meeting says "
        "them better; each action gets an owner, a verifier and a due date."
    )
    tell("That Mateo would verify his own action is refused:")
    tell.quote(own)


async def promised(
    stage: Stage, action: str, promise: Promise, *, verifier: str, refused: bool = False
) -> str:
    """Say who does an action, and by when; give what was said on standard error."""
    due = (stage.clock() + timedelta(days=promise.days)).date().isoformat()
    named = [part for cause in promise.causes for part in ("--cause", cause)]
    said = await stage.order(
        FARID,
        *("action", "revise", action, "--text", promise.text, "--measure", promise.measure),
        *("--owner", promise.owner, "--verifier", verifier, "--due", due),
        *("--priority", promise.priority, *named),
        refused=refused,
    )
    return said.err


async def assignment(stage: Stage, tell: Tell) -> None:
    """Assign the actions; each owner gets one letter and answers it by mail."""
    await stage.order(LEONIE, "approve", "actions")
    check((await stage.record()).stage == "assigned", "the actions are assigned")
    tell("Leonie approves the actions. Each owner gets one letter, in their own working hours.")
    for owner, words in (
        (PRIYA, "decline because I move to the payments team next week"),
        (TOM, "Happy to take it."),
        (YUKI, "accept"),
        (MATEO, "A1 accept\nA5 accept, staging is mine anyway"),
    ):
        letter = await stage.letter_in_time(owner, TO_ACCEPT)
        await stage.reply(letter, words)
        tell(f"{name(owner)} replies: “{'” and “'.join(words.splitlines())}”")


async def reassignment(stage: Stage, tell: Tell) -> None:
    """Give the declined action to somebody else, and see the follow-up begin by itself."""
    standings = {a.id: a.standing for a in (await stage.record()).actions}
    check(standings["A3"] is Standing.DECLINED, "A3 is declined")
    await stage.letter_in_time(LEONIE, "A3")
    await stage.order(LEONIE, "action", "reassign", "A3", "--owner", YUKI)
    letter = await stage.letter_in_time(YUKI, TO_ACCEPT)
    check("A3" in letter.part("plain"), "the letter speaks of A3")
    await stage.reply(letter, "Yes, I accept.")
    record = await stage.record()
    check(record.stage == "follow-up", "with the last acceptance the follow-up begins by itself")
    assert record.follow_up is not None, "its meeting is set"  # noqa: S101  (the story says so)
    day: datetime = record.follow_up.at
    tell(
        f"Leonie hears of it and gives A3 to Yuki, who accepts. All {len(record.actions)} actions "
        f"are accepted: the follow-up begins, and its meeting sets itself for {day:%A, %d %B}."
    )
    await stage.listed(id=stage.review, stage="follow-up")


def name(address: str) -> str:
    """Call somebody by their first name."""
    return address.partition("@")[0].capitalize()
