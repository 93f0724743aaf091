"""`afterword review export|import` and `meeting notes`: documents carried out, in and together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from cli import leaf, names
from cli.documents import FILE, Text, checked, content_of, current, keep, put, put_into, read, said
from cli.kinds import Moment, Zone, placed
from cli.leaf import Leaf
from cli.shown import Row, cell, counted, remark, show_record, show_rows
from cli.talk import Talk, asked, at
from cli.trouble import Exit, Trouble

if TYPE_CHECKING:
    from words.reading import Reading

EXPORTS = ("md", "html", "json")
FEW = 5
ROLES = ("lead", "facilitator", "sponsor")
IMPORTED = {
    "FILE": lambda row: row["file"],
    "REVIEW": lambda row: str(row["review"]).removeprefix("review-"),
    "TIMELINE": lambda row: row["timeline"],
    "CAUSES": lambda row: row["causes"],
    "ACTIONS": lambda row: row["actions"],
    "NOT PLACED": lambda row: len(row["unplaced"]),
    "": lambda row: row["trouble"],
}


def _export(ctx: click.Context, review: str, file: str | None, pseudonyms: bool) -> None:
    form = names.flags(ctx).pop("output", EXPORTS[0])
    query = asked({"as": form, "pseudonyms": pseudonyms})
    content = names.talk(ctx).ask("GET", at("reviews", review, "export") + query).body
    if file is None or file == "-":
        click.echo(content, nl=False)
        return
    put_into(Path(file), content)
    remark(f"The review is in {file}.")


export = Leaf(
    name="export",
    help="Print a review, or put it into FILE: its document with causes and actions as they stand"
    " now, as Markdown, as a page of HTML that stands by itself, or as JSON.",
    params=[
        leaf.review(),
        click.Argument(["file"], required=False, type=FILE),
        click.Option(["--pseudonyms"], is_flag=True, help="Put roles in the place of names."),
    ],
    formats=EXPORTS,
    callback=click.pass_context(_export),
)


def _import(ctx: click.Context, paths: tuple[str, ...], dry_run: bool, **given: Any) -> None:
    files = list(_files(paths))
    rows = [_imported(ctx, file, dry_run=dry_run, given=given) for file in files]
    show_rows(ctx, rows, IMPORTED, "There is no Markdown file.")
    for row in rows:
        for piece in row["unplaced"][:FEW]:
            remark(f"{row['file']}: not placed: {cell(piece)[:90]}")
        if len(row["unplaced"]) > FEW:
            remark(f"{row['file']}: and {len(row['unplaced']) - FEW} more; all of it is kept")
    if any(row["trouble"] for row in rows):
        ctx.exit(Exit.FAILED)


import_ = Leaf(
    name="import",
    help="Open a review for each post-mortem written before Afterword: Markdown files, or folders"
    " of them. The same file is the same review. Says what it could not place; all of it is kept.",
    params=[
        click.Argument(["paths"], nargs=-1, required=True, type=click.Path(exists=True)),
        click.Option(["--dry-run"], is_flag=True, help="Only say what would be read in them."),
        click.Option(["--ended-at"], type=Moment(), help="When it ended, if no date is found."),
        click.Option(["--zone"], type=Zone(), help="The zone of the time you give."),
        click.Option(["--service", "services"], multiple=True, help="A service (repeatable)."),
        click.Option(["--lead"], help="Who answers for them and approves (address)."),
        click.Option(["--facilitator"], help="Who runs the meetings (address)."),
        click.Option(["--sponsor"], help="Who hears of what languishes (address)."),
    ],
    callback=click.pass_context(_import),
)


def _notes(ctx: click.Context, review: str, file: str) -> None:
    from words.reading.joining import joined

    talk = names.talk(ctx)
    notes = checked(content_of(file))
    document, base = current(talk, review)
    both = joined(checked(document), notes)
    text = Text(content=both.text.encode(), base=base)
    try:
        written = put(talk, review, text, uuid4().hex)
    except (Trouble, KeyboardInterrupt):
        remark(f"The document with the notes in it is kept in {keep(review, text)}.")
        raise
    show_record(ctx, written, lambda: _joined(both.sections, both.unplaced, written))


notes = Leaf(
    name="notes",
    help="Put the notes of a meeting into the document: each piece into its section, what has no"
    " section at the end.",
    params=[leaf.review(), click.Argument(["file"], type=FILE)],
    callback=click.pass_context(_notes),
)


def _joined(sections: tuple[str, ...], unplaced: int, written: Row) -> Iterator[str]:
    into = f"Into {cell([str(section) for section in sections])}" if sections else "Nothing placed"
    rest = f"; {counted(unplaced, 'line')} at the end" if unplaced else ""
    yield f"{into}{rest}."
    yield from said(written)


def _files(paths: tuple[str, ...]) -> Iterator[Path]:
    for path in map(Path, paths):
        yield from sorted(path.rglob("*.md")) if path.is_dir() else [path]


def _imported(ctx: click.Context, file: Path, *, dry_run: bool, given: dict[str, Any]) -> Row:
    row: dict[str, Any] = {"file": str(file), "review": "", "trouble": "", "unplaced": []}
    row |= dict.fromkeys(("timeline", "causes", "actions"), 0)
    try:
        content = content_of(str(file))
        text = checked(content)
        from words.reading import read as read_as

        reading = read_as(text)
        row |= {
            "timeline": len(reading.timeline),
            "causes": len(reading.chains),
            "actions": len(reading.actions),
            "unplaced": list(reading.unplaced),
        }
        opening = _opening(file, content, text, reading, given)
        if not dry_run:
            talk = names.talk(ctx)
            row["review"] = talk.post(at("reviews"), opening)["review"]
            _file(talk, row["review"], content)
    except Trouble as trouble:
        if trouble.exit_code == Exit.UNREACHABLE:
            raise
        row["trouble"] = str(trouble)
    return row


def _opening(
    file: Path, content: bytes, text: str, reading: Reading, given: dict[str, Any]
) -> dict[str, Any]:
    from words.reading.times import dated

    day = dated(f"{file.stem}\n{text}")
    ended = placed(given["ended_at"], given["zone"]) if given["ended_at"] else ""
    if not ended and day is None:
        raise Trouble("It says no date. Give --ended-at.")
    opening = {
        "title": reading.title or file.stem,
        "ended_at": ended or datetime.fromisoformat(f"{day}T12:00:00+00:00").isoformat(),
        "key": f"import-{sha256(content).hexdigest()[:12]}",
    }
    return opening | {name: given[name] for name in (*ROLES, "services") if given[name]}


def _file(talk: Talk, review: str, content: bytes) -> None:
    """File the document, unless the review has one: it may have been worked on since."""
    try:
        read(talk, review)
    except Trouble as none:
        if none.exit_code != Exit.UNKNOWN:
            raise
        put(talk, review, Text(content=content, base=0), uuid4().hex)
