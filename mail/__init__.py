"""The craft of letters and replies."""
