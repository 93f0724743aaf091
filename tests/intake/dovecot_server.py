"""A real Dovecot on loopback, with a mailbox for every name, run without root rights."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from imapclient import IMAPClient  # type: ignore[import-untyped]

from tests.patience import PATIENCE

HOST = "127.0.0.1"
USER, PASSWORD = "replies", "secret"
NOBODY, NOGROUP = "nobody", "nogroup"
BINARY = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")

CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = {host}
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_max_userip_connections = 100
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(slots=True)
class Dovecot:
    """Where the server listens, and how to start and stop it."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def open_client(self, user: str = USER) -> IMAPClient:
        """Open an IMAP connection to somebody's mailbox; every name has one."""
        client = IMAPClient(HOST, self.port, ssl=False)
        client.login(user, PASSWORD)
        client.select_folder("INBOX")
        return client

    def deliver(self, raw: bytes, user: str = USER) -> None:
        """Put a mail into a mailbox."""
        client = self.open_client(user)
        client.append("INBOX", raw)
        client.logout()

    def list_flags(self, user: str = USER) -> list[set[str]]:
        """List the flags of each mail."""
        client = self.open_client(user)
        found = client.get_flags(client.search())
        client.logout()
        return [{flag.decode() for flag in found[uid]} - {"\\Recent"} for uid in sorted(found)]

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        as_nobody = [] if os.geteuid() else ["setpriv", f"--reuid={NOBODY}", f"--regid={NOGROUP}"]
        rights = ["--clear-groups"] if as_nobody else []
        command = [*as_nobody, *rights, str(BINARY), "-F", "-c", str(self.folder / "dovecot.conf")]
        self.process = subprocess.Popen(command)
        until = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
            except OSError:
                assert time.monotonic() < until, (self.folder / "log").read_text()
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Stop the server."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()


@contextmanager
def run_dovecot(folder: Path) -> Iterator[Dovecot]:
    """Run a Dovecot in a folder; skips, saying so, where none is installed."""
    if BINARY is None:
        assert not os.environ.get("CI"), "CI must have Dovecot: apt-get install dovecot-imapd"
        pytest.skip("Dovecot is not installed: apt-get install dovecot-imapd")
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    for name in ("run", "state", "mail"):
        (folder / name).mkdir()
    mine = os.geteuid() != 0
    user = os.environ.get("USER", NOBODY) if mine else NOBODY
    group = str(os.getegid()) if mine else NOGROUP
    config = CONFIG.format(
        folder=folder, host=HOST, port=port, user=user, group=group, password=PASSWORD
    )
    (folder / "dovecot.conf").write_text(config)
    if not mine:
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOGROUP}", folder], check=True)
    server = Dovecot(folder, port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
