"""Decide which texts are English and can be checked."""

from __future__ import annotations

import pytest

from text_checks.language import is_english


@pytest.mark.parametrize(
    "text",
    [
        "Add an alert on replication lag above 30 s",
        "Improve monitoring",
        "Müller restarted the Zürich database after the café outage",
        "The on-call engineer should have known better.",
        "Fix https://git.example.org/x/1",
    ],
)
def test_english_is_english(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Der Techniker hätte das vorher prüfen müssen, und die Warnung war nicht eingerichtet.",
        "L'opérateur a oublié de vérifier la configuration dans le service avant le déploiement.",
        "El operador olvidó revisar la configuración del servicio antes de la entrega.",
        "オペレーターが設定を確認するのを忘れた。",
        "לתקן את ההתראה על זמן תגובה",
        "Оператор забыл проверить резервную копию.",
        "… 42 %",
        "",
    ],
)
def test_what_is_not_english_is_left_alone(text: str) -> None:
    assert not is_english(text)
