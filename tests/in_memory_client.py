"""A review client without Temporal, for tests of the edges: the real rules, records in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from models.codes import RefusalCode
from models.commands import AnyCommand, HandOver
from models.errors import NotFound, Refusal
from models.incident import Incident
from models.messages.daily_reminders import ReminderQueue
from models.messages.hand_over import HandOverReport, HandOverRequest, ReviewHandOver
from models.people import Channel, Roles
from models.policy import Policy
from models.review import OPEN_STAGES, Receipt, Review
from rules.commands import dispatch
from rules.file_history import open_follow_up
from rules.identifiers import build_review_id
from rules.open_review import open_review


class InMemoryReviewClient:
    """Offers what ReviewClient offers; `error`, when set, is raised by every call."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.reviews: dict[str, Review] = {}
        self.queues: dict[str, ReminderQueue] = {}
        self.error: Exception | None = None
        self._clock = clock

    async def open_review(
        self,
        incident: Incident,
        roles: Roles,
        *,
        by: str,
        channel: Channel = Channel.TOOL,
        remarks: tuple[str, ...] = (),
    ) -> tuple[str, bool]:
        """Open the review of an incident once; return its id and whether it is new."""
        self._raise_error()
        name = build_review_id(incident)
        if name in self.reviews:
            return name, False
        self.reviews[name] = open_review(
            incident, roles, Policy(), self._clock(), by=by, channel=channel, remarks=remarks
        )
        return name, True

    async def open_follow_up(
        self, history: Review, *, by: str, channel: Channel
    ) -> tuple[str, bool]:
        """Open the follow-up review of a filed one; return its id and whether it is new."""
        self._raise_error()
        review = open_follow_up(history, Policy(), self._clock(), by=by, channel=channel)
        is_new = review.id not in self.reviews
        self.reviews.setdefault(review.id, review)
        return review.id, is_new

    async def send_command(self, review: str, command: AnyCommand) -> Receipt:
        """Apply a command to a review. Raises Refusal and NotFound."""
        found = await self.fetch_review(review)
        now = self._clock()
        dispatch.validate(found, command, now)
        self.reviews[review] = dispatch.advance_stage(dispatch.apply(found, command, now), now)
        return self.reviews[review].receipts[command.id]

    async def hand_over(self, request: HandOverRequest) -> HandOverReport:
        """Hand everything over in every open review, and return what came of it."""
        outcomes = []
        for review_id in sorted(await self.list_open_ids()):
            command = HandOver(
                id=f"{request.id}-{review_id}",
                by=request.by,
                leaver=request.leaver,
                to=request.to,
            )
            try:
                receipt = await self.send_command(review_id, command)
            except Refusal as refusal:
                if refusal.code is not RefusalCode.NOTHING_TO_HAND_OVER:
                    outcomes.append(ReviewHandOver(review=review_id, refused=refusal.reason))
            else:
                outcomes.append(ReviewHandOver(review=review_id, summary=receipt.summary))
        return HandOverReport(reviews=tuple(outcomes))

    async def fetch_review(self, name: str) -> Review:
        """Return the whole record. Raises NotFound."""
        self._raise_error()
        if name not in self.reviews:
            raise NotFound("review", name)
        return self.reviews[name]

    async def fetch_reminder_queue(self, person: str) -> ReminderQueue | None:
        """Return the queue of somebody's reminders, None where there is none."""
        self._raise_error()
        return self.queues.get(person)

    async def list_open_ids(self) -> tuple[str, ...]:
        """List the ids of the reviews that are open."""
        self._raise_error()
        return tuple(r.id for r in self.reviews.values() if r.stage in OPEN_STAGES)

    async def list_lost_ids(self) -> tuple[str, ...]:
        """Return no ids: nothing gets lost in memory."""
        self._raise_error()
        return ()

    async def check_health(self) -> None:
        """Return None, or raise the error that was set."""
        self._raise_error()

    def _raise_error(self) -> None:
        if self.error is not None:
            raise self.error
