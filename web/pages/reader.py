"""Who reads a page: the one place where pages learn whose eyes they are for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from rules.visibility import ANONYMOUS_READER
from web.current_session import SessionDep


def get_reader(session: SessionDep) -> str:
    """Return the address of whoever reads a page, "" for somebody who has not signed in."""
    return session.person if session else ANONYMOUS_READER


ReaderDep = Annotated[str, Depends(get_reader)]
