"""Works grouped by what stopped them: one line for each cause, however many it stopped.

A cause is a reason's code with the facts that must be mended together: "no article number for
the fee *Fakturaavgift*" is one cause, whichever orders it stopped.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform

from brygga.app.store.models.tasks import Task
from brygga.app.store.models.works import Work
from brygga.domain.message import Message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind

# The facts that tell one cause from another, by code; codes that are not here are one cause each.
# `*.name` is a reason of any connector: they keep the same names for the same things.
FACTS: Mapping[str, tuple[str, ...]] = {
    "order.no_article": ("kind", "row"),
    "order.line_without_sku": ("row",),
    "order.unfit_article": ("article",),
    "order.unknown_payment": ("method", "id"),
    "order.reference_missing": ("method",),
    "order.odd_percent": ("percent",),
    "order.home_without_vat": ("row",),
    "order.currency_not_open": ("currency",),
    "*.article_unknown": ("article",),
    "*.currency_not_open": ("currency",),
    "*.refused": ("error", "text"),
    "*.missing_parameter": ("error", "text"),
    "flow.bug": ("error",),
}
_ALL_FACTS = tuple(sorted({fact for facts in FACTS.values() for fact in facts}))


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause and what it stopped. `sample` is the oldest work's whole reason."""

    kind: Kind
    state: State
    code: str
    facts: Mapping[str, str]
    count: int
    since: datetime
    sample_id: int
    flows: frozenset[int]
    sample: Message | None = None

    @property
    def token(self) -> str:
        """Name the cause in an address, without putting its words there."""
        identity = json.dumps([self.kind, self.state, self.code, sorted(self.facts.items())])
        return hashlib.sha256(identity.encode()).hexdigest()[:12]

    def as_filter(self) -> Q:
        """Return what finds the works of this cause."""
        found = Q(kind=self.kind.value, state=self.state.value, reason_code=self.code)
        for name, value in self.facts.items():
            found &= Q(**{f"reason__facts__{name}": value})
        return found


def anyones(code: str) -> str:
    """Return a code as it is written for any connector: `*.article_unknown`."""
    return f"*.{code.partition('.')[2]}"


def causes(
    states: Iterable[State] = (State.HELD,), kind: Kind | None = None, *, questions: bool = True
) -> list[Cause]:
    """Return the causes that hold works, oldest first. Two queries, however many works there are.

    Without `questions` works are left out that wait for the answer to one: it is shown itself.
    """
    found = Work.objects.filter(state__in=[state.value for state in states])
    if not questions:
        found = found.exclude(Exists(Task.objects.filter(work=OuterRef("pk"), closed_at=None)))
    if kind is not None:
        found = found.filter(kind=kind.value)
    names = {
        f"fact_{name}": KeyTextTransform(name, KeyTextTransform("facts", "reason")) for name in _ALL_FACTS
    }
    rows = (
        found.annotate(**names)
        .values("kind", "state", "reason_code", "flow_id", *names)
        .annotate(n=Count("id"), since=Min("first_seen_at"), first=Min("id"))
        .order_by()
    )
    merged: dict[str, Cause] = {}
    for row in rows:
        cause = _cause(row)
        before = merged.get(cause.token)
        merged[cause.token] = cause if before is None else _joined(before, cause)
    reasons = dict(
        Work.objects.filter(pk__in=[cause.sample_id for cause in merged.values()]).values_list("pk", "reason")
    )
    ready = [_with_sample(cause, reasons.get(cause.sample_id)) for cause in merged.values()]
    return sorted(ready, key=lambda cause: (cause.since, cause.sample_id))


def _facts_of(code: str) -> tuple[str, ...]:
    return FACTS.get(code) or FACTS.get(anyones(code), ())


def _cause(row: Mapping[str, Any]) -> Cause:
    code = row["reason_code"]
    facts = {name: row[f"fact_{name}"] for name in _facts_of(code) if row[f"fact_{name}"] is not None}
    return Cause(
        Kind(row["kind"]),
        State(row["state"]),
        code,
        facts,
        row["n"],
        row["since"],
        row["first"],
        frozenset({row["flow_id"]}),
    )


def _joined(one: Cause, other: Cause) -> Cause:
    return replace(
        one,
        count=one.count + other.count,
        since=min(one.since, other.since),
        sample_id=min(one.sample_id, other.sample_id),
        flows=one.flows | other.flows,
    )


def _with_sample(cause: Cause, reason: Any) -> Cause:
    return replace(cause, sample=Message.from_data(reason) if reason else Message(cause.code, cause.facts))
