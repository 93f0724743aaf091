"""What the groups of a company's sign-in make of somebody: their team, and the coordinator."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def find_team(groups: Collection[str], teams: Mapping[str, str]) -> str:
    """Return the team of the first group in the mapping that somebody is in, "" for none."""
    return next((team for group, team in teams.items() if group in groups), "")


def is_coordinator_by_group(groups: Collection[str], coordinator_groups: Collection[str]) -> bool:
    """Return whether somebody is in a group whose members do what the coordinator does."""
    return not set(groups).isdisjoint(coordinator_groups)
