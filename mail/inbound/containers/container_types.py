"""Tell by type and name which parts of a mail are packed, encrypted or protected by a program."""

from __future__ import annotations

import re

_ANY_TYPE = "application/octet-stream"
_SMIME = re.compile(r"application/(?:x-)?pkcs7-mime")
_SMIME_NAME = re.compile(r".{0,200}\.p7[mz]", re.IGNORECASE | re.DOTALL)
_WINMAIL = re.compile(r"application/(?:vnd\.)?ms-tnef")
_WINMAIL_NAME = re.compile(r"(?:winmail|win)\.dat", re.IGNORECASE)
_PROTECTED = re.compile(r"application/x-microsoft-rpmsg-message")
_PROTECTED_NAME = re.compile(
    r"(?:message(?:_v\d)?\.rpmsg|message_zdm\.html|securedoc.{0,100}\.html?)", re.IGNORECASE
)
_PGP_NAME = re.compile(r".{0,200}\.(?:asc|pgp|gpg)", re.IGNORECASE | re.DOTALL)


def is_smime(content_type: str, name: str) -> bool:
    """Return whether a part is an S/MIME message: a mail inside a signature, or encrypted."""
    return _is_kind(_SMIME, _SMIME_NAME, content_type, name)


def is_winmail(content_type: str, name: str) -> bool:
    """Return whether a part is Outlook's winmail.dat."""
    return bool(_WINMAIL.fullmatch(content_type) or _WINMAIL_NAME.fullmatch(name))


def is_protected(content_type: str, name: str) -> bool:
    """Return whether a part is a mail that people read after signing in somewhere."""
    if _PROTECTED.fullmatch(content_type) or name.lower().endswith(".rpmsg"):
        return True
    return _PROTECTED_NAME.fullmatch(name) is not None


def may_be_pgp(content_type: str, name: str) -> bool:
    """Return whether a part may be an encrypted text of OpenPGP, which its content then tells."""
    return content_type in (_ANY_TYPE, "text/plain") and _PGP_NAME.fullmatch(name) is not None


def _is_kind(types: re.Pattern[str], names: re.Pattern[str], content_type: str, name: str) -> bool:
    if types.fullmatch(content_type):
        return True
    return content_type == _ANY_TYPE and names.fullmatch(name) is not None
