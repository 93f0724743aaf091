"""The line above which people reply: letters carry it, the reading of replies cuts at it."""

from __future__ import annotations

MARKER = "— Reply above this line —"
"""The marker as it stands alone on a line of a letter's text and in its HTML."""

MARKER_CLASS = "afterword-reply-above"
"""The id and class of the HTML element that holds the marker."""
