"""Mails as people's programs send them, made up for tests: headers, parts and quoted emails."""

from __future__ import annotations

from base64 import b64encode

HEADERS = {
    "From": "Olga Petrova <olga@example.org>",
    "To": "Afterword <reply+abcdefghijklmnopqrstuvwxyz@reply.example.org>",
    "Subject": "Re: Two actions for you",
    "Date": "Mon, 9 Mar 2026 10:30:00 +0100",
    "Message-ID": "<one@example.org>",
}


def build_mail(body: str | bytes = "accept", /, **headers: str | None) -> bytes:
    """Build a mail of one part; a header given as None is left out, `_` stands for a hyphen."""
    merged = {name.replace("_", "-"): value for name, value in headers.items()}
    present = {**HEADERS, "Content-Type": "text/plain; charset=utf-8", **merged}
    lines = [f"{name}: {value}" for name, value in present.items() if value is not None]
    content = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def build_html_mail(body: str, **headers: str | None) -> bytes:
    """Build a mail that is HTML alone."""
    return build_mail(body, Content_Type="text/html; charset=utf-8", **headers)


def build_multipart(
    *contents: tuple[str, str], kind: str = "alternative", **headers: str | None
) -> bytes:
    """Build a multipart mail of parts, each a content type and its text."""
    boundary = "=_a boundary+42"
    pieces = [
        f"--{boundary}\r\nContent-Type: {what}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + b64encode(text.encode()).decode()
        for what, text in contents
    ]
    body = "A preamble.\r\n" + "\r\n".join(pieces) + f"\r\n--{boundary}--\r\nAn epilogue.\r\n"
    headers_with_type = f'multipart/{kind}; boundary="{boundary}"'
    return build_mail(body.encode(), **{"Content_Type": headers_with_type, **headers})
