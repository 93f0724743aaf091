"""Convert HTML to lines of text; what mail programs mark as quoted gets a quotation depth."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from lxml import etree

from mail.common.reply_marker import REPLY_MARKER_CLASS
from mail.inbound.decoding.text_parts import MAX_HTML_LENGTH, MAX_LINES
from mail.inbound.quoting.lines import MAX_LINE_LENGTH, TextLine, parse_quote_marks

MAX_ELEMENTS = 20_000
"""Elements of HTML that are read; a long thread from Outlook has some thousands."""

MAX_ATTRIBUTE_LENGTH = 500
MAX_LINK_TEXTS = 50

_HIDDEN_TAGS = frozenset(
    {
        *("head", "style", "script", "title", "template", "noscript", "svg", "object"),
        *("s", "strike", "del", "textarea", "select"),
    }
)
"""Tags whose text is not visible or is struck out."""

_PARAGRAPH_TAGS = frozenset(
    {"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table"}
)
_BLOCK_TAGS = _PARAGRAPH_TAGS | {
    *("address", "article", "aside", "body", "center", "dd", "div", "dl", "dt", "fieldset"),
    *("figure", "footer", "form", "header", "hr", "html", "li", "main", "nav", "pre", "section"),
    "tr",
}

_QUOTATION_NAMES = re.compile(
    r"gmail_attr|(?:^|[\s_-])yahoo_quoted|ydp\w{0,40}yahoo_quoted|protonmail_quote|tutanota_quote"
    r"|moz-cite-prefix|zmail_extra|missive_quote|front-blockquote|OutlookMessageHeader"
    r"|OLK_SRC_BODY_SECTION|cm_replymail|messageReplySection|mail_extra_quote|WPS_quote"
    r"|mail-editor-reference-message|ms-outlook-mobile-reference-message|quotedReply"
    r"|(?:^|\s)(?!gmail_)[\w-]{1,60}[_-]quote(?:d|_container)?(?=\s|$)"
)
"""Ids and classes of what holds a quotation or its heading, by program: Gmail, Yahoo, Proton,
Tutanota, Thunderbird, Zoho, Missive, Front, Outlook for Mac, Newton, Spark, Outlook for phones,
Zendesk, and whatever else is called by its program's name and “quote”."""

_QUOTATION_START_IDS = re.compile(
    r"divRplyFwdMsg|divRpF|appendonsend|stopSpelling|zwchr|reply-intro"
)
"""Ids of what precedes a quotation that has no end of its own: Outlook, Zimbra."""

_QUOTATION_START_TITLE = "beforequote:::"
"""The title attribute of the same in Zoho."""

_QUOTATION_HEADING_NAMES = re.compile(r"gmail_attr|moz-cite-prefix|reply-intro")
"""Ids and classes of a quotation's heading, where the quotation itself may have none."""

_SIGNATURE_NAMES = re.compile(
    r"gmail_signature|moz-signature|AppleMailSignature|ms-outlook-mobile-signature"
    r"|protonmail_signature|(?:^| )Signature$|lineBreakAtBeginningOfSignature|yahoo_signature"
)
_BLOCKQUOTE_NAMES = re.compile(r"gmail_quote|protonmail|tutanota|cite|quote|zimbra")
_INDENT_STYLE = re.compile(r"border:\s*(?:none|0)|^margin:\s?0px 0px 0px 40px;?$", re.IGNORECASE)
"""Styles of a blockquote that only indents somebody's own text: Gmail, Apple Mail."""

_SEPARATOR_STYLE = re.compile(
    r"border-top:[^;]{0,100}"
    r"(?:#(?:e1e1e1|b5c4df|e5e5e5)|rgb\((?:225, ?225, ?225|181, ?196, ?223)\))"
    r"|border-top-color:\s*rgb\(229, ?229, ?229\)",
    re.IGNORECASE,
)
"""The thin line above a quotation in Outlook, Windows Mail and Exchange."""

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|line-through", re.IGNORECASE
)
_SHRUNK_STYLE = re.compile(
    r"(?:font-size|opacity|max-height)\s*:\s*0(?:px|pt|em|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
"""Styles that hide an element's own text; around other elements they are only layout."""

_BLANKS = re.compile(r"[ \t\n\f]+")


def parse_html_lines(html: str) -> list[TextLine]:
    """Parse HTML into lines; no lines where it cannot be parsed."""
    return parse_html(html)[0]


def parse_html(html: str) -> tuple[list[TextLine], bool]:
    """Parse HTML into lines, and whether they are only the beginning."""
    parser = etree.HTMLParser(
        encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True
    )
    content = html[:MAX_HTML_LENGTH].encode("utf-8", "replace")
    try:
        root = etree.fromstring(content, parser)
    except (etree.LxmlError, ValueError):
        return [], False
    builder = _LineBuilder()
    is_whole = True
    if root is not None:
        builder.quotation = _find_unmarked_quotation(root)
        is_whole = _read_elements(root, builder)
    builder.end_line()
    return parse_quote_marks(builder.lines), not is_whole


@dataclass(slots=True)
class _LineBuilder:
    """The lines read so far, the current line, and its quotation depth."""

    lines: list[TextLine] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    depth: int = 0
    min_depth: int = 0
    preformatted_depth: int = 0
    hidden_depth: int = 0
    quotation: etree._Element | None = None

    def add_text(self, text: str | None) -> None:
        """Add text to the current line."""
        if not text or self.hidden_depth:
            return
        if not self.preformatted_depth:
            self.pieces.append(_BLANKS.sub(" ", text))
            return
        first, *others = text.split("\n")
        self.pieces.append(first)
        for other in others:
            self.end_line(keep_empty=True)
            self.pieces.append(other)

    def end_line(self, *, keep_empty: bool = False) -> None:
        """End the current line, if there is one."""
        text = "".join(self.pieces)[:MAX_LINE_LENGTH]
        text = text if self.preformatted_depth else _BLANKS.sub(" ", text).strip()
        if text.strip() or keep_empty:
            self.lines.append(TextLine(self.depth + self.min_depth, text))
        self.pieces.clear()

    def add_blank_line(self) -> None:
        """Put an empty line between paragraphs."""
        if self.lines and self.lines[-1].text:
            self.lines.append(TextLine(self.depth + self.min_depth, ""))


def _read_elements(root: etree._Element, builder: _LineBuilder) -> bool:
    """Read elements up to a limit, and return whether those were all."""
    count = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            count += 1
            _start_element(element, builder)
        else:
            _end_element(element, builder)
        if count > MAX_ELEMENTS or len(builder.lines) > MAX_LINES:
            return False
    return True


def _start_element(element: etree._Element, builder: _LineBuilder) -> None:
    tag, is_quotation = str(element.tag), _is_quotation(element) or element is builder.quotation
    if tag in _BLOCK_TAGS or is_quotation or REPLY_MARKER_CLASS in _get_names(element):
        builder.end_line()
    if _starts_quotation(element):
        builder.min_depth = 1
    builder.depth += is_quotation
    builder.preformatted_depth += tag == "pre"
    builder.hidden_depth += _is_hidden(element)
    if tag == "br":
        builder.end_line(keep_empty=True)
    builder.add_text({"td": " ", "th": " ", "li": "- "}.get(tag))
    builder.add_text(element.text)


def _end_element(element: etree._Element, builder: _LineBuilder) -> None:
    tag, is_quotation = str(element.tag), _is_quotation(element) or element is builder.quotation
    if tag == "a":
        builder.add_text(_format_link_target(element))
    if tag in _BLOCK_TAGS or is_quotation or REPLY_MARKER_CLASS in _get_names(element):
        builder.end_line()
    if tag in _PARAGRAPH_TAGS:
        builder.add_blank_line()
    builder.hidden_depth -= _is_hidden(element)
    builder.preformatted_depth -= tag == "pre"
    builder.depth -= is_quotation
    builder.add_text(element.tail)


def _find_unmarked_quotation(root: etree._Element) -> etree._Element | None:
    """Find an unmarked quotation: the last block that is not merely indented."""
    if any(_is_quotation(block) for block in root.iter("blockquote", "div")):
        return None
    blocks = [
        block for block in root.iter("blockquote") if not _INDENT_STYLE.search(_get_style(block))
    ]
    if not blocks:
        return None
    outermost = blocks[-1]
    while (parent := next(outermost.iterancestors("blockquote"), None)) is not None:
        outermost = parent
    return outermost


def _format_link_target(link: etree._Element) -> str:
    target = (link.get("href") or "").strip()
    link_text = "".join(islice(map(str, link.itertext()), MAX_LINK_TEXTS)).strip()
    if not target.lower().startswith(("http://", "https://")):
        return ""
    without_scheme = target.partition("//")[2].rstrip("/")
    is_wrapped = link_text.startswith("http") and link_text.rstrip("/") in unquote(target)
    return "" if without_scheme in link_text or is_wrapped else f" ({target[:MAX_LINE_LENGTH]})"


def _is_hidden(element: etree._Element) -> bool:
    style = _get_style(element)
    if (
        element.tag in _HIDDEN_TAGS
        or element.get("hidden") is not None
        or _HIDDEN_STYLE.search(style)
    ):
        return True
    return len(element) == 0 and _SHRUNK_STYLE.search(style) is not None


def _starts_quotation(element: etree._Element) -> bool:
    if _QUOTATION_START_IDS.search((element.get("id") or "")[:MAX_ATTRIBUTE_LENGTH]):
        return True
    if element.get("title") == _QUOTATION_START_TITLE:
        return True
    return element.tag == "div" and bool(_SEPARATOR_STYLE.search(_get_style(element)))


def _is_quotation(element: etree._Element) -> bool:
    names = _get_names(element)
    if _QUOTATION_NAMES.search(names) or _SIGNATURE_NAMES.search(names):
        return True
    if element.tag == "blockquote":
        kind = f"{names} {element.get('type') or ''}"
        is_marked = _BLOCKQUOTE_NAMES.search(kind) or "border-left" in _get_style(element)
        return bool(is_marked) or _has_quotation_heading(element)
    if element.tag != "div":
        return False
    if element.get("name") in ("quote", "messageReplySection"):
        return True
    return "gmail_quote" in names and element.find(".//blockquote") is None


def _has_quotation_heading(block: etree._Element) -> bool:
    """Return whether a block stands directly below a quotation's heading, or inside Gmail's."""
    above, before = block.getparent(), block.getprevious()
    is_inside = above is not None and "gmail_quote" in _get_names(above)
    return is_inside or (
        before is not None and bool(_QUOTATION_HEADING_NAMES.search(_get_names(before)))
    )


def _get_names(element: etree._Element) -> str:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return names.strip()[:MAX_ATTRIBUTE_LENGTH]


def _get_style(element: etree._Element) -> str:
    return (element.get("style") or "")[:MAX_ATTRIBUTE_LENGTH]
