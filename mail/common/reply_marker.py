"""The line above which people reply: emails contain it, and replies are cut at it."""

from __future__ import annotations

REPLY_MARKER = "— Reply above this line —"
"""The marker as it stands alone on a line of an email's text and in its HTML."""

REPLY_MARKER_CLASS = "afterword-reply-above"
"""The id and class of the HTML element that holds the marker."""
