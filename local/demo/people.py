"""The people of the demo, and the causes and actions of its review."""

from __future__ import annotations

from dataclasses import dataclass

LEONIE = "leonie@example.org"
FARID = "farid@example.org"
SUSAN = "susan@example.org"
MATEO = "mateo@example.org"
YUKI = "yuki@example.org"
PRIYA = "priya@example.org"
TOM = "tom@example.org"
NGOZI = "ngozi@example.org"
COORDINATOR = "coordinator@example.org"

PEOPLE = f"""\
address,name,zone,country,manager,team
{LEONIE},Leonie Hartmann,Europe/Berlin,DE,{SUSAN},Storage
{FARID},Farid Benali,Europe/Paris,FR,{SUSAN},Reliability
{SUSAN},Susan Whitfield,Europe/London,GB,,Engineering
{MATEO},Mateo Silva,America/Sao_Paulo,BR,{LEONIE},Storage
{YUKI},Yuki Tanaka,Asia/Tokyo,JP,{LEONIE},Storage
{PRIYA},Priya Raman,Asia/Kolkata,IN,{SUSAN},Platform
{TOM},Tom Becker,America/New_York,US,{LEONIE},Storage
{NGOZI},Ngozi Eze,Africa/Lagos,NG,{SUSAN},Reliability
"""

SERVICES = f"""\
name,lead,facilitator,sponsor
production-database,{LEONIE},{FARID},{SUSAN}
"""

CAUSES = """\
The data directory of the primary was removed during work on the secondary.
    The terminal was connected to db1, and the work was meant for db2.
    Both hosts show the same prompt, and their names differ in one digit.
    One command can remove the directory, and nothing checks whether a live database uses it.
    Copying a secondary again is typed by hand; no script knows which host is the primary.
The bucket for the nightly dumps was empty.
    pg_dump 9.2 refused to dump a database of version 9.6, every night.
    The wrapper picks the version from a data directory, and the dump ran where there is none.
    The job’s error mails were rejected by DMARC, and nothing measures the result.
Of five copies, none could be used as it was meant to be.
    Each had a gap that shows only when one tries to restore.
    Restoring is not practised, and no team owns the promise that it works.
The secondary had to be copied again in the middle of an incident.
    The log segments it needed were gone from the primary.
    Segments are not archived anywhere else.
    Point-in-time recovery was considered before and has no owner.
"""
"""Each cause, and under it the answers to one “why?” after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAction:
    """One action of the demo; `days` from the meeting to its due date."""

    text: str
    measure: str
    owner: str
    priority: str
    days: int
    causes: tuple[str, ...]


PLANNED_ACTIONS = (
    PlannedAction(
        text="Alert the person on call when the nightly dump is missing or ten per cent smaller "
        "than the day before",
        measure="A dump removed on a test day reaches the person on call within an hour",
        owner=MATEO,
        priority="P1",
        days=13,
        causes=("C2",),
    ),
    PlannedAction(
        text="Restore the latest dump into an empty server every night and compare the row counts "
        "of five tables with production",
        measure="Ten nights in a row are green on the dashboard",
        owner=YUKI,
        priority="P2",
        days=20,
        causes=("C2", "C3"),
    ),
    PlannedAction(
        text="Replace removing a data directory by hand with a script that refuses on the primary",
        measure="Run on the primary in staging, the script refuses and changes nothing",
        owner=PRIYA,
        priority="P2",
        days=27,
        causes=("C1",),
    ),
    PlannedAction(
        text="Archive log segments to object storage, so that any minute of the last week can be "
        "restored",
        measure="A restore to a given minute succeeds in staging within two hours",
        owner=TOM,
        priority="P3",
        days=34,
        causes=("C4",),
    ),
    PlannedAction(
        text="Move the staging database to disks as fast as those of production",
        measure="Copying 300 GB from staging to production takes less than one hour",
        owner=MATEO,
        priority="P3",
        days=48,
        causes=("C3",),
    ),
)


def parse_causes() -> list[tuple[str, list[str]]]:
    """Return each cause with its chain of whys."""
    chains: list[tuple[str, list[str]]] = []
    for line in CAUSES.splitlines():
        if line.startswith(" "):
            chains[-1][1].append(line.strip())
        else:
            chains.append((line, []))
    return chains
