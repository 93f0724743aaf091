"""Turn inline Markdown into the words a reader sees: no escapes, marks, tags or link targets."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt

MAX_INLINE_LENGTH = 4_000
"""Number of characters up to which a text is parsed; in a longer one only escapes are undone."""

MAX_BRACKETS = 200
"""Maximum number of brackets in a text that is parsed; more would take too long."""

_MARKUP = re.compile(r"[\\*_`\[<&]|\{[#:.]|:::|==")
_NOTICE = re.compile(r"(?:^|(?<=\s)):::(?:\s?[a-z]{1,12}\b)?(?=\s|$)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BREAK = re.compile(r"\s{0,20}<br\s{0,3}/?>\s{0,20}(?:(?P<mark>[-*•+])\s{1,4})?", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:abbr|aside|b|big|blockquote|center|code|colgroup|col|dd|del|details|div|dl|dt|em|figure"
    r"|font|h[1-6]|hr|i|img|input|ins|kbd|li|mark|ol|p|pre|s|small|span|strike|strong|sub|summary"
    r"|sup|table|tbody|td|tfoot|thead|th|time|tr|u|ul)(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_BLOCK_TAGS = re.compile(
    r"(?:</?(?:p|div|li|ul|ol|tr|td|th|table|tbody|thead)(?:\s[^<>]{0,500})?>\s{0,20}){1,20}",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"\s{0,9}\{[#:.][^{}]{0,200}\}\s*$")
_SPAN = re.compile(r"\[([^\[\]]{0,300})\]\{[#.][^{}]{0,200}\}")
"""Words with an id or a class, as Pandoc writes them: “[]{#_Toc1 .anchor}”, “[Ada]{.mark}”."""

_PICTURE = re.compile(r"!\[([^\[\]]{0,300})\]\[[^\[\]]{0,100}\]")
_HIGHLIGHT = re.compile(r"==(?=\S)([^=\n]{1,300})(?<=\S)==")
_CONTENTS = re.compile(r"\s*\[(?:\[_TOC_\]|TOC)\]\s*", re.IGNORECASE)
_TARGET = re.compile(
    r"(?:https?|ftp|mailto|tel|slack|file):|.{0,2000}[/%?]|#|[^()]{1,200}\.(?:md|html?)$"
)


def convert_to_plain_text(text: str) -> str:
    """Convert inline Markdown to plain text on one line; code keeps its backticks.

    A link becomes its words, an address its address; what leads nowhere is no link.
    """
    if _MARKUP.search(text) is None:
        return " ".join(text.split())
    if _CONTENTS.fullmatch(text):
        return ""
    text = _SPAN.sub(r"\1", _replace_breaks(text)) if "]{" in text else _replace_breaks(text)
    text = _NOTICE.sub("", _ATTRIBUTES.sub("", text))
    text = _HIGHLIGHT.sub(r"\1", _PICTURE.sub(r"\1", text))
    is_long = len(text) > MAX_INLINE_LENGTH or text.count("[") > MAX_BRACKETS
    words = _ESCAPE.sub(r"\1", text) if is_long else _join_tokens(text)
    return " ".join(words.split()).strip("\u200b ")


def strip_tags(text: str) -> str:
    """Return words without the HTML tags that tools put around them, and without notice marks."""
    if "<" not in text and ":::" not in text:
        return text
    return _NOTICE.sub("", _TAG.sub("", _BLOCK_TAGS.sub(" ", text)))


def strip_heading_attributes(text: str) -> str:
    """Return a heading without the id that a tool wrote behind it: “{#summary}”."""
    return _ATTRIBUTES.sub("", _SPAN.sub(r"\1", text))


def is_same_wording(one: str, other: str) -> bool:
    """Return whether two texts read alike, whatever the Markdown that they are written in."""
    return normalize_wording(one) == normalize_wording(other)


def normalize_wording(text: str) -> str:
    """Return the text as readers see it, to compare it with another."""
    return convert_to_plain_text(text)


def _replace_breaks(text: str) -> str:
    """Return the text with each `<br>` as a comma where something new begins, else as a space."""
    if "<" not in text:
        return text
    text = _BLOCK_TAGS.sub(_break_at_tags, text)
    return _BREAK.sub(lambda match: _format_break(match, text), text)


def _break_at_tags(match: re.Match[str]) -> str:
    """Return a break in the place of the tags of paragraphs or of an item of a list."""
    return "<br>- " if "<li" in match[0].lower() else "<br>"


def _format_break(match: re.Match[str], text: str) -> str:
    before, after = text[: match.start()][-1:], text[match.end() :][:1]
    is_new = match["mark"] or after.isupper() or after.isdigit()
    is_inside = before and after and before not in ",;:.!?(|" and after not in "|<"
    return ", " if is_new and is_inside else " "


def _join_tokens(text: str) -> str:
    (inline,) = _build_inline_parser().parseInline(text)
    pieces: list[str] = []
    for token in inline.children or ():
        if token.type == "code_inline":
            space = " " if len(token.markup) > 2 else ""  # noqa: PLR2004 - a fence, not a word
            pieces.append(f"{token.markup}{space}{token.content}{space}{token.markup}")
        elif token.type in ("text", "image"):
            pieces.append(_TAG.sub("", token.content))
        elif token.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
    return "".join(pieces)


@cache
def _build_inline_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.validateLink = _leads_somewhere  # type: ignore[method-assign,assignment]  # how it is configured
    return parser


def _leads_somewhere(target: str) -> bool:
    return _TARGET.match(target) is not None
