"""Commands are declared once: what the edges derive from them is complete and in step."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest

from models.codes import EventKind
from models.commands import (
    COMMANDS,
    Accept,
    Command,
    MailCommand,
    Reply,
    Unrestrict,
    Withdraw,
    get_kind,
)
from models.field_metadata import list_declared_fields
from models.incident import Incident
from rules.commands.dispatch import HANDLERS
from rules.replies.patterns.verb_patterns import Verb

COMMAND_TYPES = tuple(COMMANDS.values())
MAIL_COMMANDS = tuple(command for command in COMMAND_TYPES if command.mail)


@pytest.mark.parametrize("record", [*COMMAND_TYPES, Incident], ids=lambda record: record.__name__)
def test_every_field_that_people_type_has_help_and_an_example(record: type[Command]) -> None:
    typed = [field for field in list_declared_fields(record) if field.is_typed]

    assert [f.name for f in typed if not f.metadata.help] == []
    assert [f.name for f in typed if f.metadata.example is None] == []


def test_every_command_but_a_reply_has_a_handler() -> None:
    assert set(HANDLERS) == set(COMMAND_TYPES) - {Reply}


def test_every_command_is_an_event() -> None:
    assert set(COMMANDS) <= set(EventKind)


def test_a_line_of_a_reply_gives_the_commands_that_have_a_form_in_mail() -> None:
    assert set(MAIL_COMMANDS) <= set(get_args(MailCommand))


@pytest.mark.parametrize("command", MAIL_COMMANDS, ids=get_kind)
def test_a_form_in_mail_names_a_verb_of_replies_and_a_field(command: type[Command]) -> None:
    assert command.mail is not None

    assert command.mail.verb in set(Verb)
    assert command.mail.words in {"", *(field.name for field in fields(command))}


@pytest.mark.parametrize("command", COMMAND_TYPES, ids=get_kind)
def test_a_command_says_what_it_does_and_whom_it_is_for(command: type[Command]) -> None:
    assert (command.__doc__ or "").partition("\n\n")[0].strip().endswith(".")
    assert command.who


def test_no_two_commands_have_one_place_in_the_command_line() -> None:
    places = [command.cli for command in COMMAND_TYPES if command.cli]

    assert len(places) == len(set(places))


def test_a_command_names_its_target() -> None:
    assert Accept(id="1", by="olga@example.org", action="A1").target == "A1"
    assert Withdraw(id="2", by="fay@example.org", item="C1").target == "C1"
    assert Unrestrict(id="3", by="ada@example.org").target == ""
