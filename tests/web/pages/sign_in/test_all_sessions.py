"""Whoever coordinates sees who is signed in, and signs people out; nobody else does."""

from __future__ import annotations

from typing import Any

import pytest

from models.access.session import SignIn, SignInWay
from models.audit.audit_event import AuditKind
from register.repositories.audit import AuditConditions
from tests.sample_people import ADA, COORDINATOR, OLGA
from tests.web.pages.sign_in.test_my_sessions import find_form, is_signed_in, send
from tests.web.web_app import WebApp
from web.guards.own_cookies import SESSION_COOKIE

ALL, END = "/admin/sessions", "/admin/sessions/end"


def count_sessions(web_app: WebApp, person: str) -> int:
    idle = web_app.settings.sessions.limits.idle
    return len(web_app.archive.sessions.list_sessions(person, web_app.now, idle))


def sign_in_by_group(web_app: WebApp, person: str) -> None:
    """Sign the browser in as somebody whose group coordinates."""
    sign_in = SignIn(person=person, way=SignInWay.OPENID, is_coordinator=True)
    limits = web_app.settings.sessions.limits
    secret = web_app.archive.sessions.start_session(sign_in, limits, web_app.now)
    web_app.client.cookies.clear()
    web_app.client.cookies.set(SESSION_COOKIE.plain_name, secret)


def show(web_app: WebApp, **query: str) -> Any:
    return web_app.client.get(ALL, params=query)


def test_the_coordinator_sees_who_is_signed_in_and_signs_somebody_out(
    each_web_app: WebApp,
) -> None:
    stolen = each_web_app.sign_in(ADA)
    each_web_app.sign_in(ADA)
    each_web_app.sign_in(OLGA)
    each_web_app.client.cookies.clear()
    each_web_app.sign_in(COORDINATOR)

    page = show(each_web_app).text
    only = show(each_web_app, person=" Ada@example.org ").text
    form = find_form(only, END)
    answer = send(each_web_app, END, **form)

    assert all(f"<h2>{name}</h2>" in page for name in ("Ada Lind", "Olga Petrova"))
    assert "Olga" not in only
    assert only.count("<h2>Ada Lind</h2>") == 2
    assert (answer.status_code, answer.headers["location"]) == (303, ALL)
    assert [count_sessions(each_web_app, who) for who in (ADA, OLGA, COORDINATOR)] == [0, 1, 1]
    each_web_app.client.cookies.clear()
    each_web_app.client.cookies.set(SESSION_COOKIE.plain_name, stolen)
    assert not is_signed_in(each_web_app)
    events = each_web_app.archive.audit.list_events(
        AuditConditions(kind=AuditKind.SIGNED_OUT), limit=9
    )
    assert {(event.by, event.text) for event in events} == {(COORDINATOR, f"{ADA}: everywhere")}


def test_whoever_is_in_a_group_that_coordinates_sees_it_too(web_app: WebApp) -> None:
    sign_in_by_group(web_app, OLGA)

    assert show(web_app).status_code == 200
    assert 'href="/admin/sessions"' in web_app.client.get("/me/sessions").text


def test_nobody_else_sees_or_ends_anything(web_app: WebApp) -> None:
    web_app.sign_in(OLGA)
    form = find_form(web_app.client.get("/").text, "/sign-out")

    refused = [show(web_app), send(web_app, END, person=OLGA, **form)]
    mine = web_app.client.get("/me/sessions").text
    web_app.client.cookies.clear()
    anonymous = [show(web_app), send(web_app, END, person=OLGA)]

    assert [answer.status_code for answer in refused + anonymous] == [403, 403, 401, 401]
    assert "/admin/sessions" not in mine
    assert count_sessions(web_app, OLGA) == 1


@pytest.mark.parametrize("token", ["", "1.x"])
def test_a_form_without_its_token_ends_nothing(web_app: WebApp, token: str) -> None:
    web_app.sign_in(OLGA)
    web_app.client.cookies.clear()
    web_app.sign_in(COORDINATOR)

    assert send(web_app, END, person=OLGA, form_token=token).status_code == 403
    assert count_sessions(web_app, OLGA) == 1


def test_an_address_that_nobody_has_is_told_so(web_app: WebApp) -> None:
    web_app.sign_in(COORDINATOR)

    assert "Nobody with this address" in show(web_app, person="<script>@x").text
