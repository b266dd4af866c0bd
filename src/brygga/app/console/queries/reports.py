"""Reconciliations for the pages: a list of runs, and one report cut by kind into pages, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from brygga.app.console.headlines import HEADLINES
from brygga.app.console.words import language, say
from brygga.app.services.report_words import FRESH, done_name, fresh_name, kind_name
from brygga.app.store.models.reports import ReconcileReport
from brygga.app.store.models.works import Work
from brygga.domain.message import Message
from brygga.domain.refs import Kind
from brygga.flows.reconcile.report import KEPT, Done, What

PAGE_SIZE = 50
# What bears on whether a list of runs can be trusted, of each side.
_SHORT = ("shop", "erp", "stock_feed")
_OF_ORDERS = frozenset({What.ORDER.value, What.REFUND.value})


@dataclass(frozen=True, slots=True)
class Shown:
    """One difference with its words; `work` is the id of what it is about, `kind` which page that has."""

    what: str
    key: str
    message: Mapping[str, Any]
    cause: Mapping[str, Any]
    done: str
    done_words: str
    asks: bool
    work: int | None
    kind: str


@dataclass(frozen=True, slots=True)
class CauseCount:
    """How many differences of a kind have one likely cause, and what is done about them."""

    kind: str
    cause: str
    done: str
    count: int


@dataclass(frozen=True, slots=True)
class ReportPage:
    """One report as a page shows it. `cut` says that more were found than are kept with their words."""

    tabs: Sequence[tuple[str, str, int]]  # kind, its name, how many
    causes: Sequence[CauseCount]
    odd_days: Sequence[Mapping[str, Any]]
    days: int
    fresh: Sequence[tuple[str, datetime | None]]
    remarks: Sequence[Mapping[str, Any]]
    shown: Sequence[Shown]
    page: int
    more: bool
    cut: bool


def fresh_shortly(fresh: Mapping[str, datetime | None]) -> list[tuple[str, datetime | None]]:
    """Return how fresh each side was, for a list: only what was looked at."""
    return [(fresh_name(name, language()), fresh[name]) for name in _SHORT if fresh.get(name)]


def kinds_in_words(by_kind: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return how many differences of each kind, in the order of the product."""
    return [(kind_name(what.value, language()), by_kind[what]) for what in What if by_kind.get(what)]


def report_page(report: ReconcileReport, what: str, page: int) -> ReportPage:
    """Return a report cut to one kind (or all) and one page."""
    body: Mapping[str, Any] = report.body
    differences = [one for one in body.get("differences", ()) if what in ("", one["what"])]
    start = (page - 1) * PAGE_SIZE
    part = differences[start : start + PAGE_SIZE]
    by_kind: dict[str, int] = {}
    for one in body.get("found", ()):
        by_kind[one["what"]] = by_kind.get(one["what"], 0) + one["count"]
    found = sum(by_kind.values()) if not what else by_kind.get(what, 0)
    fresh = body.get("fresh", {})
    names = [name for name in FRESH if name in fresh] + [name for name in fresh if name not in FRESH]
    return ReportPage(
        tabs=[
            (one.value, kind_name(one.value, language()), by_kind[one.value])
            for one in What
            if one.value in by_kind
        ],
        causes=_causes(body),
        odd_days=[day for day in body.get("days", ()) if not day["agrees"]],
        days=len({day["day"] for day in body.get("days", ())}),
        fresh=[
            (fresh_name(name, language()), datetime.fromisoformat(fresh[name]) if fresh[name] else None)
            for name in names
        ],
        remarks=body.get("remarks", ()),
        shown=_shown(report.flow_id, part),
        page=page,
        more=len(differences) > start + PAGE_SIZE,
        cut=found > len(differences) and not differences[start + PAGE_SIZE :],
    )


def _causes(body: Mapping[str, Any]) -> list[CauseCount]:
    """Return the likely causes, most first; one that speaks of facts is told by the first it fits."""
    samples = {one["cause"]["code"]: one["cause"] for one in reversed(body.get("differences", ()))}
    found = [
        CauseCount(
            kind_name(one["what"], language()),
            _cause(one["cause"], samples.get(one["cause"])),
            done_name(one["done"], language()),
            one["count"],
        )
        for one in body.get("found", ())
    ]
    return sorted(found, key=lambda one: -one.count)


def _cause(code: str, sample: Mapping[str, Any] | None) -> str:
    short = HEADLINES.get(code)
    if short is not None and "%(" not in str(short):
        return str(short)
    return say(sample or Message(code))


def _shown(flow: int, part: Sequence[Mapping[str, Any]]) -> list[Shown]:
    works = _works(flow, part)
    return [
        Shown(
            one["what"],
            one["key"],
            one["message"],
            one["cause"],
            one["done"],
            done_name(one["done"], language()),
            one["done"] == Done.ASKED,
            works.get((_kind(one["what"]), one["key"])),
            _kind(one["what"]),
        )
        for one in part
    ]


def _kind(what: str) -> str:
    return Kind.ORDER.value if what in _OF_ORDERS else Kind.ITEM.value


def _works(flow: int, part: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """Return the works that differences are about, by kind and number. One query."""
    keys: dict[str, list[str]] = {}
    for one in part:
        keys.setdefault(_kind(one["what"]), []).append(one["key"])
    if not keys:
        return {}
    orders = Q(kind=Kind.ORDER.value, key__in=keys.get(Kind.ORDER.value, ()))
    items = Q(kind=Kind.ITEM.value, source_ref__in=keys.get(Kind.ITEM.value, ()))
    found = Work.objects.filter(orders | items, flow_id=flow).values_list("kind", "key", "source_ref", "pk")
    return {(kind, key if kind == Kind.ORDER.value else ref): pk for kind, key, ref, pk in found}


KEPT_OF_A_KIND = KEPT
