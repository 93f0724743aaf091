"""What is worth seeing to about the tokens there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from models.access.tokens import Token
from models.doctor.concern import Concern
from rules.access.tokens import is_ending
from rules.access.tool_names import find_name_problem
from rules.formatting import format_short_date

FIRST_WEEK = timedelta(days=7)
"""For how long the first token may be in use: it was printed where a log may have kept it."""


def list_token_concerns(
    tokens: Iterable[Token], now: datetime, warning_days: int, sources: Collection[str] = ()
) -> tuple[Concern, ...]:
    """List what is to be seen to about tokens that are valid.

    `sources` are those with a webhook secret of their own: no tool's token has their name.
    """
    valid = [token for token in tokens if token.is_valid(now)]
    taken = (_describe_taken_name(token, sources) for token in valid if token.is_tool)
    others = (each for token in valid for each in _iter_concerns(token, now, warning_days))
    return (*(each for each in taken if each), *others)


def is_first_in_use(token: Token) -> bool:
    """Return whether the first token is still used after a week."""
    used = token.last_used_at
    return token.is_bootstrap and used is not None and used - token.made_at >= FIRST_WEEK


def _describe_taken_name(token: Token, sources: Collection[str]) -> Concern | None:
    problem = find_name_problem(token.name, sources)
    if not problem:
        return None
    return Concern(
        code="taken-name",
        subject=token.name,
        sentence=f"The tool token “{token.name}” {problem}.",
        way_out="Give the tool a token with another name, and then revoke this one: "
        f"`afterword token revoke {token.name}`.",
    )


def _iter_concerns(token: Token, now: datetime, warning_days: int) -> Iterator[Concern]:
    end = format_short_date(token.expires_at.date())
    rotate = f"Replace it: `afterword token rotate {token.name}`."
    if is_first_in_use(token):
        yield Concern(
            code="first-token",
            subject=token.name,
            sentence=f"The first token, “{token.name}”, is still in use after a week. It was "
            "printed when Afterword was set up, perhaps into a log.",
            way_out=rotate,
        )
    if not token.maker:
        yield Concern(
            code="earlier-token",
            subject=token.name,
            sentence=f"The token “{token.name}” of {token.person or 'a tool'} is from before "
            f"tokens had an end. It is valid until {end}.",
            way_out=rotate,
        )
    elif is_ending(token, now, warning_days):
        yield Concern(
            code="ending-token",
            subject=token.name,
            sentence=f"The token “{token.name}” of {token.person or 'a tool'} ends on {end}.",
            way_out=f"{rotate} Or let it end, where nobody needs it.",
        )
