"""Erase a person's data: a pseudonym takes the place of their name and addresses everywhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from fastapi.concurrency import run_in_threadpool

from mail.erase_from_mail import build_stub, erase_from_mail
from models.codes import RefusalCode
from models.commands import Erase
from models.email_address import is_email_address, normalize_email_address
from models.errors import NotFound, Refusal
from models.people import Channel, Person
from models.review import OPEN_STAGES, Review
from register import recorder
from register.queries import review_queries
from rules.audit.erasure import Convert, build_converter, build_pseudonym, mentions
from rules.commands import dispatch
from rules.formatting import join_words
from rules.permissions import CLOCK
from rules.projection import build_register_update
from web.auth import Caller
from web.dependencies import AppContext
from web.services.audit.verify_chains import list_all_ids, load_copies
from web.services.resolve_names import resolve_address

ERASED_RUN = "erased"
"""The run of records that a workflow never had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReport:
    """What was changed: the pseudonym, the ids of reviews, and how many documents and mails."""

    pseudonym: str
    reviews: tuple[str, ...]
    documents: int
    mails: int


async def erase_person(context: AppContext, caller: Caller, typed: str) -> ErasureReport:
    """Return what changed, after replacing somebody by a pseudonym everywhere; it may be repeated.

    Raises Refusal while they have something to do, and Unavailable where a workflow does not
    answer; what was erased until then stays so.
    """
    person = await _find_person(context, typed)
    await run_in_threadpool(_check_erasable, context, person)
    secret = context.settings.secret.get_secret_value().encode()
    pseudonym = build_pseudonym(person.address, secret)
    addresses = (person.address, *person.aliases)
    erasure = context.archive.erasure
    convert = build_converter(addresses, person.name, pseudonym, {})
    documents = await run_in_threadpool(erasure.copy_documents, convert)
    command = Erase(
        id=f"{pseudonym}-{len(documents)}",
        by=caller.by,
        channel=caller.channel,
        pseudonym=pseudonym,
        addresses=addresses,
        name=person.name,
        documents=documents,
    )
    reviews = tuple([each async for each in _erase_reviews(context, command)])
    await run_in_threadpool(erasure.delete_documents, documents)
    mails = await run_in_threadpool(_erase_mail, context, person, convert, pseudonym)
    await run_in_threadpool(erasure.erase_person, person.address, pseudonym)
    await run_in_threadpool(context.archive.audit.erase_person, convert, caller.actor, pseudonym)
    return ErasureReport(
        pseudonym=pseudonym, reviews=reviews, documents=len(documents), mails=mails
    )


async def _find_person(context: AppContext, typed: str) -> Person:
    """Find a person of the directory, or anybody by a whole address."""
    people = await run_in_threadpool(context.archive.people.search_people, (typed,))
    try:
        address = resolve_address(typed, people)
    except NotFound:
        if not is_email_address(typed):
            raise
        return Person(address=normalize_email_address(typed))
    return people[address]


def _check_erasable(context: AppContext, person: Person) -> None:
    """Raise Refusal while somebody has something to do, here or for a service."""
    address = person.address
    if address == context.settings.coordinator:
        raise Refusal(
            RefusalCode.NOT_ALLOWED,
            f"{address} is the coordinator.",
            "Set AFTERWORD_COORDINATOR to somebody else first.",
        )
    reviews = review_queries.list_open_ids_involving(context.engine, address)
    services = context.archive.erasure.list_services_of(address)
    if reviews or services:
        raise Refusal(
            RefusalCode.NOT_YET,
            f"{address} still has something to do: {join_words((*reviews, *services))}.",
            f"Hand it over first: `afterword people hand-over {address} --to …`, and import the "
            "services with somebody else.",
        )


async def _erase_reviews(context: AppContext, command: Erase) -> AsyncIterator[str]:
    """Yield the id of each review that holds something of somebody, after erasing them from it."""
    convert = build_converter(command.addresses, command.name, command.pseudonym, command.documents)
    for review_id in await list_all_ids(context):
        copies = await load_copies(context, review_id)
        review = copies.record or copies.registered
        if review is None or not mentions(review, convert):
            continue
        if copies.record is not None and review.stage in OPEN_STAGES:
            await context.review_client.send_command(review_id, _address(command, review))
        else:
            await run_in_threadpool(_erase_record, context, review, command)
        yield review_id


def _address(command: Erase, review: Review) -> Erase:
    """Return the command as one review takes it, be its coordinator another one than today's."""
    addressed = replace(command, id=f"{command.id}-{review.revision}")
    if review.roles.coordinator == command.by:
        return addressed
    return replace(addressed, by=CLOCK, channel=Channel.CLOCK)


def _erase_record(context: AppContext, review: Review, command: Erase) -> None:
    """Store a review that has no workflow any more without somebody; none is started for it."""
    erased = dispatch.apply(review, _address(command, review), context.clock())
    run = context.archive.records.find_record_run(review.id)
    if run:
        context.archive.records.store_record(erased, run)
    update = build_register_update(erased, run or ERASED_RUN, None)
    recorder.record(context.engine, update, context.parse_document)
    if not run:
        recorder.mark_lost(context.engine, review.id)


def _erase_mail(context: AppContext, person: Person, convert: Convert, pseudonym: str) -> int:
    def convert_mail(raw: bytes, is_theirs: bool) -> bytes:
        return build_stub(raw, pseudonym) if is_theirs else erase_from_mail(raw, convert)

    return context.archive.erasure.erase_mail(person.address, convert, convert_mail)
