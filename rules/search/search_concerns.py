"""What about the full-text search is to be seen to."""

from __future__ import annotations

from models.doctor.concern import Concern


def list_search_concerns(*, finds_spellings: bool) -> tuple[Concern, ...]:
    """List what keeps the search from doing all that it could."""
    if finds_spellings:
        return ()
    return (
        Concern(
            code="no-near-spellings",
            subject="pg_trgm",
            sentence="The search offers no near spellings: the database has no extension pg_trgm.",
            way_out="Run as a superuser of the database: CREATE EXTENSION pg_trgm;",
        ),
    )
