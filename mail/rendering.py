"""The words of a letter: its pair of templates, filled with what this reader may read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from jinja2.utils import urlize
from markupsafe import Markup, escape

from mail import wording
from mail.entries import Entry, entries, mailto
from mail.facts import about, risks
from mail.invitation import FOLLOW_UP, meeting_kind, meeting_of
from mail.marker import MARKER, MARKER_CLASS
from mail.wording import Reader
from models.action import Action, Standing
from models.letters import Letter
from models.review import Review
from rules.visibility import may_see, title_for

LONGEST_TITLE = 64
UNTITLED = "A review without a title"
LINKS = ("://", "www.", "@")
FEW = 3
"""So many things are named one by one; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A letter's words: its subject (one line), its text and its HTML."""

    subject: str
    text: str
    html: str


def render(letter: Letter, review: Review, reader: Reader, reply_to: str, link: str) -> Words:
    """Fill a letter's pair of templates.

    The text's first line is the subject, its first paragraph what is asked; the HTML takes over
    both. Raises jinja2.UndefinedError where a template names what the letter does not have.
    """
    given = _given(letter, review, reader) | {"link": link}
    subject, _, body = _filled(f"{letter.kind}.txt", given).partition("\n")
    ask = body.strip().partition("\n")[0]
    given |= {"subject": subject, "ask": ask}
    given |= {"href": partial(mailto, reply_to, f"Re: {subject}")}
    page = _filled(f"{letter.kind}.html", given)
    return Words(subject=subject, text=wording.flow(body), html=_inliner().inline(page))


def _filled(template: str, given: dict[str, Any]) -> str:
    return _environment().get_template(template).render(given)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("mail", "letters"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "begun": lambda text: text[:1].upper() + text[1:],
        "clip": wording.clip,
        "linked": _linked,
        "glued": lambda text: text.replace(" ", wording.GLUE),
        "one_line": wording.line,
    }
    environment.globals |= {
        "day_of": wording.day,
        "number": wording.number,
        "ordinal": wording.ordinal,
        "marker": MARKER,
        "marker_class": MARKER_CLASS,
    }
    return environment


def _linked(row: str) -> Markup:
    """Make links of addresses; most rows hold none, and to look for each kind takes long."""
    if any(sign in row for sign in LINKS):
        return Markup(urlize(row, rel="noopener noreferrer"))  # noqa: S704  (it escapes)
    return escape(row)


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def _given(letter: Letter, review: Review, reader: Reader) -> dict[str, Any]:
    me = reader.person.address
    seen = may_see(review, me)
    listed = entries(letter, review, reader)
    outcomes = Counter(action.standing for action in review.actions)
    return {
        "letter": letter,
        "review": review,
        "me": me,
        "seen": seen,
        "title": wording.header(title_for(review, me), LONGEST_TITLE) or UNTITLED,
        "about": about(review, reader) if seen else (),
        "part": _part(review, me),
        "entries": listed,
        "many": len(listed) > 1,
        "names": _names(listed),
        "action": _action(letter, review),
        "meeting": meeting_of(letter, review),
        "meeting_name": _meeting_name(letter, review),
        "risks": risks(review) if seen else (),
        "verified": outcomes[Standing.VERIFIED],
        "dropped": outcomes[Standing.DROPPED],
        "done": sum(quoted.done for quoted in letter.quoted),
        "moment": reader.moment,
        "name": reader.name,
    }


def _names(listed: tuple[Entry, ...]) -> str:
    names = tuple(dict.fromkeys(entry.name for entry in listed))
    if len(names) == 0 or "" in names:
        return "one thing" if len(listed) == 1 else f"{wording.number(len(listed))} things"
    return wording.listed(names) if len(names) <= FEW else f"{wording.number(len(names))} actions"


def _action(letter: Letter, review: Review) -> Action | None:
    """Give the action a letter speaks of, where it is the only thing it speaks of."""
    named = {item.item for item in letter.items}
    return next((a for a in review.actions if named == {a.id}), None)


def _meeting_name(letter: Letter, review: Review) -> str:
    kind = meeting_kind(letter, review)
    return "follow-up meeting" if kind == FOLLOW_UP else "review meeting"


def _part(review: Review, address: str) -> str:
    """Say why somebody gets a letter: by the parts they play."""
    roles = review.roles
    parts = {
        "lead": address == roles.lead,
        "facilitate": address == roles.facilitator,
        "sponsor": address == roles.sponsor,
        "are the desk for": address == roles.desk,
        "take part in": address in roles.participants,
    }
    played = wording.listed([words for words, holds in parts.items() if holds])
    owned = wording.listed([a.id for a in review.actions if a.owner == address])
    judged = wording.listed([a.id for a in review.actions if a.verifier == address])
    said = {f"{played} this review": played, f"own {owned}": owned, f"verify {judged}": judged}
    reasons = [words for words, holds in said.items() if holds]
    return f"you {wording.listed(reasons)}" if reasons else "you have a part in this review"
