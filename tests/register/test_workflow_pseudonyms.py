"""A pseudonym stands for somebody for good, and nobody without the database can try out who."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import Engine

from models.keys.key_ring import KeyPurpose, derive_key_ring
from register.archive import Archive
from register.at_rest.sealed_octets import use_keys
from register.database import build_engine, migrate
from register.workflow_pseudonyms import WorkflowPseudonyms
from tests.sample_people import ADA, FAY


def test_a_pseudonym_stays_whatever_keys_are_added_replaced_or_dropped(address: str) -> None:
    engine = build_engine(address)
    migrate(engine)
    pseudonym = Archive(engine).pseudonyms.compute(ADA)
    rings = ((), ("a first key, long",), ("a newer key, long", "a first key, long"), ())

    found = []
    for secrets in rings:
        later = use_keys(build_engine(address), derive_key_ring(secrets, KeyPurpose.ENCRYPTION))
        found.append(Archive(later).pseudonyms.compute(ADA))
        later.dispose()

    assert found == [pseudonym] * len(rings)
    engine.dispose()


def test_several_processes_that_begin_at_once_agree(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: WorkflowPseudonyms(engine).compute(ADA), range(24)))

    assert len(set(found)) == 1


def test_a_pseudonym_tells_people_and_their_sequence_apart_and_not_how_an_address_is_written(
    engine: Engine,
) -> None:
    compute = WorkflowPseudonyms(engine).compute

    told_apart = {compute(ADA), compute(FAY), compute(ADA, FAY), compute(FAY, ADA)}

    assert len(told_apart) == 4
    assert compute(ADA.upper()) == compute(ADA)
    assert compute("ab", "c") != compute("a", "bc")
    assert all(re.fullmatch("[0-9a-f]{20}", each) for each in told_apart)


def test_another_installation_has_other_pseudonyms(engine: Engine, tmp_path: Path) -> None:
    other = build_engine(f"sqlite:///{tmp_path / 'other.db'}")
    migrate(other)

    assert WorkflowPseudonyms(other).compute(ADA) != WorkflowPseudonyms(engine).compute(ADA)
    other.dispose()
