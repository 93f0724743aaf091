"""Read a finished post-mortem: when it was, who took part, and what it tells of its actions."""

from text_checks.finished.finished_document import FinishedDocument, read_finished_document

__all__ = ["FinishedDocument", "read_finished_document"]
