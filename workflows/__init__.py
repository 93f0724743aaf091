"""Workflows: what waits for what, without I/O."""
