"""The daily anchor goes out once a day, everywhere, and shows what was cut off since."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from temporalio.testing import ActivityEnvironment

from activities.anchor_activities import AnchorActivities, AnchorTargets
from models.audit.anchor import AnchorState, TakenAnchor
from models.audit.audit_event import SERVER, AuditKind
from models.errors import Unavailable
from register.recorder import record
from register.repositories.audit import AuditConditions
from register.tables import audit_events
from rules.audit.anchors import parse_anchor
from rules.projection import build_register_update
from tests.activities.conftest import ActivityNeighbours
from tests.sample_people import COORDINATOR, MONDAY
from tests.sample_reviews import build_rich
from tests.workflows.workflow_stack import SITE

DAY = date(2026, 3, 2)
NEXT_DAY = DAY + timedelta(days=1)
REVIEW = build_rich().review
UNKNOWN = AnchorState()


@dataclass
class AnchorHarness:
    """The activities over a database with one review in it."""

    neighbours: ActivityNeighbours
    activities: AnchorActivities

    async def take(self, state: AnchorState = UNKNOWN, day: date = DAY) -> TakenAnchor:
        """Return the anchor of a day after taking it."""
        taken: TakenAnchor = await ActivityEnvironment().run(
            self.activities.take_anchor, state, day
        )
        return taken

    def forget_events(self, first: int) -> None:
        """Put the audit log back to where it was before an event."""
        with self.neighbours.engine.begin() as connection:
            connection.execute(delete(audit_events).where(audit_events.c.seq >= first))


@pytest.fixture
def harness(neighbours: ActivityNeighbours, tmp_path: Path) -> AnchorHarness:
    record(neighbours.engine, build_register_update(REVIEW, "run-1", None))
    targets = AnchorTargets(person=COORDINATOR, file=str(tmp_path / "anchors.txt"))
    activities = AnchorActivities(
        neighbours.engine, neighbours.archive, neighbours.mailer, SITE, targets
    )
    return AnchorHarness(neighbours, activities)


async def test_an_anchor_has_the_head_of_every_chain(harness: AnchorHarness) -> None:
    taken = await harness.take()

    content = harness.neighbours.archive.documents.read_document(taken.document)
    heads = {head.chain: head for head in parse_anchor(content.decode()).heads}
    assert heads[REVIEW.id].line == REVIEW.revision
    assert heads[REVIEW.id].link == REVIEW.log[-1].link
    assert heads["audit"].line == taken.state.line - 1


async def test_a_second_one_on_the_same_day_is_the_first(harness: AnchorHarness) -> None:
    first = await harness.take()
    harness.neighbours.archive.audit.record_event(AuditKind.EXPORTED, SERVER, subject="x")

    assert await harness.take() == first


async def test_a_day_on_which_nothing_happened_has_none(harness: AnchorHarness) -> None:
    first = await harness.take()

    second = await harness.take(first.state, NEXT_DAY)
    harness.neighbours.archive.audit.record_event(AuditKind.EXPORTED, SERVER, subject="x")
    third = await harness.take(second.state, NEXT_DAY + timedelta(days=1))

    assert (second.document, second.state) == ("", first.state)
    assert third.document not in ("", first.document)


async def test_it_goes_to_the_coordinator_and_to_the_file_once(
    harness: AnchorHarness, tmp_path: Path
) -> None:
    taken = await harness.take()
    run = ActivityEnvironment().run

    await run(harness.activities.email_anchor, taken, MONDAY)
    await run(harness.activities.write_anchor, taken)
    await run(harness.activities.write_anchor, taken)

    (email,) = harness.neighbours.postbox.list_emails(COORDINATOR, "Afterword anchor 2026-03-02")
    file = (tmp_path / "anchors.txt").read_text(encoding="utf-8")
    assert parse_anchor(email.get_body("plain")) == parse_anchor(file)
    assert file.count("Afterword anchor") == 1
    assert email.message["Message-ID"] == "<anchor-2026-03-02@reply.example.org>"
    assert email.message["Auto-Submitted"] == "auto-generated"


async def test_a_file_that_cannot_be_written_is_tried_again(harness: AnchorHarness) -> None:
    taken = await harness.take()
    targets = AnchorTargets(file="/nowhere/at/all/anchors.txt")
    activities = replace(harness.activities, targets=targets)

    with pytest.raises(Unavailable):
        await ActivityEnvironment().run(activities.write_anchor, taken)


async def test_without_targets_nothing_is_brought_anywhere(harness: AnchorHarness) -> None:
    activities = replace(harness.activities, targets=AnchorTargets())
    taken = await harness.take()

    await ActivityEnvironment().run(activities.email_anchor, taken, MONDAY)
    await ActivityEnvironment().run(activities.post_anchor, taken)
    await ActivityEnvironment().run(activities.write_anchor, taken)

    assert harness.neighbours.postbox.list_emails() == []


async def test_an_address_that_is_refused_for_good_holds_up_nothing(
    harness: AnchorHarness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.neighbours.postbox.refused.add(COORDINATOR)

    await ActivityEnvironment().run(harness.activities.email_anchor, await harness.take(), MONDAY)

    assert "was refused" in caplog.text


@contextmanager
def serve_posts(status: int) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the address of a server that keeps what is posted to it, and answers with a status."""
    posted: list[bytes] = []

    class PostHandler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), PostHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/anchors", posted
        server.shutdown()
        thread.join()


async def test_it_is_posted_to_an_address(harness: AnchorHarness) -> None:
    taken = await harness.take()

    with serve_posts(204) as (url, posted):
        activities = replace(harness.activities, targets=AnchorTargets(url=url))
        await ActivityEnvironment().run(activities.post_anchor, taken)

    assert parse_anchor(posted[0].decode()).day == DAY


async def test_an_address_that_does_not_accept_it_is_tried_again(harness: AnchorHarness) -> None:
    taken = await harness.take()

    with serve_posts(503) as (url, _):
        activities = replace(harness.activities, targets=AnchorTargets(url=url))
        with pytest.raises(Unavailable):
            await ActivityEnvironment().run(activities.post_anchor, taken)


async def test_a_database_that_was_put_back_is_noticed_and_the_gap_is_named(
    harness: AnchorHarness,
) -> None:
    archive = harness.neighbours.archive
    before = archive.audit.record_event(AuditKind.EXPORTED, SERVER, subject="before the backup")
    first = await harness.take()
    harness.forget_events(before.seq + 1)

    state = await ActivityEnvironment().run(harness.activities.notice_restore, first.state)
    again = await ActivityEnvironment().run(harness.activities.notice_restore, state)

    newest = archive.audit.find_newest()
    assert newest is not None
    assert newest.kind is AuditKind.RESTORED
    assert newest.text.endswith(f"after {before.at:%Y-%m-%d %H:%M} UTC is missing")
    assert state == again == AnchorState(line=newest.seq, link=newest.link)


async def test_a_restore_is_noticed_also_where_the_log_has_gone_on_since(
    harness: AnchorHarness,
) -> None:
    first = await harness.take()
    harness.forget_events(first.state.line)
    for number in range(3):
        harness.neighbours.archive.audit.record_event(
            AuditKind.EXPORTED, SERVER, subject=str(number)
        )

    second = await harness.take(first.state, NEXT_DAY)

    newest = harness.neighbours.archive.audit.find_newest(AuditKind.RESTORED)
    assert newest is not None
    assert second.document


async def test_a_restore_is_one_event_also_where_its_activity_is_tried_again(
    harness: AnchorHarness,
) -> None:
    taken = await harness.take()
    harness.forget_events(taken.state.line)
    run, notice = ActivityEnvironment().run, harness.activities.notice_restore

    first, again = await run(notice, taken.state), await run(notice, taken.state)
    later = await harness.take(taken.state, NEXT_DAY)
    harness.forget_events(first.line)
    once_more = await run(notice, later.state)

    restored = AuditConditions(kind=AuditKind.RESTORED)
    events = harness.neighbours.archive.audit.list_events(restored, limit=10)
    assert first == again
    assert once_more.line == first.line
    assert once_more.link != first.link
    assert len(events) == 1
