"""RunStore for one flow in one lane: every write proves first that the lane is still ours.

What a claim already read (link, open intents, feedback) is not asked for again: nobody else
writes these while the lane is held. Statements are written out by hand; see `sql.py`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, InterfaceError, InternalError, OperationalError, connection

from brygga.app.store.articles import find_articles, forget_articles, keep_articles, suspects
from brygga.app.store.cards import (
    find_card,
    find_cards_with_email,
    find_customer_card,
    forget_card,
    keep_card,
)
from brygga.app.store.due import EPOCH, Claim
from brygga.app.store.feeds import number_told
from brygga.app.store.lanes import HeldLane, fence
from brygga.app.store.lines import Lines, RawGathering, insert, prepare
from brygga.app.store.links import article_owners, find_link, product_links, put_link
from brygga.app.store.remarks import keep_remarks
from brygga.app.store.sql import fetch, fetch_one, json_in, message_in, run, time_in, time_out
from brygga.app.store.transaction import write
from brygga.domain.message import Message, message
from brygga.domain.outcome import Outcome, State
from brygga.domain.refs import Link, RecordRef, Version
from brygga.flows.journal import Entry, Journal, Step
from brygga.flows.orders.after import NEEDS_PERSON
from brygga.flows.ports import Card, Intent, LaneLost, Twin, TwinMark, Work

ECHO_FOR = timedelta(seconds=90)  # a hint of our own write comes within this; polls tell the rest
_CACHE = 20_000
# Every work of one record in flows to one target: two flows between the same systems have two works.
_SAME_RECORD = (
    "SELECT o.id FROM store_work w JOIN store_flow f ON f.shop_id = w.source_id AND f.erp_id = %s"
    " JOIN store_work o ON o.flow_id = f.id AND o.kind = w.kind AND o.source_ref = w.source_ref WHERE w.id = %s"
)


class LaneStore:
    """Links, intents, known articles and outcomes, as `flows/ports.py` promises them."""

    def __init__(
        self, lane: HeldLane, keep_days: int = 90, linked: Callable[[Link], None] | None = None
    ) -> None:
        self._lane = lane
        self._keep_days = keep_days
        self._linked = linked  # told of a link in the very transaction that keeps it
        self._claims: dict[int, Claim] = {}
        self._marks: dict[int, TwinMark] = {}
        self._looked: dict[int, Version] = {}
        self._intents: dict[int, int] = {}  # intents opened by us, by work
        self._raw: dict[int, RawGathering] = {}  # exchanges of works whose outcome is not stored yet
        self._articles: dict[str, Decimal | None] = {}
        self.settled: dict[int, Outcome] = {}  # for the drain: what was stored during this attempt

    def begin(self, claims: Sequence[Claim]) -> None:
        """Forget the last attempt and know these works."""
        self._claims = {claim.work.id: claim for claim in claims}
        self._marks.clear()
        self._looked.clear()
        self._intents.clear()
        self._raw.clear()
        self.settled = {}

    @property
    def tenant(self) -> int:
        """Whose lane it is."""
        return self._lane.tenant

    @property
    def keep_days(self) -> int:
        """How long raw exchanges are kept."""
        return self._keep_days

    def claim_of(self, work: Work) -> Claim | None:
        """Return a work as it was when the attempt began."""
        return self._claims.get(work.id)

    def writing(self) -> AbstractContextManager[None]:
        """Begin a transaction of this lane. Raises LaneLost when it is another's."""
        return self._write()

    def failed(self, error: Exception) -> bool:
        """Say that an error is the database's: away, locked, or a connection that was cut."""
        # InternalError: PostgreSQL ended a transaction that stood still.
        return isinstance(error, OperationalError | InterfaceError | InternalError)

    # what was there before

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

    def looked(self, work: Work, version: Version) -> None:
        """Remember the source's own change time of what was just read."""
        self._looked[work.id] = version

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

    # creates

    def open_intents(self, work: Work) -> Sequence[Intent]:
        """Return earlier creates for this record whose end is not settled, oldest first."""
        claim = self._claims.get(work.id)
        if claim is not None and not claim.has_intents and work.id not in self._intents:
            return []
        rows = fetch(
            "SELECT id, key, fingerprint, begun_at FROM store_intentrow"
            f" WHERE work_id IN ({_SAME_RECORD}) AND state = 'open' ORDER BY id",
            (self._lane.connection, work.id),
        )
        return [Intent(pk, key, mark, time_out(at) or EPOCH) for pk, key, mark, at in rows]

    def claims_of_others(self, work: Work, target: int, key: str, number: str) -> Sequence[str]:
        """Return how other records of ours stand to what the target holds under a key or its number."""
        ref = work.ref
        mine = (ref.connection, ref.kind.value, ref.id)
        rows = fetch(
            "SELECT DISTINCT i.state FROM store_intentrow i JOIN store_work o ON o.id = i.work_id"
            " WHERE i.target_id = %s AND i.key = %s AND i.state IN ('open', 'done')"
            " AND NOT (o.source_id = %s AND o.kind = %s AND o.source_ref = %s)"
            " UNION SELECT 'done' FROM store_linkrow l WHERE l.target_id = %s AND l.kind = %s AND l.target_ref = %s"
            " AND l.target_ref <> '' AND NOT (l.source_id = %s AND l.kind = %s AND l.source_ref = %s)",
            (target, key, *mine, target, ref.kind.value, number, *mine),
        )
        return [state for (state,) in rows]

    def number_told(self, target: int, key: str) -> str:
        """Return the target's number of the order it holds under our key, if its feed told of one."""
        return number_told(target, key)

    def intend(self, work: Work, target: int, key: str, fingerprint: str, journal: Journal) -> Intent:
        """Store, durably, that a create under this key is about to be sent."""
        now = datetime.now(UTC)
        gathering = self._raw.setdefault(work.id, RawGathering())
        lines = prepare(journal.take(), gathering, pack_now=False)
        with self._write():
            row = fetch_one(
                "INSERT INTO store_intentrow (tenant_id, work_id, target_id, key, fingerprint, begun_at, state)"
                " VALUES (%s, %s, %s, %s, %s, %s, 'open') RETURNING id",
                (self._lane.tenant, work.id, target, key, fingerprint, time_in(now)),
            )
            insert(lines, self._lane.tenant, work.id, self._keep_days, now)
        assert row is not None
        self._intents[work.id] = row[0]
        return Intent(row[0], key, fingerprint, now)

    def withdraw(self, intent: Intent) -> None:
        """Settle an intent as surely not carried out."""
        with self._write():
            run(
                "UPDATE store_intentrow SET state = 'withdrawn' WHERE id = %s AND state = 'open'",
                (intent.id,),
            )

    # ends

    def settle(self, work: Work, outcome: Outcome, journal: Journal, link: Link | None = None) -> None:
        """Store what became of a record, with link and journal, and close its intents if it is done."""
        entries = journal.take()
        entries += self._last_words(work, outcome, entries)
        lines = prepare(entries, self._raw.pop(work.id, None))
        try:
            self._settle(work, outcome, lines, link)
        except IntegrityError:
            if link is None:
                raise
            # The number already belongs to another order of ours: a person must say which it is.
            reason = message("store.number_taken", number=link.target_key, order=work.key)
            outcome, link = replace(outcome, state=State.HELD, reason=reason, retry_at=None), None
            self._settle(work, outcome, lines, None)
        self.settled[work.id] = outcome
        claim = self._claims.get(work.id)
        if claim is not None and link is not None:
            self._claims[work.id] = replace(claim, link=link, has_intents=False)

    def _last_words(self, work: Work, outcome: Outcome, entries: Sequence[Entry]) -> list[Entry]:
        """Return lines for what was decided and is not told yet: the story outlives the next try."""
        told = [entry.message for entry in entries]
        known = self.warnings(work)
        decided = [outcome.reason] if outcome.state is not State.DONE else []
        decided += [one for one in outcome.warnings if one.code in NEEDS_PERSON and one not in known]
        now = datetime.now(UTC)
        return [Entry(now, Step.DECIDED, one) for one in decided if one not in told]

    def _settle(self, work: Work, outcome: Outcome, lines: Lines, link: Link | None) -> None:
        # What the target has done is worth a second and third try at writing it down.
        for pause in (0.2, 1.0, None):
            now = datetime.now(UTC)
            try:
                with self._write():
                    self._store_outcome(work, outcome, link, now)
                    if link is not None:
                        put_link(self._lane.tenant, link, now)
                        if self._linked is not None:
                            self._linked(link)
                    insert(lines, self._lane.tenant, work.id, self._keep_days, now)
                return
            except OperationalError:
                if pause is None:
                    raise
                connection.close_if_unusable_or_obsolete()
                time.sleep(pause)

    def _store_outcome(self, work: Work, outcome: Outcome, link: Link | None, now: datetime) -> None:
        claim = self._claims.get(work.id)
        looked = self._looked.get(work.id) or (claim.told if claim else None)
        looked_at, looked_mark = (looked.changed_at, looked.mark) if looked else (None, "")
        seen = claim.seen_count if claim else -1
        done = outcome.state is State.DONE
        mark = self._marks.get(work.id)
        attempt = work.attempt - (not outcome.counts) if outcome.retry_at is not None else 0
        # News that came during the attempt is not lost: any hint makes an order that is not done
        # due again; a done one only a change that is later than what was read. What was told before
        # the attempt is not judged again here, or a list and a reading that differ would go round.
        touched = run(
            "UPDATE store_work SET state = %s, reason = %s, reason_code = %s, warnings = %s, attempt = %s,"
            " due_at = CASE WHEN seen_count <> %s AND (NOT %s OR told_at > %s"
            " OR (told_at = %s AND told_mark <> '' AND %s <> '' AND told_mark <> %s)) THEN %s ELSE %s END,"
            " settled_at = %s, looked_at = COALESCE(%s, looked_at), looked_mark = %s, key = COALESCE(%s, key),"
            " target_ref = CASE WHEN %s = '' THEN target_ref ELSE %s END,"
            " target_key = CASE WHEN %s = '' THEN target_key ELSE %s END,"
            " fingerprint = CASE WHEN %s = '' THEN fingerprint ELSE %s END,"
            " twin_mark = COALESCE(%s, twin_mark), twin_reference = COALESCE(%s, twin_reference),"
            " created_at_source = COALESCE(%s, created_at_source), paid = COALESCE(%s, paid)"
            " WHERE id = %s",
            (
                outcome.state.value,
                message_in(outcome.reason),
                outcome.reason.code,
                json_in([warning.as_data() for warning in outcome.warnings]),
                attempt,
                seen,
                done and not work.ref.kind.to_shop,  # what a feed tells of has no version to go by
                time_in(looked_at),
                time_in(looked_at),
                looked_mark,
                looked_mark,
                time_in(now),
                time_in(outcome.retry_at),
                time_in(now),
                time_in(looked_at),
                looked_mark,
                link.source_key[:200] if link is not None and link.source_key else None,
                outcome.target_id,
                outcome.target_id,
                outcome.target_key,
                outcome.target_key,
                outcome.fingerprint,
                outcome.fingerprint,
                mark.mark if mark else None,
                mark.reference[:200] if mark else None,
                time_in(mark.created_at) if mark else None,
                mark.paid if mark else None,
                work.id,
            ),
        )
        if not touched:
            raise LaneLost(f"work {work.id} is gone")
        keep_remarks(work.id, claim.warnings if claim else (), outcome.warnings)
        if done and (claim is None or claim.has_intents or work.id in self._intents):
            run(
                f"UPDATE store_intentrow SET state = 'done' WHERE work_id IN ({_SAME_RECORD}) AND state = 'open'",
                (self._lane.connection, work.id),
            )

    def keep_lines(self, work: Work, journal: Journal) -> None:
        """Store the lines of an attempt that ended without an outcome: the work waits as it was."""
        lines = prepare(journal.take(), self._raw.pop(work.id, None))
        with self._write():
            insert(lines, self._lane.tenant, work.id, self._keep_days, datetime.now(UTC))

    def forget(self, work: Work) -> None:
        """Throw away a record's raw messages and what was typed in for it; lines and links stay."""
        with self._write():
            run(
                "DELETE FROM store_rawmessage WHERE id IN"
                " (SELECT raw_id FROM store_journalentry WHERE work_id = %s AND raw_id IS NOT NULL)",
                (work.id,),
            )
            run("UPDATE store_journalentry SET raw_id = NULL WHERE work_id = %s", (work.id,))
            run("UPDATE store_work SET edits = '' WHERE id = %s", (work.id,))

    # feedback

    def feedback_state(self, work: Work) -> Mapping[str, str]:
        """Return which feedback steps are done, by step."""
        claim = self._claims.get(work.id)
        return dict(claim.feedback) if claim is not None else {}

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
        """Store that a feedback step is done; `echo` is the source's version after it."""
        claim = self._claims[work.id]
        feedback = {**claim.feedback, step: state}
        lines = prepare(journal.take())
        now = datetime.now(UTC)
        echo_at = time_in(echo.changed_at) if echo else None
        params: list[Any] = [json_in(feedback), time_in(now + ECHO_FOR), echo_at, echo.mark if echo else None]
        due = ""
        if step == "all":
            due = (
                ", attempt = 0, due_at = CASE WHEN seen_count <> %s AND told_at > COALESCE(looked_at, told_at)"
                " AND told_at > COALESCE(%s, looked_at, told_at) THEN %s ELSE %s END"
            )
            params += (claim.seen_count, echo_at, time_in(now), time_in(now) if news else None)
        with self._write():
            run(
                "UPDATE store_work SET feedback = %s, echo_until = %s,"
                " echo_changed_at = COALESCE(%s, echo_changed_at),"
                f" echo_mark = COALESCE(%s, echo_mark){due} WHERE id = %s",
                (*params, work.id),
            )
            insert(lines, self._lane.tenant, work.id, self._keep_days, now)
        self._claims[work.id] = replace(claim, feedback=feedback)

    @contextmanager
    def _write(self) -> Iterator[None]:
        with write():
            fence(self._lane)
            yield
