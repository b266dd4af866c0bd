"""Writes what a person did into the journal."""

from collections.abc import Iterable
from datetime import UTC, datetime

from brygga.app.store.lines import insert, prepare
from brygga.app.tenancy.scope import current
from brygga.domain.message import Message
from brygga.flows.journal import Journal, Step


def by_hand(told: Message, works: Iterable[int | None] = (None,)) -> None:
    """Write a line for each work, or one about no work. Call it inside `write`."""
    now = datetime.now(UTC)
    for work in works:
        journal = Journal()
        journal.add(Step.BY_HAND, told)
        insert(prepare(journal.take()), current(), work, 0, now)
