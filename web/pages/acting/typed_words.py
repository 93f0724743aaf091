"""What somebody typed into a form of a page: read it, and give it back where it is refused."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request, Response

from models.errors import InvalidInput
from web.errors import to_problem
from web.guards.form_token import FORM_FIELD
from web.pages.templates import render_page

MAX_FIELD = 2 * 1024 * 1024
"""Octets of one field; how large the whole request may be is a limit of its route."""


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form by name, without NUL; files are left out."""
    fields = (await request.form(max_part_size=MAX_FIELD)).items()
    return {
        name: value.replace("\r\n", "\n").replace("\0", "")
        for name, value in fields
        if isinstance(value, str)
    }


def check_encoding(typed: Mapping[str, str]) -> None:
    """Raise InvalidInput for text that was sent as no Unicode, of which nothing can be stored."""
    for name, text in typed.items():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidInput(
                "has characters that are none; send it as UTF-8", field=name
            ) from None


def render_refused(
    request: Request, error: Exception, typed: Mapping[str, str], words: Mapping[str, str]
) -> Response:
    """Render why a form was refused, with what was typed in it to be copied.

    `words` are the labels of the fields that somebody types, by name.
    """
    problem = to_problem(error)
    kept = {
        label: typed[name].encode(errors="replace").decode()
        for name, label in words.items()
        if typed.get(name, "").strip() and name != FORM_FIELD
    }
    here = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    return render_page(
        request,
        "refused_form.html",
        status=problem.status,
        problem=problem,
        kept=kept,
        here=here,
    )
