from __future__ import annotations

import json
from datetime import date

import pytest

from models.errors import Malformed
from models.people import Person, Service
from register.people_files import Kind, read_people, read_services
from tests.cast import ADA, FAY, SAM

ADA_WHOLE = Person(
    address=ADA,
    name="Lind, Ada",
    zone="Europe/Berlin",
    country="DE-BY",
    manager=SAM,
    team="payments",
    away_until=date(2026, 3, 31),
    gone=True,
    aliases=("a.lind@example.org", "al@example.org"),
)
HEADER = "address,name,zone,country,manager,team,away_until,gone,aliases"
CSV = (
    f"\ufeff{HEADER}\n\n"
    'Ada@Example.org , "Lind, Ada",Europe/Berlin,de-by,SAM@example.org,payments,2026-03-31,Yes,'
    "al@example.org; A.Lind@example.org\n"
    "fay@example.org,,,,,,,no,\n"
)
TOML = """
[[people]]
address = "Ada@Example.org"
name = "Lind, Ada"
zone = "Europe/Berlin"
country = "de-by"
manager = "SAM@example.org"
team = "payments"
away_until = 2026-03-31
gone = true
aliases = ["al@example.org", "A.Lind@example.org"]

[[people]]
address = "fay@example.org"
"""
JSON = json.dumps(
    [
        {
            "address": "Ada@Example.org",
            "name": "Lind, Ada",
            "zone": "Europe/Berlin",
            "country": "de-by",
            "manager": "SAM@example.org",
            "team": "payments",
            "away_until": "2026-03-31",
            "gone": True,
            "aliases": ["al@example.org", "A.Lind@example.org", ""],
        },
        {"address": "fay@example.org", "away_until": None, "gone": False, "aliases": []},
    ]
)


@pytest.mark.parametrize(("text", "kind"), [(CSV, "csv"), (TOML, "toml"), (JSON, "json")])
def test_people_are_read_from_every_kind_of_file(text: str, kind: Kind) -> None:
    assert read_people(text, kind) == [ADA_WHOLE, Person(address=FAY)]


def test_a_spreadsheet_that_writes_semicolons_is_understood() -> None:
    text = "address;name;aliases\r\nada@example.org;Ada;a@example.org, b@example.org\r\n"

    assert read_people(text, "csv") == [
        Person(address=ADA, name="Ada", aliases=("a@example.org", "b@example.org"))
    ]


def test_a_short_line_leaves_the_rest_empty() -> None:
    assert read_people("address,name,team\nada@example.org", "csv") == [Person(address=ADA)]


@pytest.mark.parametrize(("text", "kind"), [("", "csv"), (f"{HEADER}\n", "csv"), ("[]", "json")])
def test_a_file_without_people_has_none(text: str, kind: Kind) -> None:
    assert read_people(text, kind) == []


@pytest.mark.parametrize(
    ("column", "cell", "complaint"),
    [
        ("address", "ada", "“ada” is not a mail address"),
        ("address", "ada@@example.org", "is not a mail address"),
        ("address", "a" * 250 + "@example.org", "is not a mail address"),
        ("zone", "Mars/Base", "there is no time zone “Mars/Base”; zones are named like"),
        ("zone", "../etc/passwd", "there is no time zone"),
        ("country", "Germany", "no public holidays are known for “GERMANY”"),
        ("country", "QQ", "no public holidays are known for “QQ”"),
        ("country", "DE-QQ", "“DE” has no part “QQ”"),
        ("manager", "sam at example", "is not a mail address"),
        ("manager", "ADA@example.org", "nobody is their own manager"),
        ("away_until", "31.3.2026", "“31.3.2026” is not a date; dates look like 2026-03-31"),
        ("gone", "perhaps", "“perhaps” is neither yes nor no"),
        ("aliases", "lind", "“lind” is not a mail address"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(column: str, cell: str, complaint: str) -> None:
    head = "address" if column == "address" else f"address,{column}"
    line = cell if column == "address" else f"ada@example.org,{cell}"

    with pytest.raises(Malformed) as caught:
        read_people(f"{head}\n\n{line}\n", "csv")

    assert str(caught.value).startswith(f"line 3, column “{column}”: ")
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"address": 7}, "entry 1, column “address”: expected text, found 7"),
        ({"address": ADA, "aliases": 7}, "entry 1, column “aliases”: expected addresses, found 7"),
        ({"address": ADA, "aliases": [7]}, "expected text, found 7"),
        ({"address": ADA, "away_until": True}, "expected text, found True|is not a date"),
        ({"address": ADA, "gone": 2}, "“2” is neither yes nor no"),
        ({"address": " "}, "entry 1, column “address”: must be filled in"),
        ({"name": "Ada"}, "entry 1, column “address”: must be filled in"),
        ({"adress": ADA}, "entry 1: there is no column “adress”; there are address, name, zone"),
    ],
)
def test_a_wrong_entry_is_named(row: dict[str, object], complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        read_people(json.dumps([row]), "json")


def test_a_time_of_day_is_no_date() -> None:
    with pytest.raises(Malformed, match="is not a date"):
        read_people(
            '[[people]]\naddress = "ada@example.org"\naway_until = 2026-03-31T09:00:00Z', "toml"
        )


@pytest.mark.parametrize(
    ("text", "kind", "complaint"),
    [
        ("address,name\nada@example.org,Ada,x", "csv", "line 2: there are 3 cells for 2 columns"),
        ("address,name,name\n", "csv", "line 1: there are two columns “name”"),
        ('address\n"ada@example.org', "csv", "line 2: the CSV cannot be read"),
        ("address,street\nada@example.org,x", "csv", "line 2: there is no column “street”"),
        ("[[people]]\naddress = ada", "toml", "The TOML cannot be read: .*line 2"),
        ("[[persons]]", "toml", r"Expected a list of people; .* begins with \[\[people\]\]"),
        ("people = [1]", "toml", "Expected a list of people"),
        ("{}", "json", "Expected a list of people"),
        ("[", "json", "The JSON cannot be read: .*line 1"),
        ("[" * 100_000, "json", "The JSON cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text: str, kind: Kind, complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        read_people(text, kind)


@pytest.mark.parametrize(
    "second",
    ["ADA@example.org,", "fay@example.org,ada@example.org", "fay@example.org,al@example.org"],
)
def test_an_address_that_stands_there_twice_is_refused(second: str) -> None:
    text = f"address,aliases\nada@example.org,al@example.org\n{second}\n"

    with pytest.raises(Malformed, match=r"line 3: .*@example.org stands in line 2 already"):
        read_people(text, "csv")


def test_ones_own_address_among_ones_aliases_is_no_second_one() -> None:
    (ada,) = read_people("address,aliases\nada@example.org,ada@example.org", "csv")

    assert ada.address == ADA


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "name,lead,facilitator,sponsor\ncheckout,Ada@example.org,,sam@example.org\nsearch,,,\n",
            "csv",
        ),
        (
            '[[services]]\nname="checkout"\nlead="ada@example.org"\nsponsor="sam@example.org"\n[[services]]\nname="search"',
            "toml",
        ),
    ],
)
def test_a_service_map_is_read(text: str, kind: Kind) -> None:
    assert read_services(text, kind) == [
        Service(name="checkout", lead=ADA, sponsor=SAM),
        Service(name="search"),
    ]


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("checkout,ada", "line 2, column “lead”: “ada” is not a mail address"),
        (",ada@example.org", "line 2, column “name”: must be filled in"),
        ("checkout,\ncheckout,", "line 3: checkout stands in line 2 already"),
    ],
)
def test_a_wrong_service_map_is_named_by_line_and_column(lines: str, complaint: str) -> None:
    with pytest.raises(Malformed, match=complaint):
        read_services(f"name,lead\n{lines}\n", "csv")
