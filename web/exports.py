"""A review to take along: Markdown, a page of HTML, or JSON."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from models.review import Review
from rules.visibility import title_for
from web.callers import Asking
from web.house import Here, House
from web.naming import known_review
from web.orders import check_sight, record_of
from web.reviews import Record
from words.export import hidden, page, written
from words.reading import decoded, read
from words.reading.times import moments

router = APIRouter(prefix="/api/reviews", tags=["document"])


class Form(StrEnum):
    """What to export a review as."""

    MARKDOWN = "md"
    PAGE = "html"
    JSON = "json"


class When(BaseModel):
    """An entry of the timeline, and its moment in UTC where it says one."""

    text: str
    at: datetime | None


class Export(BaseModel):
    """A review whole: its record, its document, and what was read in it."""

    title: str
    review: Record  # type: ignore[valid-type]  # derived from the record's own fields
    document: str
    timeline: list[When]
    sections: dict[str, list[str]]
    unplaced: list[str]


TYPES = {
    Form.MARKDOWN: "text/markdown; charset=utf-8",
    Form.PAGE: "text/html; charset=utf-8",
    Form.JSON: "application/json",
}
ANSWERS = {
    200: {
        "description": "The review in the form that was asked for.",
        "model": Export,
        "content": {
            "text/markdown": {"schema": {"type": "string"}},
            "text/html": {"schema": {"type": "string"}},
        },
    }
}


@router.get(
    "/{review}/export",
    summary="Export a review.",
    response_class=Response,
    responses=ANSWERS,  # type: ignore[arg-type]  # FastAPI's responses are typed by invariance
)
async def export(
    review: str,
    house: Here,
    caller: Asking,
    form: Annotated[Form, Query(alias="as")] = Form.MARKDOWN,
    pseudonyms: Annotated[
        bool, Query(description="Put roles in the place of people's names.")
    ] = False,
) -> Response:
    """Take a review along: its document, with causes and actions as they stand now.

    What the document says and is still true stays letter by letter.
    On the command line: `afterword review export`.
    """
    record = await record_of(house, await known_review(house, review))
    check_sight(record, caller.by)
    told = await run_in_threadpool(_told, house, record, caller.by, form, pseudonyms)
    return Response(told, media_type=TYPES[form])


def _told(house: House, record: Review, reader: str, form: Form, pseudonyms: bool) -> str:
    people = house.archive.people()
    names = {address: person.name for address, person in people.items()}
    title = title_for(record, reader)
    text = _document(house, record) or f"# {title}\n"
    text = written(text, record, names)
    if pseudonyms:
        record, text, names = hidden(record, text, people)
        title = record.incident.title
    if form is Form.MARKDOWN:
        return text
    if form is Form.PAGE:
        return page(title, text, record, names)
    return _json(title, text, record)


def _document(house: House, record: Review) -> str:
    if record.document is None:
        return ""
    return decoded(house.archive.content(record.document.digest))


def _json(title: str, text: str, record: Review) -> str:
    reading = read(text)
    ended = record.incident.ended_at
    timeline = moments(reading.timeline, ended, reading.timeline_heading)
    shown = {name: getattr(record, name) for name in Record.model_fields}
    return Export.model_construct(
        title=title,
        review=Record.model_construct(**shown),
        document=text,
        timeline=[When(text=moment.text, at=moment.at) for moment in timeline],
        sections={str(part): list(said) for part, said in reading.parts.items()},
        unplaced=list(reading.unplaced),
    ).model_dump_json()
