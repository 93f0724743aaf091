from __future__ import annotations

import pytest

from local.upgrade.settings_file import has_old_settings, rename_settings
from models.errors import InvalidInput

OLD = """\
# desk = who?
secret = "desk = 1"
desk = "desk@localhost"  # ours
policy.shuts_at = "18:00"

[mail]
  people_of = ["example.org"]
orders_of_consequence = true
[ policy ]  # days
"""
OLD_POLICY = "[policy]\nnudge_working_days = 3\nletters_per_step_up = 2\ndesk = 1\n"


def test_names_are_replaced_and_all_else_stays() -> None:
    text = OLD.partition("[ policy ]")[0]

    assert rename_settings(text) == (
        "# desk = who?\n"
        'secret = "desk = 1"\n'
        'coordinator = "desk@localhost"  # ours\n'
        'policy.closes_at = "18:00"\n'
        "\n"
        "[mail]\n"
        '  human_sender_domains = ["example.org"]\n'
        "decisions_by_mail = true\n"
    )


def test_a_name_is_old_only_in_its_own_table() -> None:
    renamed = rename_settings(OLD_POLICY)

    assert renamed == ("[policy]\nreminder_working_days = 3\nemails_per_escalation = 2\ndesk = 1\n")
    assert not has_old_settings(renamed)
    assert has_old_settings(OLD_POLICY)


@pytest.mark.parametrize(
    "text",
    ["mail = { people_of = [] }\n", '"desk" = "x@example.org"\n', 'mail."people_of" = []\n'],
)
def test_what_cannot_be_replaced_is_left_to_people(text: str) -> None:
    assert has_old_settings(text)
    with pytest.raises(InvalidInput, match=r"rename them by hand .*desk to coordinator"):
        rename_settings(text)


def test_a_file_that_is_no_toml_is_not_an_old_one() -> None:
    assert not has_old_settings("desk = [")
