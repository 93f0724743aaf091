"""The replies that notifications suggest, by what is pending."""

from __future__ import annotations

from models.codes import BlockerCode

LATER_HINTS = ("until <date> because …", "give up because …")
OWNER_HINTS = ("done …", "blocked by …", *LATER_HINTS)
BLOCKED_HINTS = ("unblocked", "done …", *LATER_HINTS)
"""Hints for an owner whose action is blocked."""

REPLY_HINTS: dict[str, tuple[str, ...]] = {
    BlockerCode.NOT_ACCEPTED: ("accept", "decline because …"),
    BlockerCode.NOT_DONE: OWNER_HINTS,
    BlockerCode.QUESTION: ("progress …", *OWNER_HINTS),
    BlockerCode.NOT_VERIFIED: ("verify …", "reject because …"),
    BlockerCode.POSTPONEMENT: ("grant", "refuse because …"),
    BlockerCode.GIVEN_UP: ("drop …", "keep …"),
    BlockerCode.DECLINED: ("drop …",),
    BlockerCode.APPROVE_DRAFT: ("approve",),
    BlockerCode.APPROVE_ACTIONS: ("approve",),
    BlockerCode.APPROVE_CLOSURE: ("approve",),
}
