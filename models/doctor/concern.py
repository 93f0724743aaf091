"""Concerns: what is not wrong yet, and better seen to before it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something to see to: a code, what it is about, a sentence, and what would settle it."""

    code: str
    subject: str
    sentence: str
    way_out: str
