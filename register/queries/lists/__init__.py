"""Sorted pages of lists, and what the pages of a person and of a team read."""
