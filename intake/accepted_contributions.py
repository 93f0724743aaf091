"""Write the contributions that a reply accepts into the document, once the review has accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from activities.write_contribution import ContributionWriter
from models.codes import EventKind
from models.commands import Reply, ReplyLine, Settle
from models.errors import InvalidInput, NotFound, Refusal
from models.people import Channel
from models.review import Review
from rules.replies.responses import format_refusal


async def announce_places(writer: ContributionWriter, review: str, reply: Reply) -> Reply:
    """Return the reply, in which each decision says where the contribution will be.

    What cannot be written is not accepted, and its line says why. Raises Unavailable.
    """
    lines = [await _announce_place(writer, review, line) for line in reply.lines]
    return replace(reply, lines=tuple(lines))


async def write_contributions(
    writer: ContributionWriter, review: str, settles: Iterable[Settle]
) -> None:
    """Write what decisions have accepted; twice writes once. Raises Refusal and Unavailable."""
    for settle in settles:
        await writer.write_contribution(review, settle)


def list_settles(reply: Reply) -> list[Settle]:
    """List the decisions about contributions in a reply."""
    return [line.command for line in reply.lines if isinstance(line.command, Settle)]


def iter_accepting(review: Review, command_id: str, by: str, on_behalf: str) -> Iterator[Settle]:
    """Yield the decisions by which a reply that a review has already accepted contributions."""
    items = {event.revision: event.item for event in review.log if event.kind is EventKind.SETTLE}
    accepted = {each.id for each in review.contributions if not each.rejected_because}
    for receipt in review.receipts.values():
        item = items.get(receipt.revision)
        if item in accepted and receipt.command_id.startswith(f"{command_id}."):
            yield Settle(
                id=receipt.command_id,
                by=by,
                channel=Channel.MAIL,
                on_behalf=on_behalf,
                contribution=item,
            )


async def _announce_place(writer: ContributionWriter, review: str, line: ReplyLine) -> ReplyLine:
    if not isinstance(line.command, Settle):
        return line
    try:
        section = await writer.find_place(review, line.command)
    except (Refusal, NotFound) as error:
        return replace(line, command=None, answer=format_refusal(error))
    except InvalidInput as error:
        return replace(line, command=None, answer=str(error))
    if not section:
        return line
    answer = f"{line.command.contribution}: accepted; it is in the document, under “{section}”."
    return replace(line, answer=answer)
