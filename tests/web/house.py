"""The real app over a real archive, and a room that tells the register of every change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine
from starlette.testclient import TestClient

from models.incident import Incident
from models.orders import AnyOrder
from models.people import Roles, Service, Way
from models.review import OPEN_STAGES, Receipt, Review
from register.archive import Archive
from register.database import connect
from register.recorder import record
from rules.shadow import change
from settings import Hooks, Settings
from tests.cast import ADA, DESK, FAY, MONDAY, PEOPLE, SAM
from tests.rooms import Room
from web.app import build
from web.house import House as Parts

TOOL = "pipeline"
SETUP = "setup"
PAGERDUTY_SECRET = "a secret PagerDuty knows"
GENERIC_SECRET = "a secret the other tool knows"
MAIL_SECRET = "a secret the mail provider knows"
REVIEW = "review-pagerduty-Q1ABC"
MAP = (Service(name="checkout", lead=ADA, facilitator=FAY, sponsor=SAM), Service(name="search"))


class RecordingRoom(Room):
    """A room that tells register and archive of every change, as the workflow does."""

    def __init__(self, engine: Engine, house: House) -> None:
        super().__init__(lambda: house.now)
        self.engine = engine
        self.archive = Archive(engine)
        self.seen: dict[str, Review] = {}
        self.deaf = False

    async def open(
        self, incident: Incident, roles: Roles, *, by: str, way: Way = Way.TOOL
    ) -> tuple[str, bool]:
        """Open a review, and record it."""
        opened = await super().open(incident, roles, by=by, way=way)
        self.tell(opened[0])
        return opened

    async def ask(self, review: str, order: AnyOrder) -> Receipt:
        """Give an order, and record what it did."""
        receipt = await super().ask(review, order)
        self.tell(review)
        return receipt

    def put(self, review: Review) -> None:
        """Let a review be there as if it had come so far by orders."""
        self.reviews[review.id] = review
        self.tell(review.id)

    def tell(self, name: str) -> None:
        """Record what changed; a deaf register hears nothing."""
        review = self.reviews[name]
        if self.deaf:
            return
        seen = self.seen.get(name)
        record(self.engine, change(review, "run-1", seen if seen and seen.revision else None))
        self.seen[name] = review
        if review.stage not in OPEN_STAGES:
            self.archive.close(review, "run-1")


@dataclass(kw_only=True)
class House:
    """The running app: its clock, its room, a token for whoever asks."""

    engine: Engine
    settings: Settings
    now: datetime = MONDAY + timedelta(hours=2)
    tokens: dict[str, str] = field(default_factory=dict)
    room: RecordingRoom = field(init=False)
    archive: Archive = field(init=False)
    app: FastAPI = field(init=False)
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        """Move in."""
        self.room = RecordingRoom(self.engine, self)
        self.archive = Archive(self.engine, self.clock)
        self.archive.import_people(PEOPLE.values())
        self.archive.import_services(MAP)
        self.app = _app()
        self.app.state.house = Parts(
            door=self.room,
            archive=self.archive,
            engine=self.engine,
            settings=self.settings,
            clock=self.clock,
            mail_probe=_well,
            temporal_probe=self.room.answers,
        )
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def clock(self) -> datetime:
        """Tell the time as the test wants it."""
        return self.now

    def ask(self, kind: str, by: str = ADA, review: str = REVIEW, **fields: Any) -> Any:
        """Give an order over HTTP."""
        return self.client.post(
            f"/api/reviews/{review}/{kind}", json=fields, headers=self.bearer(by)
        )

    def get(self, path: str, by: str = ADA, **query: Any) -> Any:
        """Read something as somebody."""
        return self.client.get(f"/api/{path}", params=query, headers=self.bearer(by))

    def post(self, path: str, body: Any = None, by: str = ADA) -> Any:
        """Send something as somebody."""
        return self.client.post(f"/api/{path}", json=body, headers=self.bearer(by))

    def bearer(self, by: str) -> dict[str, str]:
        """Give the header by which somebody is known; nobody's is empty."""
        if by and by not in self.tokens:
            person = {TOOL: "", SETUP: DESK}.get(by, by)
            self.tokens[by] = self.archive.issue_token(by, person, by == TOOL, MONDAY)
        return {"Authorization": f"Bearer {self.tokens[by]}"} if by else {}


def settings() -> Settings:
    """Settings with a secret for each hook; two for PagerDuty, as during a rotation."""
    return Settings(
        secret=SecretStr("a secret for tests only"),
        desk=DESK,
        hooks=Hooks(
            pagerduty=(SecretStr("the one before"), SecretStr(PAGERDUTY_SECRET)),
            generic=(SecretStr(GENERIC_SECRET),),
            mail=(SecretStr(MAIL_SECRET),),
        ),
    )


@cache
def _app() -> FastAPI:
    """Build the app once for all tests of a process: its 50 routes take a while."""
    engine = connect("sqlite:///never-opened.db")
    return build(Room(lambda: MONDAY), Archive(engine), engine, settings(), lambda: MONDAY)


async def _well() -> None:
    """Answer as a mail server that is well."""
