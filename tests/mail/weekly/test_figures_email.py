from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from typing import Any

import pytest
from lxml import html as lxml_html
from sqlalchemy import Engine

from mail.weekly.figures_email import build_figures_email
from mail.weekly.weekly_message import WeeklyAddress, WeeklyKind
from models.policy import Policy
from register.queries.figure_conditions import FigureScope
from register.queries.figure_queries import measure_figures
from rules.figures.definitions import FIGURES, LEFT_OUT
from rules.figures.figure_numbers import FigureReport, find_first_day
from tests.databases import (  # noqa: F401  (pytest finds fixtures by their names here)
    get_engine,
    sqlite_address,
    sqlite_template,
)
from tests.mail.notification_samples import SITE
from tests.register.random_register import NOW, TODAY, build_random_register, store_register

TO = WeeklyAddress(
    kind=WeeklyKind.FIGURES,
    person="leader@example.org",
    monday=date(2026, 11, 30),
    reason="you want them",
)


def measure(engine: Engine) -> FigureReport:
    scope = FigureScope(
        dialect="sqlite", reader="", now=NOW, since=find_first_day(TODAY), policy=Policy()
    )
    return measure_figures(engine, scope)


@pytest.fixture
def empty_register(sqlite_address: str) -> Iterator[Engine]:  # noqa: F811  (pytest's way)
    yield get_engine(sqlite_address)
    get_engine(sqlite_address).dispose()


@pytest.fixture
def report(empty_register: Engine) -> FigureReport:
    store_register(empty_register, build_random_register(5, reviews=80))
    return measure(empty_register)


def parse_html(message: EmailMessage) -> Any:
    return lxml_html.fromstring(read_part(message, "html"))


def build(report: FigureReport, *, is_reachable: bool = True) -> EmailMessage:
    site = replace(SITE, is_reachable=is_reachable, url="https://afterword.example.org")
    return build_figures_email(report, TO, Policy(), site, NOW)


def read_part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_the_email_has_every_figure_and_what_is_left_out(report: FigureReport) -> None:
    message = build(report)

    text, markup = read_part(message, "plain"), parse_html(message).text_content()
    for figure in FIGURES:
        assert figure.name in text
        assert figure.name in markup
    assert " ".join(LEFT_OUT.split()) in " ".join(text.split())
    assert message["To"] == TO.person
    assert "verified on time" in message["Subject"]


def test_its_links_are_those_of_the_page_and_the_same_in_text_and_html(
    report: FigureReport,
) -> None:
    message = build(report)

    links = set(map(str, parse_html(message).xpath("//a/@href")))
    text = read_part(message, "plain")

    assert len(links) > len(FIGURES)
    assert all(link.startswith("https://afterword.example.org/figures") for link in links)
    assert [link for link in links if link not in text] == []


def test_where_nobody_can_open_the_page_there_are_no_links(report: FigureReport) -> None:
    message = build(report, is_reachable=False)

    assert "href" not in read_part(message, "html")
    assert "http" not in read_part(message, "plain")


def test_a_retry_is_the_same_email_and_that_of_next_week_another(report: FigureReport) -> None:
    first, again = build(report), build(report)
    later = build_figures_email(report, replace(TO, monday=date(2026, 12, 7)), Policy(), SITE, NOW)
    other = build_figures_email(report, replace(TO, person="x@example.org"), Policy(), SITE, NOW)

    assert bytes(first) == bytes(again)
    assert len({first["Message-ID"], later["Message-ID"], other["Message-ID"]}) == 3


def test_an_email_about_nothing_yet_says_so(empty_register: Engine) -> None:
    message = build(measure(empty_register))

    assert message["Subject"].endswith("no data yet")
    assert read_part(message, "plain").startswith("No date that was promised has passed yet.")
    assert "0 %" not in read_part(message, "plain")


def test_its_lines_keep_to_their_columns_but_for_links(report: FigureReport) -> None:
    lines = read_part(build(report), "plain").splitlines()

    assert max(len(line) for line in lines if "http" not in line) <= 78
