"""What a mail program's “unsubscribe” button does: reminders come once a week, never not at all."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from mail import capability
from models.errors import Unknown
from web.house import Here, House

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/unsubscribe/{token}")
async def ask(request: Request, house: Here, token: str) -> Response:
    """Ask first: scanners of mail follow every link."""
    await _person(house, token)
    return _page(request, token=token, done="")


@router.post("/unsubscribe/{token}")
async def unsubscribe(request: Request, house: Here, token: str, often: str = "") -> Response:
    """Let reminders come once a week (RFC 8058), or with `often` as they did before."""
    person = await _person(house, token)
    await run_in_threadpool(house.archive.set_weekly, person, weekly=not often)
    return _page(request, token=token, done="often" if often else "weekly")


async def _person(house: House, token: str) -> str:
    known = await run_in_threadpool(house.archive.capability, token.lower())
    person = await run_in_threadpool(house.archive.person, known.person if known else "")
    renewed = person.renewed if person else 0
    secret = house.settings.secret.get_secret_value().encode()
    if known is None or not capability.genuine(
        secret, token, known.review, known.person, known.item, renewed=renewed
    ):
        raise Unknown("letter", token)
    return known.person


def _page(request: Request, **shown: str) -> Response:
    template = request.app.state.templates.get_template("unsubscribe.html")
    return HTMLResponse(template.render(**shown))
