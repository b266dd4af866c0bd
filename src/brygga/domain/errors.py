"""Every error raised on purpose, sorted by what happens next.

    TryLater          the clock acts: the same thing again after a pause
    OutcomeUnknown    the flow acts: settle what became of it before doing it again
    RecordRejected    the merchant acts: this record waits, the others go on
    ConnectionBroken  the merchant acts: this connection pauses until it is well again
    SetupWrong        the merchant acts: this flow pauses and points at the setting

Anything else is a bug: the work and the traceback are kept. `for_merchant` is a message to be
said in the merchant's language; `for_us` is what we sent and what came back, secrets removed.
"""

from datetime import datetime

from brygga.domain.message import Message


class BryggaError(Exception):
    """The base: nothing raises it, everything that catches all of ours may name it."""

    def __init__(self, for_merchant: Message, for_us: str = "") -> None:
        super().__init__(f"{for_merchant.code} {dict(for_merchant.facts)} {for_us}".strip())
        self.for_merchant = for_merchant
        self.for_us = for_us


class TryLater(BryggaError):
    """Nothing was done; the same thing may work later. `after` is when, if we were told.

    `counts` is False when the system as a whole is away: then no attempt of the record is spent.
    """

    def __init__(
        self,
        for_merchant: Message,
        for_us: str = "",
        *,
        after: datetime | None = None,
        system_away: bool = True,
    ) -> None:
        super().__init__(for_merchant, for_us)
        self.after = after
        self.system_away = system_away


class OutcomeUnknown(BryggaError):
    """It may have been done. Look, or ask in a way that can't double it, before doing it again.

    `system_away` says that the system as a whole seems to be in trouble, not this record alone.
    """

    def __init__(self, for_merchant: Message, for_us: str = "", *, system_away: bool = False) -> None:
        super().__init__(for_merchant, for_us)
        self.system_away = system_away


class RecordRejected(BryggaError):
    """This record can't pass as it is. It waits for a person; nothing of it is lost."""


class DuplicateNumber(RecordRejected):
    """The target says that it already has this number. `existing` is its own number, if it told."""

    def __init__(self, for_merchant: Message, for_us: str = "", *, existing: str = "") -> None:
        super().__init__(for_merchant, for_us)
        self.existing = existing


class ArticleMissing(RecordRejected):
    """The target does not know an article of the record. `article_no` names it, if it told."""

    def __init__(self, for_merchant: Message, for_us: str = "", *, article_no: str = "") -> None:
        super().__init__(for_merchant, for_us)
        self.article_no = article_no


class CardGone(RecordRejected):
    """The target has no customer under the id that it once gave us: deleted, merged, renumbered."""


class RecordGone(RecordRejected):
    """The record is not there any more: deleted, or never was."""


class StatusNotKept(RecordRejected):
    """The shop made another status of an order than it was asked for: a payment could not be drawn, say."""

    def __init__(self, for_merchant: Message, for_us: str = "", *, became: str = "") -> None:
        super().__init__(for_merchant, for_us)
        self.became = became


class ConnectionBroken(BryggaError):
    """Keys refused or another system answers: pause the connection, keep its work, ask."""


class SetupWrong(BryggaError):
    """A setting is missing or impossible: pause the flow and point at the setting."""

    def __init__(self, for_merchant: Message, for_us: str = "", *, setting: str = "") -> None:
        super().__init__(for_merchant, for_us)
        self.setting = setting
