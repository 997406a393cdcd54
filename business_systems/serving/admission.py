"""Who may ask an HTTP system, and how often."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from typing import Protocol


class Doorkeeper(Protocol):
    """Tells whether the value of an Authorization header opens the door."""

    def admits(self, authorization: str) -> bool:
        """Whether the bearer may ask."""
        ...

    def expire(self) -> bool:
        """End all tokens; false if they cannot end."""
        ...


class FixedToken:
    """A bearer token that never changes."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)

    def admits(self, authorization: str) -> bool:
        return secrets.compare_digest(authorization.encode(), f"Bearer {self.token}".encode())

    def expire(self) -> bool:
        return False


class ClientCredentials:
    """OAuth 2 client credentials: tokens live for ``seconds``."""

    def __init__(self) -> None:
        self.client_id = "xx-reader"
        self.client_secret = secrets.token_urlsafe(24)
        self.seconds = 3600.0
        self._until: dict[str, float] = {}

    def issue(self, client_id: str, client_secret: str) -> str | None:
        """A new token, or None if the credentials are wrong."""
        known = secrets.compare_digest(client_id.encode(), self.client_id.encode())
        if not secrets.compare_digest(client_secret.encode(), self.client_secret.encode()) or not known:
            return None
        token = secrets.token_urlsafe(24)
        self._until[token] = time.monotonic() + self.seconds
        return token

    def admits(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        return scheme == "Bearer" and self._until.get(token, 0.0) > time.monotonic()

    def expire(self) -> bool:
        self._until.clear()
        return True


class RateLimit:
    """At most ``per_second`` requests in any second."""

    def __init__(self, per_second: int = 200) -> None:
        self.per_second = per_second
        self._recent: deque[float] = deque()
        self._lock = threading.Lock()

    def seconds_to_wait(self) -> float:
        """0 if the request may be answered, which counts it; else when the next one may be."""
        with self._lock:
            now = time.monotonic()
            while self._recent and self._recent[0] <= now - 1:
                self._recent.popleft()
            if len(self._recent) < self.per_second:
                self._recent.append(now)
                return 0.0
            return self._recent[0] + 1 - now if self._recent else 1.0
