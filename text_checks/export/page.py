"""Render a review as one self-contained HTML page, without scripts or external files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from models.action import ActionStatus
from models.review import Review
from text_checks.export.safe_html import render_document
from text_checks.export.svg import draw_chains
from text_checks.parsing import parse_document
from text_checks.timeline.entry_times import parse_timeline


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

    Images become links, so that nothing is loaded; tags in the text do nothing.
    """
    return render_document(markdown)


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
