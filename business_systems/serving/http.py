"""An HTTP system: the resources of one world's system, page by page, behind a token and a rate limit."""

from __future__ import annotations

import json
import math
import select
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from business_systems.serving.admission import ClientCredentials, Doorkeeper, RateLimit
from business_systems.serving.clock import Clock, ClockRefused, read_moment
from business_systems.serving.faults import ROWS_BACK, TIMEOUT_SECONDS, FaultKind, Faults
from business_systems.serving.listing import Listing, Span
from business_systems.serving.served import tables_of

if TYPE_CHECKING:
    from datetime import datetime

    from business_systems.serving.served import ServedWorld

LARGEST_PAGE = 500
TOKEN_PATH = "oauth/token"


@dataclass(frozen=True)
class Answer:
    """A status, a JSON document and further headers."""

    status: int
    document: object
    headers: tuple[tuple[str, str], ...] = ()


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, error: str, *headers: tuple[str, str]) -> None:
        super().__init__(error)
        self.answer = Answer(status, {"error": error}, headers)


@dataclass(frozen=True)
class PageAsked:
    """Which rows a client asks for."""

    since: datetime | None
    limit: int
    offset: int

    @classmethod
    def read(cls, query: str) -> PageAsked:
        """The query's ``updated_since``, ``limit`` (100 if not given) and ``offset`` (0)."""
        given = {name: values[-1] for name, values in parse_qs(query).items()}
        try:
            since = read_moment(given["updated_since"]) if "updated_since" in given else None
        except ClockRefused as error:
            raise Refused(400, f"updated_since: {error} (a + in an address is written %2B)") from error
        return cls(
            since,
            _number(given, "limit", standard=100, least=1, most=LARGEST_PAGE),
            _number(given, "offset", standard=0, least=0, most=2**62),
        )


class HttpSystem(Faults):
    """One system's server at ``url``; as ``Faults``, what a test makes go wrong there.

    ``rate.per_second`` and, for client credentials, ``door.seconds`` (a token's life) may be set while it runs.
    """

    def __init__(self, world: ServedWorld, system: str, *, door: Doorkeeper, clock: Clock) -> None:
        super().__init__(resources=(*tables_of(world, system), TOKEN_PATH))
        self.door = door
        self.rate = RateLimit()
        self.requests = 0
        self.stopping = threading.Event()
        self._world = world
        self._system = system
        self._clock = clock
        self._deleted: dict[str, set[str]] = {}
        self._ready: dict[str, Listing] = {}
        self._reading = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name=system)

    @property
    def url(self) -> str:
        """The address before ``/<resource>``."""
        return f"http://127.0.0.1:{self._server.server_port}/{self._system}"

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def delete(self, resource: str, key: str) -> None:
        """Never serve the row again."""
        with self._reading:
            self._deleted.setdefault(resource, set()).add(key)
            self._ready.pop(resource, None)

    def resource_of(self, path: str) -> str:
        """What is asked for: the path behind the system's name."""
        resource = path.removeprefix(f"/{self._system}/")
        if resource == path or resource not in self.resources:
            raise Refused(404, f"there is nothing at {path}")
        return resource

    def admit(self) -> None:
        """Count the request; refuse it above the rate limit."""
        self.requests += 1
        if wait := self.rate.seconds_to_wait():
            raise Refused(429, "too many requests", ("Retry-After", str(math.ceil(wait))))

    def token(self, form: str) -> Answer:
        """The answer to a request for a token."""
        if not isinstance(self.door, ClientCredentials):
            raise Refused(404, "this system issues no tokens")
        given = {name: values[-1] for name, values in parse_qs(form).items()}
        if given.get("grant_type") != "client_credentials":
            raise Refused(400, "unsupported_grant_type")
        token = self.door.issue(given.get("client_id", ""), given.get("client_secret", ""))
        if token is None:
            raise Refused(401, "invalid_client")
        return Answer(200, {"access_token": token, "token_type": "Bearer", "expires_in": int(self.door.seconds)})

    def page(self, resource: str, asked: PageAsked, met: frozenset[FaultKind]) -> Answer:
        """The answer to a request for rows."""
        listing = self._listing(resource)
        span = listing.span(asked.since, self._clock.now)
        if FaultKind.CURSOR_BACKWARDS in met:
            span = Span(max(0, span.start - ROWS_BACK), span.stop)
        first = max(0, asked.offset - asked.limit) if FaultKind.SAME_PAGE_TWICE in met else asked.offset
        paged = listing.shuffled_page if FaultKind.PAGES_SHUFFLED in met else listing.page
        rows = self.changed(resource, paged(span, first, asked.limit))
        return Answer(200, {"data": rows, "total": span.total, "offset": asked.offset, "limit": asked.limit})

    def _listing(self, resource: str) -> Listing:
        with self._reading:
            if resource not in self._ready:
                rows = self._world.table(self._system, resource)
                self._ready[resource] = Listing(rows, deleted=self._deleted.get(resource, ()))
            return self._ready[resource]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    system: HttpSystem

    def do_GET(self) -> None:
        self._answer(self._rows)

    def do_POST(self) -> None:
        self._answer(self._token)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the command's output is the command's."""

    def _rows(self, met: frozenset[FaultKind], resource: str, query: str) -> Answer:
        if resource == TOKEN_PATH:
            raise Refused(405, "tokens are asked for by POST", ("Allow", "POST"))
        if not self.system.door.admits(self.headers.get("Authorization", "")):
            raise Refused(401, "no valid token", ("WWW-Authenticate", "Bearer"))
        return self.system.page(resource, PageAsked.read(query), met)

    def _token(self, _met: frozenset[FaultKind], resource: str, _query: str) -> Answer:
        if resource != TOKEN_PATH:
            raise Refused(405, "rows are asked for by GET", ("Allow", "GET"))
        return self.system.token(self._form)

    def _answer(self, answer_of: Any) -> None:
        # The body is read whatever the answer is: what is left of it would be taken for the next request.
        self._form = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        if self.system.stopping.is_set():
            self.close_connection = True
            return
        met: frozenset[FaultKind] = frozenset()
        try:
            parts = urlsplit(self.path)
            resource = self.system.resource_of(parts.path)
            self.system.admit()
            met = self.system.met(resource, _offset(parts.query))
            if FaultKind.REFUSE in met:
                self.close_connection = True
                return
            self._fail_by_status(met)
            answer = answer_of(met, resource, parts.query)
        except Refused as refused:
            answer = refused.answer
        self._send(answer, met)

    def _fail_by_status(self, met: frozenset[FaultKind]) -> None:
        if FaultKind.STATUS_429 in met:
            raise Refused(429, "too many requests", ("Retry-After", "1"))
        if FaultKind.STATUS_500 in met:
            raise Refused(500, "internal server error")
        if FaultKind.TOKEN_EXPIRES in met and not self.system.door.expire():
            raise Refused(401, "the token has expired", ("WWW-Authenticate", "Bearer"))

    def _send(self, answer: Answer, met: frozenset[FaultKind]) -> None:
        body = json.dumps(answer.document, ensure_ascii=False, separators=(",", ":")).encode()
        if FaultKind.TRUNCATED_JSON in met:
            body = body[: len(body) // 2]
        self.send_response(answer.status)
        for name, value in (*answer.headers, ("Content-Type", "application/json; charset=utf-8")):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if FaultKind.TIMEOUT in met:
            self.wfile.write(body[: len(body) // 2])
            self._hang()
        else:
            self.wfile.write(body)

    def _hang(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        until = time.monotonic() + TIMEOUT_SECONDS
        while time.monotonic() < until and not self.system.stopping.is_set():
            # A client that has given up makes the connection readable, with nothing to read.
            if select.select([self.connection], [], [], 0.05)[0]:
                return


def _handler(of: HttpSystem) -> type[_Handler]:
    class Handler(_Handler):
        system = of

    return Handler


def _offset(query: str) -> int:
    text = parse_qs(query).get("offset", ["0"])[-1]
    return int(text) if text.isdecimal() else 0


def _number(given: dict[str, str], name: str, *, standard: int, least: int, most: int) -> int:
    text = given.get(name, str(standard))
    if not text.isdecimal() or not least <= int(text) <= most:
        raise Refused(400, f"{name} is a whole number from {least} to {most}, not {text!r}")
    return int(text)
