"""HTML as lines of text: what each mail program marks as quoted is read as such."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from lxml import etree

from mail.marker import MARKER_CLASS
from mail.rows import LONGEST_ROW, Row, read_marks

MOST_HTML = 1_000_000
MOST_ATTRIBUTE = 500
MOST_TEXTS = 50

_UNSEEN = frozenset(
    {
        *("head", "style", "script", "title", "template", "noscript", "svg", "object"),
        *("s", "strike", "del", "textarea", "select"),
    }
)
"""What nobody sees, or has struck out."""

_SPACED = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"})
_BREAKS = _SPACED | {
    *("address", "article", "aside", "body", "center", "dd", "div", "dl", "dt", "fieldset"),
    *("figure", "footer", "form", "header", "hr", "html", "li", "main", "nav", "pre", "section"),
    "tr",
}

_QUOTES = re.compile(
    r"gmail_attr|(?:^|[\s_-])yahoo_quoted|ydp\w*yahoo_quoted|protonmail_quote|tutanota_quote"
    r"|moz-cite-prefix|zmail_extra|missive_quote|front-blockquote|OutlookMessageHeader"
    r"|OLK_SRC_BODY_SECTION|cm_replymail|messageReplySection|mail_extra_quote|WPS_quote"
    r"|mail-editor-reference-message|ms-outlook-mobile-reference-message|quotedReply"
    r"|(?:^|\s)(?!gmail_)[\w-]{1,60}[_-]quote(?:d|_container)?(?=\s|$)"
)
"""Ids and classes of what holds a quotation or its heading, by program: Gmail, Yahoo, Proton,
Tutanota, Thunderbird, Zoho, Missive, Front, Outlook for Mac, Newton, Spark, Outlook for phones,
Zendesk, and whatever else is called by its program's name and “quote”."""

_OPENERS = re.compile(r"divRplyFwdMsg|divRpF|appendonsend|stopSpelling|zwchr|reply-intro")
"""Ids of what stands before a quotation that has no end of its own: Outlook, Zimbra."""

_OPENING_TITLE = "beforequote:::"
"""The title of the same in Zoho."""

_HEADINGS = re.compile(r"gmail_attr|moz-cite-prefix|reply-intro")
"""Ids and classes of the heading of a quotation, where the quotation itself may have none."""

_SIGNATURES = re.compile(
    r"gmail_signature|moz-signature|AppleMailSignature|ms-outlook-mobile-signature"
    r"|protonmail_signature|(?:^| )Signature$|lineBreakAtBeginningOfSignature|yahoo_signature"
)
_QUOTE_BLOCKS = re.compile(r"gmail_quote|protonmail|tutanota|cite|quote|zimbra")
_INDENTED = re.compile(r"border:\s*(?:none|0)|^margin:\s?0px 0px 0px 40px;?$", re.IGNORECASE)
"""What a blockquote says with which a program indents somebody's own text: Gmail, Apple Mail."""

_RULED = re.compile(
    r"border-top:[^;]*(?:#(?:e1e1e1|b5c4df|e5e5e5)|rgb\((?:225, ?225, ?225|181, ?196, ?223)\))"
    r"|border-top-color:\s*rgb\(229, ?229, ?229\)",
    re.IGNORECASE,
)
"""The thin line above a quotation in Outlook, Windows Mail and Exchange."""

_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|line-through", re.IGNORECASE
)
_SHRUNK = re.compile(
    r"(?:font-size|opacity|max-height)\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
"""What hides text where it stands on the text itself; around other elements it lays them out."""

_BLANKS = re.compile(r"[ \t\n\f]+")


def of_html(html: str) -> list[Row]:
    """Read HTML as lines; nothing where it cannot be read."""
    parser = etree.HTMLParser(
        encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True
    )
    content = html[:MOST_HTML].encode("utf-8", "replace")
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError):
        return []
    page = _Page()
    if root is not None:
        page.quotation = _bare_quotation(root)
        _walk(root, page)
    page.end_line()
    return read_marks(page.rows)


@dataclass(slots=True)
class _Page:
    """The lines read so far, the one being read, and how deep it stands."""

    rows: list[Row] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    depth: int = 0
    floor: int = 0
    verbatim: int = 0
    unseen: int = 0
    quotation: etree._Element | None = None

    def say(self, text: str | None) -> None:
        """Add text to the line."""
        if not text or self.unseen:
            return
        if not self.verbatim:
            self.pieces.append(_BLANKS.sub(" ", text))
            return
        first, *others = text.split("\n")
        self.pieces.append(first)
        for other in others:
            self.end_line(keep_empty=True)
            self.pieces.append(other)

    def end_line(self, *, keep_empty: bool = False) -> None:
        """End the line, if there is one."""
        text = "".join(self.pieces)[:LONGEST_ROW]
        text = text if self.verbatim else _BLANKS.sub(" ", text).strip()
        if text.strip() or keep_empty:
            self.rows.append(Row(self.depth + self.floor, text))
        self.pieces.clear()

    def leave_space(self) -> None:
        """Put an empty line between paragraphs."""
        if self.rows and self.rows[-1].text:
            self.rows.append(Row(self.depth + self.floor, ""))


def _walk(root: etree._Element, page: _Page) -> None:
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            _enter(element, page)
        else:
            _leave(element, page)


def _enter(element: etree._Element, page: _Page) -> None:
    tag, quotes = str(element.tag), _is_quotation(element) or element is page.quotation
    if tag in _BREAKS or quotes or MARKER_CLASS in _named(element):
        page.end_line()
    if _opens_quotation(element):
        page.floor = 1
    page.depth += quotes
    page.verbatim += tag == "pre"
    page.unseen += _is_unseen(element)
    if tag == "br":
        page.end_line(keep_empty=True)
    page.say({"td": " ", "th": " ", "li": "- "}.get(tag))
    page.say(element.text)


def _leave(element: etree._Element, page: _Page) -> None:
    tag, quotes = str(element.tag), _is_quotation(element) or element is page.quotation
    if tag == "a":
        page.say(_address(element))
    if tag in _BREAKS or quotes or MARKER_CLASS in _named(element):
        page.end_line()
    if tag in _SPACED:
        page.leave_space()
    page.unseen -= _is_unseen(element)
    page.verbatim -= tag == "pre"
    page.depth -= quotes
    page.say(element.tail)


def _bare_quotation(root: etree._Element) -> etree._Element | None:
    """Find the quotation of a program that marks none: its last block that is not just indented."""
    if any(_is_quotation(block) for block in root.iter("blockquote", "div")):
        return None
    blocks = [block for block in root.iter("blockquote") if not _INDENTED.search(_style(block))]
    if not blocks:
        return None
    outer = blocks[-1]
    while (above := next(outer.iterancestors("blockquote"), None)) is not None:
        outer = above
    return outer


def _address(link: etree._Element) -> str:
    target = (link.get("href") or "").strip()
    shown = "".join(islice(_texts(link), MOST_TEXTS)).strip()
    if not target.lower().startswith(("http://", "https://")):
        return ""
    bare = target.partition("//")[2].rstrip("/")
    is_wrapped = shown.startswith("http") and shown.rstrip("/") in unquote(target)
    return "" if bare in shown or is_wrapped else f" ({target[:LONGEST_ROW]})"


def _texts(element: etree._Element) -> Iterator[str]:
    yield from (str(text) for text in element.itertext())


def _is_unseen(element: etree._Element) -> bool:
    style = _style(element)
    if element.tag in _UNSEEN or element.get("hidden") is not None or _HIDDEN.search(style):
        return True
    return len(element) == 0 and _SHRUNK.search(style) is not None


def _opens_quotation(element: etree._Element) -> bool:
    if _OPENERS.search((element.get("id") or "")[:MOST_ATTRIBUTE]):
        return True
    if element.get("title") == _OPENING_TITLE:
        return True
    return element.tag == "div" and bool(_RULED.search(_style(element)))


def _is_quotation(element: etree._Element) -> bool:
    named = _named(element)
    if _QUOTES.search(named) or _SIGNATURES.search(named):
        return True
    if element.tag == "blockquote":
        kind = f"{named} {element.get('type') or ''}"
        is_marked = _QUOTE_BLOCKS.search(kind) or "border-left" in _style(element)
        return bool(is_marked) or _is_introduced(element)
    if element.tag != "div":
        return False
    if element.get("name") in ("quote", "messageReplySection"):
        return True
    return "gmail_quote" in named and element.find(".//blockquote") is None


def _is_introduced(block: etree._Element) -> bool:
    """Tell whether a block stands directly below the heading of a quotation, or in Gmail's."""
    above, before = block.getparent(), block.getprevious()
    is_inside = above is not None and "gmail_quote" in _named(above)
    return is_inside or (before is not None and bool(_HEADINGS.search(_named(before))))


def _named(element: etree._Element) -> str:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return names.strip()[:MOST_ATTRIBUTE]


def _style(element: etree._Element) -> str:
    return (element.get("style") or "")[:MOST_ATTRIBUTE]
