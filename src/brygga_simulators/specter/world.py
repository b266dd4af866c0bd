"""Everything the simulator holds: its accounts, the store, the clock and what waits to be told."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from brygga_simulators.common.clock import Clock
from brygga_simulators.common.storage import DocumentStore
from brygga_simulators.specter.books import Account, Books, Event
from brygga_simulators.specter.options import Options, changed
from brygga_simulators.specter.triggers import Triggers

# Made-up accounts that exist when the command line names none.
DEFAULT_ACCOUNTS = (
    "9999:2:7:00112233445566778899aabbccddeeff:11111111-2222-3333-4444-555555555555",
    "9998:1::demo-md5-key-one:demo-md5-key-two",
)


class World:
    """The accounts, and the one place where changes are committed and then told."""

    def __init__(
        self,
        store: DocumentStore,
        clock: Clock,
        accounts: Iterable[str] = DEFAULT_ACCOUNTS,
        wishes: Mapping[str, Any] | None = None,
    ) -> None:
        self.store = store
        self.clock = clock
        self.triggers = Triggers(store)
        self._wishes = dict(wishes or {})
        self._start_accounts = tuple(accounts)
        self.books: dict[int, Books] = {}
        self._load()

    def _load(self) -> None:
        decoder = msgspec.json.Decoder(Account)
        for body in self.store.raw("accounts").values():
            self._open(decoder.decode(body))
        self.triggers.load()
        first: list[int] = []
        for text in self._start_accounts:
            account = self.add_account(**account_from(text), options=self._wishes)
            # Accounts of the command line stand first: the first of all is the default one.
            first.append(account.sbm_id)
        self.books = {number: self.books[number] for number in [*first, *self.books]}
        self.commit()

    def _open(self, account: Account) -> Books:
        books = Books(account, self.store, self.clock)
        books.load()
        self.books[account.sbm_id] = books
        return books

    def add_account(
        self,
        sbm_id: int,
        version: int,
        user: str,
        inner_secret: str,
        outer_secret: str,
        options: Mapping[str, Any] | None = None,
    ) -> Account:
        """Open an account, or add an API user to it; ValueError for a version that is not 1 or 2."""
        if version not in (1, 2):
            raise ValueError("version must be 1 or 2")
        books = self.books.get(sbm_id)
        if books is None:
            books = self._open(Account(sbm_id, version, {}, outer_secret, Options()))
        account = books.account
        account.version = version
        account.outer_secret = outer_secret
        account.users[user if version == 2 else ""] = inner_secret
        if options:
            account.options = changed(account.options, options)
        books.save_account()
        return account

    def account(self, sbm_id: object = None) -> Books | None:
        """Return the books of an account; those of the first one when none is named."""
        text = "" if sbm_id is None else str(sbm_id)
        if not text:
            return next(iter(self.books.values()))
        return self.books.get(int(text)) if text.isascii() and text.isdigit() else None

    def commit(self) -> None:
        """Write all changes to disk, then send the triggers they call for."""
        self.store.commit()
        for books in self.books.values():
            if books.events:
                events: list[Event] = list(dict.fromkeys(books.events))  # a burst holds many alike
                books.events.clear()
                self.triggers.tell(books.account, events)

    def reset(self) -> None:
        """Forget everything but the accounts of the command line."""
        self.store.clear()
        self.books.clear()
        self.triggers.clear()
        self._load()


def account_from(text: str) -> dict[str, Any]:
    """Read `sbmId:version:apiUserId:innerSecret:outerSecret`; ValueError when it is not that."""
    parts = text.split(":")
    if len(parts) != 5:
        raise ValueError(f"an account is sbmId:version:apiUserId:innerSecret:outerSecret, not {text!r}")
    return {
        "sbm_id": int(parts[0]),
        "version": int(parts[1]),
        "user": parts[2],
        "inner_secret": parts[3],
        "outer_secret": parts[4],
    }
