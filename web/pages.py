"""The pages anybody may read: the list of reviews, a review, its document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.errors import Unknown
from models.incident import Incident
from models.people import Person
from models.review import OPEN_STAGES, Review, Stage
from register import queries
from register.rows import FINISHED
from rules.gates import blockers, gate_of
from rules.names import review_matching
from rules.visibility import may_see, title
from web import contributions
from web.errors import Fault
from web.house import Here, House
from web.listing import Filter, is_lost, page_of

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

FOLDER = Path(__file__).parent
PASSER_BY = ""
PATH = (*OPEN_STAGES, Stage.CLOSED)
PER_PAGE = 50
WEB = ("http", "https")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def templates() -> Environment:
    """Give the templates of all pages; a name they miss is an error, and all text is escaped."""
    found = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "day": _day,
        "moment": _moment,
        "web_link": _web_link,
        "short": _short,
        "span": _span,
    }
    found.policies["urlize.rel"] = "noopener nofollow"
    return found


def error_page(request: Request, status: int, fault: Fault) -> Response:
    """Show an error to somebody with a browser."""
    return _page(request, "error.html", status=status, fault=fault)


@router.api_route("/", methods=["GET", "HEAD"])
def reviews(
    request: Request,
    house: Here,
    q: Annotated[str, Query(max_length=400)] = "",
    stage: str = "",
    after: Annotated[str, Query(max_length=400)] = "",
) -> Response:
    """List reviews: where each stands, who leads it, what is due next."""
    wanted = Filter(
        stage=Stage(stage) if stage in set(Stage) else None,
        open=stage == "open",
        q=q.replace("\0", ""),
        limit=PER_PAGE,
        after=after.replace("\0", ""),
    )
    rows, next_ = page_of(house, wanted, PASSER_BY)
    more = "?" + urlencode({"q": q, "stage": stage, "after": next_}) if next_ else ""
    return _page(
        request,
        "reviews.html",
        rows=rows,
        names=_names(house.archive.people()),
        stages=list(Stage),
        q=q,
        stage=stage,
        more=more,
        first=not after,
    )


@router.api_route("/reviews/{name}", methods=["GET", "HEAD"])
def review(request: Request, house: Here, name: str) -> Response:
    """Show a review: its actions, causes, what stands in the way, its log."""
    found = _review(house, name)
    if not may_see(found, PASSER_BY):
        return _page(request, "restricted.html", review=found, title=title(found), path=PATH)
    now = house.clock()
    return _page(
        request,
        "review.html",
        review=found,
        title=title(found),
        lost=is_lost(house, found),
        names=_names(house.archive.people()),
        path=PATH,
        blockers=blockers(found, now),
        gate=gate_of(found.stage),
        open_actions=sum(action.standing not in FINISHED for action in found.actions),
        finished=FINISHED,
        today=now.astimezone(UTC).date(),
    )


@router.api_route("/reviews/{name}/document", methods=["GET", "HEAD"])
def document(request: Request, house: Here, name: str) -> Response:
    """Show the document as it was written last."""
    found = _review(house, name)
    if not may_see(found, PASSER_BY):
        return _page(request, "restricted.html", review=found, title=title(found), path=PATH)
    if found.document is None:
        raise Unknown("document of review", found.id)
    text = house.archive.content(found.document.digest).decode("utf-8-sig")
    names = _names(house.archive.people())
    return _page(request, "document.html", review=found, title=title(found), text=text, names=names)


@router.get("/reviews/{name}/contribute")
def contribute(request: Request, house: Here, name: str) -> Response:
    """Show the form by which anybody adds something without their name."""
    found = _review(house, name)
    if not may_see(found, PASSER_BY):
        return _page(request, "restricted.html", review=found, title=title(found), path=PATH)
    is_open = found.stage in OPEN_STAGES
    return _page(request, "contribute.html", review=found, title=title(found), open=is_open)


@router.post("/reviews/{name}/contribute")
async def contributed(
    request: Request,
    house: Here,
    name: str,
    text: Annotated[str, Form()] = "",
    when: Annotated[str, Form()] = "",
) -> Response:
    """Take what somebody wrote, and say what becomes of it."""
    answer = await contributions.add(house, name, text.replace("\0", ""), when.replace("\0", ""))
    found = await run_in_threadpool(_review, house, name)
    return _page(request, "contributed.html", review=found, title=title(found), said=answer.said)


def _review(house: House, name: str) -> Review:
    found = queries.review(house.engine, review_matching(name, queries.ids(house.engine)))
    if found is None:
        raise Unknown("review", name)
    return found


def _page(request: Request, template: str, *, status: int = 200, **facts: Any) -> Response:
    shown = request.app.state.templates.get_template(template).render(status=status, **facts)
    return HTMLResponse(shown, status)


class _Names(dict[str, str]):
    """People by address, shown by their name; somebody unknown by the address itself."""

    def __missing__(self, address: str) -> str:
        return address

    def within(self, text: str) -> str:
        """Put names where a sentence speaks of addresses."""
        return ADDRESS.sub(lambda found: self[found[0]], text)


def _names(people: Mapping[str, Person]) -> _Names:
    return _Names({address: person.name or address for address, person in people.items()})


def _day(day: date | datetime) -> str:
    return f"{day.day} {day:%b %Y}"


def _moment(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"{_day(utc)}, {utc:%H:%M} UTC"


def _span(incident: Incident) -> str:
    end = incident.ended_at.astimezone(UTC)
    start = (incident.started_at or end).astimezone(UTC)
    if start.date() == end.date():
        return f"{_day(end)}, {start:%H:%M} to {end:%H:%M} UTC"
    return f"{_moment(start)} to {_moment(end)}"


def _web_link(link: str) -> bool:
    try:
        return urlsplit(link).scheme in WEB
    except ValueError:
        return False


def _short(name: str) -> str:
    return name.removeprefix("review-")
