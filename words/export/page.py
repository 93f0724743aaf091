"""A review as one page of HTML that stands by itself: no script, nothing to load."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import escape

import nh3
from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from models.action import Standing
from models.review import Review
from words.export.picture import pictures
from words.reading import read
from words.reading.blocks import without_comments
from words.reading.times import moments

BREAK = re.compile(r"&lt;br ?/?&gt;", re.IGNORECASE)
BAIT = re.compile(r"[\[!<]{30}|[*_]{200}|(?:>[ \t]?){60}")
MOST_BRACKETS = 5_000
"""Nobody writes so many marks; to read them takes longer with each."""

DEEPEST = 40
"""Levels of lists and quotations that are drawn; what lies deeper is shown as it is written."""


def page(title: str, text: str, review: Review, names: Mapping[str, str]) -> str:
    """Write the page of a review with its document; `names` are people's names by address.

    Whatever a document or a field holds, the page runs no script and loads nothing from elsewhere.
    """
    reading = read(text)
    timeline = moments(reading.timeline, review.incident.ended_at, reading.timeline_heading)
    causes = [cause for cause in review.causes if not cause.withdrawn]
    return (
        _environment()
        .get_template("page.html")
        .render(
            title=title,
            review=review,
            document=Markup(drawn(text)),  # noqa: S704  (cleaned by nh3)
            timeline=timeline if any(moment.at for moment in timeline) else (),
            pictures=[Markup(p) for p in pictures(causes, review.actions)],  # noqa: S704  (escaped there)
            actions=[a for a in review.actions if a.standing is not Standing.WITHDRAWN],
            name=lambda address: names.get(address, "") or address,
        )
    )


def drawn(markdown: str) -> str:
    """Draw Markdown as HTML that is safe.

    Pictures become links, so that nothing is loaded; tags in the text are shown as they are
    written, so that no word is lost.
    """
    told = without_comments(markdown)
    if BAIT.search(told) or told.count("[") - told.count("](") > MOST_BRACKETS:
        return f"<pre>{escape(told)}</pre>"
    html = BREAK.sub("<br>", _markdown().render(told))
    return nh3.clean(html, tags=nh3.ALLOWED_TAGS - {"img"}, link_rel="noopener nofollow")


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable("table")
    made.add_render_rule("image", _linked)  # type: ignore[no-untyped-call, unused-ignore]
    return made


def _linked(_self: object, tokens: list, at: int, _options: object, _env: object) -> str:  # type: ignore[type-arg]
    token = tokens[at]
    source = str(token.attrs.get("src", ""))
    return f'<a href="{escape(source)}">{escape(token.content or source)}</a>'


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("words.export", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
