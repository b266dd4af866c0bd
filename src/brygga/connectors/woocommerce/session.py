"""What every part of a session with a shop stands on: its calls, who it is, its statuses, lists of heads."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from brygga.connectors.contract.connector import Identity, OpenWith, OrderStatusName
from brygga.connectors.contract.http import HttpClient
from brygga.connectors.woocommerce.auth import signer_for
from brygga.connectors.woocommerce.client import WooClient
from brygga.connectors.woocommerce.items import TRASH
from brygga.connectors.woocommerce.lists import HasId, Page, Window, rows_by_id
from brygga.connectors.woocommerce.settings import woo_settings
from brygga.connectors.woocommerce.shop import identify, site_of
from brygga.connectors.woocommerce.values import BadValue, title
from brygga.connectors.woocommerce.values import text as as_text
from brygga.domain.errors import RecordGone, TryLater
from brygga.domain.message import message
from brygga.domain.order import OrderHead
from brygga.domain.product import ProductHead
from brygga.domain.shelf import StockTaken

DRAFTS = frozenset({"checkout-draft", "auto-draft"})  # carts under way in the checkout, never orders

# How long lists of orders go by the statuses last read. A poll looks back longer than this, so that an
# order in a status that a plugin has just brought is listed by a later one.
STATUSES_FOR = 300.0

_statuses: dict[tuple[str, str], tuple[float, tuple[OrderStatusName, ...]]] = {}  # by site and key, with time

R = TypeVar("R", bound=HasId)
H = TypeVar("H", OrderHead, ProductHead, StockTaken)


class ShopTalk:
    """One conversation with a shop: sockets, identity, and what several of its parts ask for."""

    def __init__(self, opening: OpenWith) -> None:
        self._settings = woo_settings(opening.settings, opening.secrets)
        self._http = HttpClient(opening.policy, opening.observe, opening.before_write)
        self._client = WooClient(self._settings.url, signer_for(self._settings), self._http)
        self._identity = opening.identity
        self._account = (self._settings.url, self._settings.consumer_key)
        self._statuses: tuple[OrderStatusName, ...] = ()

    def check(self) -> Identity:
        """Prove address, key and both permissions with real calls; say who answered."""
        self._identity = identify(self._client, self._settings)
        return self._identity

    def who(self) -> Identity:
        """Say which site answers at the address now."""
        return site_of(self._client.index(), self._settings)

    def close(self) -> None:
        """Free the sockets."""
        self._http.close()

    def order_statuses(self) -> Sequence[OrderStatusName]:
        """List the shop's statuses, its plugins' and the drafts' included."""
        if not self._statuses:
            self._statuses = self._read_statuses()
        return self._statuses

    def _orders_in(self, window: Window) -> Mapping[str, str]:
        # Named one by one: `any` has the drafts of carts in it, and not the trash.
        names = [status.key for status in self._statuses_lately() if status.key not in DRAFTS]
        return {"status": ",".join([*names, TRASH]), **window.query()}

    def _heads(
        self, read: Callable[[Mapping[str, str]], Page[R]], query: Mapping[str, str], map_row: Callable[[R], H],
        window: Window, what: str,
    ) -> Iterator[H]:  # fmt: skip
        for row in rows_by_id(lambda paging: read({**query, **paging}), what):
            try:
                head = map_row(row)
            except BadValue as error:  # a head only points: the record itself is read and judged later
                raise TryLater(
                    message("woocommerce.unreadable", what=f"{what}/{row.id}"), str(error), system_away=False
                ) from error
            if window.holds(head.modified_at):
                yield head

    def _known_statuses(self, wanted: str) -> set[str]:
        known = {status.key for status in self.order_statuses()} - DRAFTS
        if wanted not in known:  # a plugin may have been installed since we asked
            self._statuses = self._read_statuses()
            known = {status.key for status in self._statuses} - DRAFTS
        return known

    def _statuses_lately(self) -> Sequence[OrderStatusName]:
        read_at, statuses = _statuses.get(self._account, (0.0, ()))
        if statuses and time.monotonic() - read_at < STATUSES_FOR:
            return statuses
        return self.order_statuses()

    def _read_statuses(self) -> tuple[OrderStatusName, ...]:
        statuses = tuple(
            OrderStatusName(as_text(row.slug).removeprefix("wc-"), title(row.name))
            for row in self._client.order_statuses()
            if row.slug
        )
        _statuses[self._account] = (time.monotonic(), statuses)
        return statuses


def digits(record_id: str, kind: str) -> str:
    """Return a record's id, which is part of an address; raises RecordGone for what was never one of this shop's."""
    if not (record_id.isascii() and record_id.isdigit()):
        raise RecordGone(message(f"woocommerce.{kind}_gone", id=record_id[:40], host="", what=kind))
    return record_id
