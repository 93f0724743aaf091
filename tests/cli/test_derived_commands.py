"""Every command has a CLI command and every field of it an option; no other can be given."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest

from cli import derived_commands
from cli.main import GROUPS, SECTIONS, build_root
from cli.options.param_types import format_iso_time
from cli.options.parameters import build_body, flatten_fields
from models.commands import (
    COMMANDS,
    Claim,
    HoldFollowUp,
    Recur,
    Restrict,
    Revise,
    ReviseCause,
    ScheduleMeeting,
)
from rules.command_lines import format_option_name
from tests.cli.api_server import Terminal

ROOT = Path(__file__).parents[2]
BY_COMMAND = {command.cli: command for command in COMMANDS.values() if command.cli}
READ_FROM_THE_FILE = {"title"}


def find_command(place: str) -> click.Command:
    at: click.Command = build_root()
    for word in place.split():
        assert isinstance(at, click.Group)
        command = at.get_command(click.Context(at), word)
        assert command is not None, place
        at = command
    return at


def test_every_command_but_a_mail_has_a_command() -> None:
    without = [kind for kind, command in COMMANDS.items() if not command.cli]

    assert without == ["ask-back", "erase", "reply"]


@pytest.mark.parametrize("place", sorted(BY_COMMAND))
def test_every_field_of_a_command_has_an_argument_or_an_option(place: str) -> None:
    command = BY_COMMAND[place]
    from_the_file = READ_FROM_THE_FILE if place == "review write" else set()
    expected = {field.name for field in flatten_fields(command)} - from_the_file

    names = {parameter.name for parameter in find_command(place).params}

    assert expected <= names
    assert {"review", "command_id"} <= names


@pytest.mark.parametrize("place", sorted(BY_COMMAND))
def test_every_commands_help_is_the_commands_own_sentence(place: str) -> None:
    command = BY_COMMAND[place]
    cli_command = find_command(place)

    help_ = cli_command.get_help(click.Context(cli_command, info_name=place))

    sentence = (command.__doc__ or "").partition(".")[0]
    assert sentence.split()[0] in help_
    if place != "review write":
        assert " ".join(sentence.split()) in " ".join(help_.split())


@pytest.mark.parametrize("place", sorted(set(BY_COMMAND) - {"review write"}))
def test_every_field_is_explained_in_words(place: str) -> None:
    options = [p for p in find_command(place).params if isinstance(p, click.Option)]

    assert all(option.help for option in options)


def test_every_command_stands_in_one_section_of_the_help(terminal: Terminal) -> None:
    shown = terminal.check_output("--help")

    listed = re.findall(r"^  ([a-z-]+)  ", shown, re.MULTILINE)
    alone = {place for place in BY_COMMAND if " " not in place}
    assert len(listed) == len(set(listed))
    assert set(listed) >= set(GROUPS) | alone | {"up", "demo", "codec-server", "completion"}
    assert [line[:-1] for line in shown.splitlines() if line.rstrip(":") in SECTIONS] == [*SECTIONS]


@pytest.mark.parametrize("noun", sorted(GROUPS))
def test_every_noun_lists_its_verbs_with_a_sentence_each(terminal: Terminal, noun: str) -> None:
    shown = terminal.check_output(noun, "--help")

    verbs = [*GROUPS[noun][1], *derived_commands.list_verbs(noun)]
    assert verbs
    assert all(re.search(rf"^  {verb}  +\S", shown, re.MULTILINE) for verb in verbs)


def test_a_help_says_who_may_and_when(terminal: Terminal) -> None:
    shown = " ".join(terminal.check_output("action", "claim", "--help").split())

    assert "For: owner or tool." in shown
    assert "When: while the review is open; the action is accepted or blocked." in shown


def test_options_of_automatic_commands_are_not_offered_to_people(terminal: Terminal) -> None:
    assert "clock" not in terminal.check_output("action", "reassign", "--help")


def test_what_was_not_given_is_left_out() -> None:
    given = {"action": "a1", "text": None, "due": date(2026, 4, 1), "causes": (), "owner": ""}

    assert build_body(Revise, given) == {"action": "a1", "due": "2026-04-01", "owner": ""}


def test_an_empty_cause_means_none() -> None:
    assert build_body(Revise, {"action": "A1", "causes": ("",)}) == {"action": "A1", "causes": []}


def test_nought_is_a_figure_like_others() -> None:
    at = datetime(2026, 4, 2, 15, tzinfo=timezone(timedelta(hours=2)))

    assert build_body(ScheduleMeeting, {"at": at, "place": "x", "minutes": 0}) == {
        "at": "2026-04-02T15:00:00+02:00",
        "place": "x",
        "minutes": 0,
    }


def test_a_meeting_over_nothing_needs_no_status() -> None:
    assert build_body(HoldFollowUp, {"statuses": ()}) == {"statuses": {}}


def test_an_incident_told_by_hand_gets_a_source_a_time_and_a_key() -> None:
    incident = build_body(Recur, {"title": "Again", "project": False})["incident"]

    assert set(incident) == {"source", "key", "title", "ended_at"}
    assert incident["source"] == "manual"
    assert incident["key"].isalnum()
    assert datetime.fromisoformat(incident["ended_at"]).tzinfo is not None


def test_what_is_told_of_an_incident_goes_before() -> None:
    at = datetime(2026, 4, 2, 15)  # noqa: DTZ001  (typed without a zone)
    given = {"source": "nagios", "key": "K", "title": "Again", "ended_at": at, "project": True}

    body = build_body(Recur, {**given, "zone": ZoneInfo("Asia/Tokyo"), "services": ("checkout",)})

    assert body["incident"] == {
        "source": "nagios",
        "key": "K",
        "title": "Again",
        "ended_at": "2026-04-02T15:00:00+09:00",
        "project": True,
        "services": ["checkout"],
    }


def test_options_of_many_are_named_for_one() -> None:
    records = (ReviseCause, HoldFollowUp, Restrict, Recur)
    names = [format_option_name(field) for record in records for field in flatten_fields(record)]

    assert {"--why", "--status", "--person", "--ended-at", "--attended", "--service"} <= set(names)


def test_a_time_without_a_zone_is_the_readers_own() -> None:
    noon = datetime(2026, 7, 2, 12)  # noqa: DTZ001  (typed without a zone)

    assert format_iso_time(noon, None) == "2026-07-02T12:00:00+02:00"
    assert format_iso_time(noon, ZoneInfo("America/New_York")) == "2026-07-02T12:00:00-04:00"


@pytest.mark.parametrize("zone", [None, ZoneInfo("Europe/Berlin")])
def test_an_hour_that_the_clock_skips_is_no_time(zone: ZoneInfo | None) -> None:
    with pytest.raises(click.BadParameter, match="does not exist there"):
        format_iso_time(datetime(2026, 3, 29, 2, 30), zone)  # noqa: DTZ001  (typed without a zone)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("action", "propose", "q1", "--text", "x", "--due", "soon"), "“soon” is not a date"),
        (("meeting", "schedule", "q1", "--place", "x", "--at", "soon"), "not a date and time"),
        (
            ("meeting", "schedule", "q1", "--place", "x", "--at", "2026-04-02"),
            "not a date and time",
        ),
        (("follow-up", "hold", "q1", "--status", "fine"), "is not a status"),
        (("follow-up", "hold", "q1", "--status", "A1= "), "is not a status"),
        (("approve", "q1", "lunch"), "'lunch' is not one of"),
        (("approve", "q1"), "Missing argument"),
        (("reject", "q1", "A1"), "Missing option '--reason'"),
        (("review", "appoint", "q1", "--role", "owner", "--person", "x"), "'owner' is not one of"),
        (
            (
                "meeting",
                "schedule",
                "q1",
                "--place",
                "x",
                "--at",
                "2026-04-02 15:00",
                "--zone",
                "CEST!",
            ),
            "no time zone “CEST!”",
        ),
        (("review", "note", "q1", "--text", "x", "--id", "ä"), "“ä” is not an id"),
        (("review", "note", "q1", "--text", "x", "--id", " "), "--id is empty"),
        (("review", "show", "q\udcff"), "invalid characters"),
        (("approv", "q1", "draft"), "No such command 'approv'. Did you mean 'approve'?"),
        (("action", "clame", "q1", "A1"), "No such command 'clame'. Did you mean 'claim'?"),
    ],
)
def test_what_cannot_be_meant_is_a_matter_of_usage(
    terminal: Terminal, words: tuple[str, ...], complaint: str
) -> None:
    ended = terminal(*words)

    assert ended.code == 2
    assert complaint in ended.err
    assert ended.out == ""


def test_times_are_read_with_and_without_an_offset(terminal: Terminal) -> None:
    kind = next(p for p in find_command("meeting schedule").params if p.name == "at").type

    with_offset = kind.convert("2026-04-02T15:00+09:00", None, None)
    bare_one = kind.convert("2026-04-02 15:00", None, None)

    assert format_iso_time(with_offset, ZoneInfo("Europe/Paris")) == "2026-04-02T15:00:00+09:00"
    assert bare_one.tzinfo is None
    assert terminal.check_output("action", "claim", "--help").startswith(
        "Usage: afterword action claim"
    )
    assert Claim.cli == "action claim"
