"""The whole product on one page: a review from `make up` to closed, decided in emails alone.

Everything runs as on one machine, with the default settings; only the calendar is moved forward.
The facilitator, who set it up, has the only token. Everybody else has an inbox.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

from local.demo.environment import DemoEnvironment
from local.demo.opening_steps import schedule_meeting
from local.demo.people import COORDINATOR, LEONIE, MATEO, NGOZI, PEOPLE, YUKI
from local.demo.play import open_environment
from models.action import Verified
from models.notifications import NotificationKind
from models.people import Channel
from models.review import Review, Stage
from rules.notifications.daily import DAILY_KINDS
from rules.notifications.wording import KIND_TITLES
from rules.permissions import CLOCK

FACILITATOR = COORDINATOR
SERVICES = f"name,lead,facilitator\ncheckout,{LEONIE},{FACILITATOR}\n"
REMINDERS = DAILY_KINDS - {NotificationKind.AGENDA, NotificationKind.STATUS_BRIEF}
"""Without those that would come too late the next day, and then go alone."""
DOCUMENT = """\
# Checkout answered with errors

## Summary

For 40 minutes one checkout in five ended with an error, and 310 orders were not placed. The service
recovered when the connection pool was enlarged by hand.

## Impact

Customers in Europe could not pay from 09:10 to 09:50 UTC; 310 orders were lost.

## Timeline

- 2026-03-02 09:10 UTC – the error rate of checkout rises to 20 %
- 2026-03-02 09:50 UTC – the pool is enlarged, and the errors stop

## Causes

### The connection pool of checkout was exhausted

1. Each request held two connections instead of one
2. The library opens a second one for retries, and its default is to retry at once
3. Nothing in our template for new services sets a limit on retries

## What went well

- The dashboard showed the pool at once.

## What went poorly

- A customer noticed before we did.

## Where we got lucky

- It happened in the morning, not in the evening peak.

## Actions

| Action | Owner | Verifier | Measure | Priority | Causes | Due |
|---|---|---|---|---|---|---|
| Set a retry limit of 2 in the service template | mateo@example.org | ngozi@example.org | \
A new service from the template retries at most twice | P2 | C1 | {due} |
| Page the payments rota when more than 2 % of checkouts fail | yuki@example.org | \
ngozi@example.org | The alert fires in a drill | P2 | C1 | {due} |

## Lessons

- A default that retries at once doubles the load when there is least room for it.
"""


async def test_a_review_is_carried_to_its_end_by_emails_and_the_links_in_them() -> None:
    async with open_environment() as environment:
        await open_review(environment)
        await hold_the_meeting(environment)
        await accept_one_action_by_reply_and_one_by_link(environment)
        await finish_the_first_action(environment)
        await ask_for_time_and_finish_the_second(environment)
        await hold_the_follow_up(environment)
        await press(environment, LEONIE, "please close the review", "Approve the closure")
        await environment.advance_to_completion()

        review = await environment.fetch_review()
        bearers = {token.person for token in environment.stack.archive.tokens.list_tokens()}

    assert review.stage is Stage.CLOSED
    assert [type(action.outcome) for action in review.actions] == [Verified, Verified]
    assert bearers == {FACILITATOR}
    assert list_channels(review) == {Channel.MAIL, Channel.LINK}
    assert set(count_reminders(review).values()) == {1}


def list_channels(review: Review) -> set[Channel]:
    """Return by which channels everybody but the facilitator and the clock acted."""
    return {event.channel for event in review.log if event.by not in (FACILITATOR, CLOCK)}


def count_reminders(review: Review) -> Counter[tuple[str, date]]:
    """Return how many emails that can wait each reader got on each day.

    The working hours of all these readers lie within one day of UTC.
    """
    titles = "|".join(KIND_TITLES[kind].partition(" {}")[0] for kind in REMINDERS)
    sent = [re.match(rf"emailed (\S+): (?:{titles})", event.text) for event in review.log]
    return Counter(
        (match[1], event.at.date()) for match, event in zip(sent, review.log, strict=True) if match
    )


async def open_review(environment: DemoEnvironment) -> None:
    for topic, text in (("people", PEOPLE), ("services", SERVICES)):
        file = environment.directory / f"{topic}.csv"
        file.write_text(text, encoding="utf-8")
        await environment.run_cli(FACILITATOR, topic, "import", str(file))
    opened = await environment.run_cli(
        *(FACILITATOR, "review", "open", "Checkout answered with errors"),
        *("--severity", "1", "--service", "checkout", "--key", "checkout", "-o", "json"),
    )
    environment.review = opened.data["review"]


async def hold_the_meeting(environment: DemoEnvironment) -> None:
    file = environment.directory / "checkout.md"
    due = (environment.clock() + timedelta(days=25)).date().isoformat()
    file.write_text(DOCUMENT.format(due=due), encoding="utf-8")
    await facilitate(environment, "review", "write", str(file))
    await schedule_meeting(environment, FACILITATOR)
    await press(environment, LEONIE, "please approve the draft", "Approve the draft")
    meeting = (await environment.fetch_review()).meeting
    assert meeting is not None
    await environment.advance_to(meeting.at + timedelta(hours=1))
    await facilitate(environment, "meeting", "hold", "--attended", LEONIE, "--attended", MATEO)
    await press(environment, LEONIE, "please approve the actions", "Approve the actions")


async def accept_one_action_by_reply_and_one_by_link(environment: DemoEnvironment) -> None:
    await answer(environment, MATEO, "please accept or decline A1", "I'll take it.")
    await press(environment, YUKI, "please accept or decline A2", "Accept")


async def finish_the_first_action(environment: DemoEnvironment) -> None:
    await answer(
        environment, MATEO, "please report on A1", "done: https://git.example.org/templates/12"
    )
    finding = "A new service retried twice, then gave up."
    await press(environment, NGOZI, "please verify A1", "Verify", finding=finding)


async def ask_for_time_and_finish_the_second(environment: DemoEnvironment) -> None:
    later = (environment.clock() + timedelta(days=20)).date().isoformat()
    await press(
        environment,
        *(YUKI, "please report on A2", "Ask for more time"),
        until=later,
        reason="The rota moves.",
    )
    await press(environment, LEONIE, "more time for A2?", "Grant more time")
    await press(
        environment,
        *(YUKI, "more time for A2 is granted", "Report as done"),
        evidence="The alert fired in the drill.",
    )
    await answer(environment, NGOZI, "please verify A2", "verify: paged after five minutes")


async def hold_the_follow_up(environment: DemoEnvironment) -> None:
    follow_up = (await environment.fetch_review()).follow_up
    assert follow_up is not None
    await environment.advance_to(follow_up.at + timedelta(hours=1))
    await facilitate(environment, "follow-up", "hold", "--attended", LEONIE, "--attended", MATEO)


async def facilitate(environment: DemoEnvironment, *arguments: str) -> None:
    await environment.run_review_command(FACILITATOR, *arguments)


async def answer(environment: DemoEnvironment, person: str, subject: str, text: str) -> None:
    email = await environment.advance_until_email(person, subject, days=40)
    await environment.send_reply(email, text)


async def press(
    environment: DemoEnvironment, person: str, subject: str, label: str, **typed: str
) -> None:
    email = await environment.advance_until_email(person, subject, days=40)
    await environment.press_button(email, label, **typed)
