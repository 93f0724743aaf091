"""The hands: each is safe to do twice, and one letter's trouble holds up no other."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.hands import Hands
from local.postbox import listening_at
from mail.deliver import Mailer, Smtp
from models.errors import Away
from models.letters import Item, Letter, LetterKind
from register.archive import Archive
from register.database import connect, migrate
from rules import post
from tests.cast import ADA, FAY, MONDAY, OLGA, OMAR, PEOPLE
from tests.lives import rich
from tests.workflows.house import SITE, Carrier

REVIEW = rich().review
LETTERS = tuple(
    Letter(
        kind=LetterKind.REMINDER,
        to=to,
        items=(Item(code="not-done", sentence="A1 waits for you.", item="A1"),),
        covers=("not-done:A1",),
        counts=(1,),
    )
    for to in (ADA, OLGA, OMAR)
)
BRIEF = post.brief(REVIEW, LETTERS)


@dataclasses.dataclass
class Workshop:
    """Hands with a real mail server and a real database."""

    hands: Hands
    carrier: Carrier

    def heard(self) -> list[str]:
        """Name who got letters."""
        return [letter.to for letter in self.carrier.letters()]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """A workshop."""
    engine = connect(f"sqlite:///{tmp_path / 'afterword.db'}")
    migrate(engine)
    archive = Archive(engine)
    archive.import_people(PEOPLE.values())
    carrier = Carrier(tmp_path / "postbox")
    async with listening_at(carrier, 0) as port:
        mailer = Mailer(Smtp(host="127.0.0.1", port=port, timeout=5.0))
        yield Workshop(Hands(engine=engine, archive=archive, mailer=mailer, site=SITE), carrier)
        await mailer.close()
    engine.dispose()


def trying(attempt: int = 1, after: timedelta = timedelta()) -> ActivityEnvironment:
    """An activity's surroundings at one of its tries."""
    environment = ActivityEnvironment()
    info = environment.info
    environment.info = dataclasses.replace(
        info, attempt=attempt, current_attempt_scheduled_time=info.scheduled_time + after
    )
    return environment


async def test_letters_that_go_are_answered_for_each(shop: Workshop) -> None:
    deliveries = await trying().run(shop.hands.send, LETTERS, BRIEF, MONDAY)

    assert [d.key for d in deliveries] == [letter.key for letter in LETTERS]
    assert len({d.message_id for d in deliveries}) == 3
    assert shop.heard() == [ADA, OLGA, OMAR]


async def test_a_letter_that_waits_keeps_no_other_waiting(shop: Workshop) -> None:
    shop.carrier.deferred.add(OLGA)

    deliveries = await trying().run(shop.hands.send, LETTERS, BRIEF, MONDAY)

    assert [d.key for d in deliveries] == [LETTERS[0].key, LETTERS[2].key]


async def test_where_no_letter_can_go_it_is_tried_again_and_each_try_begins_elsewhere(
    shop: Workshop,
) -> None:
    shop.carrier.deferred.update({ADA, OLGA})

    with pytest.raises(Away):
        await trying(1).run(shop.hands.send, LETTERS, BRIEF, MONDAY)
    deliveries = await trying(2).run(shop.hands.send, LETTERS, BRIEF, MONDAY)

    assert [d.key for d in deliveries] == [LETTERS[2].key]


async def test_a_letter_that_cannot_be_written_at_all_sends_no_other_twice(shop: Workshop) -> None:
    broken = replace(LETTERS[1], kind="no-such-kind")  # type: ignore[arg-type]  # that is the point

    deliveries = await trying().run(
        shop.hands.send, (LETTERS[0], broken, LETTERS[2]), BRIEF, MONDAY
    )

    assert [d.key for d in deliveries] == [LETTERS[0].key, LETTERS[2].key]


async def test_an_address_put_off_for_days_counts_as_refused_and_a_server_away_never_does(
    shop: Workshop,
) -> None:
    shop.carrier.deferred.add(OLGA)
    long = timedelta(days=4)

    (put_off,) = await trying(9, long).run(shop.hands.send, (LETTERS[1],), BRIEF, MONDAY)
    shop.carrier.is_away = True
    with pytest.raises(Away):
        await trying(9, long).run(shop.hands.send, (LETTERS[0],), BRIEF, MONDAY)

    assert "for days" in put_off.refused


async def test_an_address_refused_for_good_is_an_answer(shop: Workshop) -> None:
    shop.carrier.refused.add(FAY)
    letter = replace(LETTERS[0], to=FAY)

    (delivery,) = await trying().run(shop.hands.send, (letter,), BRIEF, MONDAY)

    assert "550" in delivery.refused
