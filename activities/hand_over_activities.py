"""The activities of a hand-over over all reviews; each is safe to do twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import Engine
from temporalio import activity

from models.codes import RefusalCode
from models.commands import AnyCommand, HandOver
from models.errors import NotFound, Refusal
from models.messages.hand_over import HandOverRequest, ReviewHandOver
from models.people import Channel
from models.review import Receipt
from register.archive import Archive
from register.queries import review_queries
from rules.visibility import list_people

SendCommand = Callable[[str, AnyCommand], Awaitable[Receipt]]


@dataclass(frozen=True, slots=True)
class HandOverActivities:
    """The activities of a hand-over, with the tools they use."""

    engine: Engine
    archive: Archive
    send_command: SendCommand

    @activity.defn
    async def list_reviews_of(self, leaver: str) -> tuple[str, ...]:
        """List the open reviews in which somebody has a role or an action."""
        return await asyncio.to_thread(review_queries.list_open_ids_involving, self.engine, leaver)

    @activity.defn
    async def hand_over_review(self, request: HandOverRequest, review_id: str) -> ReviewHandOver:
        """Hand everything over in one review, and return what came of it.

        `summary` and `refused` are both empty where there is nothing to hand over any more.
        """
        command = HandOver(
            id=f"{request.id}-{review_id}",
            by=request.by,
            channel=Channel.API,
            leaver=request.leaver,
            to=request.to,
            gone=await asyncio.to_thread(self._list_gone, review_id),
        )
        try:
            receipt = await self.send_command(review_id, command)
        except Refusal as refusal:
            return ReviewHandOver(review=review_id, refused=_format_refusal(refusal))
        except NotFound as error:
            return ReviewHandOver(review=review_id, refused=str(error))
        return ReviewHandOver(review=review_id, summary=receipt.summary)

    def _list_gone(self, review_id: str) -> tuple[str, ...]:
        review = review_queries.find_review(self.engine, review_id)
        people = self.archive.people.find_people(list_people(review)) if review else {}
        return tuple(sorted(address for address, person in people.items() if person.gone))


def _format_refusal(refusal: Refusal) -> str:
    if refusal.code is RefusalCode.NOTHING_TO_HAND_OVER:
        return ""
    return f"{refusal.reason} {refusal.way_out}".strip()
