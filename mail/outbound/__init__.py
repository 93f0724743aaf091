"""Emails that we send."""
