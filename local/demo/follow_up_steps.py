"""The demo's third part: actions are claimed, moved or dropped, and the review closes."""

from __future__ import annotations

from datetime import timedelta

from local.demo.environment import DemoEnvironment, check
from local.demo.narration import Narrator
from local.demo.people import COORDINATOR, FARID, LEONIE, MATEO, NGOZI, SUSAN, TOM, YUKI
from models.action import Action, ActionStatus, Dropped, Verified
from models.review import Stage as At

ALERT = "https://git.example.org/alerts/merge_requests/311"
TEST = "https://wiki.example.org/dump-alert-test"
RESTORE = "https://dash.example.org/restores"
SCRIPT = "https://git.example.org/databases/merge_requests/88"
ARCHIVE = "https://wiki.example.org/restore-to-the-minute"


async def claim_and_verify(environment: DemoEnvironment, narrate: Narrator) -> None:
    """Remind, claim, reject, claim again and verify; give an action up and drop it."""
    email = await environment.advance_until_email(MATEO, "A1", days=20)
    narrate("A week before it is due, Mateo is reminded of A1. He replies for both his actions:")
    text = (
        f"A1 done: the alert is live, see {ALERT}\n"
        "A5 give up because the provider cannot move staging before its contract ends next year"
    )
    await environment.send_reply(email, text)
    narrate.quote(text)
    email = await environment.advance_until_email(NGOZI, "verify A1")
    await environment.press_button(
        email, "Reject", reason="I removed a dump on staging; no alert came."
    )
    email = await environment.advance_until_email(MATEO, "A1 is not done yet")
    narrate(
        "Ngozi tests it, and no alert comes. She presses “Reject” in the email and says why; Mateo "
        "fixes it and claims A1 again."
    )
    await environment.send_reply(email, f"Fixed, it watched the wrong bucket: {TEST}")
    email = await environment.advance_until_email(NGOZI, "verify A1")
    await environment.send_reply(email, "verify: dump removed at 10:02, alert at 10:31.")
    check((await find_action(environment, "A1")).status is ActionStatus.VERIFIED, "A1 is verified")
    email = await environment.advance_until_email(LEONIE, "A5 was given up")
    risk = (
        "Until the contract ends a restore from staging takes a day; A4 makes it the last resort."
    )
    await environment.press_button(email, "Drop", reason="Not before next year.", risk=risk)
    check(isinstance((await find_action(environment, "A5")).outcome, Dropped), "A5 is dropped")
    narrate(
        "This time it works: Ngozi verifies A1 by a reply. Leonie presses “Drop” in the email "
        "about A5, and records the risk that she accepts."
    )


async def escalate_overdue(environment: DemoEnvironment, narrate: Narrator) -> None:
    """Let A2 become overdue: its owner is reminded, then the lead is notified."""
    email = await environment.advance_until_email(YUKI, "overdue", days=25)
    check("A2" in email.subject, "Yuki is told that A2 is overdue")
    narrate("Yuki is busy. A2 becomes overdue, and she is reminded every third working day.")
    await environment.advance_until_email(LEONIE, "A2", days=20)
    narrate("After a week Leonie is notified as well. Yuki replies for A2 and A3 at once:")
    text = f"A2 done: eleven green nights, {RESTORE}\nA3 done: merged as {SCRIPT}"
    await environment.send_reply(email, text)
    narrate.quote(text)
    email = await environment.advance_until_email(NGOZI, "please verify")
    await environment.send_reply(
        email,
        "A2 verify: eleven nights green, and I repeated one.\n"
        "A3 verify: on the primary in staging it refused.",
    )
    narrate("Ngozi verifies both, in one reply.")


async def extend_due_date(environment: DemoEnvironment, narrate: Narrator) -> None:
    """Request more time, and try to close too early."""
    email = await environment.advance_until_email(TOM, "A4", days=20)
    due = (await find_action(environment, "A4")).due
    assert due is not None  # noqa: S101  (the actions gate saw to it)
    until = due + timedelta(days=14)
    text = f"need until {until} because the storage contract is signed next week"
    await environment.send_reply(email, text)
    email = await environment.advance_until_email(LEONIE, "more time for A4?")
    await environment.press_button(email, "Grant more time")
    check((await find_action(environment, "A4")).due == until, "A4 is due later")
    narrate("Tom asks for more time before he is late. Leonie grants it.")
    narrate.quote(text)
    refusal = (await environment.run_review_command(LEONIE, "approve", "closure", refused=True)).err
    for code in ("[not-done]", "[follow-up-not-held]"):
        check(code in refusal, f"{code} keeps the review open")
    check(
        not {"A1", "A2", "A3", "A5"} & set(refusal.split()), "only open actions block the closure"
    )
    narrate("She tries to close the review. It is too early, and the answer says why:")
    narrate.quote(refusal)


async def hold_follow_up(environment: DemoEnvironment, narrate: Narrator) -> None:
    """Hold the follow-up meeting, with a status of every open action."""
    scheduled = (await environment.fetch_review()).follow_up
    assert scheduled is not None  # noqa: S101  (a step before saw to it)
    await environment.advance_until_email(FARID, "status of the actions", days=20)
    await environment.advance_to(scheduled.at + timedelta(minutes=30))
    incomplete = await environment.run_review_command(
        FARID, "follow-up", "hold", "--status", "A1=verified", refused=True
    )
    check("status-missing" in incomplete.err, "the meeting needs a status of every open action")
    status = "A4=contract signed, first segments arrive"
    attended = [argument for who in (LEONIE, FARID, TOM, SUSAN) for argument in ("--attended", who)]
    await environment.run_review_command(FARID, "follow-up", "hold", "--status", status, *attended)
    narrate(
        "The day before, everybody gets a status brief. The meeting is held; only A4 is still open."
    )


async def close_review(environment: DemoEnvironment, narrate: Narrator) -> None:
    """Finish the last action, close the review, and check what remains."""
    email = await environment.advance_until_email(TOM, "A4", days=20)
    await environment.send_reply(email, f"A4 done: restored to 14:07 in 95 minutes, {ARCHIVE}")
    email = await environment.advance_until_email(NGOZI, "verify A4")
    await environment.press_button(
        email, "Verify", finding="I watched the restore; the rows are there."
    )
    email = await environment.advance_until_email(LEONIE, "please close the review")
    await environment.press_button(email, "Approve the closure")
    narrate(
        "Tom finishes A4, and Ngozi verifies it. Leonie presses “Approve the closure” in her email."
    )
    for who in (LEONIE, FARID, SUSAN, MATEO):
        await environment.advance_until_email(who, "closed")
    await environment.advance_to_completion()
    record = await environment.fetch_review()
    check(record.stage is At.CLOSED, "the review is closed")
    outcomes = [type(action.outcome) for action in record.actions]
    check(outcomes == [Verified, Verified, Verified, Verified, Dropped], "each has its outcome")
    refusal = await environment.run_review_command(
        LEONIE, "action", "report", "A4", "--text", "x", refused=True
    )
    check(refusal.err, "a closed review takes no more commands")
    await environment.wait_for_listing(id=environment.review, stage="closed", open_actions=0)
    result = (await environment.run_cli(COORDINATOR, "register", "rebuild", "-o", "json")).data
    check(result["reviews"] == 1, "the register can be rebuilt from the archive")
    await environment.wait_for_listing(id=environment.review, stage="closed")
    narrate("The workflow is complete, the record archived, and the register rebuilt from it.")


async def find_action(environment: DemoEnvironment, name: str) -> Action:
    """Return one action of the review."""
    return next(
        action for action in (await environment.fetch_review()).actions if action.id == name
    )
