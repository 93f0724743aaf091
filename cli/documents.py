"""`afterword review document|write|template`: a text from a file, standard input or an editor."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from uuid import uuid4

import click

from cli import leaf, names
from cli.leaf import Leaf
from cli.shown import Row, cell, remark, show_record
from cli.talk import Talk, at
from cli.trouble import Exit, Trouble

FILE = click.Path(dir_okay=False, allow_dash=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A document on its way: its octets, the file that still holds it, what it was written over."""

    content: bytes
    file: Path | None = None
    base: int | None = None


def _document(ctx: click.Context, review: str, file: str | None) -> None:
    content, revision = read(names.talk(ctx), review)
    if file is None or file == "-":
        click.echo(content, nl=False)
    else:
        put_into(Path(file), content)
        remark(f"The document is in {file}.")
    remark(f"This is revision {revision}; to write over it and nothing newer: --base {revision}")


document = Leaf(
    name="document",
    help="Print the document, or put it into FILE.",
    params=[leaf.review(), click.Argument(["file"], required=False, type=FILE)],
    callback=click.pass_context(_document),
)


def _write(
    ctx: click.Context, review: str, file: str | None, base: int | None, order_id: str | None
) -> None:
    talk = names.talk(ctx)
    text = typed(talk, review, file)
    if base is not None:
        text = Text(content=text.content, file=text.file, base=base)
    try:
        written = put(talk, review, text, order_id or uuid4().hex)
    except (Trouble, KeyboardInterrupt):
        remark(f"Your text is kept in {keep(review, text)}.")
        raise
    show_record(ctx, written, lambda: said(written))


write = Leaf(
    name="write",
    help="File a new version of the document: from FILE, from - (standard input), or from your"
    " editor when you sit at a terminal.",
    params=[
        leaf.review(),
        click.Argument(["file"], required=False, type=FILE),
        click.Option(
            ["--base"],
            type=click.IntRange(0),
            help="The revision you wrote over: refused if there is a newer one.",
        ),
        leaf.key(),
    ],
    callback=click.pass_context(_write),
)


def _template(_ctx: click.Context, file: str | None) -> None:
    from words.reading import template as fresh

    content = fresh().encode()
    if file is None or file == "-":
        click.echo(content, nl=False)
    elif Path(file).exists():
        raise Trouble(f"{file} is there already.", "Name another file.")
    else:
        put_into(Path(file), content)
        remark(f"A fresh document is in {file}.")


template = Leaf(
    name="template",
    help="Print a fresh document with every section and what to ask there, or put it into FILE.",
    params=[click.Argument(["file"], required=False, type=FILE)],
    callback=click.pass_context(_template),
)


def read(talk: Talk, review: str) -> tuple[bytes, int]:
    """Fetch the document and its revision. Raises Trouble."""
    answer = talk.ask("GET", at("reviews", review, "document"))
    revision = answer.headers.get("etag", "").removeprefix("W/").strip('"')
    return answer.body, int(revision) if revision.isdigit() else 0


def put_into(file: Path, content: bytes) -> None:
    """Put the document into a file. Raises Trouble where that cannot be done."""
    try:
        file.write_bytes(content)
    except OSError as no:
        raise Trouble(f"{file} cannot be written: {no.strerror}") from None


def put(talk: Talk, review: str, text: Text, key: str) -> Any:
    """Send the document; it is refused where somebody else wrote meanwhile. Raises Trouble."""
    base = {"If-Match": f'"{text.base}"'} if text.base is not None else {}
    headers = {"Content-Type": "text/markdown; charset=utf-8", "Idempotency-Key": key, **base}
    return talk.ask("PUT", at("reviews", review, "document"), text.content, headers).read()


def typed(talk: Talk, review: str, file: str | None) -> Text:
    """Take the text from the file, standard input or, at a terminal, an editor."""
    if file is None:
        return edited(talk, review)
    content = content_of(file)
    checked(content)
    return Text(content=content, file=None if file == "-" else Path(file))


def edited(talk: Talk, review: str) -> Text:
    """Let somebody edit the document as it stands. Ends the command when they save nothing."""
    if not sys.stdin.isatty():
        raise click.UsageError("Give a FILE, or - for standard input: there is no terminal here.")
    content, base = current(talk, review)
    text = click.edit(content.decode("utf-8"), extension=".md")
    if text is None:
        remark("Nothing was changed, so nothing is written.")
        raise click.exceptions.Exit(Exit.DONE)
    return Text(content=text.encode(), base=base)


def current(talk: Talk, review: str) -> tuple[bytes, int]:
    """Fetch the document, or begin a new one."""
    try:
        return read(talk, review)
    except Trouble as none:
        if none.exit_code != Exit.UNKNOWN:
            raise
    talk.get(at("reviews", review))  # else it is the review that nobody knows
    from words.reading import template

    return template().encode(), 0


def content_of(file: str) -> bytes:
    """Read a file or standard input. Raises Trouble."""
    try:
        with click.open_file(file, "rb") as stream:
            content: bytes = stream.read()
    except OSError as bad:
        raise Trouble(f"{file} cannot be read: {(bad.strerror or str(bad)).lower()}.") from None
    return content


def checked(content: bytes) -> str:
    """Give the text of a document. Raises Trouble for what no document can be."""
    from models.errors import Malformed
    from words.reading import decoded

    try:
        text = decoded(content)
    except Malformed as bad:
        raise Trouble(str(bad)) from None
    if not text.strip():
        raise Trouble("The document is empty.")
    return text


def keep(review: str, text: Text) -> Path:
    """Keep a text that was not taken; say where."""
    if text.file is not None:
        return text.file
    name = "".join(mark if mark.isalnum() or mark in "-_." else "-" for mark in review)
    for folder in (Path(), Path.home(), Path(gettempdir())):
        file = folder / f"{name}-{uuid4().hex[:8]}.md"
        try:
            file.write_bytes(text.content)
        except OSError:
            continue
        return file.absolute()
    raise Trouble("Your text could be kept nowhere.")


def said(written: Row) -> Iterator[str]:
    """Say what was filed, and what it still lacks."""
    yield f"Done: {written['said']}."
    yield from (f"  {fact}" for fact in written.get("facts", ()))
    yield from remarks(written)


def remarks(found: Row) -> Iterator[str]:
    """Say which sections are missing, and which words to mend."""
    if found["missing"]:
        yield f"Missing: {cell(found['missing'])}"
    for row in found["findings"]:
        better = f" Better: {row['better']}" if row.get("better") else ""
        name = f"Line {row['line']} [{row['id']} {row['code']}]"
        yield f"{name} “{row['where']}”: {row['why']}{better}"
