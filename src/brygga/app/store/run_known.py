"""What was there before a lane's attempt: links, articles, cards and twins; claims are not read again."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from brygga.app.store.articles import find_articles, forget_articles, keep_articles, suspects
from brygga.app.store.cards import (
    find_card,
    find_cards_with_email,
    find_customer_card,
    forget_card,
    keep_card,
)
from brygga.app.store.due import Claim
from brygga.app.store.lanes import HeldLane, fence
from brygga.app.store.links import article_owners, articles_sold, find_link, product_links, put_link
from brygga.app.store.sql import fetch, time_in
from brygga.app.store.transaction import write
from brygga.domain.message import Message
from brygga.domain.outcome import State
from brygga.domain.refs import Link, RecordRef
from brygga.flows.ports import Card, Twin, TwinMark, Work

_CACHE = 20_000


class LaneKnown:
    """What one lane's flow knows of records and of what they became: the first part of `LaneStore`."""

    def __init__(self, lane: HeldLane) -> None:
        self._lane = lane
        self._claims: dict[int, Claim] = {}
        self._marks: dict[int, TwinMark] = {}
        self._articles: dict[str, Decimal | None] = {}

    @property
    def tenant(self) -> int:
        """Whose lane it is."""
        return self._lane.tenant

    def claim_of(self, work: Work) -> Claim | None:
        """Return a work as it was when the attempt began."""
        return self._claims.get(work.id)

    def writing(self) -> AbstractContextManager[None]:
        """Begin a transaction of this lane. Raises LaneLost when it is another's."""
        return self._write()

    @contextmanager
    def _write(self) -> Iterator[None]:
        with write():
            fence(self._lane)
            yield

    def link(self, source: RecordRef, target: int) -> Link | None:
        """Return what a record became at a target, if it was brought there."""
        for claim in self._claims.values():
            if claim.work.ref == source and target == self._lane.connection:
                return claim.link
        return find_link(source, target)

    def warnings(self, work: Work) -> Sequence[Message]:
        """Return what was said of a record when it was settled before."""
        claim = self._claims.get(work.id)
        return claim.warnings if claim is not None else ()

    def known_articles(self, target: int, article_nos: Sequence[str]) -> Mapping[str, Decimal | None]:
        """Say which of these article numbers the target is known to have, with VAT percent."""
        unknown = [no for no in dict.fromkeys(article_nos) if no not in self._articles]
        if len(self._articles) > _CACHE:
            self._articles.clear()
            unknown = list(dict.fromkeys(article_nos))
        self._articles.update(find_articles(target, unknown))
        return {no: self._articles[no] for no in article_nos if no in self._articles}

    def keep_articles(
        self, target: int, articles: Mapping[str, Decimal | None], links: Sequence[Link] = ()
    ) -> None:
        """Remember articles that the target has, and which variants they are."""
        now = datetime.now(UTC)
        with self._write():
            keep_articles(self._lane.tenant, target, articles)
            for link in links:
                put_link(self._lane.tenant, link, now)
        for number, vat in articles.items():
            self._articles[number] = vat if vat is not None else self._articles.get(number)

    def forget_articles(self, target: int, article_nos: Sequence[str]) -> None:
        """Forget articles that the target turned out not to have any more."""
        with self._write():
            forget_articles(target, article_nos)
        for number in article_nos:
            self._articles.pop(number, None)

    def article_owners(self, target: int, source: int, article_nos: Sequence[str]) -> Mapping[str, str]:
        """Say which variant of a shop each of these articles is linked to."""
        return article_owners(target, source, article_nos)

    def suspects(self, target: int, article_nos: Sequence[str]) -> Mapping[str, str]:
        """Return known articles that differ from one of these in spelling only."""
        return suspects(target, article_nos)

    def product_links(self, target: int, source: int, product_id: str) -> Mapping[str, str]:
        """Return a product's article links: source id to article number."""
        return product_links(target, source, product_id)

    def articles_sold(
        self, target: int, source: int, variants: Sequence[str]
    ) -> Mapping[str, tuple[str, str]]:
        """Return which articles variants (`<product>/<variant>`) are: the SKU at that time, and the number."""
        return articles_sold(target, source, variants)

    def customer_card(self, source: RecordRef, target: int) -> str:
        """Return the target's id of a registered customer's card, or an empty text."""
        return find_customer_card(source, target)

    def card(self, target: int, card_id: str) -> Card | None:
        """Return what we know of a card of the target."""
        return find_card(target, card_id)

    def cards_with_email(self, target: int, email: str) -> Sequence[Card]:
        """Return the cards on which an address of this mark was last written."""
        return find_cards_with_email(target, email)

    def forget_card(self, target: int, card_id: str) -> None:
        """Forget a card that the target does not have any more."""
        with self._write():
            forget_card(target, card_id)

    def keep_card(self, target: int, card: Card, source: RecordRef | None) -> None:
        """Remember a card, and which registered customer of a shop it belongs to."""
        with self._write():
            keep_card(self._lane.tenant, target, card, source)

    def twins(self, work: Work, mark: TwinMark, minutes: int) -> Sequence[Twin]:
        """Remember this order's mark and return other orders of the shop that share it."""
        self._marks[work.id] = mark
        span = timedelta(minutes=minutes)
        rows = fetch(
            "SELECT source_ref, key, state, paid, twin_reference FROM store_work"
            " WHERE flow_id = %s AND twin_mark = %s AND twin_mark <> '' AND id <> %s"
            " AND created_at_source BETWEEN %s AND %s ORDER BY created_at_source, id",
            (work.flow, mark.mark, work.id, time_in(mark.created_at - span), time_in(mark.created_at + span)),
        )
        return [
            # One that may have been sent counts as sent.
            Twin(ref, key, transferred=state in (State.DONE.value, State.UNKNOWN.value), paid=bool(paid))
            for ref, key, state, paid, reference in rows
            if not (reference and mark.reference) or reference == mark.reference[:200]
        ]
