"""What is worth seeing to about the ways in which people sign in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.doctor.concern import Concern

WHOLE_WORLD = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInWays:
    """How people sign in, as it is set; `is_encrypted` says that they reach pages over https."""

    url: str
    is_encrypted: bool
    has_links: bool
    has_company: bool
    proxy_header: str
    proxy_addresses: Sequence[str]


def list_sign_in_concerns(ways: SignInWays) -> tuple[Concern, ...]:
    """List what is to be seen to about signing in."""
    return tuple(_iter_concerns(ways))


def _iter_concerns(ways: SignInWays) -> Iterator[Concern]:
    if ways.proxy_header and set(WHOLE_WORLD) & set(ways.proxy_addresses):
        yield Concern(
            code="proxy-for-all",
            subject=ways.proxy_header,
            sentence=f"Whoever reaches the server may say in {ways.proxy_header} who they are: "
            "web.proxy_addresses has every address there is.",
            way_out="Name the addresses of your proxy alone in AFTERWORD_WEB__PROXY_ADDRESSES.",
        )
    if not (ways.has_links or ways.has_company or ways.proxy_header):
        yield Concern(
            code="no-sign-in",
            subject="web",
            sentence="Nobody can sign in with a browser: links by email are switched off, and "
            "nothing else is set.",
            way_out="Set AFTERWORD_WEB__SIGN_IN_LINKS=true, or your company's own sign-in.",
        )
    if not ways.is_encrypted:
        yield Concern(
            code="sign-in-unencrypted",
            subject=ways.url,
            sentence=f"People sign in at {ways.url}, and whoever is on the way can read their "
            "session and act as they may.",
            way_out="Put a proxy with a certificate in front, and set AFTERWORD_WEB__URL to its "
            "https address.",
        )
