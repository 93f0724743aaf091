"""Who a mail is from: the results of our own mail server count, and forged results do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dkim  # type: ignore[import-untyped]
import dns.exception
import dns.resolver
import pytest

from mail.inbound.senders.authentication import is_authentic
from mail.inbound.senders.dkim_signatures import are_aligned, fetch_txt_record
from models.errors import Unavailable
from tests.mail.inbound_samples import build_mail
from tests.sample_people import OLGA

AUTHSERV_ID = "mx.example.org"


def is_attested(*results: str) -> bool:
    """Return whether these results prove Olga's address."""
    return is_authentic(OLGA, b"", tuple(results), AUTHSERV_ID)


@pytest.mark.parametrize(
    "results",
    [
        f"{AUTHSERV_ID}; dmarc=pass header.from=example.org",
        f"{AUTHSERV_ID.upper()}; dkim=fail header.d=x; dmarc=pass (p=none) header.from=EXAMPLE.org",
        f"{AUTHSERV_ID};\r\n\tspf=fail smtp.mailfrom=b@x;\r\n\tdkim=pass header.d=mail.example.org",
        f"{AUTHSERV_ID}; spf=pass smtp.mailfrom=bounce@example.org",
        f"{AUTHSERV_ID}; dkim=pass header.i=@example.org header.s=one",
        f"{AUTHSERV_ID}; dmarc=none header.from=example.org; dkim=pass header.d=example.org",
    ],
)
def test_what_our_mail_server_found_is_believed(results: str) -> None:
    assert is_attested(results)


@pytest.mark.parametrize(
    "results",
    [
        "",
        f"{AUTHSERV_ID}; none",
        f"{AUTHSERV_ID}; dmarc=none header.from=example.org",
        f"{AUTHSERV_ID}; dmarc=temperror header.from=example.org; dkim=pass header.d=example.org",
        "mx.elsewhere.example; dmarc=pass header.from=example.org",
        f"{AUTHSERV_ID}.elsewhere.example; dmarc=pass header.from=example.org",
        f"{AUTHSERV_ID}; dmarc=fail header.from=example.org; dkim=pass header.d=example.org",
        f"{AUTHSERV_ID}; dmarc=pass header.from=elsewhere.example",
        f"{AUTHSERV_ID}; dkim=pass header.d=elsewhere.example",
        f"{AUTHSERV_ID}; dkim=pass header.d=example-org.example",
        f"{AUTHSERV_ID}; spf=softfail smtp.mailfrom=a@example.org",
        f'{AUTHSERV_ID}; spf=fail smtp.mailfrom="a@b (; dmarc=pass header.from=example.org)"',
        f"{AUTHSERV_ID}; (a comment; dmarc=pass header.from=example.org) spf=none",
        "dmarc=pass header.from=example.org",
        "\x00 ; = ; (",
        f"{AUTHSERV_ID}; {'(' * 4_000}",
        f"{AUTHSERV_ID}; dmarc=pass {'(' * 2_000}{')' * 2_000} header.from=example.org",
        f"{AUTHSERV_ID}; dmarc=pass",
        f"{AUTHSERV_ID}; dmarc=pass (header.from=example.org)",
        f"{AUTHSERV_ID}; dmarc=pass policy.from=example.org",
        f"{AUTHSERV_ID}; dmarc=pass smtp.mailfrom=olga@example.org",
        f"{AUTHSERV_ID}; dmarc=pass header.from=elsewhere.example header.from=example.org",
        f"{AUTHSERV_ID}; dmarc=fail (a \\) ; dmarc=pass header.from=example.org)",
        f"{AUTHSERV_ID}; dmarc=pass header.from=elsewhere.example (header.from=example.org)",
        f"{AUTHSERV_ID}; spf=pass header.from=example.org",
        f"{AUTHSERV_ID}; spf=pass smtp.helo=example.org",
        f'{AUTHSERV_ID}; spf=pass smtp.mailfrom="olga@example.org"@elsewhere.example',
        f"{AUTHSERV_ID}; dkim=pass header.d=elsewhere.example header.i=@example.org",
        f"{AUTHSERV_ID}; dmarc=pass header.from=example.org; dmarc=pass header.from=a.example",
        f"(mx) elsewhere.example ({AUTHSERV_ID}); dmarc=pass header.from=example.org",
        f"{AUTHSERV_ID}; dmarc=pass header.from=\u212aexample.org",
    ],
)
def test_what_proves_nothing_is_not_believed(results: str) -> None:
    assert not is_attested(results)


def test_a_contradiction_proves_nothing() -> None:
    one, other = f"{AUTHSERV_ID}; dmarc=pass header.from=example.org", f"{AUTHSERV_ID}; dmarc=fail"

    assert is_attested(one)
    assert not is_attested(one, other)
    assert not is_attested(other, one)
    assert not is_attested(
        f"{AUTHSERV_ID}; dkim=pass header.d=example.org; dkim=fail header.d=example.org"
    )


@pytest.mark.parametrize(
    "hidden",
    [
        f"{AUTHSERV_ID}; dmarc=fail header.from=example.org; (a comment without an end",
        f"(checked by) {AUTHSERV_ID} 1; dmarc=fail (",
        f"{AUTHSERV_ID}; dmarc=fail header.from=example.org; what is this",
        f"{AUTHSERV_ID}; dmarc=fail header.from=example.org ({'x' * 9_000})",
        f'"{AUTHSERV_ID}"; dmarc=fail header.from=example.org',
    ],
)
def test_a_result_of_ours_that_cannot_be_read_is_no_reason_to_believe_another(hidden: str) -> None:
    forged = f"{AUTHSERV_ID}; dmarc=pass header.from=example.org"

    assert not is_attested(hidden, forged)
    assert not is_attested(forged, hidden)


@pytest.mark.parametrize("method", ["dmarc", "dkim", "spf"])
def test_a_method_that_two_header_fields_name_proves_nothing(method: str) -> None:
    place = {"dmarc": "header.from", "dkim": "header.d", "spf": "smtp.mailfrom"}[method]
    result = f"{AUTHSERV_ID}; {method}=pass {place}=example.org"

    assert is_attested(result)
    assert not is_attested(f"{AUTHSERV_ID}; {method}=none", result)
    assert not is_attested(result, result)


def test_a_mail_server_may_write_a_header_field_for_each_method() -> None:
    dkim_result = f"{AUTHSERV_ID}; dkim=pass header.d=example.org; dkim=fail header.d=list.example"
    foreign = f"spf=pass (sender is known) smtp.mailfrom={AUTHSERV_ID}; what is this (without end"

    assert is_attested(f"{AUTHSERV_ID}; dmarc=pass header.from=example.org", dkim_result, foreign)


def test_nobody_is_nobody() -> None:
    assert not is_authentic("", b"", (f"{AUTHSERV_ID}; dmarc=pass",), AUTHSERV_ID)


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
    assert are_aligned(one, other) is together


# Signatures


HERE = Path(__file__).parent
PRIVATE = (HERE / "signing.pem").read_bytes()
PUBLIC = (HERE / "signing.pub").read_bytes()


def look_up_key(name: bytes, timeout: float) -> bytes:
    """Return the DNS record of the one key that the test knows."""
    assert timeout
    known = (b"one._domainkey.example.org.", b"one._domainkey.elsewhere.example.")
    return b"v=DKIM1; k=rsa; p=" + PUBLIC if name in known else b""


def sign(raw: bytes, domain: bytes = b"example.org", **how: Any) -> bytes:
    """Return a mail with a DKIM signature."""
    return bytes(dkim.sign(raw, b"one", domain, PRIVATE, **how)) + raw


def is_proven(raw: bytes) -> bool:
    """Return whether the DKIM signature of a mail proves that Olga wrote it."""
    return is_authentic(OLGA, raw, (), "", look_up_key)


def test_a_signature_of_the_senders_domain_proves_it() -> None:
    raw = build_mail("A1 accept")

    assert is_proven(sign(raw))
    assert is_proven(sign(sign(raw), b"elsewhere.example"))
    assert not is_proven(raw)
    assert not is_proven(sign(raw, b"elsewhere.example"))
    assert not is_proven(sign(raw).replace(b"accept", b"decline"))
    assert not is_proven(sign(raw, length=True))
    assert not is_proven(
        bytes(dkim.sign(raw, b"one", b"example.org", PRIVATE, signature_algorithm=b"rsa-sha1"))
        + raw
    )
    assert not is_proven(b"DKIM-Signature: v=1; a=nonsense\r\n" + raw)
    assert not is_proven(b"From: x@example.org\r\n" + sign(raw))
    assert not is_proven(b"\x00\xff no mail at all")


def test_a_name_server_that_is_away_is_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def raise_timeout(*_: object, **__: object) -> None:
        raise dns.resolver.NoNameservers

    monkeypatch.setattr(dns.resolver, "resolve", raise_timeout)

    with pytest.raises(Unavailable, match="name server"):
        is_authentic(OLGA, sign(build_mail("A1 accept")), (), "")


def test_a_name_without_a_record_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    def find_nothing(*_: object, **__: object) -> None:
        raise dns.resolver.NXDOMAIN

    monkeypatch.setattr(dns.resolver, "resolve", find_nothing)

    assert fetch_txt_record(b"one._domainkey.example.org.") == b""
