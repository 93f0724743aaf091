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

from mail.bounces import failed_for_good
from mail.reading import read as reading_mail
from models.document import Section
from words import actions as promises
from words import blame as blaming
from words.reading import read as reading
from words.whys import judge


def action(text: str, owner: str | None, due: str | None) -> dict[str, Any]:
    """Judge an action: {"label": "vague" or "specific", "unanswered": [...], "suggestion": …}."""
    found = promises.judge(text)
    return {
        "label": "vague" if found else "specific",
        "unanswered": list(promises.unanswered(text, owner, due)),
        "suggestion": found[0].better if found else "",
    }


def blame(text: str) -> dict[str, Any]:
    """Judge a sentence: {"label": "blame" or "neutral", "suggestion": a neutral wording}."""
    found = blaming.blame(text)
    return {"label": "blame" if found else "neutral", "suggestion": blaming.reworded(text)}


def whys(symptom: str, chain: Sequence[str]) -> str:
    """Judge a chain of whys: "sound", or what it lacks."""
    return judge(symptom, chain).value


def read(markdown: str) -> dict[str, Any]:
    """Read a document: timeline, causes, actions, went_well, unplaced."""
    found = reading(markdown)
    return {
        "timeline": list(found.parts.get(Section.TIMELINE, ())),
        "causes": list(found.parts.get(Section.CAUSES, ())),
        "actions": [{"text": a.text, "owner": a.owner, "due": a.due} for a in found.actions],
        "went_well": list(found.parts.get(Section.WENT_WELL, ())),
        "unplaced": list(found.unplaced),
    }


def reply(raw: bytes) -> str:
    """Read a mail: what its author newly wrote."""
    return reading_mail(raw).own_words


def is_machine(raw: bytes) -> bool:
    """Tell whether a mail was written by a machine."""
    return bool(reading_mail(raw).machine)


def main(folder: Path) -> None:
    """Print what the corpus' own evaluation says, then right answers by source and by code."""
    names = [f"--{kind}=tests.evaluation:{kind}" for kind in ("action", "blame", "whys")]
    evaluate = folder / "evaluate.py"
    subprocess.run([sys.executable, evaluate, "--path", ".", *names], check=True)
    for name, judged in (
        ("action_items", lambda r: action(r["text"], r["owner"], r["due"])["label"]),
        ("sentences", lambda r: blame(r["text"])["label"]),
        ("whys", lambda r: whys(r["symptom"], r["whys"])),
    ):
        lines = (folder / "dev" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        _by_source(name, [(row, judged(row) == row["label"]) for row in rows])


def mails(folder: Path) -> None:
    """Print how many mails of each kind are held for a machine's, and which are held wrongly."""
    kinds = sorted(path for path in (folder / "machine").iterdir() if path.is_dir())
    sys.stdout.write(f"{'kind':<12} {'mails':>5} {'told':>5} {'named':>5}  wrong\n")
    for kind in (*kinds, folder / "people"):
        given = {path: path.read_bytes() for path in sorted(kind.rglob("*")) if path.is_file()}
        told = {path for path, raw in given.items() if is_machine(raw)}
        named = sum(bool(failed_for_good(given[path])) for path in told)
        wrong = told if kind.name == "people" else given.keys() - told
        names = ", ".join(sorted(str(path.relative_to(kind)) for path in wrong))
        sys.stdout.write(f"{kind.name:<12} {len(given):>5} {len(told):>5} {named:>5}  {names}\n")


def _by_source(name: str, judged: list[tuple[dict[str, Any], bool]]) -> None:
    """Print the share of right answers for each source; rules hold nothing out, so this is it."""
    by: dict[str, list[bool]] = defaultdict(list)
    for row, is_right in judged:
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
