"""Dates whose months are named in another language, as “3. März 2025” or “3 de mayo de 2025”."""

from __future__ import annotations

import re

_NAMES = (
    "januar jänner janvier enero janeiro januari gennaio styczeń stycznia",
    "februar février febrero fevereiro februari febbraio luty lutego",
    "märz maerz mars marzo março maart marca",
    "april avril abril aprile kwiecień kwietnia",
    "mai mayo maio mei maj maggio maja",
    "juni juin junio junho giugno czerwiec czerwca",
    "juli juillet julio julho luglio lipiec lipca",
    "august août aout agosto augustus augusti sierpień sierpnia",
    "september septembre septiembre setembro settembre wrzesień września",
    "oktober octobre octubre outubro ottobre październik października",
    "november novembre noviembre novembro listopad listopada",
    "dezember décembre diciembre dezembro december dicembre grudzień grudnia",
)
MONTH_NUMBERS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
"""The number of each month by its name; a name that is English as well stands for the same."""

_DATE = re.compile(
    r"\b(\d{1,2})(?:\.|er|º|°)?\s(?:de |di |d['’])?"
    rf"({'|'.join(sorted(MONTH_NUMBERS, key=len, reverse=True))})\s(?:de |del )?(\d{{4}})\b",
    re.IGNORECASE,
)


def write_months_as_numbers(text: str) -> str:
    """Return a text with the dates of other languages as 2025-03-31."""
    return _DATE.sub(
        lambda found: f"{found[3]}-{MONTH_NUMBERS[found[2].lower()]:02}-{int(found[1]):02}", text
    )
