"""A short fuzzing of each parser finds nothing, and the fuzzer finds what is planted for it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench.hostile import fuzz as fuzzing
from bench.hostile.fuzz import FuzzRun, find_problem, fuzz, main
from bench.hostile.fuzz_parsers import PARSERS, FuzzedParser
from bench.hostile.mutate import CHANGES, MAX_OCTETS, mutate
from models.errors import InvalidInput

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("without_coverage")]

INPUTS = {"mail": 150, "hook": 1_000, "document": 25, "reply": 40, "calendar": 150}


@pytest.mark.parametrize("name", PARSERS)
def test_no_mutated_input_breaks_a_parser_or_holds_it_up(name: str) -> None:
    run = fuzz(PARSERS[name], seed=20261129, count=INPUTS[name])

    assert run.findings == ()
    assert run.is_good
    assert run.tried == INPUTS[name]


@pytest.mark.parametrize("name", PARSERS)
def test_what_a_parser_begins_with_is_read(name: str) -> None:
    parser = PARSERS[name]

    assert [find_problem(parser, seed) for seed in parser.seeds] == [""] * len(parser.seeds)


def fail_on_a_quote(content: bytes) -> None:
    if b">" in content:
        raise KeyError(content)


def hang_on_a_quote(content: bytes) -> None:
    while b">" in content:
        pass


def build_chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  (the same seed makes the same inputs)


SEEDS = (b"> a", b"b\nc")


def test_a_crash_is_found_once_with_its_place_and_its_input() -> None:
    run = fuzz(FuzzedParser(seeds=SEEDS, read=fail_on_a_quote), seed=1, count=100)

    (finding,) = run.findings
    assert finding.problem.startswith("KeyError in fail_on_a_quote")
    assert b">" in finding.content
    assert not run.is_good


def test_a_refusal_that_is_expected_is_no_finding() -> None:
    def refuse(content: bytes) -> None:
        raise InvalidInput(repr(content))

    run = fuzz(FuzzedParser(seeds=SEEDS, read=refuse, refusals=(InvalidInput,)), seed=1, count=50)

    assert run.is_good


def test_a_hang_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzzing, "INPUT_SECONDS", 0.05)

    assert find_problem(FuzzedParser(seeds=SEEDS, read=hang_on_a_quote), b"> a").startswith(
        "it took more than"
    )


@pytest.mark.parametrize(("megabytes", "is_good"), [(0, True), (200, True), (201, False)])
def test_more_than_two_hundred_megabytes_are_too_many(megabytes: float, is_good: bool) -> None:
    run = FuzzRun(tried=100, findings=(), megabytes=megabytes)

    assert run.is_good is is_good


def test_the_same_seed_makes_the_same_inputs_and_another_one_others() -> None:
    first, again, other = (
        [mutate(b"A1 done", SEEDS, chance) for _ in range(20)]
        for chance in map(build_chance, (1, 1, 2))
    )

    assert first == again
    assert first != other


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("content", [b"", b"\n", b"A1 done\n> a\n"], ids=repr)
def test_every_change_takes_any_content(content: bytes, change: object) -> None:
    results = {change(content, build_chance(seed)) for seed in range(30)}  # type: ignore[operator]  # a function

    assert all(isinstance(each, bytes) for each in results)
    assert not content.strip() or len(results) > 1


def test_inputs_stay_within_their_size() -> None:
    chance = build_chance(3)

    assert max(len(mutate(b"A1 done" * 3_000, SEEDS, chance)) for _ in range(300)) <= MAX_OCTETS


def test_a_parser_is_fuzzed_for_a_while_and_its_findings_are_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(PARSERS, "hook", FuzzedParser(seeds=SEEDS, read=fail_on_a_quote))

    status = main(["0.01", "hook"])

    assert status == 1
    assert "1 findings" in capsys.readouterr().out
    (file,) = (tmp_path / "fuzz-findings").iterdir()
    assert b">" in file.read_bytes()
