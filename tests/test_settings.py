"""Secrets that keep nobody out stop the start, with a sentence that says how to make one."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from local.state_dir import generate_settings
from models.errors import InvalidInput
from settings import Settings, load_settings

SECRET = "a secret for tests only"
HOW = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "settings.md"


def load(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    """Load settings from an environment that has these and no other."""
    for name in [name for name in os.environ if name.startswith("AFTERWORD_")]:
        monkeypatch.delenv(name)
    required = {"AFTERWORD_SECRET": SECRET, "AFTERWORD_COORDINATOR": "coordinator@example.org"}
    for name, value in {**required, **environment}.items():
        monkeypatch.setenv(name, value)
    return load_settings()


@pytest.mark.parametrize("value", ["", "   ", "\t\n" * 16, "…", "changeme", "Change-me", "x" * 20])
def test_a_secret_that_is_none_stops_the_start_and_says_how_to_make_one(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput, match=re.escape(HOW)) as refused:
        load(monkeypatch, AFTERWORD_SECRET=value)

    assert str(refused.value).startswith("secret: ")


def test_a_short_secret_of_ours_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="secret: must have at least 16 characters; make one"):
        load(monkeypatch, AFTERWORD_SECRET=f"{SECRET[:15]}{' ' * 40}")


@pytest.mark.parametrize("tool", ["PAGERDUTY", "GENERIC", "MAIL"])
@pytest.mark.parametrize(
    "value", ['[""]', '[" "]', f'["{SECRET}", ""]', '["the secret that PagerDuty showed"]']
)
def test_a_secret_of_a_tool_that_is_none_stops_the_start(
    tool: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput, match=rf"hooks\.{tool.lower()}\.\d: is .*make one with"):
        load(monkeypatch, **{f"AFTERWORD_HOOKS__{tool}": value})


@pytest.mark.parametrize("part", ["SMTP", "IMAP"])
def test_a_file_of_authorities_that_is_not_there_stops_the_start(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput, match=rf"mail\.{part.lower()}\.ca_file: there is no file"):
        load(monkeypatch, **{f"AFTERWORD_MAIL__{part}__CA_FILE": "/not/there.crt"})


def test_each_source_has_secrets_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    hooks = load(monkeypatch, AFTERWORD_HOOKS__SOURCES=f'{{"jira": ["{SECRET}"]}}').hooks

    assert [each.get_secret_value() for each in hooks.sources["jira"]] == [SECRET]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ('{"jira": [""]}', "is empty; make one with"),
        ('{"pagerduty": ["SECRET"]}', "“pagerduty” is a source of Afterword's own"),
        ('{"Jira": ["SECRET"]}', "“Jira” is no source"),
    ],
)
def test_a_source_without_a_secret_or_with_a_name_that_is_taken_stops_the_start(
    value: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        load(monkeypatch, AFTERWORD_HOOKS__SOURCES=value.replace("SECRET", SECRET))

    assert str(refused.value).startswith("hooks.sources.")
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("section", ["SMTP", "IMAP"])
@pytest.mark.parametrize("password", ["", "  "])
def test_a_login_without_a_password_stops_the_start(
    section: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = f"AFTERWORD_MAIL__{section}__"
    given = {f"{prefix}USERNAME": "afterword", f"{prefix}PASSWORD": password}

    with pytest.raises(InvalidInput, match="the password of afterword is empty"):
        load(monkeypatch, **given)


def test_no_secret_is_part_of_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput) as refused:
        load(monkeypatch, AFTERWORD_SECRET="too short", AFTERWORD_HOOKS__GENERIC='["change me"]')

    assert "too short" not in str(refused.value)
    assert "change me" not in str(refused.value)


def test_the_secrets_of_a_first_start_are_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(generate_settings())
    for name in [name for name in os.environ if name.startswith("AFTERWORD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AFTERWORD_CONFIG", str(file))

    assert load_settings().hooks.generic


def test_the_reference_says_how_to_make_a_secret() -> None:
    assert HOW in REFERENCE.read_text()


def test_restricted_reviews_without_a_key_stop_the_start_and_the_refusal_names_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(InvalidInput, match="would be readable there for good") as refused:
        load(monkeypatch, AFTERWORD_POLICY='{"restricted_reviews": true}')

    told = str(refused.value)
    assert "policy.restricted_reviews is true, and keys.encryption is empty" in told
    assert HOW in told
    (way_out,) = re.findall(r"AFTERWORD_KEYS__ENCRYPTION='(.*?)'", told)
    with_key = load(
        monkeypatch,
        AFTERWORD_POLICY='{"restricted_reviews": true}',
        AFTERWORD_KEYS__ENCRYPTION=way_out.replace("…", "a key that somebody made"),
    )
    assert with_key.opening_policy.restricted_reviews


@pytest.mark.parametrize(
    ("policy", "keys", "may_restrict"),
    [
        ("{}", "[]", False),
        ("{}", f'["{SECRET}"]', True),
        ('{"restricted_reviews": false}', f'["{SECRET}"]', False),
        ('{"restricted_reviews": false}', "[]", False),
    ],
)
def test_a_key_lets_people_restrict_unless_the_policy_says_otherwise(
    policy: str, keys: str, may_restrict: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load(monkeypatch, AFTERWORD_POLICY=policy, AFTERWORD_KEYS__ENCRYPTION=keys)

    assert settings.opening_policy.restricted_reviews is may_restrict
