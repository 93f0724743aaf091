"""Read header fields as mail servers and signers read them: from the octets, and nothing guessed.

Whoever reads a mail for people makes the best of what programs write. What a mail proves may only
be read in the one way in which our mail server and DKIM read it, or a header that they take for
something else would prove it.
"""

from __future__ import annotations

MAX_HEADER_OCTETS = 256 * 1024
_WHITESPACE = (b" ", b"\t")


def list_raw_fields(raw: bytes, name: str) -> tuple[str, ...]:
    """Return the values of a header, unfolded, the topmost first."""
    prefix = f"{name}:".lower().encode()
    found: list[list[bytes]] = []
    is_wanted = False
    for line in raw[:MAX_HEADER_OCTETS].replace(b"\r\n", b"\n").split(b"\n"):
        if not line:
            break
        if line[:1] not in _WHITESPACE:
            is_wanted = line[: len(prefix)].lower() == prefix
            if is_wanted:
                found.append([line[len(prefix) :]])
        elif is_wanted:
            found[-1].append(line)
    return tuple(b"".join(lines).decode("utf-8", "replace").strip() for lines in found)
