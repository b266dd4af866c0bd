"""Tells items of a shop what to show: in few calls, halved where the shop can't take as much at once.

A write is absolute, so a call may be made again, whole or in halves, whatever became of it. The
shop takes a hundred items a call, but a host may refuse the size or break off after its own time;
then halves are tried, and the size that was too much is not tried again in this conversation. An
item that makes the shop crash is found in the same way and told, while the others pass.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brygga.connectors.woocommerce import wire_shelf
from brygga.connectors.woocommerce.client import WooClient
from brygga.connectors.woocommerce.item_checks import differences
from brygga.connectors.woocommerce.lists import PER_PAGE, parts_of
from brygga.connectors.woocommerce.mapping_items import Change, change_from, item_from_wire
from brygga.connectors.woocommerce.values import id_text, text
from brygga.domain.errors import OutcomeUnknown, RecordGone, RecordRejected, TryLater
from brygga.domain.message import Message, message
from brygga.domain.shelf import ItemAnswer, ItemWrite, ShopItem

_TIME_OUTS = frozenset({"408", "504", "524"})
_FEWEST_IN_TIME = 10  # a shop that can't do these in time is in trouble, not overloaded by us
_MOST_CRASHES = 5  # more than that, and it is the shop and not the items


@dataclass(frozen=True, slots=True)
class _Task:
    """A write on its way: its place among the writes, and its part of a batch."""

    place: int
    write: ItemWrite
    change: Change


class ItemWriter:
    """Writes items of one shop, and remembers how many it can take in a call."""

    def __init__(self, client: WooClient, weight_unit: str) -> None:
        self._client = client
        self._unit = weight_unit
        self._most = PER_PAGE

    def put(self, writes: Sequence[ItemWrite]) -> list[ItemAnswer]:
        """Write and answer in order. See `WooSession.put_items`."""
        answers: dict[int, ItemAnswer] = {}
        by_parent: dict[str, list[_Task]] = {}
        for place, write in enumerate(writes):
            if not (_is_id(write.product_id) and _is_id(write.variant_id)):
                answers[place] = _gone(write)
                continue
            task = _Task(place, write, change_from(write))
            if len(task.change.fields) > 1:
                parent = "" if write.product_id == write.variant_id else write.product_id
                by_parent.setdefault(parent, []).append(task)
            else:
                answers[place] = _answer(write, task.change.problems)
        batches = _Batches(self._client, self._most)
        try:
            for parent, tasks in by_parent.items():
                try:
                    for task, row in batches.send(parent, tasks):
                        answers[task.place] = self._answered(task, row)
                except RecordGone:  # the parent
                    answers |= {task.place: _gone(task.write) for task in tasks if task.place not in answers}
            for task in batches.crashed():
                fault = message("woocommerce.item_crashes", item=task.write.variant_id)
                answers[task.place] = _answer(task.write, (fault, *task.change.problems))
        finally:
            self._most = batches.most
        return [answers[place] for place in range(len(writes))]

    def _answered(self, task: _Task, row: wire_shelf.Item | None) -> ItemAnswer:
        write, problems = task.write, task.change.problems
        if row is None:
            fault = message("woocommerce.item_not_answered", item=write.variant_id)
            return _answer(write, (fault, *problems))
        if row.error is not None:
            return _refused(write, row.error, problems)
        item = item_from_wire(row, self._unit, product_id=write.product_id)
        problems += differences(task.change.fields, row)
        if item.status == "trash":
            problems = (message("woocommerce.item_in_trash", item=item.sku or item.variant_id), *problems)
        return _answer(write, problems, item)


class _Batches:
    """The calls behind one `put`, and what the shop could not take."""

    def __init__(self, client: WooClient, most: int) -> None:
        self._client = client
        self.most = most
        self._worked = False
        self._crashed: list[tuple[_Task, OutcomeUnknown]] = []

    def send(self, parent: str, tasks: Sequence[_Task]) -> Iterator[tuple[_Task, wire_shelf.Item | None]]:
        """Send the tasks of one parent; yield each with the shop's row for it, None if it has none.

        Raises RecordGone when the parent is, TryLater, and what the client raises.
        """
        waiting = [list(part) for part in parts_of(tasks, self.most)]
        while waiting:
            part = waiting.pop(0)
            if len(part) > self.most:
                waiting[:0] = [list(smaller) for smaller in parts_of(part, self.most)]
                continue
            try:
                rows = self._client.change_items(parent, [task.change.fields for task in part])
            except (OutcomeUnknown, RecordRejected) as error:
                waiting[:0] = self._halves(part, error)
            else:
                self._worked = True
                yield from _side_by_side(part, rows)

    def crashed(self) -> list[_Task]:
        """Return the items that alone made the shop crash. Raises TryLater if nothing else passed."""
        if self._crashed and not self._worked:
            raise self._too_many_crashes(system_away=False)
        return [task for task, _ in self._crashed]

    def _halves(self, part: list[_Task], error: OutcomeUnknown | RecordRejected) -> list[list[_Task]]:
        code, status = error.for_merchant.code, error.for_merchant.facts.get("status", "")
        half = (len(part) + 1) // 2
        if isinstance(error, RecordRejected):
            if code != "woocommerce.too_large" or len(part) == 1:
                raise error
            self.most = half
        elif status in _TIME_OUTS or (code == "http.answer_lost" and error.system_away):
            if len(part) <= _FEWEST_IN_TIME:
                raise _later(error)
            self.most = half
        elif status != "500":
            raise _later(error, system_away=code != "woocommerce.unreadable")
        elif len(part) == 1:
            self._crashed.append((part[0], error))
            if len(self._crashed) > (_MOST_CRASHES if self._worked else 1):
                raise self._too_many_crashes(system_away=True)
            return []
        return [part[:half], part[half:]]

    def _too_many_crashes(self, *, system_away: bool) -> TryLater:
        return _later(self._crashed[-1][1], system_away=system_away)


def _later(error: OutcomeUnknown, *, system_away: bool = True) -> TryLater:
    said = error.for_merchant
    if said.code == "woocommerce.write_unclear":  # says that we look first, which is not needed here
        said = message("woocommerce.server_error", **said.facts)
    later = TryLater(said, error.for_us, system_away=system_away)
    later.__cause__ = error
    return later


def _side_by_side(
    part: Sequence[_Task], rows: Sequence[wire_shelf.Item]
) -> Iterator[tuple[_Task, wire_shelf.Item | None]]:
    """Pair tasks with rows: the shop keeps the order (measured), so ids are only the check."""
    ids = [id_text(row.id) for row in rows]
    if len(rows) == len(part) and all(
        row_id in ("", task.write.variant_id) for row_id, task in zip(ids, part, strict=True)
    ):
        yield from zip(part, rows, strict=True)
        return
    by_id = dict(zip(ids, rows, strict=True))
    for task in part:
        yield task, by_id.get(task.write.variant_id)


def _refused(write: ItemWrite, error: wire_shelf.ItemError, problems: Sequence[Message]) -> ItemAnswer:
    code = text(error.code)
    status = error.data.get("status") if isinstance(error.data, dict) else None
    if code.endswith("_invalid_id") or status in (404, 410):
        return _gone(write)
    fault = message("woocommerce.item_refused", item=write.variant_id, cause=code or status or "-")
    return _answer(write, (fault, *problems))


def _gone(write: ItemWrite) -> ItemAnswer:
    return ItemAnswer(
        write.ref, fault=message("woocommerce.item_gone", item=write.variant_id[:40]), gone=True
    )


def _answer(write: ItemWrite, problems: Sequence[Message], item: ShopItem | None = None) -> ItemAnswer:
    return ItemAnswer(write.ref, item, problems[0] if problems else None, remarks=tuple(problems[1:]))


def _is_id(text_id: str) -> bool:
    return text_id.isascii() and text_id.isdigit()
