"""Signing in on the real components: the page, the email, its link, and the session."""

from __future__ import annotations

import re

import httpx2

from local.demo.environment import WAIT_TIMEOUT
from local.demo.people import COORDINATOR
from local.demo.play import open_environment
from local.waiting import wait_for

SUBJECT = "Your link to sign in to Afterword"


async def test_the_coordinator_signs_in_by_the_link_in_the_email() -> None:
    async with open_environment() as environment:
        url = environment.stack.settings.web.url
        async with httpx2.AsyncClient(base_url=url, headers={"origin": url}) as browser:
            form = {"address": COORDINATOR, "next": "/me/sessions"}
            sent = await browser.post("/sign-in", data=form, follow_redirects=True)

            async def find_link() -> str | None:
                emails = list(environment.stack.postbox.list_emails())
                bodies = [each.get_body("plain") for each in emails if each.subject == SUBJECT]
                found = [re.search(r"(/sign-in/mail/\S+)", body) for body in bodies]
                return found[0][1] if found and found[0] else None

            link = await wait_for(find_link, WAIT_TIMEOUT)
            assert link is not None
            asked = await browser.get(link)
            page = await browser.post(link, follow_redirects=True)

    assert "postbox" in sent.text
    assert "Sign in as" in asked.text
    assert (page.url.path, page.status_code) == ("/me/sessions", 200)
    assert "(this one)" in page.text
