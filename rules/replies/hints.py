"""How a reply gives each command, with “…” where the writer goes on: what emails suggest."""

from __future__ import annotations

from models import commands as o

HINTS: dict[type[o.Command], str] = {
    o.Accept: "accept",
    o.Decline: "decline because …",
    o.Report: "progress: …",
    o.Claim: "done: …",
    o.Block: "blocked by …",
    o.Unblock: "unblocked",
    o.Postpone: "until <date> because …",
    o.GiveUp: "give up because …",
    o.TakeBack: "take back because …",
    o.Snooze: "snooze until <date>",
    o.Verify: "verify: …",
    o.Reject: "reject because …",
    o.Grant: "grant",
    o.Refuse: "refuse because …",
    o.Drop: "drop because …, risk: …",
    o.RejectGiveUp: "keep because …",
    o.Reassign: "reassign to <address> because …",
    o.Approve: "approve",
}
GRANT_WITH_REASON = "grant because …"
"""Where the day that is asked for is later than the limit of its priority."""
