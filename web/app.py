"""The HTTP app, built in one place from the parts it is given."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine

from register.archive import Archive
from settings import Settings
from web import (
    contributions,
    documents,
    errors,
    exports,
    health,
    letters,
    mails,
    orders,
    pages,
    people,
    rebuild,
    reviews,
    tokens,
    unsubscribing,
)
from web.headers import Headers
from web.hooks import generic, inbound, pagerduty
from web.house import Clock, Door, House, Probe
from web.limits import Limits

TITLE = "Afterword"
API_VERSION = "1"
DESCRIPTION = """\
Carries every post-mortem from the end of an incident to a proven improvement.

* **Names** may be cut short: a review by any beginning of its name that fits only one, a person by
  any beginning of an address.
* **Errors** all look alike: a code, a reason, and the way out.
* **Idempotency-Key**: the same order sent twice under one key is carried out once.
* **Times** carry their offset from UTC; dates are `2026-04-30`.
"""
FAULTS: dict[int | str, str] = {
    400: "It cannot be read; the reason names the field.",
    401: "No token, or one that is not known.",
    403: "Not for you; the way out says whom to ask.",
    404: "Nothing goes by that name; hints say what comes near.",
    409: "Refused by a rule; the way out says what would make it right.",
    413: "Too large.",
    503: "A part is away; try again after Retry-After seconds.",
    "default": "Any other error looks the same.",
}


def build(
    door: Door,
    archive: Archive,
    engine: Engine,
    settings: Settings,
    clock: Clock,
    *,
    mail_probe: Probe | None = None,
    temporal_probe: Probe | None = None,
) -> FastAPI:
    """Build the app. `clock` gives aware times; nothing is connected or read here."""
    app = FastAPI(
        title=TITLE,
        version=API_VERSION,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses={status: _fault(words) for status, words in FAULTS.items()},
    )
    app.state.house = House(
        door=door,
        archive=archive,
        engine=engine,
        settings=settings,
        clock=clock,
        mail_probe=mail_probe or health.smtp_probe(settings.mail.smtp),
        temporal_probe=temporal_probe or door.answers,
    )
    app.state.templates = pages.templates()
    _route(app)
    errors.install(app, pages.error_page)
    app.add_middleware(Limits)
    app.add_middleware(Headers)
    return app


def _route(app: FastAPI) -> None:
    for router in (
        reviews.router,
        documents.router,
        exports.router,
        letters.router,
        mails.router,
        unsubscribing.router,
        contributions.router,
        orders.routes(),
        people.router,
        tokens.router,
        rebuild.router,
        pagerduty.router,
        generic.router,
        inbound.router,
        health.router,
        pages.router,
    ):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=pages.FOLDER / "static"), name="static")


def _fault(words: str) -> dict[str, object]:
    return {"model": errors.Fault, "description": words}
