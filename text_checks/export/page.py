"""Render a review as one self-contained HTML page, without scripts or external files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape

import nh3
from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from models.action import ActionStatus
from models.review import Review
from text_checks.export.svg import draw_chains
from text_checks.markdown_reader import MAX_LINES, build_markdown_parser
from text_checks.parsing import parse_document
from text_checks.parsing.timeline import parse_timeline

LINE_BREAK = re.compile(r"&lt;br ?/?&gt;", re.IGNORECASE)
EXCESSIVE_MARKS = re.compile(r"[\[!<]{30}|[*_]{200}|(?:>[ \t]?){60}")
MAX_BRACKETS = 5_000
"""Maximum number of brackets that are rendered; more would take too long to parse."""


def render_page(title: str, text: str, review: Review, names: Mapping[str, str]) -> str:
    """Render the page of a review with its document; `names` are people's names by address.

    Whatever a document or a field holds, the page runs no script and loads nothing from elsewhere.
    """
    parsed = parse_document(text)
    timeline = parse_timeline(parsed.timeline, review.incident.ended_at, parsed.timeline_heading)
    causes = [cause for cause in review.causes if not cause.withdrawn]
    return (
        _build_environment()
        .get_template("page.html")
        .render(
            title=title,
            review=review,
            document=Markup(render_safe_html(text)),  # noqa: S704  (cleaned by nh3)
            timeline=timeline if any(entry.at for entry in timeline) else (),
            pictures=[Markup(p) for p in draw_chains(causes, review.actions)],  # noqa: S704  (escaped there)
            actions=[a for a in review.actions if a.status is not ActionStatus.WITHDRAWN],
            name=lambda address: names.get(address, "") or address,
        )
    )


def render_safe_html(markdown: str) -> str:
    """Render Markdown as safe HTML.

    Images become links, so that nothing is loaded; tags in the text are shown as they are written.
    """
    if _is_too_intricate(markdown):
        return f"<pre>{escape(markdown)}</pre>"
    html = LINE_BREAK.sub("<br>", _build_renderer().render(markdown))
    return nh3.clean(html, tags=nh3.ALLOWED_TAGS - {"img"}, link_rel="noopener nofollow")


def _is_too_intricate(markdown: str) -> bool:
    """Return whether it would take too long to render a text."""
    brackets = markdown.count("[") - markdown.count("](")
    is_long = markdown.count("\n") > MAX_LINES
    return is_long or brackets > MAX_BRACKETS or EXCESSIVE_MARKS.search(markdown) is not None


@cache
def _build_renderer() -> MarkdownIt:
    parser = build_markdown_parser()
    parser.add_render_rule("image", _render_image_link)  # type: ignore[no-untyped-call, unused-ignore]
    return parser


def _render_image_link(
    _self: object, tokens: Sequence[Token], position: int, _options: object, _env: object
) -> str:
    token = tokens[position]
    source = str(token.attrs.get("src", ""))
    return f'<a href="{escape(source)}">{escape(token.content or source)}</a>'


@cache
def _build_environment() -> Environment:
    return Environment(
        loader=PackageLoader("text_checks.export", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
