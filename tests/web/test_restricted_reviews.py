"""A restricted review answers everybody else as if it were not there, on every route there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.routing import APIRoute, _IncludedRouter
from pydantic import SecretStr
from sqlalchemy import event
from starlette.routing import Mount, Route

from models.people import Service
from rules.file_history import HISTORY_SOURCE
from rules.identifiers import build_review_id
from rules.visibility import list_people
from settings import KeysSection
from tests.filed_history import FINISHED
from tests.sample_people import ADA, OREN, new_review
from tests.sample_reviews import build_rich
from tests.web.web_app import REVIEW, TOOL, WebApp
from web.guards.rate_limits import RateLimits

STRANGER = "eve@example.org"
GUESSES = (
    (REVIEW, ""),
    (REVIEW, STRANGER),
    (REVIEW, TOOL),
    ("Q1ABC", STRANGER),
    ("pagerduty-Q1", STRANGER),
)
"""What is guessed by whom: the whole id, the incident's key, and a beginning."""

PLACES = {"mail": "3f", "number": "1", "token": "t0ken"}
"""What stands in the address of a route for what is not the name of a review."""

RANDOM = re.compile(r'"(?:token|command_id)":"[^"]*"')
MIN_ROUTES = 60
"""Fewer would mean that the routes are no longer found where this test looks for them."""

CLIENT_METHODS = ("fetch_review", "list_open_ids", "list_lost_ids", "send_command", "open_review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One request that somebody may send about a name."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    body: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is seen of an answer from outside, and what was done for it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    work: tuple[str, ...]


def list_routes(web_app: WebApp) -> Iterator[tuple[str, str]]:
    """Yield the method and path of every route of the app."""
    for group in web_app.app.routes:
        routes = group.original_router.routes if isinstance(group, _IncludedRouter) else (group,)
        for route in routes:
            assert isinstance(route, Route | APIRoute | Mount)
            methods = () if isinstance(route, Mount) else sorted(route.methods or ())
            yield from ((method, route.path) for method in methods)


def list_guesses(web_app: WebApp, name: str) -> Iterator[Guess]:
    """Yield what can be asked about a name on every route, by its path and by its parameters."""
    paths = web_app.app.openapi()["paths"]
    for method, path in list_routes(web_app):
        filled = re.sub(r"{(\w+)(?::\w+)?}", lambda part: PLACES.get(part[1], name), path)
        operation = paths.get(path, {}).get(method.lower(), {})
        body = find_example(operation)
        yield Guess(method=method, path=filled, body=body)
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query":
                query = ((parameter["name"], name),)
                yield Guess(method=method, path=filled, query=query, body=body)


def find_example(operation: dict[str, Any]) -> Any:
    """Find the example of a request's body; that of a form where the route is a page."""
    if not operation:
        return {"text": "I was there."}
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = content.get("examples", {})
    return next((example["value"] for example in examples.values()), {"text": "I was there."})


@contextmanager
def record_work(web_app: WebApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the list of what is asked of the database and of Temporal in the block."""
    work: list[str] = []

    def note_statement(_c: object, _cursor: object, statement: str, *_: object) -> None:
        work.append(statement)

    def watch(name: str) -> Any:
        method = getattr(web_app.review_client, name)

        async def call(*arguments: Any, **named: Any) -> Any:
            work.append(name)
            return await method(*arguments, **named)

        return call

    event.listen(web_app.engine, "before_cursor_execute", note_statement)
    with monkeypatch.context() as patch:
        for name in CLIENT_METHODS:
            patch.setattr(web_app.review_client, name, watch(name))
        yield work
    event.remove(web_app.engine, "before_cursor_execute", note_statement)


def ask(web_app: WebApp, guess: Guess, by: str, work: list[str]) -> Answer:
    """Send one request and return what came of it."""
    work.clear()
    is_form = guess.path.startswith("/reviews") and guess.method == "POST"
    content = {"data": guess.body} if is_form else {"json": guess.body}
    answer = web_app.client.request(
        guess.method,
        guess.path,
        params=dict(guess.query),
        headers=web_app.build_auth_header(by),
        follow_redirects=False,
        **({} if guess.method in ("GET", "HEAD", "DELETE") else content),
    )
    return Answer(
        status=answer.status_code,
        headers=tuple(sorted(answer.headers.items())),
        body=RANDOM.sub("", answer.text),
        work=tuple(work),
    )


def ask_all(web_app: WebApp, guesses: list[Guess], by: str, work: list[str]) -> list[Answer]:
    """Return the answers to all guesses of somebody who has not asked before."""
    context = web_app.app.state.context
    web_app.app.state.context = replace(context, rate_limits=RateLimits())
    return [ask(web_app, guess, by, work) for guess in guesses]


def add_restricted(web_app: WebApp) -> None:
    """Add a review that only its own people may see, none of whom asks here."""
    review = replace(build_rich().review, restricted_to=(ADA,))
    assert not {STRANGER, TOOL} & list_people(review)
    web_app.review_client.add_review(review)


@pytest.mark.parametrize(("name", "by"), GUESSES)
def test_no_route_tells_a_restricted_review_from_one_that_is_not_there(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch, name: str, by: str
) -> None:
    assert list_differences(web_app, monkeypatch, name, by) == []


@pytest.mark.parametrize("name", [REVIEW, "Q1ABC"])
def test_nor_does_one_to_somebody_else_who_is_signed_in(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    web_app.sign_in(STRANGER)

    assert list_differences(web_app, monkeypatch, name, "") == []


def list_differences(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch, name: str, by: str
) -> list[tuple[Guess, Answer, Answer]]:
    """List the guesses that are answered otherwise once there is a restricted review."""
    guesses = list(list_guesses(web_app, name))
    known = Guess(method="GET", path="/api/me")
    assert len(guesses) > len(list(list_routes(web_app))) > MIN_ROUTES

    with record_work(web_app, monkeypatch) as work:
        ask_all(web_app, [known], by, work)  # the first use of a token is noted
        absent = ask_all(web_app, guesses, by, work)
        add_restricted(web_app)
        hidden = ask_all(web_app, guesses, by, work)

    return [
        (guess, before, after)
        for guess, before, after in zip(guesses, absent, hidden, strict=True)
        if before != after
    ]


def test_the_comparison_sees_what_its_own_people_are_answered(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess = Guess(method="GET", path=f"/api/reviews/{REVIEW}")
    web_app.build_auth_header(ADA)

    with record_work(web_app, monkeypatch) as work:
        absent = ask(web_app, guess, ADA, work)
        add_restricted(web_app)
        shown = ask(web_app, guess, ADA, work)

    assert (absent.status, shown.status) == (404, 200)
    assert absent.work != shown.work


def test_pages_of_a_list_end_where_they_would_without_it(web_app: WebApp) -> None:
    base = build_rich().review
    for day, key in enumerate(("Q1", "Q2", "Q3", "Q4")):
        restricted_to = (ADA,) if key in ("Q2", "Q4") else ()
        opened_at = base.opened_at + timedelta(days=day)
        web_app.review_client.add_review(
            replace(
                base,
                id=f"review-pagerduty-{key}",
                incident=replace(base.incident, key=key),
                opened_at=opened_at,
                restricted_to=restricted_to,
            )
        )

    first = web_app.get("reviews", STRANGER, limit=1).json()
    second = web_app.get("reviews", STRANGER, limit=1, after=first["after"]).json()

    assert [row["id"][-2:] for row in first["reviews"] + second["reviews"]] == ["Q3", "Q1"]
    assert second["after"] == ""


MANUAL_NAME = re.compile(r"review-manual-[\w.-]+")
ENDING = re.compile(r"\.[a-z2-7]{6}\b")


@pytest.fixture
def restricting_app(web_app: WebApp) -> WebApp:
    """Return the app of an installation where reviews can be restricted."""
    keys = KeysSection(encryption=(SecretStr("a key of sixteen octets and more"),))
    settings = web_app.settings.model_copy(update={"keys": keys})
    web_app.app.state.context = replace(web_app.app.state.context, settings=settings)
    return web_app


def restrict_key(web_app: WebApp, key: str, source: str = "manual") -> None:
    """Add a restricted review of a key that somebody chose, or restrict the one that it has."""
    base = new_review()
    incident = replace(base.incident, source=source, key=key)
    review = replace(base, id=build_review_id(incident), incident=incident, restricted_to=(ADA,))
    assert OREN not in list_people(review)
    web_app.review_client.add_review(review)


def open_by_hand(web_app: WebApp, key: str, by: str, work: list[str]) -> Answer:
    """Open a review with a key, and return the answer with the form of its name alone."""
    body = {"title": "Checkout answered with errors", "key": key}
    answer = ask(web_app, Guess(method="POST", path="/api/reviews", body=body), by, work)
    form = MANUAL_NAME.sub(lambda name: re.sub(r"[a-z0-9]", "x", name[0]), answer.body)
    return replace(answer, body=form)


@pytest.mark.parametrize("by", [STRANGER, TOOL])
@pytest.mark.parametrize("taken", ["taken", "taken.by.one", "Taken: a title"])
def test_no_opening_tells_a_key_that_is_taken_from_one_that_is_free(
    restricting_app: WebApp, monkeypatch: pytest.MonkeyPatch, by: str, taken: str
) -> None:
    restrict_key(restricting_app, taken)

    with record_work(restricting_app, monkeypatch) as work:
        open_by_hand(restricting_app, "another", by, work)  # the first use of a token is noted
        absent = open_by_hand(restricting_app, taken.replace("aken", "oken"), by, work)
        hidden = open_by_hand(restricting_app, taken, by, work)

    assert hidden == absent
    assert absent.status == 201


def test_what_somebody_opened_is_theirs_by_its_key_until_they_may_not_see_it(
    restricting_app: WebApp,
) -> None:
    body = {"title": "Checkout answered with errors", "key": "taken"}
    restrict_key(restricting_app, "taken")

    first = restricting_app.post("reviews", body, STRANGER).json()
    again = restricting_app.post("reviews", body, STRANGER).json()
    of_another = restricting_app.post("reviews", body, OREN).json()
    key = first["review"].removeprefix("review-manual-")
    restrict_key(restricting_app, key)
    anew = restricting_app.post("reviews", body, STRANGER).json()

    assert [each["new"] for each in (first, again, of_another, anew)] == [True, False, False, True]
    assert first["review"] == again["review"] == of_another["review"] != anew["review"]
    assert restricting_app.get(f"reviews/{anew['review']}", STRANGER).status_code == 200
    assert restricting_app.post("reviews", body, ADA).json()["review"] == "review-manual-taken"


def test_where_nothing_can_be_restricted_a_key_stays_as_it_is(web_app: WebApp) -> None:
    body = {"title": "Checkout answered with errors", "key": "checkout"}

    opened = [web_app.post("reviews", body, by).json() for by in (ADA, STRANGER)]

    assert opened[0]["review"] == opened[1]["review"] == "review-manual-checkout"
    assert [each["new"] for each in opened] == [True, False]


def test_filing_history_tells_no_key_that_is_taken(restricting_app: WebApp) -> None:
    restricting_app.archive.people.import_services((Service(name="search", lead=OREN),))
    restrict_key(restricting_app, "taken", HISTORY_SOURCE)

    def file_history(key: str) -> tuple[int, str]:
        answer = restricting_app.client.post(
            "/api/reviews/import",
            params={"key": key, "services": ["search"]},
            content=FINISHED.encode(),
            headers=restricting_app.build_auth_header(OREN),
        )
        return answer.status_code, ENDING.sub(".ending", answer.text).replace(key, "key")

    absent, hidden = file_history("other"), file_history("taken")

    assert hidden == absent
    assert absent[0] == 201
