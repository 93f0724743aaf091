"""Forms in another encoding than ours are refused in words, and those in ours are read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sample_reviews import build_drafted
from tests.web.web_app import REVIEW, WebApp

CONTRIBUTE = f"/reviews/{REVIEW}/contribute"
MULTIPART, ENCODED = "multipart/form-data; boundary=b", "application/x-www-form-urlencoded"


def post_form(web_app: WebApp, path: str, field: str, text: bytes, content_type: str) -> Any:
    head = f'--b\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n'.encode()
    is_multipart = content_type.lower().startswith("multipart")
    content = head + text + b"\r\n--b--\r\n" if is_multipart else field.encode() + b"=" + text
    headers = {"content-type": content_type, "sec-fetch-site": "same-origin"}
    return web_app.client.post(path, content=content, headers=headers, follow_redirects=False)


@pytest.mark.parametrize(("path", "field"), [(CONTRIBUTE, "text"), ("/sign-in", "address")])
@pytest.mark.parametrize(
    "charset",
    ["utf-7", '"UTF-7"', "unicode_escape", "raw_unicode_escape", "utf-16", "idna", "x", "latin-1"],
)
@pytest.mark.parametrize("content_type", [MULTIPART, ENCODED])
def test_a_form_in_another_encoding_is_refused(
    web_app: WebApp, path: str, field: str, charset: str, content_type: str
) -> None:
    web_app.review_client.add_review(build_drafted().review)
    text = b"+2AA- \\ud800@x.example"

    answer = post_form(web_app, path, field, text, f"{content_type}; charset={charset}")

    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert "in another encoding than UTF-8" in answer.text
    assert web_app.review_client.reviews[REVIEW].contributions == ()


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", '; Charset="UTF-8"', "; charset=utf8"])
def test_a_form_in_ours_is_read(web_app: WebApp, charset: str) -> None:
    web_app.review_client.add_review(build_drafted().review)

    answer = post_form(web_app, CONTRIBUTE, "text", "Größe 🦊".encode(), MULTIPART + charset)

    assert answer.status_code == 200, answer.text
    assert web_app.review_client.reviews[REVIEW].contributions[-1].text == "Größe 🦊"
