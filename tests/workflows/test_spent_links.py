"""A decision link from an email that was sent, pressed in the real app over the real Temporal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
from lxml import html
from pydantic import SecretStr

from local.postbox import StoredEmail
from mail.decision_links import DECISION_PATH
from models import commands as o
from models.people import Channel
from models.review import Event
from settings import Settings, WebSection
from tests.patience import PATIENCE
from tests.sample_people import COORDINATOR, OLGA, VERA
from tests.workflows.workflow_stack import SITE, RunningReview, WorkflowStack
from web.app import create_app

EVIDENCE = "https://example.org/change/7"
FINDING = "I opened 60 connections; 20 were refused."


@asynccontextmanager
async def open_browser(stack: WorkflowStack, case: RunningReview) -> AsyncIterator[Any]:
    """Yield an HTTP client of the app, as of the time of the review."""
    settings = Settings(
        secret=SecretStr(SITE.secret.decode()),
        coordinator=COORDINATOR,
        web=WebSection(url=SITE.url),
    )
    app = create_app(stack.review_client, stack.archive, stack.engine, settings, case.read_clock)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(
        transport=transport, base_url=SITE.url, follow_redirects=True
    ) as client:
        yield client


async def claim(case: RunningReview) -> StoredEmail:
    """Return the email that asks Vera to verify A1, once Olga has claimed it."""
    postbox = case.stack.postbox
    before = max((email.number for email in postbox.list_emails()), default=0)
    await case.ask(o.Claim, OLGA, action="A1", evidence=EVIDENCE)
    await case.skip(days=4)
    key = (await case.fetch_review()).incident.key
    return await postbox.wait_for(VERA, f"{key}): please verify", before, PATIENCE)


def parse(markup: str) -> Any:
    return html.fromstring(markup)


def find_link(email: StoredEmail, label: str) -> str:
    """Return the path to which a button of an email leads."""
    (address,) = parse(email.get_body("html")).xpath(f"//a[text()='{label}']/@href")
    assert address.startswith(f"{SITE.url}{DECISION_PATH}")
    return str(address).removeprefix(SITE.url)


async def press(browser: Any, path: str, **typed: str) -> str:
    """Read the page, press its button, and return what is shown then."""
    page = parse((await browser.get(path)).text)
    (seen,) = page.xpath("//input[@name='seen']/@value")
    return str((await browser.post(path, data={"seen": seen, **typed})).text)


def list_by_link(events: tuple[Event, ...]) -> list[str]:
    return [event.text for event in events if event.channel is Channel.LINK]


async def prepare(stack: WorkflowStack) -> RunningReview:
    case = await stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    await case.assign_actions()
    return case


async def test_one_link_pressed_by_two_at_once_and_again_later_decides_once(
    stack: WorkflowStack,
) -> None:
    case = await prepare(stack)
    path = find_link(await claim(case), "Verify")
    async with open_browser(stack, case) as browser:
        await browser.get(path)
        before = len(stack.postbox.list_emails(VERA))

        shown = await asyncio.gather(
            press(browser, path, finding=FINDING), press(browser, path, finding="Another finding.")
        )
        await case.skip(days=1)
        later = await browser.post(path, data={"finding": "A third finding."})

        review = await case.fetch_review()
        (recorded,) = list_by_link(review.log)
        assert all("This decision is recorded" in text for text in (*shown, later.text))
        assert all(recorded in parse(text).text_content() for text in shown)
        receipt = await stack.postbox.wait_for(
            VERA, f"{review.incident.key}): a decision in your name", before, PATIENCE
        )
        assert "decision was recorded in your name" in receipt.get_body("plain")


async def test_a_forwarded_link_is_noticed_and_an_expired_one_decides_nothing(
    stack: WorkflowStack,
) -> None:
    case = await prepare(stack)
    path = find_link(await claim(case), "Reject")
    async with open_browser(stack, case) as browser:
        shown = (await browser.get(path)).text
        assert "You act for" in shown
        assert "Vera Novak" in shown

        case.ahead += timedelta(days=14)
        expired = await browser.post(path, data={"reason": "The link is dead."})

        assert expired.status_code == 410
        assert list_by_link((await case.fetch_review()).log) == []


async def test_a_link_from_the_email_about_one_claim_decides_about_no_later_one(
    stack: WorkflowStack,
) -> None:
    case = await prepare(stack)
    first = await claim(case)
    async with open_browser(stack, case) as browser:
        await press(browser, find_link(first, "Reject"), reason="The link is dead.")
        second = await claim(case)

        outdated = await browser.get(find_link(first, "Verify"))
        shown = await press(browser, find_link(second, "Verify"), finding=FINDING)

        assert outdated.status_code == 410
        assert "This link was sent before A1 changed" in outdated.text
        assert "This decision is recorded" in shown
        assert [
            text.partition(" ")[0] for text in list_by_link((await case.fetch_review()).log)
        ] == [
            "rejected",
            "verified",
        ]
