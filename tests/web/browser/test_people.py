"""People do their work in a real browser, with scripts and without, and by keyboard alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from models.action import ActionStatus
from models.people import Channel
from models.review import Gate, Stage
from tests.sample_people import FAY, ODILE, OLGA, PIA
from tests.web.browser.served_app import WRITTEN
from tests.web.pages.sign_in.test_mail_link import build_link, list_requests
from tests.web.web_app import REVIEW, WebApp


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
async def context(
    request: pytest.FixtureRequest, browser: Browser
) -> AsyncIterator[BrowserContext]:
    """Yield a browser's window that runs scripts, then one that does not."""
    opened = await browser.new_context(java_script_enabled=request.param)
    yield opened
    await opened.close()


async def sign_in_by_email(page: Page, web_app: WebApp, site: str, address: str) -> None:
    """Sign in as a person does: ask for a link, and open it in the same browser."""
    await page.goto(f"{site}/sign-in?next=/reviews/{REVIEW}")
    await page.get_by_label("address").fill(address)
    await page.locator("main form").get_by_role("button").click()
    await page.goto(site + build_link(web_app, list_requests(web_app)[-1]))
    await page.locator("main form").get_by_role("button").click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()


async def open_command(page: Page, site: str, item: str, label: str) -> None:
    await page.goto(f"{site}/reviews/{REVIEW}")
    card = page.get_by_role("article").filter(has=page.locator(f"#{item}"))
    await card.get_by_role("button", name=label).click()


def find_status(web_app: WebApp, item: str) -> ActionStatus:
    action = web_app.review_client.reviews[REVIEW].action(item)
    assert action is not None
    return action.status


async def test_an_owner_signs_in_by_email_and_claims_what_is_done(
    context: BrowserContext, web_app: WebApp, site: str
) -> None:
    page = await context.new_page()
    await sign_in_by_email(page, web_app, site, OLGA)

    assert page.url == f"{site}/reviews/{REVIEW}"
    await open_command(page, site, "A1", "Report A1 as done")
    await (
        page.get_by_label("Where")
        .or_(page.locator("#evidence"))
        .first.fill(
            "https://example.org/load-test: 50 tenants stayed under 0.4 % errors on 27 March."
        )
    )
    await page.locator("form.decide").get_by_role("button").first.click()

    await expect(page.get_by_role("heading", name="Recorded")).to_be_visible()
    assert find_status(web_app, "A1") is ActionStatus.CLAIMED
    assert web_app.review_client.reviews[REVIEW].log[-1].channel is Channel.WEB


async def test_a_verifier_verifies_and_a_lead_approves(
    context: BrowserContext, web_app: WebApp, site: str
) -> None:
    page = await context.new_page()
    await sign_in_by_email(page, web_app, site, "vera@example.org")
    await open_command(page, site, "A2", "Verify A2")
    await page.locator("#finding").fill(
        "Broke one tenant in staging at 14:02; the page came at 14:07."
    )
    await page.locator("form.decide").get_by_role("button").first.click()
    await expect(page.get_by_role("heading", name="Recorded")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()

    await sign_in_by_email(page, web_app, site, "ada@example.org")
    await page.goto(f"{site}/reviews/{WRITTEN}/commands/approve")

    assert find_status(web_app, "A2") is ActionStatus.VERIFIED
    await expect(page.get_by_role("heading", name="What is still needed first")).to_be_visible()
    await page.goto(f"{site}/reviews/review-pagerduty-Q1/commands/approve")
    await page.get_by_role("button", name="Approve “draft”").click()
    await expect(page.get_by_role("heading", name="Recorded")).to_be_visible()
    review = web_app.review_client.reviews["review-pagerduty-Q1"]
    assert review.stage is Stage.MEETING
    assert review.log[-1].gate is Gate.DRAFT or review.log[-2].gate is Gate.DRAFT


async def test_two_write_a_document_at_once_and_nothing_is_lost(
    browser: Browser, context: BrowserContext, web_app: WebApp, site: str
) -> None:
    fay, other_window = await context.new_page(), await browser.new_context()
    pia = await other_window.new_page()
    for page, address in ((fay, FAY), (pia, PIA)):
        await sign_in_by_email(page, web_app, site, address)
        await page.goto(f"{site}/reviews/{WRITTEN}/document/edit")

    for page, words in ((pia, "Pia saw it first."), (fay, "Fay saw it too.")):
        text = page.locator("#text")
        await text.fill(f"{await text.input_value()}\n## Impact\n\n{words}\n")
        await page.get_by_role("button", name="File it").click()

    await expect(fay.get_by_role("heading", name="filed another version meanwhile")).to_be_visible()
    await expect(fay.get_by_role("cell", name="Pia saw it first.")).to_be_visible()
    text = fay.locator("#text")
    assert "Fay saw it too." in await text.input_value()
    await text.fill(
        (await text.input_value()).replace("Fay saw it too.", "Pia saw it first, then Fay.")
    )
    await fay.get_by_role("button", name="File it").click()
    await expect(fay.get_by_text("Filed as revision 3.")).to_be_visible()
    await other_window.close()


async def test_an_owner_takes_a_claim_back_by_keyboard_alone(
    browser: Browser, web_app: WebApp, site: str
) -> None:
    window = await browser.new_context()
    page = await window.new_page()
    await sign_in_by_email(page, web_app, site, ODILE)
    await page.goto(f"{site}/reviews/{REVIEW}")

    await press_until(page, "Take back the claim of A2")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Take back the claim of A2")).to_be_visible()
    await press_until(page, "Take back the claim of A2", tag="BUTTON")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", name="Recorded")).to_be_visible()
    assert find_status(web_app, "A2") is ActionStatus.ACCEPTED
    await window.close()


async def press_until(page: Page, name: str, tag: str = "A", limit: int = 80) -> None:
    """Press Tab until the focus is on what has a name."""
    for _ in range(limit):
        await page.keyboard.press("Tab")
        focused = await page.evaluate(
            "[document.activeElement.tagName, document.activeElement.innerText]"
        )
        if focused == [tag, name]:
            return
    raise AssertionError(f"{name} was not reached in {limit} steps")


async def test_after_signing_out_the_back_button_shows_nothing_of_before(
    context: BrowserContext, web_app: WebApp, site: str
) -> None:
    page = await context.new_page()
    await sign_in_by_email(page, web_app, site, OLGA)
    await page.goto(f"{site}/")
    await expect(page.get_by_role("heading", name="What waits for you")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()

    await page.go_back()

    await expect(page.get_by_role("heading", name="What waits for you")).not_to_be_visible()
