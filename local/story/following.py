"""The story's third part: weeks pass, promises are kept, moved or dropped, the review closes."""

from __future__ import annotations

from datetime import timedelta

from local.story.cast import DESK, FARID, LEONIE, MATEO, NGOZI, SUSAN, TOM, YUKI
from local.story.stage import Stage, check
from local.story.telling import Tell
from models.action import Action, Dropped, Standing, Verified
from models.review import Stage as At

ALERT = "https://git.example.org/alerts/merge_requests/311"
TEST = "https://wiki.example.org/dump-alert-test"
RESTORE = "https://dash.example.org/restores"
SCRIPT = "https://git.example.org/databases/merge_requests/88"
ARCHIVE = "https://wiki.example.org/restore-to-the-minute"


async def claims(stage: Stage, tell: Tell) -> None:
    """Remind, claim, reject, claim again and verify; give an action up and drop it."""
    letter = await stage.letter_in_time(MATEO, "A1", days=20)
    tell("A week before it is due Mateo is reminded of A1. He answers for both his actions:")
    words = (
        f"A1 done: the alert is live, see {ALERT}\n"
        "A5 give up because the provider cannot move staging before its contract ends next year"
    )
    await stage.reply(letter, words)
    tell.quote(words)
    await verdict(stage, "reject", "A1", "--reason", "I removed a dump on staging; no alert came.")
    letter = await stage.letter_in_time(MATEO, "A1 is not there yet")
    tell("Ngozi tries it out: no alert came. Her verdict goes to Mateo, who mends and claims anew.")
    await stage.reply(letter, f"Fixed, it watched the wrong bucket: {TEST}")
    await verdict(stage, "verify", "A1", "--finding", "Dump removed at 10:02, alert at 10:31.")
    check((await action(stage, "A1")).standing is Standing.VERIFIED, "A1 is verified")
    await stage.letter_in_time(LEONIE, "A5 is given up")
    risk = (
        "Until the contract ends a restore from staging takes a day; A4 makes it the last resort."
    )
    await stage.order(LEONIE, "drop", "A5", "--reason", "Not before next year.", "--risk", risk)
    check(isinstance((await action(stage, "A5")).outcome, Dropped), "A5 is dropped")
    tell(
        "This time it holds: A1 is verified. Leonie drops A5 and puts the accepted risk on record."
    )


async def silence(stage: Stage, tell: Tell) -> None:
    """Nobody hears of A2 until it is overdue; then the lead does too."""
    late = await stage.letter_in_time(YUKI, "overdue", days=25)
    check("A2" in late.subject, "Yuki is told that A2 is overdue")
    tell("Yuki is busy. A2 falls due, and the letters about it go on every third working day.")
    await stage.letter_in_time(LEONIE, "A2", days=20)
    tell("From a week on Leonie hears of it as well. Yuki answers for A2 and A3 at once:")
    words = f"A2 done: eleven green nights, {RESTORE}\nA3 done: merged as {SCRIPT}"
    await stage.reply(late, words)
    tell.quote(words)
    await stage.letter_in_time(NGOZI, "please verify")
    await stage.order(NGOZI, "verify", "A2", "--finding", "Eleven nights green; repeated one.")
    await stage.order(NGOZI, "verify", "A3", "--finding", "On the primary in staging it refused.")
    tell("Ngozi verifies both.")


async def more_time(stage: Stage, tell: Tell) -> None:
    """Ask for more time, and try to close too early."""
    letter = await stage.letter_in_time(TOM, "A4", days=20)
    due = (await action(stage, "A4")).due
    assert due is not None  # noqa: S101  (the actions gate saw to it)
    until = due + timedelta(days=14)
    words = f"need until {until} because the storage contract is signed next week"
    await stage.reply(letter, words)
    await stage.letter_in_time(LEONIE, "more time for A4?")
    await stage.order(LEONIE, "action", "grant", "A4")
    check((await action(stage, "A4")).due == until, "A4 is due later")
    tell("Tom sees that he will be late, and says so before he is. Leonie grants it.")
    tell.quote(words)
    refused = (await stage.order(LEONIE, "approve", "closure", refused=True)).err
    for code in ("[not-done]", "[follow-up-not-held]"):
        check(code in refused, f"{code} keeps the review open")
    check(
        not {"A1", "A2", "A3", "A5"} & set(refused.split()), "only what is open stands in the way"
    )
    tell("She would like to close the review. It is too early, and she is shown why:")
    tell.quote(refused)


async def follow_up(stage: Stage, tell: Tell) -> None:
    """Hold the follow-up meeting, with a status of every open action."""
    planned = (await stage.record()).follow_up
    assert planned is not None  # noqa: S101  (an act before saw to it)
    await stage.letter_in_time(FARID, "where the actions stand", days=20)
    await stage.until(planned.at + timedelta(minutes=30))
    silent = await stage.order(FARID, "follow-up", "hold", "--status", "A1=verified", refused=True)
    check("status-missing" in silent.err, "the meeting needs a status of every open action")
    status = "A4=contract signed, first segments arrive"
    came = [part for who in (LEONIE, FARID, TOM, SUSAN) for part in ("--attended", who)]
    await stage.order(FARID, "follow-up", "hold", "--status", status, *came)
    tell("The day before, everybody gets a brief. The follow-up meeting is held; only A4 is open.")


async def closure(stage: Stage, tell: Tell) -> None:
    """Finish the last action, close, and look at what remains."""
    letter = await stage.letter_in_time(TOM, "A4", days=20)
    await stage.reply(letter, f"A4 done: restored to 14:07 in 95 minutes, {ARCHIVE}")
    await verdict(stage, "verify", "A4", "--finding", "Watched the restore; the rows are there.")
    await stage.order(LEONIE, "approve", "closure")
    tell("Tom finishes A4, and Ngozi has watched the restore. Leonie approves the closure.")
    for who in (LEONIE, FARID, SUSAN, MATEO):
        await stage.letter_in_time(who, "closed")
    await stage.over()
    record = await stage.record()
    check(record.stage is At.CLOSED, "the review is closed")
    outcomes = [type(found.outcome) for found in record.actions]
    check(outcomes == [Verified, Verified, Verified, Verified, Dropped], "each has its outcome")
    late = await stage.order(LEONIE, "action", "report", "A4", "--text", "x", refused=True)
    check(late.err, "a closed review takes no more orders")
    await stage.listed(id=stage.review, stage="closed", open_actions=0)
    told = (await stage.cli(DESK, "register", "rebuild", "-o", "json")).data
    check(told["reviews"] == 1, "the register can be made anew from the archive")
    await stage.listed(id=stage.review, stage="closed")
    tell("The workflow is complete, the record in the archive, and the register made anew from it.")


async def verdict(stage: Stage, verb: str, name: str, *words: str) -> None:
    """Let Ngozi get the letter about a claim, and give her verdict on the command line."""
    await stage.letter_in_time(NGOZI, f"verify {name}")
    await stage.order(NGOZI, verb, name, *words)


async def action(stage: Stage, name: str) -> Action:
    """Look at one action."""
    return next(found for found in (await stage.record()).actions if found.id == name)
