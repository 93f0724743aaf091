"""The coordinator's commands: people directory, service map, tokens and the register."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from cli.commands.directory import PERSON_FIELDS
from cli.errors import CliError, ExitCode
from cli.files import read_rows
from models.people import Person, Service
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.scenarios import REVIEW_ID, accept_actions, open_review
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, SAM

HEADINGS = (
    "ADDRESS",
    "NAME",
    "ZONE",
    "COUNTRY",
    "MANAGER",
    "TEAM",
    "AWAY UNTIL",
    "GONE",
    "WEEKLY",
    "ALIASES",
    "WANTS FIGURES",
    "WANTS DIGEST",
)
PEOPLE_TOML = """\
[[people]]
address = "ada@example.org"
name = "Ada Lind-Berg"
zone = "Europe/Berlin"
away_until = 2026-05-04
aliases = ["lind@example.org", "al@example.org"]

[[people]]
address = "ned@example.org"
gone = true
"""
PEOPLE_CSV = """\
address, name, zone, gone, aliases, away_until
ada@example.org, Ada Lind-Berg, Europe/Berlin, no, lind@example.org; al@example.org, 2026-05-04

ned@example.org,,,yes,,
"""


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("people.toml", PEOPLE_TOML),
        ("people.csv", PEOPLE_CSV),
        ("excel.csv", "\ufeff" + PEOPLE_CSV.replace(";", " ").replace(",", ";")),
    ],
)
def test_people_come_from_toml_and_csv_alike(
    tmp_path: Path, api_server: ApiServer, afterword: Terminal, file: str, text: str
) -> None:
    (tmp_path / file).write_text(text, "utf-8")

    output = afterword.check_output("people", "import", file, by=COORDINATOR)
    again = afterword.check_output("-o", "jsonl", "people", "import", file, by=COORDINATOR)

    ada, ned = (
        api_server.archive.people.find_person("al@example.org"),
        api_server.archive.people.find_person("ned@example.org"),
    )
    assert output == "1 added, 1 changed, of 2.\n"
    assert json.loads(again) == {"added": 0, "changed": 0}
    assert ada is not None
    assert (ada.address, ada.name, str(ada.away_until)) == (ADA, "Ada Lind-Berg", "2026-05-04")
    assert ned == Person(address="ned@example.org", gone=True)


def test_a_column_that_is_not_there_changes_nothing_and_an_empty_cell_clears(
    tmp_path: Path, api_server: ApiServer, afterword: Terminal
) -> None:
    (tmp_path / "all.toml").write_text(PEOPLE_TOML)
    (tmp_path / "names.csv").write_text(f"address,name,away_until\n{ADA},,\nned@example.org,Ned\n")
    afterword.check_output("people", "import", "all.toml", by=COORDINATOR)

    afterword.check_output("people", "import", "names.csv", by=COORDINATOR)

    ada, ned = (
        api_server.archive.people.load_people()[ADA],
        api_server.archive.people.load_people()["ned@example.org"],
    )
    assert (ada.name, ada.away_until, ada.zone) == ("", None, "Europe/Berlin")
    assert len(ada.aliases) == 2
    assert ned == Person(address="ned@example.org", name="Ned", gone=True)


def test_everybody_is_listed(afterword: Terminal) -> None:
    table = afterword.check_output("people", "list")
    lines = afterword.check_output("people", "list", "-o", "jsonl").splitlines()

    assert re.split(r"  +", table.splitlines()[0]) == [*HEADINGS]
    assert "olga@example.org   Olga Petrova" in table
    assert json.loads(lines[0])["address"] == ADA


def test_services_say_who_answers(
    tmp_path: Path, api_server: ApiServer, afterword: Terminal
) -> None:
    (tmp_path / "map.csv").write_text(f"name,lead,facilitator,sponsor\ncheckout,{ADA},{FAY},\n")

    none = afterword("services", "list")
    afterword.check_output("services", "import", "map.csv", by=COORDINATOR)
    listed = afterword.check_output("services", "list")

    assert (none.code, none.out, none.err) == (ExitCode.DONE, "", "There are no services yet.\n")
    assert api_server.archive.people.load_services()["checkout"] == Service(
        name="checkout", lead=ADA, facilitator=FAY
    )
    assert listed.splitlines()[1] == f"checkout  {ADA}  {FAY}"


def test_only_the_coordinator_imports(tmp_path: Path, afterword: Terminal) -> None:
    (tmp_path / "people.csv").write_text("address\nned@example.org\n")

    ended = afterword("people", "import", "people.csv", by=OLGA)

    assert ended.code == ExitCode.REFUSED
    assert "(not-allowed)" in ended.err


def test_what_the_server_finds_wrong_is_said(tmp_path: Path, afterword: Terminal) -> None:
    (tmp_path / "people.csv").write_text("address,zone\nned@example.org,Mars/Base\n")

    ended = afterword("people", "import", "people.csv", by=COORDINATOR)

    assert ended.code == ExitCode.FAILED
    assert "there is no time zone “Mars/Base”" in ended.err


@pytest.mark.parametrize(
    ("file", "content", "complaint"),
    [
        ("p.csv", b"adress\nx@example.org\n", "row 1: there is no field “adress”"),
        ("p.csv", b"address\nx@example.org,Max\n", "row 1: there are more cells than columns"),
        ("p.csv", b"name,address\nMax,x@example.org\nMia,\n", "row 2: the address is empty"),
        ("p.csv", b"address,gone\nx@example.org,perhaps\n", "row 1: gone is “perhaps”"),
        ("p.csv", b"address\n", "holds no people"),
        ("p.csv", b"address\n\xff\n", "is not UTF-8"),
        ("p.csv", b"x" * (1024 * 1024 + 1), "has over 1024 KiB"),
        ("p.toml", b"[[people]\n", "is not TOML"),
        ("p.toml", b"people = 3\n", "holds a people that is not a list"),
        ("p.toml", b"[[persons]]\naddress = 'x@example.org'\n", "holds no people"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_row_and_field(
    tmp_path: Path, file: str, content: bytes, complaint: str
) -> None:
    (tmp_path / file).write_bytes(content)

    with pytest.raises(CliError) as caught:
        read_rows(file, "people", PERSON_FIELDS)

    assert complaint in caught.value.message
    assert file in caught.value.message


def test_the_register_is_rebuilt_by_the_coordinator(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)

    output = afterword.check_output("register", "rebuild", by=COORDINATOR)
    del api_server.review_client.reviews[REVIEW_ID]
    lost = afterword("register", "rebuild", by=COORDINATOR)

    assert output == "Rebuilt the register: 1 review.\n"
    assert "No workflow and no record was found for: " + REVIEW_ID in lost.err


def test_reply_addresses_are_renewed(api_server: ApiServer, afterword: Terminal) -> None:
    output = afterword.check_output("people", "renew", "olga", by=COORDINATOR)
    refused = afterword("people", "renew", "olga", by=ADA)

    assert output == (
        f"The reply addresses of {OLGA} no longer work; the next emails bring new ones.\n"
    )
    assert refused.code == ExitCode.REFUSED
    assert api_server.archive.people.load_people()[OLGA].renewed == 1


def test_all_that_somebody_has_to_do_is_handed_over(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    words = ("people", "hand-over", "olga", "--to", "odile")

    without_yes = afterword(*words, by=COORDINATOR)
    done = afterword(*words, "--yes", by=COORDINATOR)
    again = afterword(*words, "--yes", by=COORDINATOR)

    assert without_yes.code == ExitCode.USAGE
    assert done.out.splitlines()[1].split()[:3] == ["manual-Q1", "handed", "over"]
    assert api_server.review_client.reviews[REVIEW_ID].actions[0].owner == ODILE
    assert (again.code, again.err) == (0, "Nothing of olga is left to hand over.\n")


def test_a_review_that_refuses_a_hand_over_is_named_and_the_exit_code_says_so(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    reviews = api_server.review_client.reviews
    stranger = replace(reviews[REVIEW_ID].roles, coordinator=SAM)
    reviews[REVIEW_ID] = replace(reviews[REVIEW_ID], roles=stranger)

    ended = afterword("people", "hand-over", "olga", "--to", "odile", "--yes", by=COORDINATOR)

    assert ended.code == ExitCode.REFUSED
    assert "manual-Q1" in ended.out
    assert "refused: desk@example.org may not do this" in ended.out
