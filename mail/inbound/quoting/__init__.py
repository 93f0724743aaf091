"""Telling what somebody newly wrote from what they quote."""
