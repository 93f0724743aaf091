"""The parts the HTTP app is built from, injected into every endpoint; nothing is global."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request
from sqlalchemy import Engine

from models.commands import AnyCommand
from models.incident import Incident
from models.messages.daily_reminders import ReminderQueue
from models.messages.hand_over import HandOverReport, HandOverRequest
from models.people import Channel, Roles
from models.review import Receipt, Review
from register.archive import Archive
from register.search.index_documents import PassageReader
from settings import Settings
from text_checks.search_passages import list_passages
from web.guards.client_address import find_client_address
from web.guards.expiring_cache import ExpiringCache
from web.guards.rate_limits import RateLimits

Clock = Callable[[], datetime]
Probe = Callable[[], Awaitable[object]]
OK = "ok"
"""What health checks report of a part that works."""


class ReviewClientProtocol(Protocol):
    """How a review is reached: `ReviewClient`, or a client in memory for tests.

    Every method raises Unavailable while Temporal does not answer.
    """

    async def open_review(
        self,
        incident: Incident,
        roles: Roles,
        *,
        by: str,
        channel: Channel,
        remarks: tuple[str, ...] = (),
    ) -> tuple[str, bool]:
        """Open the review of an incident once; return its id, and whether it is new."""

    async def open_follow_up(
        self, history: Review, *, by: str, channel: Channel
    ) -> tuple[str, bool]:
        """Open the follow-up review of a filed one, once; return its id, and whether it is new."""

    async def send_command(self, review_id: str, command: AnyCommand, /) -> Receipt:
        """Send a command to a review and return its receipt. Raises Refusal and NotFound."""

    async def hand_over(self, request: HandOverRequest, /) -> HandOverReport:
        """Hand all that somebody has to do over to somebody else; return what came of it."""

    async def fetch_review(self, name: str, /) -> Review:
        """Return the whole record as it is now. Raises NotFound."""

    async def fetch_reminder_queue(self, person: str, /) -> ReminderQueue | None:
        """Return what a person's reminder workflow has sent and waits with; None without one."""

    async def list_open_ids(self) -> tuple[str, ...]:
        """List the ids of the reviews that are open."""

    async def list_lost_ids(self) -> tuple[str, ...]:
        """List the ids of the reviews whose workflow was ended from outside."""

    async def check_health(self) -> None:
        """Check that Temporal answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppContext:
    """The parts behind the app.

    `clock` returns aware UTC times; probes raise when a part is unavailable; `stays_here` says
    that no email leaves this machine; `rate_limits` count what came of whom; `remembered` is what
    was fetched elsewhere.
    """

    review_client: ReviewClientProtocol
    archive: Archive
    engine: Engine
    settings: Settings
    clock: Clock
    mail_probe: Probe
    temporal_probe: Probe
    stays_here: bool = False
    rate_limits: RateLimits = field(default_factory=RateLimits)
    remembered: ExpiringCache = field(default_factory=ExpiringCache)

    @property
    def parse_document(self) -> PassageReader | None:
        """Return what reads documents for the full-text search, None where they are not."""
        return list_passages if self.settings.searches_documents else None

    def find_client(self, request: Request) -> str:
        """Return the address of whoever makes a request, through the trusted proxies."""
        return find_client_address(request.scope, self.settings.web.trusted_proxies)


def get_context(request: Request) -> AppContext:
    """Return the context that this app was built with."""
    context: AppContext = request.app.state.context
    return context


ContextDep = Annotated[AppContext, Depends(get_context)]


def get_client(request: Request, context: ContextDep) -> str:
    """Return the address of whoever makes the request."""
    return context.find_client(request)


ClientDep = Annotated[str, Depends(get_client)]
