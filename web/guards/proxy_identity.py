"""Whom a proxy in front says that a request is from, where it is the proxy of the settings."""

from __future__ import annotations

from starlette.types import Scope

from models.email_address import is_email_address, normalize_email_address
from settings import WebSection
from web.guards.client_address import is_from


def has_proxy_header(scope: Scope, web: WebSection) -> bool:
    """Return whether a request has the header by which a proxy says whom it is from."""
    return bool(_list_values(scope, web.proxy_header))


def is_answered_by_proxy(scope: Scope, web: WebSection) -> bool:
    """Return whether a proxy of ours says whom a request is from, in whatever words."""
    return has_proxy_header(scope, web) and is_from(scope, web.proxy_addresses)


def find_proxy_person(scope: Scope, web: WebSection) -> str:
    """Return the address of whom a request is from, "" where no proxy of ours says one.

    Two headers, or a text that is no address, are as none: somebody else may have added one.
    """
    values = _list_values(scope, web.proxy_header)
    if len(values) != 1 or not is_from(scope, web.proxy_addresses):
        return ""
    address = normalize_email_address(values[0])
    return address if is_email_address(address) else ""


def _list_values(scope: Scope, header: str) -> list[str]:
    if not header:
        return []
    wanted = header.lower().encode()
    return [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]
