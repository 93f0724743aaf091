from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import event

from models.policy import Policy
from models.review import Review
from rules.figures.definitions import FIGURES, LEFT_OUT, FigureUnit
from rules.figures.figure_numbers import Measure
from tests.register.random_register import (
    NOW,
    build_random_register,
    store_register,
)
from tests.sample_people import ADA, FAY, MONDAY, OLGA
from tests.sample_reviews import build_assigned, build_verified
from tests.web.pages.test_pages import parse_page, read_page
from tests.web.web_app import WebApp
from web.pages.figures.figure_charts import draw_columns, find_bar_width

SCRIPT = "<script>alert(1)</script>"


def add_review(web_app: WebApp, review: Review, key: str) -> Review:
    incident = replace(review.incident, key=key, title=f"Incident {key}")
    changed = replace(review, id=f"review-pagerduty-{key}", incident=incident)
    web_app.review_client.add_review(changed)
    return changed


def fill(web_app: WebApp) -> None:
    store_register(web_app.engine, build_random_register(7, reviews=30))
    web_app.now = NOW


def list_links(web_app: WebApp, path: str) -> list[str]:
    return [
        str(link) for link in parse_page(web_app.client.get(path).text).xpath("//main//a/@href")
    ]


def test_every_figure_has_its_definition_beside_it(web_app: WebApp) -> None:
    page = parse_page(web_app.client.get("/figures").text)

    for figure in FIGURES:
        (section,) = page.xpath(f"//section[@id='{figure.id}']")
        assert figure.name in section.text_content()
        assert figure.definition in section.text_content()
    assert LEFT_OUT in page.text_content()


def test_an_empty_register_has_no_data_and_no_zero_per_cent(web_app: WebApp) -> None:
    shown = read_page(web_app, "/figures")

    assert shown.count("no data yet") >= sum(
        figure.unit is not FigureUnit.COUNT for figure in FIGURES
    )
    assert "0\N{NO-BREAK SPACE}%" not in shown


def test_a_verified_action_counts_once_its_date_has_passed(web_app: WebApp) -> None:
    review = add_review(web_app, build_verified().review, "Q1")
    due = max(action.due for action in review.actions if action.due)
    web_app.now = MONDAY + timedelta(days=(due - MONDAY.date()).days + 1)

    rows = read_page(web_app, "/figures/verified-on-time")

    assert "Incident Q1" in rows
    assert f"A1 {review.actions[0].text}" in rows


def test_each_link_of_a_number_leads_to_as_many_rows_as_it_says(web_app: WebApp) -> None:
    fill(web_app)
    page = parse_page(web_app.client.get("/figures").text)
    links = [link for link in page.xpath("//main//section//a") if link.text.strip().isdigit()]

    assert len(links) > len(FIGURES)
    for link in links:
        rows = parse_page(web_app.client.get(link.get("href")).text).xpath("//tbody/tr")
        assert len(rows) == min(int(link.text), 50), link.get("href")


def test_rows_go_on_over_the_next_page_in_the_same_view(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.pages.figures.figure_pages.PER_PAGE", 3)
    fill(web_app)
    seen: list[str] = []
    path = "/figures/verified-on-time?counted=no"

    while path:
        page = parse_page(web_app.client.get(path).text)
        seen += [str(link) for link in page.xpath("//tbody/tr/th/a/@href")]
        following = page.xpath("//a[@rel='next']/@href")
        path = f"/figures/verified-on-time{following[0]}" if following else ""

    assert len(seen) > 3
    assert len(set(seen)) == len(seen)


def test_the_limits_of_the_page_are_those_of_its_links(web_app: WebApp) -> None:
    fill(web_app)

    links = list_links(web_app, "/figures?team=Search&service=mail&since=2026-01-01")

    rows = [link for link in links if link.startswith("/figures/")]
    assert rows
    assert all("team=Search&service=mail&since=2026-01-01" in link for link in rows)


def test_json_csv_and_the_api_have_the_same_numbers(web_app: WebApp) -> None:
    fill(web_app)

    page = web_app.client.get("/figures.json").json()
    api = web_app.get("figures").json()
    lines = list(csv.DictReader(StringIO(web_app.client.get("/figures.csv").text)))

    assert page == api
    measures = [measure for figure in page["figures"] for measure in figure["measures"]]
    assert [(line["value"], int(line["count"]), int(line["of"])) for line in lines] == [
        (measure["value"], measure["count"], measure["of"]) for measure in measures
    ]


@pytest.mark.parametrize(
    "team", ["=cmd|'/c calc'!A1", " =1+1", "\n=1", "\t=1", "\u00a0=1", "\uff1d1", "\u3000\uff20A1"]
)
def test_a_team_whose_name_is_a_formula_is_none_in_the_csv(web_app: WebApp, team: str) -> None:
    people = web_app.archive.people
    people.import_people([replace(people.load_people()[OLGA], team=team)])
    add_review(web_app, build_verified().review, "Q1")
    web_app.now = MONDAY + timedelta(days=120)

    text = web_app.client.get("/figures.csv").text

    lines = csv.DictReader(StringIO(text, newline=""))
    assert f"'{team}" in [line["part"] for line in lines if line["group"] == "team"]


def test_a_restricted_review_is_counted_for_its_people_alone(web_app: WebApp) -> None:
    review = build_assigned().review
    add_review(web_app, replace(review, restricted_to=(ADA, FAY)), "Q1")
    web_app.now = MONDAY + timedelta(days=200)

    def count(by: str) -> int:
        figures: list[dict[str, Any]] = web_app.get("figures", by=by).json()["figures"]
        return sum(measure["of"] for figure in figures for measure in figure["measures"])

    assert count(ADA) > 0
    assert "Incident Q1" not in read_page(web_app, "/figures/stuck-reviews?part=assigned")
    anonymous = web_app.client.get("/figures.json").json()["figures"]
    assert {measure["of"] for figure in anonymous for measure in figure["measures"]} == {0}


@pytest.mark.parametrize(
    "path",
    [
        "/figures?since=yesterday",
        "/figures?since=2026-02-30",
        "/figures.csv?since=%00",
        "/figures/open-age?part=old",
        "/figures/open-by-priority?part=P9",
        "/figures/verified-on-time?group=person",
        "/figures/verified-on-time?counted=maybe",
        "/figures/verified-on-time?after=nonsense",
        "/figures/unknown",
    ],
)
def test_what_is_no_figure_or_no_day_is_refused_kindly(web_app: WebApp, path: str) -> None:
    answer = web_app.client.get(path, headers={"Accept": "text/html"})

    assert answer.status_code in (400, 404), answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "text",
    [SCRIPT, "' OR 1=1 --", "x" * 10_000, "\u202eevil", "🦊", "a\0b", "%", "İstanbul", "ß"],
)
def test_a_strange_team_or_service_is_one_with_no_figures(web_app: WebApp, text: str) -> None:
    fill(web_app)
    query = f"team={quote(text)}&service={quote(text)}"

    page = web_app.client.get(f"/figures?{query}")
    rows = web_app.client.get(f"/figures/verified-on-time?group=team&part={quote(text)}&{query}")

    assert (page.status_code, rows.status_code) == (200, 200)
    assert SCRIPT not in page.text + rows.text
    assert "There is nothing here." in rows.text


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31", "2026-01-01"])
def test_far_dates_are_periods_like_others(web_app: WebApp, since: str) -> None:
    fill(web_app)

    assert "Verified on time" in read_page(web_app, f"/figures?since={since}")


def test_no_page_needs_a_style_or_a_script(web_app: WebApp) -> None:
    fill(web_app)

    for path in ("/figures", "/figures/verified-on-time"):
        page = parse_page(web_app.client.get(path).text)
        assert page.xpath("//@style | //script | //style") == []
        assert len(page.xpath("//h1")) == 1
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids))


def test_each_chart_has_a_title_a_description_and_its_numbers_as_a_table(web_app: WebApp) -> None:
    fill(web_app)

    page = parse_page(web_app.client.get("/figures").text)

    charts = page.xpath("//svg[@role='img']")
    assert len(charts) == 2
    for chart in charts:
        texts = [
            page.xpath(f"//*[@id='{each}']")[0].text
            for each in chart.get("aria-labelledby").split()
        ]
        assert all(texts)
        rows = chart.getparent().xpath(".//details//tbody/tr")
        assert len(rows) == 12
    assert (
        page.xpath("//svg[not(@role='img')][not(ancestor-or-self::svg[@role or @aria-hidden])]")
        == []
    )


@pytest.mark.parametrize("reviews", [20, 80])
def test_the_page_asks_at_most_ten_queries_whatever_the_register_holds(
    web_app: WebApp, reviews: int
) -> None:
    store_register(web_app.engine, build_random_register(7, reviews=reviews))
    web_app.now = NOW
    statements: list[str] = []
    event.listen(
        web_app.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )

    web_app.client.get("/figures")

    queries = [each for each in statements if re.match(r"(SELECT|WITH)", each)]
    assert 0 < len(queries) <= 10


def test_columns_fill_the_chart_and_label_no_more_than_a_phone_can_show() -> None:
    figure = FIGURES[0]
    measures = [
        Measure(group=figure.groups[1], part=f"20{n // 12 + 20}-{n % 12 + 1:02}", count=n, of=36)
        for n in range(36)
    ]

    columns = draw_columns(figure, measures, Policy())

    assert sum(bool(column.label) for column in columns) == 12
    assert all(column.x >= 0 and column.x + column.width <= 100 for column in columns)
    assert [column.height for column in columns] == sorted(column.height for column in columns)


def test_bars_are_as_long_as_their_share_or_as_their_part_of_the_longest() -> None:
    share, count, days = (
        next(figure for figure in FIGURES if figure.unit is unit)
        for unit in (FigureUnit.SHARE, FigureUnit.COUNT, FigureUnit.DAYS)
    )
    measures = [
        Measure(group=share.groups[0], part="", count=n, of=20, median=n, p90=2 * n)
        for n in (5, 10)
    ]

    assert find_bar_width(share, measures[0], measures) == 25
    assert find_bar_width(count, measures[0], measures) == 50
    assert find_bar_width(days, measures[1], measures) == 50
    assert find_bar_width(days, Measure(group=share.groups[0], part="", count=0, of=0), ()) == 0
