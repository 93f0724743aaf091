"""A document checked offline: findings of every kind, sorted, each at its line."""

from __future__ import annotations

from text_checks.check_document import check_document

TEXT = """\
# Search was stale

## Summary
The engineer should have known.

## Causes
- It was down
  - The operator made a mistake

## Actions
- Improve monitoring
- Alert the on-call person when replication lag is above 30 s for 5 minutes
"""


def test_sentences_chains_and_actions_are_checked_at_their_lines() -> None:
    found = check_document(TEXT)

    assert found.title == "Search was stale"
    assert found.is_english
    assert [str(section) for section in found.missing] == ["impact", "timeline"]
    assert [(f.id, f.line) for f in found.findings][:1] == [("W1", 4)]
    codes = {(f.line, f.code) for f in found.findings}
    assert (4, "should-have") in codes
    assert (7, "ends-in-person") in codes
    assert any(line == 11 for line, _ in codes)
    assert not any(line == 12 for line, _ in codes)


def test_an_owner_who_would_verify_their_own_work_is_named_at_the_row() -> None:
    found = check_document(
        "# Pool\n\n## Actions\n\n"
        "| Action | Owner | Verifier | Done when |\n|---|---|---|---|\n"
        "| Cap each tenant at 20 connections | Olga Petrova | olga  petrova | It works |\n"
        "| Page when p99 is above 2 s | Olga Petrova | Vera Novak | The alert fires |\n"
        "| Rehearse a restore of the archive | tbd | TBD | The drill ends within an hour |\n"
    )

    codes = [
        (f.line, f.code) for f in found.findings if f.code in ("verifier-owns", "unobservable")
    ]
    assert codes == [(7, "unobservable"), (7, "verifier-owns")]


def test_another_language_is_reported_and_not_checked() -> None:
    found = check_document(
        "# Поиск устарел\n\n## Summary\nИнженер должен был знать об этом раньше. Он ошибся.\n"
    )

    assert not found.is_english
    assert found.findings == ()
