"""The weekly emails: the figures, and what waits for one person."""
