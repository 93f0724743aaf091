"""Trouble around a review: nothing is lost, nobody is held up, nothing counts as done too early."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import text
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.hands import Hands
from local.temporal import time_skipping
from models import orders as o
from models.errors import Refusal
from models.plan import Plan
from models.review import Gate, Review, Stage
from models.shadow import Change
from register import queries
from tests.cast import ADA, FAY, OLGA, OMAR, PIA
from tests.workflows.house import House, house

CRAMPED = "limit.historyCount.suggestContinueAsNew=120"


@pytest.fixture
async def cramped(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house whose Temporal asks for a new run every 120 events."""
    async with (
        time_skipping(CRAMPED) as env,
        house(env, tmp_path_factory.mktemp("cramped")) as built,
    ):
        yield built


async def test_a_new_run_in_the_middle_of_follow_up_loses_nothing(cramped: House) -> None:
    case = await cramped.open()
    first = (await case.handle.describe()).run_id
    await case.draft()
    await case.meet()
    await case.assign()
    cramped.postbox.is_away = True
    for number in range(12):
        await case.give(o.Report, OLGA, action="A1", text=f"step {number} of 12")
    await case.verify()
    flying = {letter.key for letter in (await case.now()).flying}
    middle = (await case.handle.describe()).run_id

    cramped.postbox.is_away = False
    await case.skip(hours=1)
    await case.until(lambda review: not flying & {letter.key for letter in review.flying})
    await case.follow_up()
    await case.close()

    assert len({first, middle, (await case.handle.describe()).run_id}) == 3
    record = cramped.archive.closed(case.id)
    assert record is not None
    assert record.stage is Stage.CLOSED
    assert sum(event.kind == "report" for event in record.log) == 12
    assert [event.revision for event in record.log] == list(range(1, record.revision + 1))
    shadow = queries.review(cramped.engine, case.id)
    assert shadow is not None
    assert shadow.log == record.log
    names = [post.message["Message-ID"] for post in cramped.postbox.letters()]
    wrote = sum(event.kind == "letter" for event in record.log)
    assert len(set(names)) == wrote


async def test_a_week_without_mail_holds_up_no_order_no_move_and_no_register(home: House) -> None:
    case = await home.open()
    await case.draft()
    await case.meet()
    home.postbox.is_away = True
    try:
        await case.assign()
        await case.skip(days=7)
        await case.give(o.Report, OLGA, action="A1", text="half way")

        review = await case.now()
        assert review.stage is Stage.FOLLOW_UP
        assert any(letter.to == OMAR for letter in review.flying)
        assert not any(e.kind == "letter" and OMAR in e.text for e in review.log)
        await case.until(lambda _: _revision(home, case.id) >= review.revision)
    finally:
        home.postbox.is_away = False

    await case.skip(hours=1)
    await case.until(lambda now: not now.flying)
    key = review.incident.key
    invited = home.postbox.letters(to=PIA, subject=key)
    assert len({post.message["Message-ID"] for post in invited}) == len(invited)
    assert home.postbox.letters(to=OMAR, subject=key)


async def test_an_address_refused_for_good_is_told_to_the_lead(home: House) -> None:
    home.postbox.refused.add("nobody@example.org")
    case = await home.open(participants=("nobody@example.org",))

    await case.draft()

    await case.until(lambda review: any(e.kind == "undeliverable" for e in review.log))
    await case.skip(days=4)
    review = await case.until(lambda now: not now.flying)
    told = home.postbox.letters(to=ADA, subject=review.incident.key)
    assert any("nobody@example.org" in post.part("plain") for post in told)


async def test_an_hour_without_the_register_holds_up_no_order_and_leaves_no_gap(
    home: House,
) -> None:
    case = await home.open()
    await case.draft()
    await case.until(lambda review: _revision(home, case.id) >= review.revision)
    _rename(home, "events", "elsewhere")
    try:
        await case.give(o.Note, FAY, text="the dashboard was away as well")
        await case.skip(hours=1)
        await case.give(o.Note, FAY, text="and so was the pager")
    finally:
        _rename(home, "elsewhere", "events")

    await case.skip(hours=1)

    review = await case.until(lambda now: _revision(home, case.id) >= now.revision)
    shadow = queries.review(home.engine, case.id)
    assert shadow is not None
    assert shadow.log == review.log


async def test_an_hour_without_the_people_holds_up_no_order_and_forgets_no_letter(
    home: House,
) -> None:
    case = await home.open()
    await case.draft()
    await case.meet()
    _rename(home, "people", "gone")
    try:
        await case.give(o.Approve, ADA, gate=Gate.ACTIONS)
        await case.skip(hours=1)
        noted = await case.give(o.Note, FAY, text="nobody could be written to")
    finally:
        _rename(home, "gone", "people")

    await case.skip(days=4)

    review = await case.until(lambda now: now.told >= noted.revision)
    asked = home.postbox.letters(to=OLGA, subject=review.incident.key)
    assert any("A1" in post.part("plain") for post in asked)


class Stumbling(Hands):
    """Hands that give up on each second thing at hand, as they do after ten minutes of trying."""

    tries: ClassVar[Counter[str]] = Counter()

    @activity.defn
    async def plan(self, review: Review, now: datetime) -> Plan:
        """Plan, or give up."""
        self._stumble("plan")
        return await super().plan(review, now)

    @activity.defn
    async def record(self, change: Change) -> int:
        """Record, or give up."""
        self._stumble("record")
        return await super().record(change)

    def _stumble(self, verb: str) -> None:
        self.tries[verb] += 1
        if self.tries[verb] % 2:
            raise ApplicationError("it has taken too long", non_retryable=True)


async def test_what_is_given_up_at_hand_is_begun_anew(tmp_path: Path) -> None:
    async with time_skipping() as env, house(env, tmp_path, Stumbling) as home:
        case = await home.open()
        await case.draft()

        review = await case.until(lambda now: now.told and not now.flying)
        await case.until(lambda now: _revision(home, case.id) >= now.revision)

        assert all(count > 1 for count in Stumbling.tries.values())
        assert home.postbox.letters(to=FAY, subject=review.incident.key)


def _rename(home: House, one: str, other: str) -> None:
    with home.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {one} RENAME TO {other}"))


def _revision(home: House, name: str) -> int:
    shadow = queries.review(home.engine, name)
    return shadow.revision if shadow else 0


async def test_a_record_that_is_full_takes_what_brings_it_to_its_end(home: House) -> None:
    case = await home.open()
    whys = tuple("x" * 16_000 for _ in range(3))

    for _ in range(20):
        await case.give(o.AddCause, PIA, symptom="It broke", whys=whys)
    with pytest.raises(Refusal) as refused:
        await case.give(o.AddCause, PIA, symptom="It broke", whys=whys)
    await case.give(o.Cancel, ADA, reason="it was a drill")

    assert refused.value.code == "full"
    assert (await case.now()).stage is Stage.CANCELLED


async def test_an_address_put_off_for_days_is_told_to_the_lead_and_holds_up_nobody(
    home: House,
) -> None:
    home.postbox.deferred.add("later@example.org")
    case = await home.open(participants=("later@example.org",))
    await case.draft()
    review = await case.until(lambda now: [x.to for x in now.flying] == ["later@example.org"])
    assert not any(event.kind == "undeliverable" for event in review.log)

    await case.skip(days=5)

    review = await case.until(lambda r: any(e.kind == "undeliverable" for e in r.log))
    assert any("for days" in event.text for event in review.log)
    await case.skip(days=4)
    told = home.postbox.letters(to=ADA, subject=review.incident.key)
    assert any("later@example.org" in post.part("plain") for post in told)
