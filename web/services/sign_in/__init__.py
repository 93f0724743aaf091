"""Signing in: asking for a link, using it, and the session that comes of it."""
