"""Export a review: its document with the current facts, as Markdown or as an HTML page."""

from text_checks.export.markdown import update_document
from text_checks.export.page import render_page
from text_checks.export.pseudonyms import pseudonymize_review
from text_checks.export.safe_html import MarginNote, render_document
from text_checks.export.svg import draw_chains

__all__ = [
    "MarginNote",
    "draw_chains",
    "pseudonymize_review",
    "render_document",
    "render_page",
    "update_document",
]
