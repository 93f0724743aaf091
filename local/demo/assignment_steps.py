"""The demo's second part: the meeting, five actions for four people, and their replies by mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from local.demo.environment import DemoEnvironment, check
from local.demo.narration import Narrator
from local.demo.people import (
    FARID,
    LEONIE,
    MATEO,
    NGOZI,
    PLANNED_ACTIONS,
    PRIYA,
    TOM,
    YUKI,
    PlannedAction,
    parse_causes,
)
from models.action import ActionStatus

ACCEPT_SUBJECT = "please accept or decline"


async def hold_meeting(environment: DemoEnvironment, narrate: Narrator) -> None:
    """Hold the meeting: revise causes and actions, and give each action an owner."""
    scheduled = (await environment.fetch_review()).meeting
    assert scheduled is not None  # noqa: S101  (the draft gate saw to it)
    await environment.advance_to(scheduled.at + timedelta(minutes=50))
    attended = [
        argument for person in (LEONIE, FARID, MATEO, YUKI) for argument in ("--attended", person)
    ]
    await environment.run_review_command(FARID, "meeting", "hold", *attended)
    record = await environment.fetch_review()
    check(len(record.causes) == len(parse_causes()), "the document named its causes")
    check(len(record.actions) == len(PLANNED_ACTIONS), "the document proposed its actions")
    for cause, (symptom, whys) in zip(record.causes, parse_causes(), strict=True):
        whys_options = [argument for why in whys for argument in ("--why", why)]
        await environment.run_review_command(
            FARID, "cause", "revise", cause.id, "--symptom", symptom, *whys_options
        )
    refusal = await revise_action(
        environment, "A1", PLANNED_ACTIONS[0], verifier=MATEO, refused=True
    )
    check("verifier-owns" in refusal, "nobody verifies their own action")
    for action, planned in zip(record.actions, PLANNED_ACTIONS, strict=True):
        await revise_action(environment, action.id, planned, verifier=NGOZI)
    narrate(
        f"The document named {len(parse_causes())} causes and {len(PLANNED_ACTIONS)} actions. The "
        "meeting rewords them; each action gets an owner, a verifier and a due date."
    )
    narrate("Mateo may not verify his own action:")
    narrate.quote(refusal)


async def revise_action(
    environment: DemoEnvironment,
    action: str,
    planned: PlannedAction,
    *,
    verifier: str,
    refused: bool = False,
) -> str:
    """Return what the command printed on standard error when revising an action."""
    due = (environment.clock() + timedelta(days=planned.days)).date().isoformat()
    cause_options = [argument for cause in planned.causes for argument in ("--cause", cause)]
    result = await environment.run_review_command(
        FARID,
        *("action", "revise", action, "--text", planned.text, "--measure", planned.measure),
        *("--owner", planned.owner, "--verifier", verifier, "--due", due),
        *("--priority", planned.priority, *cause_options),
        refused=refused,
    )
    return result.err


async def assign_actions(environment: DemoEnvironment, narrate: Narrator) -> None:
    """Assign the actions; each owner gets one email and replies to it."""
    await environment.run_review_command(LEONIE, "approve", "actions")
    check((await environment.fetch_review()).stage == "assigned", "the actions are assigned")
    narrate("Leonie approves the actions. Each owner gets one email, in their own working hours.")
    for owner, text in (
        (PRIYA, "decline because I move to the payments team next week"),
        (TOM, "Happy to take it."),
        (YUKI, "accept"),
        (MATEO, "A1 accept\nA5 accept, staging is mine anyway"),
    ):
        email = await environment.advance_until_email(owner, ACCEPT_SUBJECT)
        await environment.send_reply(email, text)
        narrate(f"{format_first_name(owner)} replies: “{'” and “'.join(text.splitlines())}”")


async def reassign_action(environment: DemoEnvironment, narrate: Narrator) -> None:
    """Reassign the declined action; the follow-up then starts by itself."""
    statuses = {a.id: a.status for a in (await environment.fetch_review()).actions}
    check(statuses["A3"] is ActionStatus.DECLINED, "A3 is declined")
    email = await environment.advance_until_email(LEONIE, "A3")
    await environment.press_button(email, "Give to somebody else", owner=YUKI)
    email = await environment.advance_until_email(YUKI, ACCEPT_SUBJECT)
    check("A3" in email.get_body("plain"), "the email is about A3")
    await environment.send_reply(email, "Yes, I accept.")
    record = await environment.fetch_review()
    check(record.stage == "follow-up", "the follow-up begins with the last acceptance")
    assert record.follow_up is not None, "its meeting is set"  # noqa: S101  (it was checked above)
    date: datetime = record.follow_up.at
    narrate(
        f"Leonie is notified and gives A3 to Yuki, who accepts. All {len(record.actions)} actions "
        f"are accepted: the follow-up begins, and its meeting is scheduled for {date:%A, %d %B}."
    )
    await environment.wait_for_listing(id=environment.review, stage="follow-up")


def format_first_name(address: str) -> str:
    """Return the first name of an address."""
    return address.partition("@")[0].capitalize()
