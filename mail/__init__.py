"""Compose and send emails, and parse the replies."""
