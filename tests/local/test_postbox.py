from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, Envelope, Session
from aiosmtplib import SMTPResponseException
from starlette.types import ASGIApp

from local.ports import find_free_port, open_listener
from local.postbox import Postbox, StoredEmail, build_reply, send_message, serve_smtp
from local.postbox_pages import PostboxPages
from local.postbox_pages.access import build_postbox_link, build_postbox_token
from models.errors import InvalidInput, Unavailable
from settings import WebSection
from tests.web.chromium import open_chromium
from web.middleware.site_guard import SiteGuardMiddleware

NOW = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
TOKEN = build_postbox_token("a secret for tests only")
WAITING = "1 email waits for working hours."
COMMAND = "afterword review open"


async def describe_waiting() -> str:
    return WAITING


def build_email(to: str = "olga@example.org", subject: str = "Please accept A1") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Afterword <afterword@example.org>"
    message["To"] = to
    message["Reply-To"] = "reply+abc@example.org"
    message["Subject"] = subject
    message["Date"] = "Tue, 03 Mar 2026 09:00:00 +0100"
    message["Message-ID"] = "<one@example.org>"
    message.set_content("Do you accept?\n\nAnswer “accept”.\n")
    html = "<html><head></head><body><p>Do you <b>accept</b>?</p></body></html>"
    message.add_alternative(html, subtype="html")
    return message


def build_pages(
    postbox: Postbox, port: int, waiting: Callable[[], Awaitable[str]] = describe_waiting
) -> ASGIApp:
    """Build the pages as one machine serves them."""
    pages = PostboxPages(postbox, port, lambda: NOW, waiting, token=TOKEN).build_app()
    return SiteGuardMiddleware(pages, lambda: WebSection(url="http://here"))


@asynccontextmanager
async def open_browser(app: ASGIApp, token: str = TOKEN) -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a browser that opened the postbox by its link."""
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
        await client.get(build_postbox_link("", token))
        yield client


async def send_reply(browser: httpx2.AsyncClient, **headers: str) -> httpx2.Response:
    """Return the answer to the form of the first email, filled in as in a browser."""
    page = (await browser.get("/postbox/1")).text
    form_token = page.partition('name="form_token" value="')[2].partition('"')[0]
    data = {"text": "accept", "form_token": form_token}
    return await browser.post("/postbox/1/reply", data=data, headers=headers)


@pytest.fixture
def postbox(tmp_path: Path) -> Postbox:
    return Postbox(tmp_path / "postbox")


@pytest_asyncio.fixture
async def port(postbox: Postbox) -> AsyncIterator[int]:
    async with serve_smtp(postbox, 0) as found:
        yield found


@pytest_asyncio.fixture
async def intake(tmp_path: Path) -> AsyncIterator[tuple[Postbox, int]]:
    box = Postbox(tmp_path / "intake")
    async with serve_smtp(box, 0) as found:
        yield box, found


@pytest_asyncio.fixture
async def browser(
    postbox: Postbox, intake: tuple[Postbox, int]
) -> AsyncIterator[httpx2.AsyncClient]:
    app = build_pages(postbox, intake[1])
    async with open_browser(app) as client:
        yield client


async def test_a_notification_handed_in_is_found_by_whom_it_is_for_and_what_it_is_about(
    postbox: Postbox, port: int
) -> None:
    await send_message(port, build_email())
    await send_message(port, build_email(to="omar@example.org", subject="Review opened"))

    assert [post.number for post in postbox.list_emails()] == [1, 2]
    assert [post.subject for post in postbox.list_emails("Omar@Example.org")] == ["Review opened"]
    assert [post.to for post in postbox.list_emails(subject="accept")] == ["olga@example.org"]
    assert postbox.list_emails(after=2) == []


async def test_notifications_outlive_the_postbox(
    postbox: Postbox, port: int, tmp_path: Path
) -> None:
    await send_message(port, build_email())

    again = Postbox(tmp_path / "postbox")

    assert again.list_emails() == postbox.list_emails()
    assert again.add("", "pia@example.org", build_email().as_bytes()).number == 2


async def test_a_half_written_notification_is_no_notification(
    postbox: Postbox, tmp_path: Path
) -> None:
    (tmp_path / "postbox" / "000001.part").write_bytes(b"Subject: ha")

    assert Postbox(tmp_path / "postbox").list_emails() == []
    assert postbox.find_email(1) is None


async def test_waiting_ends_when_the_notification_comes(postbox: Postbox, port: int) -> None:
    waiting = asyncio.create_task(postbox.wait_for("olga@example.org", "accept"))
    other = asyncio.create_task(postbox.wait_for("omar@example.org"))
    await asyncio.sleep(0)

    await send_message(port, build_email())
    await send_message(port, build_email(to="omar@example.org"))

    assert (await waiting).number == 1
    assert (await other).number == 2


async def test_waiting_in_vain_says_for_what(postbox: Postbox) -> None:
    with pytest.raises(
        Unavailable, match=r"no email to olga@example\.org about “accept” within 0\.01 s"
    ):
        await postbox.wait_for("olga@example.org", "accept", within=0.01)


async def test_a_notification_to_two_is_two_notifications(postbox: Postbox) -> None:
    envelope = Envelope()
    envelope.rcpt_tos = ["ada@example.org", "fay@example.org"]
    envelope.original_content = build_email().as_bytes()

    await postbox.handle_DATA(SMTP(postbox), Session(asyncio.get_running_loop()), envelope)

    assert [post.to for post in postbox.list_emails()] == ["ada@example.org", "fay@example.org"]


async def test_an_answer_is_written_as_mail_programs_do(postbox: Postbox) -> None:
    post = postbox.add("", "olga@example.org", build_email().as_bytes())

    reply = build_reply(post, "accept\n", NOW)

    assert reply["From"] == "olga@example.org"
    assert reply["To"] == "reply+abc@example.org"
    assert reply["Subject"] == "Re: Please accept A1"
    assert reply["In-Reply-To"] == reply["References"] == "<one@example.org>"
    assert reply.get_content().splitlines() == [
        "accept",
        "",
        "On Tue, 03 Mar 2026 at 09:00, Afterword <afterword@example.org> wrote:",
        "> Do you accept?",
        ">",
        "> Answer “accept”.",
    ]


async def test_a_bare_mail_can_be_answered_too(postbox: Postbox) -> None:
    post = postbox.add("", "olga", b"From: Someone <s@example.org>\r\nSubject: RE: x\r\n\r\nHi\r\n")

    reply = build_reply(post, "yes", NOW)

    assert reply["To"] == "Someone <s@example.org>"
    assert reply["Subject"] == "Re: x"
    assert reply["In-Reply-To"] is None
    assert "Earlier, Someone" in reply.get_content()


async def test_the_page_lists_notifications_newest_first(
    postbox: Postbox, browser: httpx2.AsyncClient
) -> None:
    empty = await browser.get("/postbox")
    postbox.add("", "olga@example.org", build_email().as_bytes())
    postbox.add("", "olga@example.org", build_email(subject="<script>x</script>").as_bytes())
    postbox.add("", "omar@example.org", b"\r\nno headers")

    page = (await browser.get("/postbox")).text
    hers = (await browser.get("/postbox", params={"to": "olga@example.org"})).text

    assert "No emails yet" in empty.text
    assert WAITING in empty.text
    assert page.index("/postbox/2") < page.index("/postbox/1")
    assert "&lt;script&gt;" in page
    assert "(no subject)" in page
    assert "omar" not in hers


async def test_on_a_phone_each_email_of_the_list_is_there_whole(
    postbox: Postbox, browser: httpx2.AsyncClient, tmp_path: Path
) -> None:
    postbox.add("", "olga@example.org", build_email(subject="please accept A1 " * 4).as_bytes())
    file = tmp_path / "list.html"
    file.write_text((await browser.get("/postbox")).text, encoding="utf-8")

    with open_chromium() as chromium:
        chromium.resize(390)
        chromium.open(file.as_uri())
        right_edges = chromium.evaluate(
            "[...document.querySelectorAll('td')].map(e => e.getBoundingClientRect().right)"
        )
        height = chromium.evaluate("document.querySelector('tbody').offsetHeight")

    assert max(right_edges) <= 390
    assert height < 200


async def test_the_list_is_shown_also_while_nobody_can_say_what_waits(postbox: Postbox) -> None:
    async def fail() -> str:
        raise Unavailable("Temporal", "connection refused")

    async with open_browser(build_pages(postbox, find_free_port(), fail)) as browser:
        page = await browser.get("/postbox")

    assert page.status_code == 200
    assert "What waits cannot be found out just now" in page.text


async def test_a_command_is_shown_as_one(postbox: Postbox) -> None:
    async def name_command() -> str:
        return f"No review is open: `{COMMAND}`."

    async with open_browser(build_pages(postbox, 25, name_command)) as browser:
        page = (await browser.get("/postbox")).text

    assert f"No review is open: <code>{COMMAND}</code>." in page


async def test_a_notification_is_shown_as_text_and_as_html_in_a_sandbox(
    postbox: Postbox, browser: httpx2.AsyncClient
) -> None:
    sent = build_email()
    sent.add_attachment(b"BEGIN:VCALENDAR", "text", "calendar", filename="invitation.ics")
    postbox.add("", "olga@example.org", sent.as_bytes())

    page = await browser.get("/postbox/1")
    html = await browser.get("/postbox/1/html")
    raw = await browser.get("/postbox/1/raw")

    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "invitation.ics" in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert "<b>accept</b>" in html.text
    assert '<base target="_blank">' in html.text
    assert html.headers["content-security-policy"].startswith("sandbox allow-popups")
    assert raw.content.startswith(b"Return-Path: <>\r\nDelivered-To: olga@example.org\r\n")


@pytest.mark.parametrize("path", ["/postbox/9", "/postbox/9/html", "/postbox/9/raw"])
async def test_a_notification_that_is_not_there_is_not_found(
    browser: httpx2.AsyncClient, path: str
) -> None:
    assert (await browser.get(path)).status_code == 404
    assert (await browser.post("/postbox/9/reply", data={"text": "x"})).status_code == 404


async def test_the_form_sends_a_real_reply(
    postbox: Postbox, browser: httpx2.AsyncClient, intake: tuple[Postbox, int]
) -> None:
    postbox.add("", "olga@example.org", build_email().as_bytes())

    page = await send_reply(browser, origin="http://here")
    shown = await browser.get(page.headers["location"])

    assert page.status_code == 303
    assert "Sent." in shown.text
    (reply,) = intake[0].list_emails("reply+abc@example.org")
    assert reply.get_body("plain").startswith("accept\n\nOn Tue")
    assert reply.sent_at == NOW


async def test_a_reply_that_is_refused_says_so(tmp_path: Path) -> None:
    postbox = Postbox(tmp_path)
    postbox.add("", "olga@example.org", build_email().as_bytes())

    async with open_browser(build_pages(postbox, find_free_port())) as browser:
        page = await send_reply(browser)

    assert page.status_code == 502
    assert "The reply was refused" in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://elsewhere"},
        {"origin": "http://here.elsewhere"},
        {"origin": "http://localhost:9999"},
        {"sec-fetch-site": "cross-site", "origin": "http://here"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_another_site_cannot_make_somebody_reply(
    postbox: Postbox,
    browser: httpx2.AsyncClient,
    intake: tuple[Postbox, int],
    headers: dict[str, str],
) -> None:
    postbox.add("", "olga@example.org", build_email().as_bytes())

    page = await send_reply(browser, **headers)

    assert page.status_code == 403
    assert intake[0].list_emails() == []


@pytest.mark.parametrize("form_token", ["", "1.2", "1.", f"{int(NOW.timestamp())}.00"])
async def test_a_reply_needs_the_token_of_its_own_form(
    postbox: Postbox, browser: httpx2.AsyncClient, intake: tuple[Postbox, int], form_token: str
) -> None:
    postbox.add("", "olga@example.org", build_email().as_bytes())

    page = await browser.post("/postbox/1/reply", data={"text": "x", "form_token": form_token})

    assert page.status_code == 403
    assert intake[0].list_emails() == []


PATHS = ("/postbox", "/postbox/1", "/postbox/1/html", "/postbox/1/raw", "/postbox/9", "/postbox/")


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "ü", TOKEN.upper()])
async def test_without_its_token_the_postbox_shows_nothing(
    postbox: Postbox, intake: tuple[Postbox, int], token: str
) -> None:
    postbox.add("", "olga@example.org", build_email().as_bytes())

    async with open_browser(build_pages(postbox, intake[1]), token) as browser:
        pages = [await browser.get(path) for path in PATHS]
        reply = await browser.post(f"/postbox/1/reply?token={TOKEN}", data={"text": "x"})

    assert {page.status_code for page in (*pages, reply)} == {403}
    assert not [page for page in pages if "accept" in page.text or "olga" in page.text]


async def test_its_link_opens_the_postbox_and_leaves_no_token_in_the_address(
    postbox: Postbox, intake: tuple[Postbox, int]
) -> None:
    transport = httpx2.ASGITransport(app=build_pages(postbox, intake[1]))
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as browser:
        opened = await browser.get(build_postbox_link("http://here", TOKEN))
        shown = await browser.get(opened.headers["location"])

    assert (opened.status_code, opened.headers["location"]) == (303, "/postbox")
    cookie = opened.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/postbox"))
    assert shown.status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "here.evil.example", "127.0.0.1.nip.io", ""])
async def test_under_another_name_the_postbox_is_not_there(
    postbox: Postbox, browser: httpx2.AsyncClient, host: str
) -> None:
    postbox.add("", "olga@example.org", build_email().as_bytes())

    page = await browser.get("/postbox/1", headers={"host": host})

    assert page.status_code == 421
    assert "olga" not in page.text


async def test_no_page_of_the_postbox_is_framed_by_others_or_cached(
    postbox: Postbox, browser: httpx2.AsyncClient
) -> None:
    postbox.add("", "olga@example.org", build_email().as_bytes())

    for path in PATHS:
        headers = (await browser.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
    page, html = await browser.get("/postbox/1"), await browser.get("/postbox/1/html")

    assert page.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert html.headers["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in html.headers["content-security-policy"]


def test_the_token_of_a_postbox_follows_from_its_secret() -> None:
    first, second = build_postbox_token("one secret"), build_postbox_token("another")

    assert first == build_postbox_token("one secret") != second
    assert len(first) == 43


async def test_a_notification_larger_than_it_holds_is_refused(postbox: Postbox, port: int) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "ada@example.org", "olga@example.org"
    message.set_content("long line\n" * 500_000)

    with pytest.raises(SMTPResponseException) as refused:
        await send_message(port, message)

    assert refused.value.code == 552
    assert postbox.list_emails() == []


async def test_a_taken_port_is_refused_with_a_sentence(postbox: Postbox) -> None:
    with open_listener(0) as other:
        number = other.getsockname()[1]

        with pytest.raises(InvalidInput, match=f"Port {number} is in use"):
            async with serve_smtp(postbox, number):
                pass


def test_a_post_without_html_has_none(postbox: Postbox) -> None:
    post: StoredEmail = postbox.add("", "pia@example.org", b"Subject: x\r\n\r\nplain\r\n")

    assert post.get_body("html") == ""
    assert post.get_body("plain") == "plain\n"
