"""One route per order, derived from the orders' own declarations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Annotated, Any, cast
from uuid import uuid4

from fastapi import APIRouter, Header
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.errors import Malformed, Refusal, Unknown
from models.orders import ORDERS, AddCause, AnyOrder, Order, ReviseCause, Write
from models.people import Person
from models.review import Receipt, Review
from register import queries
from rules import orders as rules
from rules.stead import standing_in
from rules.visibility import may_see
from web import judgement
from web.callers import Asking, Caller
from web.examples import example_of
from web.fields import Body, body_of, facts_of
from web.house import Here, House
from web.naming import any_review, whole_names
from web.sentences import sentence, when, who
from web.strict import StrictRoute

BY_OTHER_WAYS = frozenset({"write", "reply", "contribute"})
"""Orders with another way in: put as a document, sent by mail, or given by nobody."""
LONGEST_KEY = 200
Given = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Name the order yourself, and sending it twice is the same as sending it once.",
    ),
]


class Answer(BaseModel):
    """The answer to an order: what was done, as of which revision of the review."""

    order: str = Field(examples=["7f0c2f0e1c6e4d5a8f5d0f6a3b1c9e24"])
    revision: int = Field(examples=[12])
    said: str = Field(examples=["accepted A1"])


def routes() -> APIRouter:
    """Give a POST route for each order that is not given by other ways."""
    router = APIRouter(prefix="/api/reviews/{review}", tags=["orders"], route_class=StrictRoute)
    for kind, order in ORDERS.items():
        if kind not in BY_OTHER_WAYS:
            router.add_api_route(
                f"/{kind}",
                _endpoint(order, body_of(order)),
                methods=["POST"],
                name=kind,
                operation_id=kind,
                summary=sentence(order),
                description=_description(order),
                response_model=Answer,
                openapi_extra=example_of(order),
            )
    return router


def _description(order: type[Order]) -> str:
    by_sponsor = (
        "The sponsor stands in while the lead is away or gone. " if "lead" in who(order) else ""
    )
    return (
        f"For: {who(order)}. {by_sponsor}When: {when(order)}. "
        f"On the command line: `afterword {order.command}`."
    )


def _endpoint(order: type[Order], body: type[Body]) -> Callable[..., Coroutine[Any, Any, Answer]]:
    async def endpoint(
        review: str, house: Here, caller: Asking, given: Body, idempotency_key: Given = None
    ) -> Answer:
        return await ask(house, caller, review, order, facts_of(given), key=idempotency_key)

    endpoint.__annotations__["given"] = body
    return endpoint


async def ask(
    house: House,
    caller: Caller,
    typed: str,
    order: type[Order],
    asked: dict[str, Any],
    *,
    key: str | None,
) -> Answer:
    """Give an order to a review and say what was done.

    Raises Refusal, Unknown, Malformed and Away, as the door does.
    """
    review, made = await addressed(house, caller, typed, order, asked, key=key)
    return await given_to(house, review, made)


async def addressed(
    house: House,
    caller: Caller,
    typed: str,
    order: type[Order],
    asked: dict[str, Any],
    *,
    key: str | None,
) -> tuple[Review, AnyOrder]:
    """Find the review that is meant and make the order whole.

    Raises Refusal for somebody who may not see the review, and Unknown, Malformed and Away.
    """
    review_id = await any_review(house, typed)
    people = await run_in_threadpool(house.archive.people)
    review = await record_of(house, review_id)
    if not caller.is_tool:
        check_sight(review, caller.by)
    return review, built(house, caller, review, order, asked, people=people, key=key)


def built(
    house: House,
    caller: Caller,
    review: Review,
    order: type[Order],
    asked: dict[str, Any],
    *,
    people: Mapping[str, Person],
    key: str | None,
) -> AnyOrder:
    """Make an order to a review whole: whose it is, and what its words are worth.

    Raises Unknown, Malformed and Refusal `gone` for what it names.
    """
    named = whole_names(asked, people)
    made = order(
        id=_order_id(caller, order, named, key),
        by=caller.by,
        way=caller.way,
        standing_in=standing_in(
            review, caller.by, people.get(review.roles.lead), house.clock().date()
        ),
        **named,
        **_findings(order, review, named, people),
    )
    return cast("AnyOrder", made)


async def given_to(house: House, review: Review, order: AnyOrder) -> Answer:
    """Give an order to a review, as `ask` does."""
    with veiled(review, order.by):
        return answer_of(await house.door.ask(review.id, order))


async def check_beforehand(house: House, review: Review, order: AnyOrder) -> None:
    """Raise what the rules have against an order, before anything is done for it.

    The register may lag behind and keeps no receipts: the last word has the review itself.
    """
    with veiled(review, order.by):
        try:
            rules.may(review, order, house.clock())
        except (Refusal, Unknown):
            rules.may(await house.door.review(review.id), order, house.clock())


def answer_of(receipt: Receipt) -> Answer:
    """Show a receipt."""
    return Answer(order=receipt.order, revision=receipt.revision, said=receipt.said)


async def record_of(house: House, review_id: str) -> Review:
    """Give the record from the register, or from the door where the register has not heard yet."""
    found = await run_in_threadpool(queries.review, house.engine, review_id)
    return found or await house.door.review(review_id)


def check_sight(review: Review, reader: str) -> None:
    """Raise Refusal `restricted` for somebody who may not see this review."""
    if may_see(review, reader):
        return
    raise Refusal(
        "restricted",
        "This review is restricted to a few people.",
        f"Ask the desk, {review.roles.desk}.",
    )


@contextmanager
def veiled(review: Review, reader: str) -> Iterator[None]:
    """Keep people and items of a review out of what is refused to a tool that may not see it."""
    try:
        yield
    except Refusal as no:
        if may_see(review, reader):
            raise
        reason = "This was refused; the review is restricted to a few people."
        raise Refusal(no.code, reason) from None
    except Unknown as unknown:
        if may_see(review, reader):
            raise
        raise Unknown(unknown.what, unknown.name) from None


def _order_id(caller: Caller, order: type[Order], named: dict[str, Any], key: str | None) -> str:
    """Make one id of the key, who gave it and what was asked.

    Somebody else's key, or the same key on another order, must not be taken for a repetition:
    that order would be lost without a word.
    """
    if key is None:
        return uuid4().hex
    if not key.strip() or len(key) > LONGEST_KEY:
        raise Malformed(f"Idempotency-Key: must hold 1 to {LONGEST_KEY} characters")
    whole = json.dumps([key, caller.by, order.__name__, named], sort_keys=True, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


def _findings(
    order: type[Order], review: Review, named: dict[str, Any], people: Mapping[str, Person]
) -> dict[str, Any]:
    """Judge the words of causes and actions here, so that they enter the order as facts."""
    if order is Write or all(field.name != "findings" for field in fields(order)):
        return {}
    if order in (AddCause, ReviseCause):
        names = {address: person.name for address, person in people.items()}
        return {"findings": judgement.of_cause(review, named, names)}
    return {"findings": judgement.of_action(review, named)}
