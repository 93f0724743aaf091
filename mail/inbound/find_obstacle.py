"""Find out why the words of a mail cannot be read, so that its writer is told the true cause."""

from __future__ import annotations

import re

from mail.inbound.containers import container_types
from mail.inbound.containers.cms import CmsKind
from mail.inbound.containers.unpack import read_smime
from mail.inbound.mail_parts import BodyPart
from mail.inbound.mime import MimeMessage
from mail.inbound.quoting.extract_reply import ReplyParts
from mail.inbound.quoting.patterns.signature_patterns import DISCLAIMER
from rules.replies.obstacles import UNREADABLE_CHARACTER, Obstacle

MAX_SEARCHED_OCTETS = 4096
_PGP_MESSAGE = b"-----BEGIN PGP MESSAGE-----"
_PGP_IN_TEXT = re.compile(r"(?m)^(?:[^\S\n]{0,20}|<[^\n]{0,200}>)-----BEGIN PGP MESSAGE-----")
_PGP_ENCRYPTED = ("multipart/encrypted", "application/pgp-encrypted")
_RULE_CHARACTERS = "-–—_=*~ \n"
_ATTACHED_MAIL = "message/rfc822"


def find_obstacle(mail: MimeMessage, reply: ReplyParts) -> Obstacle | None:
    """Find what keeps us from reading a mail's words; None where they are read."""
    hidden = _find_hidden_words(mail)
    if hidden or reply.is_cut:
        return hidden or Obstacle.TOO_LONG
    return _find_unread_words(mail, reply)


def _find_unread_words(mail: MimeMessage, reply: ReplyParts) -> Obstacle | None:
    """Find why words that nothing hides are not read, or not to be found."""
    is_garbled = any(part.is_garbled for part in mail.text_parts)
    if is_garbled and UNREADABLE_CHARACTER in reply.own_words:
        return Obstacle.UNREADABLE_CHARACTERS
    has_words = reply.own_words.strip(_RULE_CHARACTERS) and not DISCLAIMER.match(reply.own_words)
    if has_words or reply.below_marker:
        return None
    if any(container_types.is_winmail(part.content_type, part.name) for part in mail.attachments):
        return Obstacle.WINMAIL
    if reply.elided:
        return Obstacle.ONLY_QUOTED
    return Obstacle.ATTACHED_MAIL if _ATTACHED_MAIL in mail.content_types else Obstacle.NO_TEXT


def _find_hidden_words(mail: MimeMessage) -> Obstacle | None:
    """Find words that somebody wrote and that are nowhere to be read."""
    if any(kind in mail.content_types for kind in _PGP_ENCRYPTED):
        return Obstacle.ENCRYPTED
    if any(map(_is_encrypted_pgp, mail.attachments)) or any(
        _PGP_IN_TEXT.search(part.text) for part in mail.text_parts
    ):
        return Obstacle.ENCRYPTED
    if any(container_types.is_protected(part.content_type, part.name) for part in mail.attachments):
        return Obstacle.PROTECTED
    smime = [message for message in map(read_smime, mail.attachments) if message is not None]
    if any(message.kind is CmsKind.ENCRYPTED for message in smime):
        return Obstacle.ENCRYPTED
    has_text = any(part.text.strip() for part in mail.text_parts)
    return Obstacle.BROKEN_SIGNATURE if smime and not has_text else None


def _is_encrypted_pgp(part: BodyPart) -> bool:
    may_be = container_types.may_be_pgp(part.content_type, part.name)
    return may_be and _PGP_MESSAGE in part.decode_content(MAX_SEARCHED_OCTETS)
