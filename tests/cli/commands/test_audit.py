"""Whoever edits the database by hand is found out, on the command line and over a real server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from mail.anchor_email import build_anchor_email
from mail.common.mail_settings import MailSettings
from models.audit.anchor import Anchor
from register.chain_heads import list_heads
from rules.audit.anchors import format_anchor
from tests.cli.api_server import ApiServer, Terminal
from tests.sample_people import ADA, COORDINATOR, MONDAY

REVIEW = "review-manual-q1"
MOVE = "UPDATE events SET revision = {new} WHERE review = 'review-manual-q1' AND revision = {old}"
INSERT = (
    "INSERT INTO events (review, revision, seq, at, by, channel, kind, item, gate, text, link,"
    " seal, covers) SELECT review, {line}, {seq}, at, by, channel, kind, item, gate, 'never said',"
    " link, seal, covers FROM events WHERE revision = 4"
)


def edit_database(api_server: ApiServer, *statements: str) -> None:
    with api_server.review_client.engine.begin() as connection:
        for statement in statements:
            assert connection.execute(text(statement)).rowcount > 0


@pytest.fixture
def review(afterword: Terminal) -> str:
    """Return a review with a log of seven lines."""
    afterword.check_output("review", "open", "--key", "q1", "Checkout answered with errors")
    for number in range(2, 7):
        afterword.check_output("review", "note", "q1", "--text", f"note {number}", by=COORDINATOR)
    return REVIEW


def test_a_log_that_nobody_touched_is_whole(afterword: Terminal, review: str) -> None:
    result = afterword("audit", "verify", "q1", by=COORDINATOR)

    assert (result.code, result.out) == (
        0,
        "Verified 1 review, 7 lines: nothing was changed.\n",
    ), review


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (
            ["UPDATE events SET text = 'noted: note 33' WHERE revision = 3"],
            "the register, line 3: changed: the workflow has another text",
        ),
        (
            ["UPDATE events SET by = 'omar@example.org' WHERE revision = 3"],
            "the register, line 3: changed: the workflow has another by",
        ),
        (
            ["DELETE FROM events WHERE revision = 3"],
            "the register, line 3: removed: it is missing; the workflow has it",
        ),
        (
            [INSERT.format(line=4, seq=1)],
            "the register, line 4: inserted: there are two lines of this number",
        ),
        (
            [INSERT.format(line=8, seq=0)],
            "the register, line 8: inserted: the workflow has no such line",
        ),
        (
            [MOVE.format(old=3, new=99), MOVE.format(old=4, new=3), MOVE.format(old=99, new=4)],
            "the register, line 3: reordered: it was line 4, and was moved",
        ),
        (
            ["DELETE FROM events WHERE revision > 4"],
            "the register, line 5: truncated: it is missing; the workflow has it",
        ),
        (
            [
                "DELETE FROM events WHERE revision > 4",
                "UPDATE reviews SET revision = 4",
            ],
            "the register, line 5: truncated: it is missing; the workflow has it",
        ),
        (
            ["UPDATE events SET link = '', seal = ''"],
            "the register, line 1: changed: the workflow has another link and seal",
        ),
        (
            ["DELETE FROM reviews"],
            "the register, line 1: truncated: it is missing; the workflow has it",
        ),
        (
            ["UPDATE events SET at = datetime(at, '+1 second') WHERE revision = 3"],
            "the register, line 3: changed: the workflow has another at",
        ),
        (
            ["UPDATE events SET channel = 'mail', kind = 'report' WHERE revision = 7"],
            "the register, line 7: changed: the workflow has another channel and kind",
        ),
        (
            ["UPDATE events SET text = '[redacted]', seal = link WHERE revision = 3"],
            (
                "the register, line 3: uncovered: something was taken out of it, and no later line"
                " says so"
            ),
        ),
        (
            ["UPDATE reviews SET head = json_set(head, '$.stage', 'closed')"],
            "the register: differs: the workflow has another stage",
        ),
    ],
    ids=[
        "text changed",
        "author changed",
        "removed",
        "inserted",
        "inserted at the end",
        "reordered",
        "cut off",
        "cut off with its count",
        "made to look old",
        "review gone",
        "time changed",
        "channel and kind changed",
        "made to look redacted",
        "stage changed",
    ],
)
def test_an_edit_in_the_database_is_found_where_it_was_made(
    afterword: Terminal, api_server: ApiServer, review: str, statements: list[str], expected: str
) -> None:
    edit_database(api_server, *statements)

    result = afterword("audit", "verify", by=COORDINATOR)

    assert result.code == 1
    assert f"{review}, {expected}" in result.out.splitlines()


def test_breaks_are_data_too(afterword: Terminal, api_server: ApiServer, review: str) -> None:
    edit_database(api_server, "UPDATE events SET text = 'x' WHERE revision = 2")

    result = afterword("audit", "verify", "-o", "json", by=COORDINATOR)

    assert result.code == 1
    assert [(b["chain"], b["line"], b["kind"]) for b in json.loads(result.out)["breaks"]] == [
        (review, 2, "changed")
    ]


def test_only_the_coordinator_verifies_and_an_unknown_review_is_not_found(
    afterword: Terminal, review: str
) -> None:
    assert afterword("audit", "verify", "q1", by=ADA).code == 4
    assert afterword("audit", "verify", "zzz", by=COORDINATOR).code == 3, review


def test_the_coordinator_lists_what_was_done_by_whom_from_where(afterword: Terminal) -> None:
    afterword.check_output("token", "create", "ci", "--tool", "--source", "*", by=COORDINATOR)

    listed = afterword.check_output(
        "audit", "list", "--kind", "token-created", "--since", "2026-01-01 00:00", by=COORDINATOR
    )
    none = afterword("audit", "list", "--about", "nothing like it", by=COORDINATOR)

    line = next(line for line in listed.splitlines() if " ci " in line)
    assert COORDINATOR in line
    assert "cli 127.0.0.1" in line
    assert "for a tool" in line
    assert (none.code, none.err) == (0, "No such event was recorded.\n")


def save_anchor(api_server: ApiServer, file: Path) -> None:
    """Save today's anchor as the email of it would be saved."""
    heads = list_heads(api_server.review_client.engine)
    anchor = format_anchor(Anchor(day=MONDAY.date(), heads=heads))
    site = MailSettings(sender="afterword@example.org", domain="example.org", url="", secret=b"")
    message = build_anchor_email(anchor, MONDAY.date(), COORDINATOR, site, MONDAY)
    file.write_bytes(bytes(message))


@pytest.mark.parametrize("names", [(), ("q1",)])
def test_a_log_that_was_cut_off_everywhere_does_not_fit_the_anchor_in_an_email(
    afterword: Terminal, api_server: ApiServer, review: str, tmp_path: Path, names: tuple[str, ...]
) -> None:
    save_anchor(api_server, tmp_path / "anchor.eml")
    options = ("audit", "verify", *names, "--anchor", "anchor.eml")
    whole = afterword(*options, by=COORDINATOR)
    cut = api_server.review_client.reviews[review]
    cut = replace(cut, log=cut.log[:5], revision=5)
    api_server.review_client.reviews[review] = cut
    edit_database(
        api_server, "DELETE FROM events WHERE revision > 5", "UPDATE reviews SET revision = 5"
    )

    without = afterword("audit", "verify", *names, by=COORDINATOR)
    against = afterword(*options, by=COORDINATOR)

    assert (whole.code, without.code, against.code) == (0, 0, 1), whole.out + without.out
    assert (
        f"{review}, the register, line 7: truncated: "
        "the anchor of 2026-03-02 has it, and it is missing"
    ) in against.out.splitlines()


def test_a_file_without_an_anchor_is_refused(afterword: Terminal, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("hello")

    result = afterword("audit", "verify", "--anchor", "other.txt", by=COORDINATOR)

    assert result.code == 1
    assert "There is no anchor in it" in result.err


def test_a_restore_is_recorded_with_the_gap(afterword: Terminal) -> None:
    options = ("audit", "restored", "--from", "2026-03-02 03:00 UTC", "--reason", "the disk broke")

    done = afterword(*options, by=COORDINATOR)
    listed = afterword.check_output("audit", "list", "--kind", "restored", by=COORDINATOR)

    assert done.code == 0, done.err
    assert "what happened from then until" in listed
    assert "the disk broke" in listed


def test_a_backup_of_tomorrow_is_none(afterword: Terminal) -> None:
    options = ("audit", "restored", "--from", "2036-03-02 03:00 UTC", "--reason", "the disk broke")

    assert afterword(*options, by=COORDINATOR).code == 1


def test_the_coordinator_erases_somebody_and_the_logs_are_whole(
    afterword: Terminal, review: str
) -> None:
    afterword.check_output("review", "note", "q1", "--text", "Omar Haddad saw it", by=COORDINATOR)

    done = afterword.check_output("people", "erase", "omar", "--yes", by=COORDINATOR)
    log = afterword.check_output("review", "log", "q1")
    verified = afterword("audit", "verify", by=COORDINATOR)

    assert "took their place in 1 review, 0 documents, 0 emails." in done, review
    assert "Omar" not in log
    assert verified.code == 0, verified.out


def test_a_line_is_redacted_on_the_command_line(afterword: Terminal, review: str) -> None:
    options = ("review", "redact", "q1", "3", "--reason", "It names a customer.", "--yes")

    afterword.check_output(*options, by=COORDINATOR)
    log = afterword.check_output("review", "log", "q1")
    verified = afterword("audit", "verify", "q1", by=COORDINATOR)

    assert f"[redacted by {COORDINATOR} because It names a customer]" in log, review
    assert verified.code == 0, verified.out


def test_a_review_that_is_gone_from_the_register_is_verified_by_its_name(
    afterword: Terminal, api_server: ApiServer, review: str
) -> None:
    edit_database(api_server, "DELETE FROM reviews")

    result = afterword("audit", "verify", "q1", by=COORDINATOR)

    assert result.code == 1
    assert f"{review}, the register, line 7: truncated" in result.out
