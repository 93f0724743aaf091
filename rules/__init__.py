"""Decisions: pure functions that take facts and a time and return a fact or a refusal."""
