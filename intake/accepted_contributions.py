"""Write the contributions that a reply accepts into the document, before the review is told."""

from __future__ import annotations

from dataclasses import replace

from activities.write_contribution import ContributionWriter
from models.commands import Reply, ReplyLine, Settle
from models.errors import InvalidInput, NotFound, Refusal
from rules.replies.responses import format_refusal


async def write_accepted_contributions(
    writer: ContributionWriter, review: str, reply: Reply
) -> Reply:
    """Return the reply, in which each decision says where the contribution is now.

    What could not be written is not accepted, and its line says why. Raises Unavailable.
    """
    lines = [await _write_line(writer, review, line) for line in reply.lines]
    return replace(reply, lines=tuple(lines))


async def _write_line(writer: ContributionWriter, review: str, line: ReplyLine) -> ReplyLine:
    if not isinstance(line.command, Settle):
        return line
    try:
        section = await writer.write_contribution(review, line.command)
    except (Refusal, NotFound) as error:
        return replace(line, command=None, answer=format_refusal(error))
    except InvalidInput as error:
        return replace(line, command=None, answer=str(error))
    if not section:
        return line
    answer = f"{line.command.contribution}: accepted; it is in the document, under “{section}”."
    return replace(line, answer=answer)
