"""Decisions: pure functions from facts and a time to a fact or a refusal."""
