"""A review to take along: its document with the facts as they stand, as Markdown or as a page."""

from words.export.markdown import written
from words.export.page import page
from words.export.picture import pictures
from words.export.pseudonyms import hidden

__all__ = ["hidden", "page", "pictures", "written"]
