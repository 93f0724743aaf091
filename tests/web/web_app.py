"""The real app over a real archive, and a review client that records every change."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import Engine

from models.access.session import SignIn, SignInWay
from models.commands import AnyCommand
from models.incident import Incident
from models.people import Channel, Roles, Service
from models.review import OPEN_STAGES, Receipt, Review
from register.archive import Archive
from register.database import build_engine
from register.recorder import record
from rules.projection import build_register_update
from settings import HooksSection, Settings, WebSection
from tests.in_memory_client import InMemoryReviewClient
from tests.sample_people import ADA, COORDINATOR, FAY, MONDAY, PEOPLE, SAM
from tests.sample_tokens import build_grant
from tests.web.in_process_client import build_client
from text_checks.search_passages import list_passages
from web.app import create_app
from web.dependencies import AppContext as Parts
from web.guards.own_cookies import SESSION_COOKIE, name_cookie

Result = TypeVar("Result")

TOOL = "pipeline"
SETUP = "setup"
PAGERDUTY_SECRET = "a secret PagerDuty knows"
GENERIC_SECRET = "a secret the other tool knows"
STATUSPAGE_SECRET = "a secret that only the status page knows"
MAIL_SECRET = "a secret the mail provider knows"
REVIEW = "review-pagerduty-Q1ABC"
MAP = (Service(name="checkout", lead=ADA, facilitator=FAY, sponsor=SAM), Service(name="search"))


class RecordingReviewClient(InMemoryReviewClient):
    """A review client that records every change in register and archive, as the workflow does."""

    def __init__(self, engine: Engine, web_app: WebApp) -> None:
        super().__init__(lambda: web_app.now)
        self.engine = engine
        self.archive = Archive(engine)
        self.recorded: dict[str, Review] = {}
        self.is_register_down = False

    async def open_review(
        self,
        incident: Incident,
        roles: Roles,
        *,
        by: str,
        channel: Channel = Channel.TOOL,
        remarks: tuple[str, ...] = (),
    ) -> tuple[str, bool]:
        """Open a review, record it, and return its id and whether it is new."""
        opened = await super().open_review(incident, roles, by=by, channel=channel, remarks=remarks)
        self.record_changes(opened[0])
        return opened

    async def open_follow_up(
        self, history: Review, *, by: str, channel: Channel
    ) -> tuple[str, bool]:
        """Open a follow-up review, record it, and return its id and whether it is new."""
        opened = await super().open_follow_up(history, by=by, channel=channel)
        self.record_changes(opened[0])
        return opened

    async def fetch_review(self, name: str) -> Review:
        """Return the whole record, live or archived. Raises NotFound."""
        archived = None if name in self.reviews else self.archive.records.find_record(name)
        return archived or await super().fetch_review(name)

    async def send_command(self, review: str, command: AnyCommand) -> Receipt:
        """Apply a command, record what it changed and return the receipt."""
        receipt = await super().send_command(review, command)
        self.record_changes(review)
        return receipt

    def add_review(self, review: Review) -> None:
        """Store a review as if commands had brought it that far."""
        self.reviews[review.id] = review
        self.record_changes(review.id)

    def record_changes(self, name: str) -> None:
        """Record what changed, unless the register is down."""
        review = self.reviews[name]
        if self.is_register_down:
            return
        seen = self.recorded.get(name)
        record(
            self.engine,
            build_register_update(review, "run-1", seen if seen and seen.revision else None),
            list_passages,
        )
        self.recorded[name] = review
        if review.stage not in OPEN_STAGES:
            self.archive.records.store_record(review, "run-1")


@dataclass(kw_only=True)
class WebApp:
    """The running app: its clock, its review client, and a token for each caller."""

    engine: Engine
    settings: Settings
    now: datetime = MONDAY + timedelta(hours=2)
    tokens: dict[str, str] = field(default_factory=dict)
    review_client: RecordingReviewClient = field(init=False)
    archive: Archive = field(init=False)
    app: FastAPI = field(init=False)
    runner: asyncio.Runner = field(init=False)
    client: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        """Build the app over the archive, with the test people imported."""
        self.review_client = RecordingReviewClient(self.engine, self)
        self.archive = Archive(self.engine, self.read_clock)
        self.archive.people.import_people(PEOPLE.values())
        self.archive.people.import_services(MAP)
        self.app = _build_app()
        self.app.state.context = Parts(
            review_client=self.review_client,
            archive=self.archive,
            engine=self.engine,
            settings=self.settings,
            clock=self.read_clock,
            mail_probe=_probe_mail,
            temporal_probe=self.review_client.check_health,
        )
        self.runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self.client = build_client(self.app, self.runner)

    def close(self) -> None:
        """Close the client and its event loop."""
        self.client.close()
        self.runner.close()

    def wait_for(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run something of the app where its requests run, and return its result."""
        return self.runner.run(coroutine)

    def read_clock(self) -> datetime:
        """Return the time that the test has set."""
        return self.now

    def ask(self, kind: str, by: str = ADA, review: str = REVIEW, **fields: Any) -> Any:
        """Send a command over HTTP."""
        return self.client.post(
            f"/api/reviews/{review}/{kind}", json=fields, headers=self.build_auth_header(by)
        )

    def get(self, path: str, by: str = ADA, **query: Any) -> Any:
        """Fetch something as somebody."""
        return self.client.get(f"/api/{path}", params=query, headers=self.build_auth_header(by))

    def post(self, path: str, body: Any = None, by: str = ADA) -> Any:
        """Send something as somebody."""
        return self.client.post(f"/api/{path}", json=body, headers=self.build_auth_header(by))

    def add_token(self, name: str, person: str = "", **changes: Any) -> str:
        """Add a token, by whose name requests can be made, and return its secret."""
        grant = build_grant(name, person, **changes)
        self.tokens[name] = self.archive.tokens.issue_token(grant, self.now)
        return self.tokens[name]

    def sign_in(self, person: str) -> str:
        """Return the secret in the cookie of the browser, after signing it in as somebody."""
        sign_in = SignIn(person=person, way=SignInWay.MAIL, agent="Firefox on Linux")
        limits = self.settings.sessions.limits
        plain = self.archive.sessions.start_session(sign_in, limits, self.now)
        self.client.cookies.set(
            name_cookie(SESSION_COOKIE, self.settings.web.url), plain, domain="testserver.local"
        )
        return plain

    def build_auth_header(self, by: str) -> dict[str, str]:
        """Return the header that authenticates somebody; nobody's is empty."""
        if by and by not in self.tokens:
            person = {TOOL: "", SETUP: COORDINATOR}.get(by, by)
            self.tokens[by] = self.archive.tokens.issue_token(build_grant(by, person), MONDAY)
        return {"Authorization": f"Bearer {self.tokens[by]}"} if by else {}


@cache
def build_settings() -> Settings:
    """Return settings with a secret for each hook; two for PagerDuty, as during a rotation."""
    return Settings(
        secret=SecretStr("a secret for tests only"),
        coordinator=COORDINATOR,
        web=WebSection(allowed_hosts=("testserver", "test")),
        hooks=HooksSection(
            pagerduty=(SecretStr("the one before"), SecretStr(PAGERDUTY_SECRET)),
            generic=(SecretStr(GENERIC_SECRET),),
            sources={"statuspage": (SecretStr(GENERIC_SECRET), SecretStr(STATUSPAGE_SECRET))},
            mail=(SecretStr(MAIL_SECRET),),
        ),
    )


@cache
def _build_app() -> FastAPI:
    """Build the app once for all tests of a process: its 50 routes take a while."""
    engine = build_engine("sqlite:///never-opened.db")
    return create_app(
        InMemoryReviewClient(lambda: MONDAY),
        Archive(engine),
        engine,
        build_settings(),
        lambda: MONDAY,
    )


async def _probe_mail() -> None:
    """Answer as a mail server that works."""
