"""Decisions about contributions in a reply: each is accepted, or rejected for a reason."""

from __future__ import annotations

from models.commands import ReplyLine, Settle
from rules.replies import responses
from rules.replies.build_command import CommandRequest, build_command
from rules.replies.line_parser import CONDITIONAL, REJECTING_VERBS, SETTLING_VERBS, ParsedLine
from rules.replies.offers import find_refusal, is_contribution
from rules.replies.reply_context import ReplyContext, answer_decision


def list_contributions(parsed: ParsedLine, context: ReplyContext) -> tuple[str, ...]:
    """List the contributions that a line is about: those that it names, or that of the email."""
    if parsed.contributions:
        return parsed.contributions
    is_answer = parsed.verb in SETTLING_VERBS and not parsed.actions
    is_meant = is_answer and is_contribution(context.review, context.item)
    return (context.item,) if is_meant else ()


def settle_by_mail(
    parsed: ParsedLine, text: str, contribution: str, context: ReplyContext
) -> ReplyLine:
    """Return the line that decides about a contribution; its command has no id yet."""
    doubt = parsed.doubt or (CONDITIONAL if parsed.time_request else "")
    if doubt:
        forms = context.list_forms(contribution)
        return ReplyLine(text=text, answer=responses.format_not_counted(doubt, forms))
    if not context.may_decide:
        return ReplyLine(text=text, answer=answer_decision(Settle, contribution, context))
    refusal = find_refusal(context.review, Settle, contribution, context.respondent, context.now)
    if refusal:
        return ReplyLine(text=text, answer=responses.format_refusal(refusal))
    return _build_line(parsed, text, contribution, context)


def _build_line(
    parsed: ParsedLine, text: str, contribution: str, context: ReplyContext
) -> ReplyLine:
    request = CommandRequest(
        command_type=Settle,
        words=parsed.words if parsed.verb in REJECTING_VERBS else "",
        action=contribution,
        by=context.by,
        today=context.today,
    )
    command = build_command(request)
    is_reason_missing = parsed.verb in REJECTING_VERBS and not getattr(command, "reason", "")
    if isinstance(command, str) or is_reason_missing:
        return ReplyLine(text=text, answer=request.ask_for_words())
    answer = responses.format_response(command, context.review)
    return ReplyLine(text=text, command=command, answer=answer)
