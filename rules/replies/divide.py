"""The division of a reply to an email about several reviews: which lines are for which review."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from models import commands as o
from models.action import Action
from models.commands import ReplyLine
from models.people import Role
from models.review import OPEN_STAGES, Review
from rules.formatting import join_words, truncate
from rules.identifiers import ID_PREFIX, label_reviews
from rules.replies.line_parser import ParsedLine, parse_line, split_line
from rules.replies.patterns.verb_patterns import Verb
from rules.replies.resolve import COMMAND_TYPES

MAX_LINE_LENGTH = 4_000
MAX_QUOTED_LENGTH = 80
_AFTER_NAME = r"(?:\W{0,3}$|\s*[:,–-]\s*|\s+)"
"""What stands between the name of a review and what is said about it."""

VERBS_FOR_ALL = (Verb.HELP, Verb.UNSUBSCRIBE)
"""Verbs that mean the same in every review, so that one review answers them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DividedReply:
    """The text for each review by its id, and the lines that can be for none, with the answer.

    They fit several reviews, or name one that is over; the review `asked_by` answers them.
    """

    texts: dict[str, str]
    unclear: tuple[ReplyLine, ...] = ()
    asked_by: str = ""


def divide_reply(
    text: str,
    reviews: tuple[Review, ...],
    by: str,
    over: tuple[Review, ...] = (),
    since: datetime | None = None,
) -> DividedReply:
    """Split a reply among the reviews that an email was about, of which some may be over.

    A line that begins with the name of a review is for that one, and so are those below a line with
    nothing but its name. Any other is for the one review that it fits; what fits several is asked
    back, and what fits none is for the first. What names a review that is over is for no other, and
    what may be about something that waited in one since then is asked back. Prose belongs to the
    line above it.
    """
    divider = _ReplyDivider(reviews=reviews, over=over, by=by, since=since)
    for line in text.split("\n"):
        divider.read_line(line.strip())
    return divider.build()


@dataclass(slots=True, kw_only=True)
class _ReplyDivider:
    """Reads a reply line by line; `named` is the review that a line above has named.

    `since` is when the person first had such an email, None where that is not known.
    """

    reviews: tuple[Review, ...]
    over: tuple[Review, ...]
    by: str
    since: datetime | None = None
    named: Review | None = None
    last: list[str] | None = None
    texts: dict[str, list[str]] = field(default_factory=dict)
    unclear: list[tuple[list[str], tuple[Review, ...]]] = field(default_factory=list)

    def read_line(self, line: str) -> None:
        """Read one line; a name alone is a heading for those below it."""
        review, rest = self._split_name(line)
        if review is not None and not rest:
            self.named, self.last = review, None
            return
        pieces = [rest] if len(rest) > MAX_LINE_LENGTH else split_line(rest)
        for piece in pieces:
            self._read_piece(piece, review or self.named)

    def build(self) -> DividedReply:
        """Return what was read."""
        texts = {name: "\n".join(lines).strip() for name, lines in self.texts.items()}
        labels = label_reviews(review.id for review in (*self.reviews, *self.over))
        unclear = tuple(
            _build_answer(
                "\n".join(lines).strip(),
                [labels[review.id] for review in fitting if review not in self.over],
                [labels[review.id] for review in fitting if review in self.over],
            )
            for lines, fitting in self.unclear
            if any(lines)
        )
        return DividedReply(texts=texts, unclear=unclear, asked_by=self._choose_answering(texts))

    def _choose_answering(self, texts: Collection[str]) -> str:
        """Choose the review that answers what is unclear: one that answers anyway, or that fits."""
        fitting = (review for _, reviews in self.unclear for review in reviews)
        answering = (review.id for review in (*fitting, *self.reviews) if review not in self.over)
        return next(iter(texts), next(answering, "") if self.unclear else "")

    def _split_name(self, line: str) -> tuple[Review | None, str]:
        """Split the name of a review off the beginning of a line."""
        for name, review in self._list_names():
            match = re.match(rf"\W{{0,3}}{re.escape(name)}{_AFTER_NAME}", line, re.IGNORECASE)
            if match:
                return review, line[match.end() :]
        return None, line

    def _list_names(self) -> list[tuple[str, Review]]:
        """List the names of reviews, the longest first: label, id, and id without its prefix."""
        reviews = (*self.reviews, *self.over)
        labels = label_reviews(review.id for review in reviews)
        names = [
            (name, review)
            for review in reviews
            for name in {labels[review.id], review.id, review.id.removeprefix(ID_PREFIX)}
        ]
        return sorted(names, key=lambda pair: -len(pair[0]))

    def _read_piece(self, piece: str, named: Review | None) -> None:
        parsed = parse_line(piece[:MAX_LINE_LENGTH])
        is_prose = parsed.verb is None and not parsed.actions and not parsed.doubt
        if is_prose and self.last is not None:
            self.last.append(piece)
            return
        fitting = (named,) if named else self._list_fitting(parsed, is_prose=is_prose)
        if len(fitting) > 1 or fitting[0] in self.over:
            self.unclear.append(([piece], fitting))
            self.last = self.unclear[-1][0]
            return
        self.last = self.texts.setdefault(fitting[0].id, [])
        self.last.append(piece)

    def _list_fitting(self, parsed: ParsedLine, *, is_prose: bool) -> tuple[Review, ...]:
        """List the reviews that a line may be about; the first one where it fits none."""
        if is_prose or parsed.verb in VERBS_FOR_ALL:
            return self.reviews[:1]
        by_role = tuple(each for each in self.reviews if _fits(each, parsed, self.by))
        by_name = tuple(each for each in self.reviews if _names_action(each, parsed))
        ended = tuple(
            each for each in self.over if _may_mean_what_waited(each, parsed, self.by, self.since)
        )
        return (*by_role, *ended) or by_name or self.reviews[:1]


def _fits(review: Review, parsed: ParsedLine, by: str) -> bool:
    """Return whether somebody may mean an action of this review, or the review itself."""
    command_type = COMMAND_TYPES[parsed.verb] if parsed.verb else o.Report
    theirs = list(_list_own_actions(review, command_type, by))
    if parsed.actions:
        return any(action.id in parsed.actions for action in theirs)
    if not issubclass(command_type, o.ActionCommand):
        return review.stage in command_type.stages
    return any(action.status in command_type.action_statuses for action in theirs)


def _may_mean_what_waited(
    review: Review, parsed: ParsedLine, by: str, since: datetime | None
) -> bool:
    """Return whether somebody may mean what waited in a review that is over by now."""
    command_type = COMMAND_TYPES[parsed.verb] if parsed.verb else o.Report
    if not issubclass(command_type, o.ActionCommand):
        is_about_stage = set(command_type.stages) < set(OPEN_STAGES)
        return is_about_stage and (since is None or review.stage_since > since)
    waited = [
        action
        for action in review.actions
        if _may_be_meant(action, command_type, by)
        and (action.status in o.PENDING or since is None or action.since > since)
    ]
    return any(not parsed.actions or action.id in parsed.actions for action in waited)


def _list_own_actions(review: Review, command_type: type[o.Command], by: str) -> Iterator[Action]:
    """Yield the pending actions in which somebody has the role that a command needs."""
    for action in review.actions:
        if action.status in o.PENDING and _may_be_meant(action, command_type, by):
            yield action


def _may_be_meant(action: Action, command_type: type[o.Command], by: str) -> bool:
    """Return whether somebody has the role in an action that a command needs."""
    roles = {Role.OWNER: action.owner, Role.VERIFIER: action.verifier}
    needed = [address for role, address in roles.items() if role in command_type.who]
    return by in needed or not needed


def _names_action(review: Review, parsed: ParsedLine) -> bool:
    return any(review.action(name) is not None for name in parsed.actions)


def _build_answer(line: str, labels: list[str], over: list[str]) -> ReplyLine:
    """Build the answer to a line that fits several reviews, or one that is over."""
    if not over:
        return _ask_which_review(line, labels)
    no_more = f"{join_words(over)} {'take' if len(over) > 1 else 'takes'} no more replies"
    if not labels:
        return ReplyLine(text=line, answer=f"{no_more}, so nothing was changed.")
    meant = join_words(labels, "or")
    answer = (
        f"This may be about {join_words((*labels, *over), 'or')}, so nothing was changed; "
        f"{no_more}. If you mean {meant}, please write {_list_forms(line, labels)}."
    )
    return ReplyLine(text=line, answer=answer)


def _ask_which_review(line: str, labels: list[str]) -> ReplyLine:
    """Return the line with the question which review it is about, and how to say it."""
    answer = (
        f"This fits {join_words(labels)}, so nothing was changed. Please say which you mean: "
        f"{_list_forms(line, labels)}. Or write to the reply address in the part of the email that "
        "is about it."
    )
    return ReplyLine(text=line, answer=answer)


def _list_forms(line: str, labels: list[str]) -> str:
    """Return how a line reads that names its review, for each that it may be about."""
    first_line = truncate(line.partition("\n")[0], MAX_QUOTED_LENGTH)
    return join_words([f"“{label} {first_line}”" for label in labels], "or")
