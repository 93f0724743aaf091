"""Render the pages: the template environment, its filters, and people's names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.email_address import replace_email_addresses
from models.incident import Incident
from models.people import Person
from rules.formatting import format_date, format_short_date, format_short_time, truncate
from web.current_session import get_session
from web.guards.return_path import SIGN_IN_PATH, build_sign_in_path, format_request_path
from web.guards.secret_paths import SECRET_PATHS
from web.pages.forms import make_form_token
from web.schemas.problem import Problem

WEB_DIR = Path(__file__).parent.parent
SIGN_OUT_PATH = "/sign-out"
COMMAND_PATH = re.compile(r"/reviews/[^/]+/commands/[^/]+")
"""Of a form that is sent to the address that shows it, query and all."""
LISTED_LENGTH = 240
"""How much of a text a list shows."""
WEB_SCHEMES = ("http", "https")
NAVIGATION = (
    ("Reviews", "/reviews"),
    ("Actions", "/actions"),
    ("Figures", "/figures"),
    ("Search", "/search"),
)
"""What stands at the head of every page: a label, and the address it leads to."""


def create_environment() -> Environment:
    """Return the template environment; a missing name is an error, and all text is escaped."""
    environment = Environment(
        loader=FileSystemLoader(WEB_DIR / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "format_date": format_short_date,
        "format_long_date": format_date,
        "format_time": _format_time,
        "is_web_link": _is_web_link,
        "short_id": _shorten_id,
        "shorten": _shorten_text,
        "format_time_range": _format_time_range,
    }
    environment.policies["urlize.rel"] = "noopener nofollow"
    return environment


def render_error_page(request: Request, problem: Problem) -> Response:
    """Render an error for a browser."""
    return render_page(request, "error.html", status=problem.status, problem=problem)


def render_page(
    request: Request, template: str, *, status: int = 200, **variables: Any
) -> Response:
    """Render a template with its variables."""
    html = request.app.state.templates.get_template(template).render(
        NAVIGATION=NAVIGATION,
        page_path=request.url.path,
        status=status,
        **_build_sign_in_variables(request),
        **variables,
    )
    return HTMLResponse(html, status)


def _build_sign_in_variables(request: Request) -> dict[str, object]:
    """Build what the head of each page says of who is signed in."""
    session, context = get_session(request), request.app.state.context
    token = make_form_token(request, context, SIGN_OUT_PATH) if session else ""
    return {
        "session": session,
        "sign_in_path": _find_sign_in_path(request),
        "sign_out_token": token,
        "SIGN_OUT_PATH": SIGN_OUT_PATH,
    }


def _find_sign_in_path(request: Request) -> str:
    """Return where to sign in and come back from; "" on pages that are about that already."""
    path, query = request.url.path, request.url.query
    if path.startswith((SIGN_IN_PATH, SIGN_OUT_PATH)):
        return ""
    if path.startswith(SECRET_PATHS):
        return SIGN_IN_PATH
    is_kept = request.method in ("GET", "HEAD") or COMMAND_PATH.fullmatch(path) is not None
    return build_sign_in_path(format_request_path(path, query if is_kept else ""))


class PersonNames(dict[str, str]):
    """Names of people by address; an unknown address stands for itself."""

    def __missing__(self, address: str) -> str:
        return address

    def replace_addresses(self, text: str) -> str:
        """Return a sentence with names in place of addresses."""
        return replace_email_addresses(text, self.__getitem__)


def build_names(people: Mapping[str, Person]) -> PersonNames:
    """Build the names of people by address."""
    return PersonNames({address: person.name or address for address, person in people.items()})


def _format_time(time: datetime) -> str:
    return format_short_time(time, UTC)


def _format_time_range(incident: Incident) -> str:
    end = incident.ended_at.astimezone(UTC)
    start = (incident.started_at or end).astimezone(UTC)
    if start.date() == end.date():
        return f"{format_short_date(end)}, {start:%H:%M} to {end:%H:%M} UTC"
    return f"{_format_time(start)} to {_format_time(end)}"


def _is_web_link(link: str) -> bool:
    try:
        return urlsplit(link).scheme in WEB_SCHEMES
    except ValueError:
        return False


def _shorten_text(text: str) -> str:
    return truncate(text, LISTED_LENGTH)


def _shorten_id(name: str) -> str:
    return name.removeprefix("review-")
