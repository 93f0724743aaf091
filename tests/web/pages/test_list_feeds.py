"""Views of lists as other programs read them: CSV, JSON, Atom and iCalendar."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from lxml import etree

from models.action import ActionStatus
from models.review import Meeting
from tests.register.full_reviews import build_action
from tests.row_counter import count_rows
from tests.sample_people import MONDAY, OLGA
from tests.web.pages.test_list_pages import add_reviews, build_review
from tests.web.web_app import WebApp
from web.services.feeds.csv_lines import format_cell

ATOM = "{http://www.w3.org/2005/Atom}"
FORMULAS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '=HYPERLINK("http://x")'),
    *("\n=1", "\n 1", " \t1", "\u00a0=1", "\u3000+1", "\u2028-1", "\ufeff@A1", "\u200b \u2060=1"),
    *("\x1f=1", "\x85=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20A1", "\u3000\uff1d1", "\ufe661"),
)


def fetch_rows(web_app: WebApp, path: str) -> list[dict[str, str]]:
    answer = web_app.client.get(path)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))


def fetch_feed(web_app: WebApp, path: str) -> Any:
    """Parse a feed, and check what RFC 4287 asks of every feed and entry."""
    answer = web_app.client.get(path)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed: Any = etree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    for each in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated", "author"):
            assert len(each.findall(f"{ATOM}{name}")) == 1
        assert each.find(f"{ATOM}id").text.startswith("http")
        assert datetime.fromisoformat(each.find(f"{ATOM}updated").text).tzinfo is not None
        assert each.find(f"{ATOM}author/{ATOM}name").text
    ids = [each.text for each in feed.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    assert feed.xpath("a:link[@rel='self']/@href", namespaces={"a": ATOM[1:-1]})
    return feed


def get_link(feed: Any, rel: str) -> str:
    links = [each.get("href") for each in feed.findall(f"{ATOM}link") if each.get("rel") == rel]
    return next(iter(links), "")


def get_path(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_a_view_is_a_file_of_all_its_rows(web_app: WebApp) -> None:
    add_reviews(web_app)

    rows = fetch_rows(web_app, "/actions.csv?sort=due&direction=desc")

    assert [(row["action"], row["due"]) for row in rows] == [
        ("A2", "2026-03-20"),
        ("A10", "2026-03-12"),
        ("A1", "2026-03-10"),
    ]
    assert rows[0]["link"].endswith("/reviews/review-pagerduty-K1/actions/A2")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(web_app: WebApp, text: str) -> None:
    review = build_review("K1", replace(build_action(1), text=text, owner=text))
    incident = replace(review.incident, title=text)
    web_app.review_client.add_review(replace(review, incident=incident))

    (row,) = fetch_rows(web_app, "/actions.csv")
    (review_row,) = fetch_rows(web_app, "/reviews.csv")

    assert [row["text"], row["owner"], row["title"], review_row["title"]] == [f"'{text}"] * 4


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        *((-1, "-1"), (-0.5, "-0.5"), (None, ""), ("a = b", "a = b"), ("1-2", "1-2"), ("", "")),
        *(("\u3000a", "\u3000a"), ("\u2212 1", "\u2212 1"), ("é=1", "é=1"), ("'=1", "'=1")),
    ],
)
def test_what_is_no_formula_is_written_as_it_is(value: object, cell: str) -> None:
    assert format_cell(value) == cell


def test_a_long_file_is_read_some_rows_at_a_time(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("register.queries.lists.action_pages.BATCH", 10)
    actions = tuple(build_action(n) for n in range(35))
    web_app.review_client.add_review(build_review("K1", *actions))

    with count_rows(web_app.engine) as read:
        rows = fetch_rows(web_app, "/actions.csv")

    assert len(rows) == 35
    assert read.rows < 60


def test_a_file_with_nothing_in_it_still_has_a_head(web_app: WebApp) -> None:
    answer = web_app.client.get("/actions.csv")

    assert answer.text.startswith("\ufeffreview,title,severity")
    assert len(answer.text.splitlines()) == 1


def test_a_view_as_json_has_what_the_api_lists(web_app: WebApp) -> None:
    add_reviews(web_app)

    listed = web_app.client.get("/actions.json").json()
    of_api = web_app.client.get(
        "/api/actions?open=true", headers=web_app.build_auth_header(OLGA)
    ).json()

    assert [each | row for each, row in zip(listed["actions"], of_api["actions"], strict=True)] == (
        listed["actions"]
    )
    assert listed["names"] == of_api["names"]


def test_the_pages_of_json_follow_each_other(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.lists.list_response.PER_PAGE", 2)
    add_reviews(web_app)

    first = web_app.client.get("/actions.json").json()
    second = web_app.client.get(f"/actions.json?after={first['after']}").json()

    assert [each["id"] for each in (*first["actions"], *second["actions"])] == ["A1", "A10", "A2"]
    assert second["after"] == ""


def test_a_feed_has_what_changed_last_first_and_leads_on(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.lists.list_response.PER_PAGE", 2)
    changes = [replace(build_action(n), since=MONDAY + timedelta(days=n)) for n in range(1, 4)]
    web_app.review_client.add_review(build_review("K1", *changes))

    first = fetch_feed(web_app, "/actions.atom")
    second = fetch_feed(web_app, get_path(get_link(first, "next")))

    titles = [each.text for feed in (first, second) for each in feed.findall(f"*/{ATOM}title")]
    assert [title[:2] for title in titles] == ["A3", "A2", "A1"]
    assert first.find(f"{ATOM}updated").text == "2026-03-05T10:00:00+00:00"
    assert get_link(second, "next") == ""
    assert web_app.client.get(get_path(get_link(first, "alternate"))).status_code == 200


@pytest.mark.parametrize("path", ["/actions.atom", "/reviews.atom", "/actions.atom?owner=%22%3E@x"])
def test_a_feed_of_nothing_is_a_feed(web_app: WebApp, path: str) -> None:
    assert fetch_feed(web_app, path).findall(f"{ATOM}entry") == []


@pytest.mark.parametrize("text", ["a\x0bb", "<![CDATA[", "]]>", "&amp;", "\ud7ff\ufffe", "🦄"])
def test_a_feed_stays_well_formed_whatever_people_write(web_app: WebApp, text: str) -> None:
    review = build_review("K1", replace(build_action(1), text=text))
    web_app.review_client.add_review(replace(review, incident=replace(review.incident, title=text)))

    fetch_feed(web_app, "/actions.atom")
    fetch_feed(web_app, "/reviews.atom")


def fetch_events(web_app: WebApp, path: str) -> list[Any]:
    answer = web_app.client.get(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert [calendar["version"], calendar["method"]] == ["2.0", "PUBLISH"]
    events = calendar.walk("VEVENT")
    assert len({event["uid"] for event in events}) == len(events)
    assert all("dtstamp" in event and "dtstart" in event for event in events)
    return events


def test_due_dates_are_days_in_a_calendar(web_app: WebApp) -> None:
    web_app.review_client.add_review(
        build_review("K1", build_action(1, due=10), replace(build_action(2), due=None))
    )

    (event,) = fetch_events(web_app, "/actions.ics")

    assert event.decoded("dtstart") == date(2026, 3, 10)
    assert event.decoded("dtend") == date(2026, 3, 11)
    assert str(event["summary"]) == "Due: Limit retries of client 1"
    assert event["transp"] == "TRANSPARENT"


def test_meetings_are_hours_in_a_calendar(web_app: WebApp) -> None:
    meeting = Meeting(at=MONDAY, place="Room 1")
    follow_up = replace(meeting, at=MONDAY + timedelta(days=35))
    web_app.review_client.add_review(build_review("K1", meeting=meeting, follow_up=follow_up))

    events = fetch_events(web_app, "/reviews.ics")

    assert [(str(e["summary"]), e.decoded("dtstart")) for e in events] == [
        ("Post-mortem: Incident K1", MONDAY.astimezone(UTC)),
        ("Follow-up: Incident K1", MONDAY + timedelta(days=35)),
    ]


@pytest.mark.parametrize("suffix", [".csv", ".json", ".atom", ".ics"])
@pytest.mark.parametrize("query", ["status=lost", "sort=mood", "colour=red", "postponed=x"])
def test_a_feed_refuses_what_it_does_not_understand(
    web_app: WebApp, suffix: str, query: str
) -> None:
    answer = web_app.client.get(f"/actions{suffix}?{query}")

    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/actions", "/reviews"])
def test_the_page_leads_to_its_feeds_of_the_same_view(web_app: WebApp, path: str) -> None:
    add_reviews(web_app)

    text = web_app.client.get(f"{path}?owner={OLGA}").text

    for suffix in (".csv", ".json", ".atom", ".ics"):
        assert f'href="{path}{suffix}?owner=olga%40example.org"' in text


@pytest.mark.parametrize("path", ["/actions", "/reviews", "/actions?owner=olga&team=x&cause=y"])
def test_a_page_costs_the_same_however_many_there_are(web_app: WebApp, path: str) -> None:
    add_reviews(web_app)
    with count_rows(web_app.engine) as few:
        web_app.client.get(path)
    for n in range(60):
        done = replace(build_action(1), status=ActionStatus.VERIFIED)
        web_app.review_client.add_review(build_review(f"M{n}", done, build_action(2)))
    web_app.archive.people.merge_people([{"address": f"p{n}@example.org"} for n in range(300)])

    with count_rows(web_app.engine) as many:
        web_app.client.get(path)

    assert many.rows <= few.rows + 51
    assert few.queries == many.queries <= 10
