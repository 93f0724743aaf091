from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rules.access.sign_in_concerns import SignInWays, list_sign_in_concerns

WELL = SignInWays(
    url="https://afterword.example.org",
    is_encrypted=True,
    has_links=True,
    has_company=False,
    proxy_header="",
    proxy_addresses=(),
)
HEADER = "X-Auth-Request-Email"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"proxy_header": HEADER, "proxy_addresses": ("10.0.0.7/32",)}, []),
        ({"proxy_header": HEADER, "proxy_addresses": ("10.0.0.7/32", "::/0")}, ["proxy-for-all"]),
        ({"proxy_header": HEADER, "proxy_addresses": ("0.0.0.0/0",)}, ["proxy-for-all"]),
        ({"proxy_addresses": ("0.0.0.0/0",)}, []),
        ({"has_links": False}, ["no-sign-in"]),
        ({"has_links": False, "has_company": True}, []),
        ({"is_encrypted": False}, ["sign-in-unencrypted"]),
    ],
)
def test_what_lets_in_everybody_or_nobody_is_to_be_seen_to(
    changes: dict[str, Any], codes: list[str]
) -> None:
    found = list_sign_in_concerns(replace(WELL, **changes))

    assert [each.code for each in found] == codes
    assert all(each.way_out for each in found)
