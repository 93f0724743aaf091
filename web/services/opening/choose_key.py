"""Choose the key of a review that somebody opens, so that nobody learns which keys are taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from secrets import token_hex

from fastapi.concurrency import run_in_threadpool

from mail.common.reply_token import sign
from models.incident import Incident
from register.lookup.review_names import find_matching_ids
from rules.identifiers import build_review_id
from web.dependencies import AppContext

ENDINGS = 3
ENDING_LENGTH = 6


async def choose_key(
    context: AppContext, incident: Incident, reader: str, *, sees_all: bool = False
) -> Incident:
    """Return an incident with the key of the review that the reader sees of it, or of a new one.

    Where reviews can be restricted, each new one gets an ending that follows from the key and our
    secret: the same key is the same review for whoever sees that, and else another one that looks
    like every other. What is looked up is the same in each case.
    """
    choices = (incident, *_list_with_endings(context, incident))
    taken = [await run_in_threadpool(_find_taken, context, each, reader) for each in choices]
    found = list(zip(choices, taken, strict=True))
    for choice, is_visible in found:
        if is_visible or (sees_all and is_visible is not None):
            return choice
    is_ended = bool(context.settings.opening_policy.restricted_reviews)
    free = (choice for choice, is_visible in found[is_ended:] if is_visible is None)
    return next(free, _add_ending(incident, token_hex(ENDING_LENGTH // 2)))


def _find_taken(context: AppContext, incident: Incident, reader: str) -> bool | None:
    """Return whether the reader sees the review of a key; None where there is none."""
    name = build_review_id(incident)
    return find_matching_ids(context.engine, name, reader).get(name)


def _list_with_endings(context: AppContext, incident: Incident) -> Iterator[Incident]:
    secret = context.settings.secret.get_secret_value().encode()
    for number in range(ENDINGS):
        signature = sign(secret, "review-key", incident.source, incident.key, str(number))
        yield _add_ending(incident, signature[:ENDING_LENGTH])


def _add_ending(incident: Incident, ending: str) -> Incident:
    return replace(incident, key=f"{incident.key}.{ending}")
