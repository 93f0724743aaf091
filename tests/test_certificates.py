"""deploy/make-certificates.sh: an authority of our own, made once, and replaced without a gap."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID as Use

from tests.deploy_folder import copy_deploy, run_script

SCRIPT = "make-certificates.sh"
LEAVES = ("postgresql", "temporal", "temporal-client")
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


@pytest.fixture
def deploy(tmp_path: Path) -> Path:
    """Return a copy of the folder of the deployment, with certificates."""
    folder = copy_deploy(tmp_path)
    ran = run_script(folder, SCRIPT)
    assert ran.returncode == 0, ran.stderr
    return folder


def read_files(deploy: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (deploy / "secrets").iterdir()}


def load_certificate(deploy: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificates((deploy / "secrets" / f"{name}.crt").read_bytes())[0]


def is_believed(deploy: Path, name: str) -> bool:
    """Return whether openssl verifies a certificate by what is in ca.crt."""
    folder = deploy / "secrets"
    verify = ("openssl", "verify", "-CAfile", folder / "ca.crt", folder / f"{name}.crt")
    return subprocess.run(verify, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize(
    ("name", "uses", "hosts"),
    [
        ("postgresql", {Use.SERVER_AUTH}, {"postgresql", "localhost"}),
        ("temporal", {Use.SERVER_AUTH, Use.CLIENT_AUTH}, {"temporal", "localhost"}),
        ("temporal-client", {Use.CLIENT_AUTH}, set()),
    ],
)
def test_a_certificate_is_for_one_part_and_one_use(
    deploy: Path, name: str, uses: set[object], hosts: set[str]
) -> None:
    certificate = load_certificate(deploy, name)
    extensions = certificate.extensions
    named = [
        each.value for each in extensions if isinstance(each.value, x509.SubjectAlternativeName)
    ]

    assert set(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == uses
    assert {host for each in named for host in each.get_values_for_type(x509.DNSName)} == hosts
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_after_utc - datetime.now(UTC) < timedelta(days=826)
    assert is_believed(deploy, name)


def test_who_cannot_open_the_folder_reads_no_key_and_no_container_gets_that_of_the_authority(
    deploy: Path,
) -> None:
    modes = {file.name: file.stat().st_mode & 0o777 for file in (deploy / "secrets").iterdir()}

    assert (deploy / "secrets").stat().st_mode & 0o777 == 0o700
    assert modes["ca.key"] == modes["postgresql.key"] == 0o600
    assert not (deploy / "secrets").joinpath(".making").exists()
    assert len(modes) == 8


def test_what_is_there_stays(deploy: Path) -> None:
    before = read_files(deploy)

    ran = run_script(deploy, SCRIPT)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert read_files(deploy) == before


@pytest.mark.parametrize("name", LEAVES)
def test_one_that_was_removed_is_made_again_and_the_others_stay(deploy: Path, name: str) -> None:
    before = read_files(deploy)
    for kind in ("crt", "key"):
        (deploy / "secrets" / f"{name}.{kind}").unlink()

    run_script(deploy, SCRIPT)

    after = read_files(deploy)
    assert {file for file in after if after[file] != before[file]} == {f"{name}.crt", f"{name}.key"}
    assert is_believed(deploy, name)


def test_a_key_without_a_certificate_gets_one_and_stays(deploy: Path) -> None:
    before = read_files(deploy)
    (deploy / "secrets" / "temporal.crt").unlink()

    run_script(deploy, SCRIPT)

    assert read_files(deploy)["temporal.key"] == before["temporal.key"]
    assert is_believed(deploy, "temporal")


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (("temporal.key",), "temporal.crt is there without its key"),
        (("ca.key", "temporal.crt", "temporal.key"), "ca.key is not here"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is_lost(
    deploy: Path, missing: tuple[str, ...], words: str
) -> None:
    for name in missing:
        (deploy / "secrets" / name).unlink()
    before = read_files(deploy)

    ran = run_script(deploy, SCRIPT)

    assert ran.returncode == 1
    assert words in ran.stderr
    assert read_files(deploy) == before


def test_the_key_of_the_authority_may_be_kept_elsewhere(deploy: Path) -> None:
    (deploy / "secrets" / "ca.key").unlink()

    assert run_script(deploy, SCRIPT).returncode == 0


def test_a_new_authority_stands_beside_the_one_of_before_until_all_was_replaced(
    deploy: Path,
) -> None:
    run_script(deploy, SCRIPT, "--new-authority")
    both = [is_believed(deploy, name) for name in LEAVES]
    for name in LEAVES:
        (deploy / "secrets" / f"{name}.crt").unlink()
    run_script(deploy, SCRIPT)
    bundle = deploy / "secrets" / "ca.crt"
    newest = load_certificate(deploy, "ca")
    count = bundle.read_bytes().count(b"BEGIN CERTIFICATE")
    bundle.write_text(bundle.read_text().split("-----END CERTIFICATE-----\n")[0])
    with bundle.open("a") as file:
        file.write("-----END CERTIFICATE-----\n")

    assert both == [True] * 3
    assert count == 2
    assert load_certificate(deploy, "ca") == newest
    assert [is_believed(deploy, name) for name in LEAVES] == [True] * 3


def test_what_ends_soon_is_said(deploy: Path) -> None:
    script = deploy / SCRIPT
    script.write_text(script.read_text(encoding="utf-8").replace("\ndays=825", "\ndays=59"))
    for kind in ("crt", "key"):
        (deploy / "secrets" / f"temporal.{kind}").unlink()

    ran = run_script(deploy, SCRIPT)

    assert ran.returncode == 0
    assert ran.stderr.startswith("temporal.crt ends on ")
    assert "postgresql.crt" not in ran.stderr


def test_another_argument_is_wrong_usage(deploy: Path) -> None:
    assert run_script(deploy, SCRIPT, "--force").returncode == 2
