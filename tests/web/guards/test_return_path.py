from __future__ import annotations

import pytest

from web.guards.return_path import build_sign_in_path, clean_return_path

OWN = (
    "/",
    "/reviews",
    "/reviews/review-x?q=a%20b&stage=draft",
    "/me/sessions",
    "/%2f/evil.example",
)
FOREIGN = (
    "",
    "reviews",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\evil.example",
    "\\\\evil.example",
    "/a\\..\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\x00",
    "/é",
    "/" + "x" * 1000,
    "/sign-in",
    "/sign-in?next=/sign-in",
    "/sign-out",
    "/api/reviews",
)


@pytest.mark.parametrize("path", OWN)
def test_a_path_of_ours_is_kept_as_it_is(path: str) -> None:
    assert clean_return_path(path) == path


@pytest.mark.parametrize("path", FOREIGN)
def test_anything_else_leads_to_the_first_page(path: str) -> None:
    assert clean_return_path(path) == "/"
    assert build_sign_in_path(path) == "/sign-in"


def test_the_address_for_signing_in_carries_where_one_was() -> None:
    assert build_sign_in_path("/reviews?q=a&b") == "/sign-in?next=%2Freviews%3Fq%3Da%26b"
