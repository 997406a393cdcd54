"""All systems of a world, running together."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from business_systems.serving.admission import ClientCredentials, FixedToken
from business_systems.serving.clock import EVERYTHING, Clock
from business_systems.serving.database import DATABASES, Databases
from business_systems.serving.files import FileSystems
from business_systems.serving.http import HttpSystem
from business_systems.serving.served import UnknownTable

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from business_systems.serving.served import ServedWorld


class Systems:
    """The running systems. ``crm``, ``live`` and ``survey`` take faults (see ``serving.faults``)."""

    def __init__(self, world: ServedWorld, folder: Path, clock: Clock, stack: ExitStack) -> None:
        self._world = world
        self._clock = clock
        self._credentials, self._live_token, self._survey_token = ClientCredentials(), FixedToken(), FixedToken()
        self.crm = HttpSystem(world, "crm", door=self._credentials, clock=clock)
        self.live = HttpSystem(world, "live", door=self._live_token, clock=clock)
        self.survey = HttpSystem(world, "survey", door=self._survey_token, clock=clock)
        for system in (self.crm, self.live, self.survey):
            system.start()
            stack.callback(system.close)
        self._files = FileSystems(world, folder)
        self._files.write(clock.now)
        self._databases = Databases(world)
        stack.callback(self._databases.close)
        self._databases.start(clock.now)

    @property
    def now(self) -> datetime:
        """The moment at which the systems stand."""
        return self._clock.now

    @property
    def shop_url(self) -> str:
        """The shop's database."""
        return self._databases.url("shop")

    @property
    def hris_url(self) -> str:
        """The HR database, on the same server."""
        return self._databases.url("hris")

    @property
    def environment(self) -> dict[str, str]:
        """Addresses, credentials and folders, as a reader of the systems finds them."""
        return {
            "XX_SHOP_URL": self.shop_url,
            "XX_HRIS_URL": self.hris_url,
            "XX_CRM_URL": self.crm.url,
            "XX_CRM_CLIENT_ID": self._credentials.client_id,
            "XX_CRM_CLIENT_SECRET": self._credentials.client_secret,
            "XX_LIVE_URL": self.live.url,
            "XX_LIVE_TOKEN": self._live_token.token,
            "XX_SURVEY_URL": self.survey.url,
            "XX_SURVEY_TOKEN": self._survey_token.token,
            "XX_ERP_FOLDER": str(self._files.folder("erp")),
            "XX_LEARNING_FOLDER": str(self._files.folder("learning")),
            "XX_FORMS_FOLDER": str(self._files.folder("forms")),
        }

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What a correct reader of the systems finds, whatever the clock."""
        return self._world.truth()

    def advance(self, to: datetime) -> None:
        """Move the clock to a later moment: the rows updated until then appear in all systems."""
        moment = self._clock.check(to)
        self._databases.advance(self._clock.now, moment)
        self._files.write(moment)
        self._clock.now = moment

    def delete(self, table: str, key: object) -> None:
        """Delete a row physically, in the system that has it.

        ``table`` is ``orders`` or, with its system, ``shop.orders``.
        """
        system, name = self._find(table)
        if system in DATABASES:
            self._databases.delete(system, name, str(key))
        elif system in ("crm", "live", "survey"):
            {"crm": self.crm, "live": self.live, "survey": self.survey}[system].delete(name, str(key))
        else:
            self._files.delete(system, name, str(key), self.now)

    def shop_down(self) -> None:
        """Stop PostgreSQL: the shop, and HR with it."""
        self._databases.down()

    def shop_up(self) -> None:
        """Start it again at the same address, with its rows."""
        self._databases.up()

    def _find(self, table: str) -> tuple[str, str]:
        found = [(system, name) for system, name in self._world.tables() if table in (name, f"{system}.{name}")]
        if len(found) != 1:
            raise UnknownTable(f"{len(found)} systems have a table {table!r}; name one as system.table")
        return found[0]


@contextmanager
def running(world: ServedWorld, *, folder: Path, clock: datetime | None = None) -> Generator[Systems]:
    """Start all systems of a world and stop them at the end.

    Files are written into ``folder``; the database lies in a temporary folder of its own and is gone at the end.
    """
    with ExitStack() as stack:
        yield Systems(world, Path(folder).resolve(), Clock(clock or EVERYTHING), stack)
