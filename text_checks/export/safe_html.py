"""Render a document as safe HTML, with notes beside the paragraphs that they are about."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from text_checks.markdown_reader import MAX_LINES, build_markdown_parser, split_lines
from text_checks.plain_text import convert_to_plain_text, strip_heading_attributes, strip_tags
from text_checks.table_rows import find_split_rows, join_row_lines

LINE_BREAK = re.compile(r"&lt;br ?/?&gt;", re.IGNORECASE)
EXCESSIVE_MARKS = re.compile(r"[\[!<]{30}|[*_]{200}|(?:>[ \t]?){60}")
MAX_BRACKETS = 5_000
"""Maximum number of brackets that are rendered; more would take too long to parse."""

LINK_SCHEMES = {"http", "https", "mailto"}
"""Where a link may lead; one that leads elsewhere is words."""

_TASK = re.compile(r"^\[([ xX])\]\s")
_CLASSES = {"div": {"noted", "words", "notes", "note", "scroll"}, "p": {"aside"}}
_ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    "div": {"aria-label", "id", "role", "tabindex"},
    "pre": {"tabindex"},
}
_CLOSING = {
    "paragraph_open": "paragraph_close",
    "heading_open": "heading_close",
    "table_open": "table_close",
    "fence": "",
    "code_block": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginNote:
    """A note about the line of a document: its name (“W1 blame”), and what it says.

    `anchor` is its id in the page; `passage`, `suggestion` and `waived` (the reason) may be empty.
    """

    line: int
    name: str
    problem: str
    anchor: str = ""
    passage: str = ""
    suggestion: str = ""
    waived: str = ""


def render_document(markdown: str, notes: Iterable[MarginNote] = (), title: str = "") -> str:
    """Render Markdown as safe HTML, each note beside the block on whose line it is.

    Images become links, so that nothing is loaded; tags in the text are left out or shown as they
    are written. A first heading that repeats the `title` of the page is left out.
    """
    notes = list(notes)
    if _is_too_intricate(markdown):
        return f'<pre tabindex="0">{escape(markdown)}</pre>{_format_notes(notes)}'
    parser = _build_renderer()
    text, numbers = _join_split_rows(markdown)
    tokens = _demote_headings(parser.parse(text), title)
    for position, token in enumerate(tokens):
        _clean_inline(token, is_heading=tokens[position - 1].type == "heading_open")
    html = parser.renderer.render(_add_notes(tokens, notes, numbers), parser.options, {})
    return nh3.clean(
        LINE_BREAK.sub("<br>", html),
        tags=nh3.ALLOWED_TAGS - {"img"},
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes=LINK_SCHEMES,
        url_relative="deny",
        link_rel="noopener nofollow",
    )


def _is_too_intricate(markdown: str) -> bool:
    """Return whether it would take too long to render a text."""
    brackets = markdown.count("[") - markdown.count("](")
    is_long = markdown.count("\n") > MAX_LINES
    return is_long or brackets > MAX_BRACKETS or EXCESSIVE_MARKS.search(markdown) is not None


def _join_split_rows(markdown: str) -> tuple[str, list[int]]:
    """Return a text with each table row on one line, and the number that each line had."""
    lines = split_lines(markdown)
    split_rows = find_split_rows(lines)
    joined: list[str] = []
    numbers: list[int] = []
    number = 1
    while number <= len(lines):
        last = split_rows.get(number, number)
        is_split = last > number
        joined.append(join_row_lines(lines[number - 1 : last]) if is_split else lines[number - 1])
        numbers.append(number)
        number = last + 1
    return "\n".join(joined), numbers


def _demote_headings(tokens: list[Token], title: str) -> list[Token]:
    """Return the tokens without the heading that is the page's title, and with no other h1."""
    for position, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            if title and convert_to_plain_text(tokens[position + 1].content) == title:
                tokens = tokens[:position] + tokens[position + 3 :]
            break
    for token in tokens:
        token.tag = "h2" if token.tag == "h1" else token.tag
    return tokens


def _clean_inline(token: Token, *, is_heading: bool) -> None:
    """Take from the words of a block what only tools understand, and draw the boxes of a task."""
    texts = [child for child in token.children or () if child.type == "text"]
    for child in texts:
        child.content = strip_tags(child.content)
    if texts and is_heading:
        texts[-1].content = strip_heading_attributes(texts[-1].content)
    elif texts:
        texts[0].content = _TASK.sub(_draw_box, texts[0].content, count=1)


def _draw_box(match: re.Match[str]) -> str:
    return "☐ " if match[1] == " " else "☑ "


def _add_notes(
    tokens: Sequence[Token], notes: Sequence[MarginNote], numbers: Sequence[int]
) -> list[Token]:
    """Return the tokens with each block that has notes in a pair with them.

    The notes come first, so that they can float beside the block; narrow pages show them below it.
    """
    by_block = _assign_notes(tokens, notes, numbers)
    wrapped: list[Token] = []
    closing: dict[int, str] = {}
    for position, token in enumerate(tokens):
        if position in by_block:
            start = f'<div class="noted">{_format_notes(by_block[position])}<div class="words">'
            wrapped.append(_build_html(start))
            closing[_find_end(tokens, position)] = "</div></div>"
        wrapped.append(token)
        if position in closing:
            wrapped.append(_build_html(closing[position]))
    if rest := by_block.get(-1):
        wrapped.append(_build_html(_format_notes(rest)))
    return wrapped


def _assign_notes(
    tokens: Sequence[Token], notes: Sequence[MarginNote], numbers: Sequence[int]
) -> Mapping[int, list[MarginNote]]:
    """Return the notes by the position of the block that begins last before their line."""
    blocks = [(numbers[token.map[0]], n) for n, token in enumerate(tokens) if _is_block(token)]  # type: ignore[index]  # a block has a map
    starts = [line for line, _ in blocks]
    assigned: dict[int, list[MarginNote]] = defaultdict(list)
    for note in sorted(notes, key=lambda note: note.line):
        place = bisect_right(starts, note.line) - 1
        assigned[blocks[place][1] if place >= 0 else -1].append(note)
    return assigned


def _is_block(token: Token) -> bool:
    return token.type in _CLOSING and token.map is not None


def _find_end(tokens: Sequence[Token], position: int) -> int:
    closing = _CLOSING[tokens[position].type]
    if not closing:
        return position
    level = tokens[position].level
    following = enumerate(tokens[position:], position)
    return next(n for n, token in following if token.type == closing and token.level == level)


def _build_html(html: str) -> Token:
    return Token("html_block", "", 0, content=html)


def _format_notes(notes: Sequence[MarginNote]) -> str:
    """Format notes as HTML; “” where there are none."""
    if not notes:
        return ""
    return f'<div class="notes">{"".join("".join(_iter_note(note)) for note in notes)}</div>'


def _iter_note(note: MarginNote) -> Iterator[str]:
    yield f'<div class="note" id="{escape(note.anchor)}" role="note">'
    yield f'<p class="aside">{escape(note.name)}</p><p>'
    yield f"“{escape(note.passage)}”: " if note.passage else ""
    yield f"{escape(note.problem)}</p>"
    yield f"<p>Better: {escape(note.suggestion)}</p>" if note.suggestion else ""
    yield f"<p>Waived: {escape(note.waived)}</p>" if note.waived else ""
    yield "</div>"


@cache
def _build_renderer() -> MarkdownIt:
    parser = build_markdown_parser()
    rules: dict[str, Callable[..., str]] = {
        "image": _render_image_link,
        "table_open": _render_table_start,
        "table_close": _render_table_end,
    }
    for name, rule in rules.items():
        parser.add_render_rule(name, rule)  # type: ignore[no-untyped-call, unused-ignore]
    return parser


def _render_image_link(
    _self: object, tokens: Sequence[Token], position: int, _options: object, _env: object
) -> str:
    token = tokens[position]
    source = str(token.attrs.get("src", ""))
    if source.startswith("data:"):
        return f"({escape(token.content or 'a picture')})"
    return f'<a href="{escape(source)}">{escape(token.content or source)}</a>'


def _render_table_start(*_args: object) -> str:
    return '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>'


def _render_table_end(*_args: object) -> str:
    return "</table></div>"
