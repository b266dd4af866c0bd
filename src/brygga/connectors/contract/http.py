"""The one HTTP client: time-outs, private addresses, what was surely not sent, and what was seen.

A request ends in one of three ways that matter to money: an answer; surely not sent
(`TryLater`); perhaps carried out (`OutcomeUnknown` for a write, `TryLater` for a read, which
may be repeated). It never retries by itself: who knows what a request means decides that.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from brygga.domain.errors import ConnectionBroken, OutcomeUnknown, TryLater
from brygga.domain.message import message

USER_AGENT = "Brygga/0.1 (+https://github.com/brygga/brygga)"
_LARGEST_ANSWER = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class HttpPolicy:
    """How a connection may talk. Times in seconds; `allow_hosts` may be private addresses."""

    allow_hosts: frozenset[str] = frozenset()
    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    pool_size: int = 4
    user_agent: str = USER_AGENT


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back, as it is kept in the journal (encrypted) for a time.

    `label` names it for people; secrets are already removed from `url` and `request`.
    """

    label: str
    method: str
    url: str
    request: bytes
    status: int  # 0 when there was no answer
    answer: bytes
    started_at: datetime
    seconds: float
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `changes` says that it may change something at the other side."""

    method: str
    url: str
    label: str
    changes: bool
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    read_timeout: float | None = None
    slow: bool = False  # the other side may do much before it answers: wait twice as long
    shown_url: str = ""  # without secrets, for the journal
    shown_body: bytes | None = None


class PrivateAddress(Exception):
    """The host turned out to be in a private network and is not allowed."""


class TlsRefused(Exception):
    """The two sides could not agree on an encrypted connection: nothing was sent."""


class HttpClient:
    """A pool of connections to one host, watched by an observer. Safe between threads."""

    def __init__(
        self,
        policy: HttpPolicy,
        observe: Callable[[Exchange], None],
        before_write: Callable[[], None] | None = None,
    ) -> None:
        self._policy = policy
        self._observe = observe
        self._before_write = before_write
        self._this = threading.local()
        self._manager = urllib3.PoolManager(maxsize=policy.pool_size, block=False, retries=False)
        self._manager.pool_classes_by_scheme = _pool_classes(policy.allow_hosts, self._may_send)
        # By origin: the manager's own way parses each address four times, a tenth of a request's CPU.
        self._pools: dict[str, HTTPConnectionPool] = {}
        self._user_agent = {"User-Agent": policy.user_agent}

    def close(self) -> None:
        """Close every socket."""
        self._pools.clear()
        self._manager.clear()

    def send(self, request: Request) -> Answer:
        """Send a request and return the answer, whatever its status.

        Raises TryLater, OutcomeUnknown (only if `request.changes`), or ConnectionBroken for a
        private address or a certificate that is not accepted; and what `before_write` raises, with
        nothing sent.
        """
        self._this.changes = request.changes
        started_at = datetime.now(UTC)
        clock = time.perf_counter()
        status, body, fault = 0, b"", ""
        headers: dict[str, str] = {}
        address = urlsplit(request.url)
        host = address.netloc
        origin = f"{address.scheme}://{host}"
        try:
            pool = self._pools.get(origin)
            if pool is None:
                pool = self._pools[origin] = self._manager.connection_from_url(origin)
            answer = pool.urlopen(
                request.method,
                request.url[len(origin) :] or "/",
                body=request.body,
                headers={**self._user_agent, **request.headers},
                timeout=urllib3.Timeout(
                    connect=self._policy.connect_timeout,
                    read=request.read_timeout or self._policy.read_timeout * (2 if request.slow else 1),
                ),
                retries=False,
                redirect=False,
                assert_same_host=False,
                preload_content=False,
            )
            status = answer.status
            headers = {name.lower(): value for name, value in answer.headers.items()}
            body = _read(answer)
        except PrivateAddress as error:
            fault = "private address"
            raise ConnectionBroken(message("http.private_address", host=host), str(error)) from error
        except TlsRefused as error:
            fault = f"certificate: {error}"
            raise ConnectionBroken(
                message("http.certificate", host=host, reason=_short(error)), str(error)
            ) from error
        except (NewConnectionError, ConnectTimeoutError) as error:
            fault = f"not sent: {error}"
            raise TryLater(
                message("http.not_reached", host=host, reason=_short(error)), str(error)
            ) from error
        except (HTTPError, OSError) as error:
            fault = f"answer lost: {error}"
            if request.changes:
                raise OutcomeUnknown(
                    message("http.answer_lost", host=host),
                    str(error),
                    system_away=isinstance(error, ReadTimeoutError),
                ) from error
            code = "http.no_answer" if isinstance(error, ReadTimeoutError) else "http.not_reached"
            raise TryLater(message(code, host=host, reason=_short(error)), str(error)) from error
        finally:
            self._observe(
                Exchange(
                    label=request.label,
                    method=request.method,
                    url=request.shown_url or request.url,
                    request=request.body or b"" if request.shown_body is None else request.shown_body,
                    status=status,
                    answer=body,
                    started_at=started_at,
                    seconds=time.perf_counter() - clock,
                    fault=fault,
                )
            )
        return Answer(status, headers, body)

    def _may_send(self) -> None:
        if self._before_write is not None and self._this.changes:
            self._before_write()


def retry_after(answer: Answer, now: datetime) -> datetime | None:
    """Say when the other side asked us to come back, if it did; at most six hours away."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isdigit():
        when = now + timedelta(seconds=int(text))
    else:
        try:
            when = parsedate_to_datetime(text)
        except ValueError:
            return None
    return min(when, now + timedelta(hours=6))


def _read(answer: urllib3.BaseHTTPResponse) -> bytes:
    # The connection goes back to the pool only when the whole body was read.
    body = answer.read(_LARGEST_ANSWER + 1)
    if len(body) > _LARGEST_ANSWER:
        answer.close()
        raise HTTPError("answer too large")
    answer.release_conn()
    return body


def _short(error: Exception) -> str:
    text = str(error)
    for mark in ("[Errno", "Failed to establish", "timed out"):
        if mark in text:
            return text[text.index(mark) :][:120]
    return text[:120]


def _guard(sock: socket.socket, host: str, allow_hosts: frozenset[str]) -> socket.socket:
    # Judged on the address actually reached, so that a name can't change its mind in between.
    address = ipaddress.ip_address(sock.getpeername()[0].split("%")[0])
    if not address.is_global and host not in allow_hosts and str(address) not in allow_hosts:
        sock.close()
        raise PrivateAddress(f"{host} is {address}")
    return sock


class _AtOnce(HTTPConnection):
    """Sends head and body of a request in one go, and asks right before that whether it still may."""

    may_send: Callable[[], None]
    _collected: list[bytes] | None = None

    def request(self, *args: Any, **more: Any) -> None:
        collected: list[bytes] = []
        self._collected = collected
        try:
            super().request(*args, **more)
        finally:
            self._collected = None
        if self.sock is None:
            self.connect()
        self.may_send()
        self.send(b"".join(collected))

    def send(self, data: Any) -> None:
        if self._collected is None:
            super().send(data)
        else:
            self._collected.append(data)


def _pool_classes(allow_hosts: frozenset[str], may_send: Callable[[], None]) -> dict[str, Any]:
    class Plain(_AtOnce):
        def _new_conn(self) -> socket.socket:
            return _guard(super()._new_conn(), self.host, allow_hosts)

    class Tls(_AtOnce, HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _guard(super()._new_conn(), self.host, allow_hosts)

        def connect(self) -> None:
            # Only here is a fault of TLS surely before the request. Later ones lose the answer.
            try:
                super().connect()
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError) as error:
                raise NewConnectionError(self, f"greeting cut short: {error}") from error
            except (ssl.SSLError, SSLError) as error:
                raise TlsRefused(str(error)) from error

    Plain.may_send = Tls.may_send = staticmethod(may_send)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    return {"http": PlainPool, "https": TlsPool}
