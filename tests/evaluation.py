"""The product's judgement of words and mail in the shapes that an evaluation asks for.

`python -m tests.evaluation FOLDER` prints the tables for a labelled corpus, or for raw mails in
FOLDER/machine/<kind> and FOLDER/people.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mail.inbound.bounces import find_undeliverable_addresses
from mail.inbound.parse_mail import parse_mail as reading_mail
from models.document import Section
from text_checks import actions as promises
from text_checks import blame as blaming
from text_checks.cause_chains import assess_soundness
from text_checks.parsing import parse_document as reading


def action(text: str, owner: str | None, due: str | None) -> dict[str, Any]:
    """Return the verdict on an action: its label (vague or specific), and what it leaves open."""
    found = promises.check_action(text)
    return {
        "label": "vague" if found else "specific",
        "unanswered": list(promises.list_unanswered(text, owner, due)),
        "suggestion": found[0].suggestion if found else "",
    }


def blame(text: str) -> dict[str, Any]:
    """Return the verdict on a sentence: its label (blame or neutral), and a neutral wording."""
    found = blaming.find_blame(text)
    return {"label": "blame" if found else "neutral", "suggestion": blaming.suggest_wording(text)}


def whys(symptom: str, chain: Sequence[str]) -> str:
    """Return the verdict on a chain of whys: "sound", or what it lacks."""
    return assess_soundness(symptom, chain).value


def read(markdown: str) -> dict[str, Any]:
    """Read a document: timeline, causes, actions, went_well, unplaced."""
    found = reading(markdown)
    return {
        "timeline": list(found.section_texts.get(Section.TIMELINE, ())),
        "causes": list(found.section_texts.get(Section.CAUSES, ())),
        "actions": [{"text": a.text, "owner": a.owner, "due": a.due} for a in found.actions],
        "went_well": list(found.section_texts.get(Section.WENT_WELL, ())),
        "unplaced": list(found.unplaced),
    }


def reply(raw: bytes) -> str:
    """Return what the author of a mail newly wrote."""
    return reading_mail(raw).own_words


def calendar_answer(raw: bytes) -> dict[str, Any] | None:
    """Return what a mail answers to an invitation of ours; None where it answers none.

    `coming` is yes, no or maybe; `proposed` a time in ISO 8601, None where none is proposed.
    """
    mail = reading_mail(raw)
    found = mail.calendar_reply
    answer = found and (found.find_answer(mail.sender) or found.decided_answers[0])
    if not found or not answer or not (answer.rsvp or found.words):
        return None
    return {
        "attendee": answer.attendee,
        "coming": answer.rsvp.value if answer.rsvp else "maybe",
        "words": found.words,
        "proposed": found.proposed.isoformat() if found.proposed else None,
    }


def is_machine(raw: bytes) -> bool:
    """Return whether a mail was written by a program and not by a person."""
    return bool(reading_mail(raw).automated_kind)


def main(folder: Path) -> None:
    """Print the corpus' own evaluation, then the share of right verdicts by source."""
    names = [f"--{kind}=tests.evaluation:{kind}" for kind in ("action", "blame", "whys")]
    evaluate = folder / "evaluate.py"
    subprocess.run([sys.executable, evaluate, "--path", ".", *names], check=True)
    for name, judge_row in (
        ("action_items", lambda r: action(r["text"], r["owner"], r["due"])["label"]),
        ("sentences", lambda r: blame(r["text"])["label"]),
        ("whys", lambda r: whys(r["symptom"], r["whys"])),
    ):
        lines = (folder / "dev" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        _print_by_source(name, [(row, judge_row(row) == row["label"]) for row in rows])


def mails(folder: Path) -> None:
    """Print how many mails of each kind are taken for automated, and which are taken wrongly."""
    kinds = sorted(path for path in (folder / "machine").iterdir() if path.is_dir())
    sys.stdout.write(f"{'kind':<12} {'mails':>5} {'told':>5} {'named':>5}  wrong\n")
    for kind in (*kinds, folder / "people"):
        contents = {path: path.read_bytes() for path in sorted(kind.rglob("*")) if path.is_file()}
        automated = {path for path, raw in contents.items() if is_machine(raw)}
        bounced = sum(bool(find_undeliverable_addresses(contents[path])) for path in automated)
        wrong = automated if kind.name == "people" else contents.keys() - automated
        names = ", ".join(sorted(str(path.relative_to(kind)) for path in wrong))
        sys.stdout.write(
            f"{kind.name:<12} {len(contents):>5} {len(automated):>5} {bounced:>5}  {names}\n"
        )


def _print_by_source(name: str, results: list[tuple[dict[str, Any], bool]]) -> None:
    """Print the share of right verdicts for each source of a corpus."""
    by: dict[str, list[bool]] = defaultdict(list)
    for row, is_right in results:
        by[row["source"].split(":")[0].split(" (")[0]].append(is_right)
    shares = sorted((sum(right) / len(right), len(right), source) for source, right in by.items())
    mean = sum(share for share, _, _ in shares) / len(shares)
    sys.stdout.write(f"{name}: {len(shares)} sources, mean share right {mean:.3f}; the worst:\n")
    for share, count, source in shares[:5]:
        sys.stdout.write(f"  {share:.2f} of {count:<4} {source}\n")


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if given and (given / "machine").is_dir():
        mails(given)
    elif given and (given / "evaluate.py").is_file():
        main(given)
    else:
        sys.exit("Name the folder of a labelled corpus: make evaluate CORPUS=…")
