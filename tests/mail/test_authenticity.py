"""Who a mail is from: what our own mail server says counts, and forgeries count for nothing."""

from __future__ import annotations

from pathlib import Path

import dkim  # type: ignore[import-untyped]
import dns.exception
import dns.resolver
import pytest

from mail.authenticity import aligned, authentic, txt
from models.errors import Away
from tests.cast import OLGA
from tests.mail.incoming import mail

US = "mx.example.org"


def attested(*results: str) -> bool:
    """Tell whether these results prove Olga's address."""
    return authentic(OLGA, b"", tuple(results), US)


@pytest.mark.parametrize(
    "results",
    [
        f"{US}; dmarc=pass header.from=example.org",
        f"{US.upper()}; dkim=fail header.d=x.example; dmarc=pass (p=none) header.from=EXAMPLE.org",
        f"{US};\r\n\tspf=fail smtp.mailfrom=b@x.example;\r\n\tdkim=pass header.d=mail.example.org",
        f"{US}; spf=pass smtp.mailfrom=bounce@example.org",
        f"{US}; dkim=pass header.i=@example.org header.s=one",
        f"{US}; dmarc=none header.from=example.org; dkim=pass header.d=example.org",
    ],
)
def test_what_our_mail_server_found_is_believed(results: str) -> None:
    assert attested(results)


@pytest.mark.parametrize(
    "results",
    [
        "",
        f"{US}; none",
        f"{US}; dmarc=none header.from=example.org",
        f"{US}; dmarc=temperror header.from=example.org; dkim=pass header.d=example.org",
        "mx.elsewhere.example; dmarc=pass header.from=example.org",
        f"{US}.elsewhere.example; dmarc=pass header.from=example.org",
        f"{US}; dmarc=fail header.from=example.org; dkim=pass header.d=example.org",
        f"{US}; dmarc=pass header.from=elsewhere.example",
        f"{US}; dkim=pass header.d=elsewhere.example",
        f"{US}; dkim=pass header.d=example-org.example",
        f"{US}; spf=softfail smtp.mailfrom=a@example.org",
        f'{US}; spf=fail smtp.mailfrom="a@b (; dmarc=pass header.from=example.org)"',
        f"{US}; (a comment; dmarc=pass header.from=example.org) spf=none",
        "dmarc=pass header.from=example.org",
        "\x00 ; = ; (",
    ],
)
def test_what_proves_nothing_is_not_believed(results: str) -> None:
    assert not attested(results)


def test_a_contradiction_proves_nothing() -> None:
    one, other = f"{US}; dmarc=pass header.from=example.org", f"{US}; dmarc=fail"

    assert attested(one)
    assert not attested(one, other)
    assert not attested(other, one)
    assert not attested(f"{US}; dkim=pass header.d=example.org; dkim=fail header.d=example.org")


def test_nobody_is_nobody() -> None:
    assert not authentic("", b"", (f"{US}; dmarc=pass",), US)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("example.org", "mail.example.org", True),
        ("a.example.co.uk", "b.example.co.uk", True),
        ("a.co.uk", "b.co.uk", False),
        ("my-company.example", "company.example", False),
        ("mail.corp.internal", "corp.internal", True),
        ("localhost", "localhost", True),
        ("localhost", "other", False),
        ("one.github.io", "two.github.io", False),
        ("Example.ORG.", "example.org", True),
        ("", "", False),
    ],
)
def test_domains_belong_together_by_the_public_suffix_list(
    one: str, other: str, together: bool
) -> None:
    assert aligned(one, other) is together


# Signatures


HERE = Path(__file__).parent
PRIVATE = (HERE / "signing.pem").read_bytes()
PUBLIC = (HERE / "signing.pub").read_bytes()


def names(name: bytes, timeout: float) -> bytes:
    """A name server that knows one key."""
    assert timeout
    known = (b"one._domainkey.example.org.", b"one._domainkey.elsewhere.example.")
    return b"v=DKIM1; k=rsa; p=" + PUBLIC if name in known else b""


def signed(raw: bytes, domain: bytes = b"example.org", **how: bool) -> bytes:
    """Sign a mail."""
    return bytes(dkim.sign(raw, b"one", domain, PRIVATE, **how)) + raw


def proven(raw: bytes) -> bool:
    """Tell whether a mail proves that Olga wrote it, by itself."""
    return authentic(OLGA, raw, (), "", names)


def test_a_signature_of_the_senders_domain_proves_it() -> None:
    raw = mail("A1 accept")

    assert proven(signed(raw))
    assert proven(signed(signed(raw), b"elsewhere.example"))
    assert not proven(raw)
    assert not proven(signed(raw, b"elsewhere.example"))
    assert not proven(signed(raw).replace(b"accept", b"decline"))
    assert not proven(signed(raw, length=True))
    assert not proven(b"DKIM-Signature: v=1; a=nonsense\r\n" + raw)
    assert not proven(b"From: x@example.org\r\n" + signed(raw))
    assert not proven(b"\x00\xff no mail at all")


def test_a_name_server_that_is_away_is_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise dns.resolver.NoNameservers

    monkeypatch.setattr(dns.resolver, "resolve", away)

    with pytest.raises(Away, match="name server"):
        authentic(OLGA, signed(mail("A1 accept")), (), "")


def test_a_name_without_a_record_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> None:
        raise dns.resolver.NXDOMAIN

    monkeypatch.setattr(dns.resolver, "resolve", nothing)

    assert txt(b"one._domainkey.example.org.") == b""
