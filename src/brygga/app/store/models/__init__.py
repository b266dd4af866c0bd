"""Every table of the product, one module an idea."""

from brygga.app.store.models.connections import Connection, Cursor, Lane, Notice
from brygga.app.store.models.feeds import FeedBatchRow, FeedRow
from brygga.app.store.models.flows import Flow, FlowRevision
from brygga.app.store.models.journal import JournalEntry, RawMessage
from brygga.app.store.models.known import Card, CustomerCard, KnownArticle
from brygga.app.store.models.nodes import WorkerNode
from brygga.app.store.models.reports import FirstSync, FirstSyncRow, ReconcileReport, Stranger
from brygga.app.store.models.reservations import Reservation
from brygga.app.store.models.supply import (
    FactRow,
    GroupMember,
    GroupRow,
    SetPart,
    ShelfRow,
    SupplyRow,
    TakenRow,
)
from brygga.app.store.models.tasks import Task
from brygga.app.store.models.works import IntentRow, LinkRow, Work

__all__ = [
    "Card",
    "Connection",
    "Cursor",
    "CustomerCard",
    "FactRow",
    "FeedBatchRow",
    "FeedRow",
    "FirstSync",
    "FirstSyncRow",
    "Flow",
    "FlowRevision",
    "GroupMember",
    "GroupRow",
    "IntentRow",
    "JournalEntry",
    "KnownArticle",
    "Lane",
    "LinkRow",
    "Notice",
    "RawMessage",
    "ReconcileReport",
    "Reservation",
    "SetPart",
    "ShelfRow",
    "Stranger",
    "SupplyRow",
    "TakenRow",
    "Task",
    "Work",
    "WorkerNode",
]
