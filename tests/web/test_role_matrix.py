"""Who sees what: every page and feed, read by everybody there is, against one table."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from models.people import Person
from models.review import Review
from tests.sample_people import ADA, COORDINATOR, FAY, OLGA, VERA
from tests.sample_reviews import build_rich
from tests.web.browser.served_app import FEEDS
from tests.web.test_restricted_reviews import list_routes
from tests.web.web_app import REVIEW, WebApp

EVE = "eve@example.org"
"""Somebody of the company who has nothing to do with either review."""

SECRET = "Zebra"
HIDDEN = "review-pagerduty-HIDDEN"
OPEN, NAMED, SIGNED_IN, WRITERS = "open", "named", "signed in", "writers"
COORDINATORS = "coordinators"
READERS = {
    "nobody": "",
    "somebody else": EVE,
    "coordinator": COORDINATOR,
    "owner": OLGA,
    "verifier": VERA,
    "facilitator": FAY,
    "lead": ADA,
}
OUTSIDERS = ("nobody", "somebody else")
AUDIENCES = {
    "/": OPEN,
    "/actions": OPEN,
    "/figures": OPEN,
    "/figures/{figure}": OPEN,
    "/people/{address:path}": OPEN,
    "/teams/{team:path}": OPEN,
    "/reviews": OPEN,
    "/reviews/{name}": OPEN,
    "/reviews/{name}/actions/{action_id}": OPEN,
    "/reviews/{name}/contribute": OPEN,
    "/reviews/{name}/document": OPEN,
    "/reviews/{name}/document.md": OPEN,
    "/search": OPEN,
    "/admin/sessions": COORDINATORS,
    "/me/emails": SIGNED_IN,
    "/me/sessions": SIGNED_IN,
    "/reviews/{name}/commands/{kind}": NAMED,
    "/reviews/{name}/document/edit": WRITERS,
}
"""For whom each page is that a person opens; a feed is for those whose page it is of."""

BY_A_SECRET_LINK = re.compile(r"^/(?:decide|end-token|unsubscribe|sign-in)\b")
ABOUT_NOBODY = ("/healthz", "/readyz", "/.well-known/security.txt", "/metrics")
VALUES = {
    "action_id": "A1",
    "address": OLGA,
    "figure": "verified-on-time",
    "kind": "note",
    "team": "checkout",
}
QUERIES = ("", "?q=Zebr", "?q=Zebr*", "?stage=open", "?status=accepted")
"""Words that a page may repeat, and that are not yet the secret."""


def hide(review: Review) -> Review:
    """Return the review as another one that is restricted and has the secret in all its words."""
    words = f"{SECRET} payroll"
    incident = replace(review.incident, key="HIDDEN", title=words, services=(SECRET,))
    actions = tuple(replace(each, text=words, measure=words) for each in review.actions)
    causes = tuple(replace(each, symptom=words, whys=(words, words)) for each in review.causes)
    log = tuple(replace(event, text=words) for event in review.log)
    return replace(
        review,
        id=HIDDEN,
        incident=incident,
        actions=actions,
        causes=causes,
        log=log,
        restricted_to=(ADA,),
    )


@pytest.fixture
def filled_app(web_app: WebApp) -> WebApp:
    """Return the app with a review that is open to all, and one that is restricted."""
    web_app.archive.people.import_people([Person(address=EVE, name="Eve Eder", team="checkout")])
    builder = build_rich()
    document = replace(builder.review, document=None)
    web_app.review_client.add_review(document)
    web_app.review_client.add_review(hide(document))
    web_app.now = builder.now
    for review, words in ((REVIEW, "It failed."), (HIDDEN, f"{SECRET} failed.")):
        web_app.client.put(
            f"/api/reviews/{review}/document",
            content=f"# {words}\n\n## Summary\n\n{words}\n".encode(),
            headers=web_app.build_auth_header(ADA),
        )
    return web_app


def list_pages(web_app: WebApp) -> list[str]:
    """List the pages and feeds that a person may open without a link from an email."""
    return sorted(
        {
            path
            for method, path in list_routes(web_app)
            if method == "GET"
            and not path.startswith(("/api", "/static"))
            and not BY_A_SECRET_LINK.match(path)
            and path not in ABOUT_NOBODY
            and not path.endswith("/receipts/{command_id}")
        }
    )


def fill_in(path: str, review: str) -> str:
    return re.sub(r"{(\w+)(?::\w+)?}", lambda part: VALUES.get(part[1], review), path)


def find_audience(path: str) -> str:
    """Return for whom a page is, or the page that a feed is of."""
    page = path
    for feed in FEEDS:
        page = page.removesuffix(feed)
    return AUDIENCES[path if path in AUDIENCES else page]


def sign_in(web_app: WebApp, person: str) -> None:
    web_app.client.cookies.clear()
    if person:
        web_app.sign_in(person)


def choose_status(audience: str, reader: str) -> set[int]:
    """Return how somebody is answered by a page about a review that is open to all."""
    if audience == OPEN:
        return {200}
    if reader == "nobody":
        return {401}
    if audience == SIGNED_IN:
        return {200}
    if audience == COORDINATORS:
        return {200} if reader == "coordinator" else {403}
    if audience == NAMED:
        return {409} if reader == "somebody else" else {200}
    return {200} if reader in ("facilitator", "lead") else {409}


@pytest.mark.parametrize("reader", READERS)
def test_each_page_of_an_open_review_is_for_those_of_the_table(
    filled_app: WebApp, reader: str
) -> None:
    sign_in(filled_app, READERS[reader])

    wrong = {}
    for path in list_pages(filled_app):
        status = filled_app.client.get(fill_in(path, REVIEW)).status_code
        if status not in choose_status(find_audience(path), reader):
            wrong[path] = status

    assert wrong == {}


@pytest.mark.parametrize("reader", READERS)
def test_a_restricted_review_is_there_for_its_own_people_alone(
    filled_app: WebApp, reader: str
) -> None:
    sign_in(filled_app, READERS[reader])
    pages = [path for path in list_pages(filled_app) if "{name}" in path]

    statuses = {path: filled_app.client.get(fill_in(path, HIDDEN)).status_code for path in pages}

    if reader in OUTSIDERS:
        readable = {path: 401 for path in pages if find_audience(path) != OPEN}
        expected = readable if reader == "nobody" else {}
        assert statuses == dict.fromkeys(pages, 404) | expected
    else:
        assert all(statuses[path] == 200 for path in pages if find_audience(path) == OPEN)


@pytest.mark.parametrize("reader", READERS)
def test_no_list_feed_search_or_figure_has_a_word_of_it_for_others(
    filled_app: WebApp, reader: str
) -> None:
    sign_in(filled_app, READERS[reader])
    pages = [path for path in list_pages(filled_app) if "{name}" not in path]

    found = set()
    for path in pages:
        for query in QUERIES:
            text = filled_app.client.get(fill_in(path, HIDDEN) + query).text
            if SECRET in text or HIDDEN in text:
                found.add(path)

    if reader in OUTSIDERS:
        assert found == set()
    else:
        assert {"/reviews", "/reviews.csv", "/actions", "/actions.csv", "/search"} <= found


def test_where_reading_needs_a_session_nobody_else_reads_anything(filled_app: WebApp) -> None:
    web = filled_app.settings.web.model_copy(update={"read": "signed-in"})
    context = filled_app.app.state.context
    settings = filled_app.settings.model_copy(update={"web": web})
    filled_app.app.state.context = replace(context, settings=settings)
    sign_in(filled_app, "")

    statuses = {
        path: filled_app.client.get(fill_in(path, REVIEW), follow_redirects=False).status_code
        for path in list_pages(filled_app)
    }

    assert {path: status for path, status in statuses.items() if status not in (303, 401)} == {}


def test_the_table_names_every_page(web_app: WebApp) -> None:
    pages = list_pages(web_app)

    assert [path for path in pages if find_audience_or_none(path) is None] == []
    assert len(pages) > 20


def find_audience_or_none(path: str) -> str | None:
    try:
        return find_audience(path)
    except KeyError:
        return None
