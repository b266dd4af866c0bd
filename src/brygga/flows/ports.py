"""What a run needs from outside, supplied by `app/store` and, in small tests, from memory.

Each method that changes something is one transaction; a store is made for one lane and refuses
to write (LaneLost) when another worker has taken the lane over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from brygga.domain.message import Message
from brygga.domain.outcome import Outcome
from brygga.domain.party import Buyer, Customer
from brygga.domain.refs import Kind, Link, RecordRef, Version
from brygga.flows.journal import Journal


class LaneLost(Exception):
    """Another worker has taken over this lane; stop at once and write nothing."""


@dataclass(frozen=True, slots=True)
class Work:
    """One record that is to be brought over by one flow. `attempt` counts from 1.

    `edits` are values a person typed in for this record alone, by field. `forced` says that a
    person asked for it: start date, status and earlier edits no longer stand in the way.
    """

    id: int
    flow: int
    ref: RecordRef
    key: str
    attempt: int
    first_seen: datetime
    forced: bool = False
    edits: Mapping[str, str] | None = None
    released_twin: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """A create that was about to be sent: stored before, settled after.

    While it is open the target may hold a record under `key` that we made.
    """

    id: int
    key: str
    fingerprint: str
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    """A customer card of a target as we know it: whose number it carries, company or person.

    `email` is a mark of the address we last wrote on it, never the address.
    """

    id: str
    buyer: Buyer
    number: str
    email: str = ""

    def may_be_of(self, customer: Customer) -> bool:
        """Say that a customer may be the one of this card: of its kind, and with no other number."""
        same_number = not (self.number and customer.number) or self.number == customer.number
        return self.buyer is customer.buyer and same_number


@dataclass(frozen=True, slots=True)
class Twin:
    """Another order of the same shop that looks like the same checkout."""

    id: str
    key: str
    transferred: bool
    paid: bool


@dataclass(frozen=True, slots=True)
class TwinMark:
    """What twins have in common: buyer and sum (hashed), reference, and when it was made."""

    mark: str
    reference: str
    created_at: datetime
    paid: bool


class RunStore(Protocol):
    """Links, intents, known articles and outcomes of one lane."""

    def failed(self, error: Exception) -> bool:
        """Say that an error is the store's own: it was away for a moment, and no record is to blame."""

    def link(self, source: RecordRef, target: int) -> Link | None:
        """Return what a record became at a target, if it was brought there."""

    def warnings(self, work: Work) -> Sequence[Message]:
        """Return what was said of a record when it was settled before."""

    def looked(self, work: Work, version: Version) -> None:
        """Remember the source's own change time of what was just read; stored with the next settle.

        A later change wakes the record again; one told of twice does not.
        """

    def known_articles(self, target: int, article_nos: Sequence[str]) -> Mapping[str, Decimal | None]:
        """Say which of these article numbers the target is known to have, with VAT percent."""

    def keep_articles(
        self, target: int, articles: Mapping[str, Decimal | None], links: Sequence[Link] = ()
    ) -> None:
        """Remember articles that the target has, and which variants they are."""

    def forget_articles(self, target: int, article_nos: Sequence[str]) -> None:
        """Forget articles that the target turned out not to have any more."""

    def article_owners(self, target: int, source: int, article_nos: Sequence[str]) -> Mapping[str, str]:
        """Say which variant of a shop each of these articles is linked to, by the link's source id."""

    def suspects(self, target: int, article_nos: Sequence[str]) -> Mapping[str, str]:
        """Return known articles that differ from one of these in spelling only: ours to theirs."""

    def product_links(self, target: int, source: int, product_id: str) -> Mapping[str, str]:
        """Return a product's article links: source id (`<product>/<variant>`) to article number."""

    def articles_sold(
        self, target: int, source: int, variants: Sequence[str]
    ) -> Mapping[str, tuple[str, str]]:
        """Return which articles variants (`<product>/<variant>`) are: the SKU at that time, and the number."""

    def customer_card(self, source: RecordRef, target: int) -> str:
        """Return the target's id of a registered customer's card, or an empty text."""

    def twins(self, work: Work, mark: TwinMark, minutes: int) -> Sequence[Twin]:
        """Remember this order's mark and return other orders of the shop that share it."""

    def open_intents(self, work: Work) -> Sequence[Intent]:
        """Return earlier creates for this record whose end is not settled, oldest first.

        Also those of another flow between the same two systems.
        """

    def claims_of_others(self, work: Work, target: int, key: str, number: str) -> Sequence[str]:
        """Return how other records of ours stand to what the target holds under a key or its number.

        `done`: it is theirs; `open`: it may be theirs, since their create under this key is not settled.
        """

    def number_told(self, target: int, key: str) -> str:
        """Return the target's number of the order it holds under our key, if its feed told of one."""

    def intend(self, work: Work, target: int, key: str, fingerprint: str, journal: Journal) -> Intent:
        """Store, durably, that a create under this key is about to be sent."""

    def withdraw(self, intent: Intent) -> None:
        """Settle an intent as surely not carried out."""

    def card(self, target: int, card_id: str) -> Card | None:
        """Return what we know of a card of the target, from orders of ours that went to it."""

    def cards_with_email(self, target: int, email: str) -> Sequence[Card]:
        """Return the cards on which an address of this mark was last written."""

    def keep_card(self, target: int, card: Card, source: RecordRef | None) -> None:
        """Remember a card, and which registered customer of a shop it belongs to."""

    def forget_card(self, target: int, card_id: str) -> None:
        """Forget a card that the target does not have any more."""

    def settle(self, work: Work, outcome: Outcome, journal: Journal, link: Link | None = None) -> None:
        """Store what became of a record, with link and journal, and close its intents if it is done.

        The record is due again at `outcome.retry_at`, whatever its state: a DONE order whose shop
        was not yet told is DONE and due.
        """

    def forget(self, work: Work) -> None:
        """Throw away a record's raw messages and what was typed in for it; lines and links stay."""

    def feedback_state(self, work: Work) -> Mapping[str, str]:
        """Return which feedback steps are `done`, by step: `note`, `order`, `all`."""

    def keep_feedback(
        self,
        work: Work,
        step: str,
        state: str,
        journal: Journal,
        echo: Version | None = None,
        *,
        news: bool = False,
    ) -> None:
        """Store that a feedback step is done; `echo` is the source's version after it.

        `news` says that the source had changed meanwhile: the record is due again at once.
        What the source reports up to that version is our own and wakes nothing. `step` is
        `note`, `order`, or `all`, which also says that the record is no longer due.
        """


class Intake(Protocol):
    """Where hints and polls leave the records they saw."""

    def seen_many(self, flow: int, kind: Kind, source: int, ids: Sequence[str], note: Message) -> int:
        """Make, or wake, the works of many records that a feed told of; return how many are due."""

    def seen(
        self, flow: int, ref: RecordRef, key: str, version: Version | None, sort: str, note: Message
    ) -> bool:
        """Make, or wake, the one piece of work for a record; say whether anything is to be done."""
