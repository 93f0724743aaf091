"""Headers of letters: whom they reach, how they thread, where replies go, that a machine wrote."""

from __future__ import annotations

import hashlib
import re
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from functools import cache
from textwrap import wrap
from typing import Any

from mail import capability
from mail.entries import single
from mail.site import Site
from mail.tongues import REPLIED
from mail.wording import WIDTH, Reader, header
from models.letters import Letter, LetterKind
from models.review import Review

LOOP = "X-Afterword-Loop"
"""The header by which we know our own letters; its value is the site's mail domain."""

SENDER_NAME = "Afterword"
LONGEST_SUBJECT = 120
LONGEST_NAME = 60
LONGEST_ADDRESS = 320
HASH_LENGTH = 20
WHOLE = (
    *("subject", "message-id", "in-reply-to", "references", "list-id"),
    "list-unsubscribe",
)
_ACTION = re.compile(r"A\d+")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,900}>")


class WholeWords(UnstructuredHeader, BaseHeader):
    """A header folded between its words; the standard class encodes or misplaces long ones."""

    def fold(self, *, policy: Policy[Any]) -> str:
        """Write as many words to a line as it holds; encode what is not ASCII."""
        words = str(self)
        if not words.isascii():
            encoded = Header(words, "utf-8", header_name=self.name).encode(linesep=policy.linesep)
            return f"{self.name}: {encoded}{policy.linesep}"
        rows = wrap(
            words,
            WIDTH,
            initial_indent=f"{self.name}: ",
            subsequent_indent=" ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        return policy.linesep.join(rows) + policy.linesep


def policy_for(*addresses: str) -> EmailPolicy[EmailMessage]:
    """Give the policy a letter is written by: UTF-8 headers only where an address needs them."""
    return _policy(utf8=not all(in_ascii(address).isascii() for address in addresses))


@cache
def _policy(*, utf8: bool) -> EmailPolicy[EmailMessage]:
    registry = _Registry()
    for name in WHOLE:
        registry.map_to_type(name, WholeWords)
    return SMTP.clone(header_factory=registry, utf8=utf8)


class _Registry(HeaderRegistry):
    """Makes one class for each header; the library's own makes a new one for each use."""

    @cache  # noqa: B019  (there is one registry for each policy, and both live as long as we do)
    def __getitem__(self, name: str) -> type[BaseHeader]:
        found: type[BaseHeader] = super().__getitem__(name)
        return found


def headers(
    letter: Letter, review: Review, reader: Reader, site: Site, subject: str
) -> dict[str, Any]:
    """Give every header of a letter, by name, in the order in which they are written."""
    answers = letter.kind is LetterKind.ANSWER
    root, asked = thread_root(review, site), _message_id_in(letter.in_reply_to)
    token = reply_token(letter, review, site, reader.person.renewed)
    return {
        "From": _address(SENDER_NAME, site.sender),
        "To": _address(reader.name(letter.to), letter.to),
        "Subject": header(_answering(letter.subject) or subject, LONGEST_SUBJECT),
        "Date": reader.now,
        "Message-ID": message_id(letter, review, site, token),
        "In-Reply-To": asked or root,
        "References": f"{root} {asked}".strip(),
        "Reply-To": _address(SENDER_NAME, reply_address(token, site)),
        "Auto-Submitted": "auto-replied" if answers else "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        LOOP: site.domain,
        "List-Id": f"<{review.id.replace('.', '-')}.{site.domain}>",
        **_unsubscribe(token, site),
    }


def message_id(letter: Letter, review: Review, site: Site, token: str = "") -> str:
    """Name a letter: the same for every try, and it carries the reply token for References."""
    digest = _digest(review.id, str(review.reopened), letter.key)
    return f"<{digest}.{token or reply_token(letter, review, site)}@{site.domain}>"


def thread_root(review: Review, site: Site) -> str:
    """Name the thread that all letters of one review hang on."""
    return f"<{_digest(review.id)}@{site.domain}>"


def reply_token(letter: Letter, review: Review, site: Site, renewed: int = 0) -> str:
    """Sign for the reader's answers: to the one action the letter speaks of, or to the review."""
    item = item_of(letter)
    return capability.token(site.secret, review.id, letter.to, item, renewed=renewed)


def reply_address(token: str, site: Site) -> str:
    """Give the address that answers to a letter go to."""
    return capability.address(token, site.domain, site.delimiter) if site.delimiter else site.sender


def item_of(letter: Letter) -> str:
    """Name the one action a letter speaks of, as its reply token does; "" where there is none."""
    name = single(letter)
    return name if _ACTION.fullmatch(name) else ""


def in_ascii(address: str) -> str:
    """Write an address with its domain as the network knows it (IDNA), where it can be."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def _answering(subject: str) -> str:
    """Give the subject of an answer: theirs, with one “Re:”, so that the two stay together."""
    replied = REPLIED.match(subject.strip())
    bare = subject.strip()[replied.end() if replied else 0 :].strip()
    return f"Re: {bare}" if bare else ""


def _unsubscribe(token: str, site: Site) -> dict[str, str]:
    """Say how to hear less: by mail (RFC 2369) or with one click (RFC 8058, by https alone)."""
    ways = []
    if site.delimiter:
        ways.append(f"<mailto:{reply_address(token, site)}?subject=unsubscribe>")
    if not site.url.startswith("https://"):
        return {"List-Unsubscribe": ways[0]} if ways else {}
    ways.append(f"<{site.url.rstrip('/')}/unsubscribe/{token}>")
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {"List-Unsubscribe": ", ".join(ways), **one_click}


def _address(name: str, address: str) -> Address:
    local, _, domain = in_ascii(header(address, LONGEST_ADDRESS)).rpartition("@")
    shown = "" if name == address else header(name, LONGEST_NAME)
    return Address(shown, local or domain, domain if local else "")


def _message_id_in(text: str) -> str:
    found = _MESSAGE_ID.search(text)
    return found[0] if found else ""


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:HASH_LENGTH]
