"""The page of one person: what waits for them, what is open with them, what was verified."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from models.email_address import normalize_email_address
from models.errors import NotFound
from web.dependencies import ContextDep
from web.pages.reader import ReaderDep
from web.pages.templates import build_names, render_page
from web.services.overview.person_overview import build_person_overview
from web.services.review_list import build_list_item

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

MAX_ADDRESS_LENGTH = 400


@router.api_route("/people/{address:path}", methods=["GET", "HEAD"])
def show_person_page(
    request: Request, context: ContextDep, reader: ReaderDep, address: str
) -> Response:
    """Show a person; another address of theirs leads to the page of the main one."""
    if "\0" in address or len(address) > MAX_ADDRESS_LENGTH:
        raise NotFound("person", address[:MAX_ADDRESS_LENGTH].replace("\0", ""))
    wanted = normalize_email_address(address)
    overview = build_person_overview(context, wanted, reader)
    if overview is None:
        person = context.archive.people.find_person(wanted)
        if person is None or person.address == wanted:
            raise NotFound("person", address)
        return RedirectResponse(f"/people/{quote(person.address)}", status_code=303)
    return render_page(
        request,
        "person.html",
        overview=overview,
        person=overview.person,
        today=overview.today,
        reviews=[build_list_item(row, overview.today) for row in overview.reviews],
        names=build_names(overview.people),
        is_own=bool(reader) and reader == overview.person.address,
    )
