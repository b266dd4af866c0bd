"""Speaks HTTP with Specter: getInfo by GET, putInfo by a form in ISO-8859-1, every call signed.

It decides nothing about records: it returns a `Reply`, or raises what an unreadable or missing
answer means. The signature never reaches journal or logs.
"""

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from brygga.connectors.contract.http import HttpClient, HttpPolicy, Request
from brygga.connectors.specter.answers import NotAnAnswer, Reply, no_answer, read_reply
from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.settings import Account, web_shop_field
from brygga.connectors.specter.signature import ENCODING, sign

Pairs = Sequence[tuple[str, str]]

_SAFE = re.compile(r"[A-Za-z0-9_.\-]*").fullmatch
_HIDDEN = "key=hidden"

_gates: dict[tuple[str, str, int], threading.BoundedSemaphore] = {}
_gates_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Write:
    """One write: what it is called, which text signs it, its routing parameters and its form."""

    action: str
    signed: str
    label: str
    pairs: Pairs
    query: Pairs = ()
    key_in_query: bool = False


class SpecterClient:
    """The calls of one account, at most as many at a time as the dialect allows."""

    def __init__(self, account: Account, dialect: Dialect, http: HttpClient, policy: HttpPolicy) -> None:
        self._account = account
        self._dialect = dialect
        self._http = http
        self._timeout = min(policy.read_timeout, float(dialect.limits.timeout_seconds))
        self._gate = _gate(account, dialect.limits.parallel_calls)

    def close(self) -> None:
        """Close the sockets."""
        self._http.close()

    def read(
        self,
        action: str,
        signed: str,
        pairs: Pairs,
        label: str,
        is_list: Callable[[str], bool] | None = None,
    ) -> Reply:
        """Call getInfo and return the reply. A lost or unreadable answer raises TryLater.

        `is_list` knows the form of an answer in lines, for a call that may be answered so.
        """
        routing = self._dialect.routing
        web_shop = self._account.web_shop if routing.web_shop_on_reads else ""
        query = encoded([*self._query(action, routing.use_xml_reads, web_shop), *pairs])
        url = f"{self._account.base_url}/{routing.read_path}?{query}"
        request = Request(
            method="GET",
            url=f"{url}&key={self._key(signed)}",
            label=label,
            changes=False,
            read_timeout=self._timeout,
            shown_url=f"{url}&{_HIDDEN}",
        )
        return self._send(request, is_list)

    def write(self, write: Write, *, web_shop: str = "") -> Reply:
        """Call putInfo and return the reply. A lost or unreadable answer raises OutcomeUnknown."""
        routing = self._dialect.routing
        query = encoded([*self._query(write.action, routing.use_xml_writes, web_shop), *write.query])
        key = f"key={self._key(write.signed)}"
        url = f"{self._account.base_url}/{routing.write_path}?{query}"
        form = encoded(write.pairs)
        in_query = write.key_in_query
        request = Request(
            method="POST",
            url=f"{url}&{key}" if in_query else url,
            label=write.label,
            changes=True,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=(form if in_query else f"{form}&{key}").encode("ascii"),
            read_timeout=self._timeout,
            shown_url=f"{url}&{_HIDDEN}" if in_query else url,
            shown_body=(form if in_query else f"{form}&{_HIDDEN}").encode("ascii"),
        )
        return self._send(request)

    def _query(self, action: str, use_xml: str, web_shop: str) -> list[tuple[str, str]]:
        account = self._account
        query = [("action", action), ("sbmId", account.sbm_id)]
        if account.api_user_id:
            query.append(("apiUserId", account.api_user_id))
        if use_xml:
            query.append(("useXML", use_xml))
        name = web_shop_field(account.version, self._dialect)
        if web_shop and name:
            query.append((name, web_shop))
        return query

    def _key(self, signed: str) -> str:
        return sign(self._account.inner_secret, self._account.outer_secret, self._account.sbm_id, signed)

    def _send(self, request: Request, is_list: Callable[[str], bool] | None = None) -> Reply:
        with self._gate:
            answer = self._http.send(request)
        if 200 <= answer.status < 300:
            try:
                return read_reply(answer.body, self._dialect.xml, is_list)
            except NotAnAnswer:
                pass
        raise no_answer(answer, changes=request.changes, dialect=self._dialect, label=request.label)


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """Return fields as a query or form: ISO-8859-1, percent-encoded, a space as plus."""
    return "&".join(
        # Most fields are empty, digits or codes: those need no encoding, and looking is cheaper.
        f"{name}={value}"
        if _SAFE(value)
        else f"{name}={quote_plus(value, encoding=ENCODING, errors='strict')}"
        for name, value in pairs
    )


def _gate(account: Account, calls: int) -> threading.BoundedSemaphore:
    # Sessions of one account share it, so that several workers do not call all at once.
    key = (account.base_url, account.sbm_id, calls)
    with _gates_lock:
        return _gates.setdefault(key, threading.BoundedSemaphore(calls))
