"""Ten post-mortems as five tools export them, and what a reader finds in each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from text_checks.parsing import ParsedDocument, decode_document, parse_document
from text_checks.participants import list_named_people
from text_checks.timeline.entry_times import parse_timeline

FOLDER = Path(__file__).parent / "exported_documents"
ENDED = datetime(2026, 12, 31, 18, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is in a document: actions as first words, owner and due date; times in UTC."""

    title: str
    actions: tuple[tuple[str, str, str], ...]
    measures: tuple[str, ...] = ()
    verifiers: tuple[str, ...] = ()
    times: tuple[str, ...]
    causes: tuple[tuple[str, int], ...]
    people: tuple[str, ...] = ()


EXPECTED = {
    "google_docs_search_index": Expected(
        title="Post-mortem: Search showed yesterday’s prices",
        actions=(
            ("Fail index_prices with exit code 1", "Tarek Said", "Oct 2, 2026"),
            ("Page the search rota when the index", "Bea Kurz", "Oct 9, 2026"),
            ("Add the case “empty file” to the tests", "Tarek Said", "Oct 16, 2026"),
        ),
        measures=("A run with an empty file ends red in CI", "A drill pages within 35 min"),
        times=("07:58", "08:20", "09:02", "09:40"),
        causes=(
            ("The job reports success when its input is empty", 2),
            ("Nobody was told that the index was stale", 1),
        ),
    ),
    "google_docs_parking_gates": Expected(
        title="Incident report - gates of the car park stayed closed",
        actions=(
            ("Renew the certificate of the ticket", "noor@cargate.example", "2027-01-15"),
            ("Alert on certificates with <14 days left", "Ines Prado", "2027-01-22"),
            ("Print the hand-opening guide for all 3", "Sven Holt", "Dec 18, 2026"),
            ("Move the mailbox certs@ to the operations", "noor@cargate.example", ""),
        ),
        times=("12:05", "12:12", "12:41", "12:50"),
        causes=(("Why did the gates stay closed?", 3),),
    ),
    "notion_label_printer": Expected(
        title="Labels were printed twice",
        actions=(
            ("Take a job out of the print queue under", "Jonas Weil", "October 23, 2026"),
            (
                "Put a stop button for printing on each",
                "Mira Sand",
                "October 30, 2026 → November 6, 2026",
            ),
            ("Sort out the double labels of the day", "Lea Brandt", ""),
        ),
        times=("04:30", "04:55", "06:10"),
        causes=(
            ("Two workers read the same print queue", 2),
            ("The line had no way to stop printing", 1),
        ),
        people=("Lea Brandt", "Jonas Weil", "Mira Sand"),
    ),
    "notion_payroll_export": Expected(
        title="Payroll file reached the bank a day late",
        actions=(
            ("Give the test system a licence of its own", "Rui Costa", "December 11, 2026"),
            ("Alert payroll and platform when the export", "Ana Lima", "December 18, 2026"),
            ("Send the file on Wednesday, one day", "Ana Lima, Rui Costa", "January 8, 2027"),
        ),
        measures=(
            "Both systems sign at the same time in a test",
            "A job killed on staging pages within 5 minutes",
        ),
        times=("14:00", "18:00", "09:20", "10:05"),
        causes=(
            ("The signing tool had no free licence", 2),
            ("Nobody heard that the job gave up", 1),
        ),
    ),
    "confluence_vpn_outage": Expected(
        title="INC-318 VPN gateway refused every login",
        actions=(
            ("Alert when `abs(offset) > 2 || peers < 1`", "Pavel Dvorak", "27 Nov 2026"),
            ("Write the owner and the purpose into every", "Eva", "15-Jan-2027"),
            ("Let the gateway accept a login at up to", "Pavel Dvorak", ""),
        ),
        verifiers=("Hana Novak", "Pavel Dvorak"),
        times=("07:05", "07:31", "08:22", "08:40"),
        causes=(
            ("The gateway lost its time source", 2),
            ("Nobody sees a clock that drifts", 1),
        ),
        people=("Hana Novak",),
    ),
    "confluence_meter_readings": Expected(
        title="Retrospective: meter readings were lost",
        actions=(
            ("Stop the import when it skips more than", "Kim Berg", "30 Oct 2026"),
            (
                "Give the supplier a shared address",
                "Sara Lund (vendor management)",
                "6 Nov 2026",
            ),
            ("Compare the number of readings with that", "Kim Berg", "13 Nov 2026"),
        ),
        times=("01:10", "01:14", "06:45", "12:00"),
        causes=(
            ("The import skips what it cannot read", 2),
            ("The new column was announced to one person", 1),
        ),
        people=("Olu Adeyemi", "Kim Berg", "Sara Lund"),
    ),
    "outline_elevator_sensors": Expected(
        title="Lifts in the north tower stopped",
        actions=(
            ("Split the sensor bus, one for each lift", "Yusuf", "2026-10-30"),
            ("Teach the porters to unplug a sensor", "Greta Falk", "2026-09-11"),
            ("Alert facility management when two lifts report", "Yusuf Demir", "2026-09-25"),
        ),
        times=("12:03", "12:20", "12:55"),
        causes=(("One broken sensor stops every lift", 2),),
    ),
    "outline_invoice_numbers": Expected(
        title="Two invoices had one number",
        actions=(
            ("Make the invoice number unique in the", "Ivo Marek", "2026-07-24"),
            ("Switch off the cron of a server before", "Dana Ilic", "2026-07-17"),
            ("Number the 14 invoices anew and write", "Ivo Marek", ""),
        ),
        measures=("a second invoice with one number is refused in a test",),
        times=("10:12", "10:40", "15:05"),
        causes=(
            ("Two servers ran the invoice job", 1),
            ("The number is chosen before the invoice is stored", 1),
        ),
    ),
    "hackmd_dns_zone": Expected(
        title="The zone file lost its mail records",
        actions=(
            ("Refuse a zone that loses an MX record", "nils", "2026-06-12"),
            ("Keep MX and TXT records in the inventory", "Tuuli Rinne", "2026-06-26"),
            ("Monitor `dig mx` from outside every 5 min", "nils", "2026-06-05"),
        ),
        times=("07:02", "07:05", "09:40", "10:05"),
        causes=(("The generator drops records that it does not know", 2),),
        people=("Nils Aho", "Tuuli Rinne"),
    ),
    "hackmd_exam_server": Expected(
        title="Exam server turned students away",
        actions=(
            ("Delete exams from the upload disk", "Tomas Vlk", "2026-08-31"),
            ("Alert at 80 % of the upload disk", "Ewa Lis", "2026-07-15"),
            ("Print the number of the exam hotline", "Paula Reis", "2026-09-01"),
        ),
        times=("11:30", "11:42", "12:05"),
        causes=(
            ("The disk for uploads was full", 2),
            ("The lecturers had no number to call at once", 0),
        ),
        people=("Paula Reis", "tomas", "Ewa Lis"),
    ),
}


def read_export(name: str) -> ParsedDocument:
    """Return what is read from one of the documents."""
    return parse_document(decode_document((FOLDER / f"{name}.md").read_bytes()))


def list_times(reading: ParsedDocument) -> list[str]:
    """Return the times of a timeline in UTC."""
    entries = parse_timeline(reading.timeline, ENDED, reading.timeline_heading)
    return [f"{entry.at:%H:%M}" for entry in entries if entry.at]


def test_each_document_has_its_expected_values() -> None:
    assert {path.stem for path in FOLDER.glob("*.md")} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_what_a_reader_finds_in_an_export_is_found(name: str) -> None:
    expected = EXPECTED[name]

    reading = read_export(name)

    assert reading.title == expected.title
    assert [(a.owner, a.due) for a in reading.actions] == [fact[1:] for fact in expected.actions]
    for action, (start, _, _) in zip(reading.actions, expected.actions, strict=True):
        assert action.text.startswith(start)
    assert [a.measure for a in reading.actions if a.measure] == list(expected.measures)
    assert [a.verifier for a in reading.actions if a.verifier] == list(expected.verifiers)
    assert list_times(reading) == list(expected.times)
    assert [(c.symptom, len(c.whys)) for c in reading.chains] == list(expected.causes)
    assert set(expected.people) <= set(list_named_people(reading))
    assert (reading.missing, reading.unread) == ((), ())


@pytest.mark.parametrize("name", EXPECTED)
def test_no_markup_of_a_tool_is_left_in_what_is_read(name: str) -> None:
    reading = read_export(name)

    texts = (
        *(reading.title, *reading.headings, *reading.unplaced),
        *(text for texts in reading.section_texts.values() for text in texts),
        *(f"{a.text} {a.owner} {a.due} {a.measure}" for a in reading.actions),
        *(f"{c.symptom} {' '.join(c.whys)}" for c in reading.chains),
    )
    for mark in ("\\", "<br", "{#", ":::", "**", "](", "base64", "==", "<aside", "[TOC]"):
        assert not [text for text in texts if mark in text]
