"""Sends creates and changes in few calls, and finds out what became of a call that failed as a whole.

What was refused was not done: it is sent again in halves, until what is at fault stands alone. Of
what may have been done, the creates are looked for first: what is there is answered, for the shop
refuses a second product of one SKU (measured) and each was looked for right before. Only when the
shop itself crashed is it certain that nothing of it is still on its way, and the rest sent again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from brygga.connectors.woocommerce import wire_goods
from brygga.connectors.woocommerce.client import WooClient
from brygga.connectors.woocommerce.items import questions
from brygga.connectors.woocommerce.lists import Page, parts_of, rows_of_few
from brygga.connectors.woocommerce.values import text
from brygga.domain.errors import BryggaError, OutcomeUnknown, RecordGone, RecordRejected, TryLater
from brygga.domain.message import message

_CRASHED = "500"
_TIME_OUTS = frozenset({"408", "504", "524"})
_MOST_FAILURES = 3  # of single objects while nothing passed: then it is the shop and not the objects
_PRODUCTS, _VARIATIONS = 100, 50  # a call: a variation takes some 30 ms, and saves its parent again


@dataclass(frozen=True, slots=True)
class _Task:
    """One object on its way, and its place among the answers."""

    place: int
    body: Mapping[str, Any]

    @property
    def is_new(self) -> bool:
        return "id" not in self.body

    @property
    def sku(self) -> str:
        return str(self.body.get("sku") or "")


@dataclass(slots=True)
class _Sending:
    """The calls behind one `send`: what waits, what was answered, and how the shop bears it."""

    parent: str
    waiting: list[list[_Task]]
    answers: dict[int, wire_goods.Goods | BryggaError] = field(default_factory=dict)
    worked: bool = False
    failures: int = 0

    def put_halves(self, part: list[_Task]) -> None:
        half = (len(part) + 1) // 2
        self.waiting[:0] = [smaller for smaller in (part[:half], part[half:]) if smaller]


class GoodsBatches:
    """Writes products of one shop, and remembers how many it can take in a call."""

    def __init__(self, client: WooClient) -> None:
        self._client = client
        self._most = _PRODUCTS

    def send(self, parent: str, bodies: Sequence[Mapping[str, Any]]) -> list[wire_goods.Goods | BryggaError]:
        """Send products, or variations of one parent; return the shop's row for each, or an error.

        Raises RecordGone when the parent is, and what concerns the shop as a whole.
        """
        most = min(self._most, _VARIATIONS) if parent else self._most
        tasks = [_Task(place, body) for place, body in enumerate(bodies)]
        sending = _Sending(parent, [list(part) for part in parts_of(tasks, most)])
        while sending.waiting:
            part = sending.waiting.pop(0)
            if len(part) > self._most:
                sending.put_halves(part)
                continue
            try:
                rows = self._rows(parent, part)
            except RecordGone:  # the parent
                raise
            except RecordRejected as error:
                self._refused(sending, part, error)
            except TryLater as error:
                if error.for_merchant.code != "woocommerce.blocked":
                    raise
                self._stopped(sending, part, error)
            except OutcomeUnknown as error:
                self._unclear(sending, part, error)
            else:
                sending.worked = True
                sending.answers.update(rows)
        return [sending.answers[task.place] for task in tasks]

    def _rows(self, parent: str, part: Sequence[_Task]) -> dict[int, wire_goods.Goods | BryggaError]:
        made = [task for task in part if task.is_new]
        changed = [task for task in part if not task.is_new]
        answer = self._client.batch_goods(
            parent, [task.body for task in made], [task.body for task in changed]
        )
        return {**dict(_side_by_side(made, answer.create)), **dict(_side_by_side(changed, answer.update))}

    def _refused(self, sending: _Sending, part: list[_Task], error: RecordRejected) -> None:
        if len(part) == 1:
            sending.answers[part[0].place] = error
            return
        if error.for_merchant.code == "woocommerce.too_large":
            self._most = (len(part) + 1) // 2
        sending.put_halves(part)

    def _stopped(self, sending: _Sending, part: list[_Task], error: TryLater) -> None:
        """A wall before the shop let a call not pass: because of one object, or none passes it at all."""
        if len(part) > 1 or sending.worked:
            self._refused(sending, part, RecordRejected(error.for_merchant, error.for_us))
            return
        sending.failures += 1
        if sending.failures >= _MOST_FAILURES or not sending.waiting:
            raise error
        sending.waiting.append(part)  # the others first: if one passes, it is this one

    def _unclear(self, sending: _Sending, part: list[_Task], error: OutcomeUnknown) -> None:
        status = error.for_merchant.facts.get("status", "")
        if status in _TIME_OUTS or error.system_away:
            self._most = max(1, (len(part) + 1) // 2)
        found = self._look(sending.parent, [task.sku for task in part if task.is_new and task.sku])
        made = {task.place: found[task.sku] for task in part if task.is_new and task.sku in found}
        sending.answers |= made
        sending.worked = sending.worked or bool(made)
        left = [task for task in part if task.place not in made]
        if status == _CRASHED and len(left) == 1 < len(part):
            sending.waiting.insert(0, left)
        elif status == _CRASHED and len(left) > 1:
            sending.put_halves(left)
        else:
            sending.answers |= {task.place: error for task in left}
            sending.failures += status == _CRASHED
        if sending.failures >= _MOST_FAILURES and not sending.worked:
            rest = [task for waiting in sending.waiting for task in waiting]
            sending.answers |= {task.place: error for task in rest}
            sending.waiting.clear()

    def _look(self, parent: str, skus: Sequence[str]) -> dict[str, wire_goods.Goods]:
        """Find what of a lost call is there by now."""
        if not skus:
            return {}
        wanted = set(skus)
        if parent:
            rows: list[wire_goods.Goods] = list(
                rows_of_few(partial(self._client.goods_variations, parent), f"products/{parent}/variations")
            )
        else:
            rows = []
            for question in questions(wanted):
                rows += rows_of_few(partial(self._list, {"sku": question}), "products")
            rows = [row for row in rows if text(row.type) != "variation"]
        return {text(row.sku): row for row in rows if text(row.sku) in wanted}

    def _list(self, query: Mapping[str, str], paging: Mapping[str, str]) -> Page[wire_goods.Goods]:
        return self._client.goods_list({**query, **paging})


def _side_by_side(
    tasks: Sequence[_Task], rows: Sequence[wire_goods.Goods]
) -> Iterator[tuple[int, wire_goods.Goods | BryggaError]]:
    """Pair tasks with rows: the shop keeps the order (measured). Without a row for each, none is certain."""
    if len(rows) == len(tasks):
        yield from ((task.place, row) for task, row in zip(tasks, rows, strict=True))
        return
    for task in tasks:
        name = task.sku or str(task.body.get("id", "-"))
        yield task.place, OutcomeUnknown(message("woocommerce.item_not_answered", item=name))
