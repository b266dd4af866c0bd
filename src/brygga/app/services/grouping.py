"""An uploaded grouping of articles: read row by row, told what is wrong in it, and what it would change."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from brygga.app.services.tables import cell_text
from brygga.app.store.models import Flow, FlowRevision, GroupRow, LinkRow, SupplyRow
from brygga.app.store.supply import supply_of
from brygga.app.worker.context import settings_of
from brygga.domain.errors import RecordRejected, SetupWrong
from brygga.domain.message import Message, message
from brygga.domain.order import OptionValue
from brygga.domain.refs import Kind
from brygga.flows.goods.grouping import FileRow, Rules, choice_of, place
from brygga.flows.presets import PRESETS
from brygga.flows.products.suspects import spelling

SHOWN = 100  # of what would change
_AT_ONCE = 200
_LONGEST = 200  # characters of an article number or a group


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: in which column, which value. `kept` says that the row counts all the same."""

    row: int
    column: str
    value: str
    message: Message
    kept: bool = False


@dataclass(slots=True)
class Reading:
    """What is understood of a file: its headings, its rows by article number, and what is wrong."""

    head: Sequence[str]
    rows: dict[str, FileRow] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)  # the row each article is in
    faults: list[Fault] = field(default_factory=list)

    def table(self) -> Iterator[list[str]]:
        """Yield the file again as it is understood, headings first: without what was left out."""
        names = [name for name in self.head[2:] if name]
        yield [*self.head[:2], *names]
        for row in self.rows.values():
            said = {one.name: one.value for one in row.options}
            yield [row.article_no, row.group, *(said.get(name, "") for name in names)]


@dataclass(frozen=True, slots=True)
class Change:
    """One article whose product, or whose choices in it, would be others."""

    article_no: str
    name: str
    before: str
    after: str
    options_before: str
    options_after: str


@dataclass(slots=True)
class GroupingPlan:
    """What taking a file would do. Lists are cut at `SHOWN`; the numbers count everything."""

    reading: Reading
    added: int = 0
    changed: int = 0
    removed: int = 0
    same: int = 0
    changes: list[Change] = field(default_factory=list)
    articles: int = 0  # whose product or choices would be others
    overruled: list[str] = field(default_factory=list)  # articles that the ERP or the rule places
    overruled_count: int = 0
    waiting: int = 0  # articles that the ERP has not told of
    products: int = 0
    in_shop: int = 0  # of them products that are in the shop already
    mark: str = ""  # of what was uploaded when this was worked out

    @property
    def does_nothing(self) -> bool:
        """Say that the file says what the one before said."""
        return not (self.added or self.changed or self.removed)


def read_grouping(rows: Sequence[Sequence[object]]) -> Reading:
    """Read a file: article number, group, and a column for each choice; the first row names the choices.

    Raises RecordRejected when it has not enough columns, or names two of them alike.
    """
    head = [cell_text(cell) for cell in rows[0]] if rows else []
    while head and not head[-1]:
        head.pop()
    if len(head) < 3 or not any(head[2:]):
        raise RecordRejected(message("goods.file_no_columns"))
    names = [name.casefold() for name in head if name]
    twice = next((name for name in head if name and names.count(name.casefold()) > 1), "")
    if twice:
        raise RecordRejected(message("goods.file_heading_twice", column=twice))
    reading = Reading(head)
    for at, cells in enumerate(rows[1:], start=2):
        _read_row(at, cells, reading)
    _without_heading(rows, reading)
    _alike(reading)
    return reading


def look_up(erp: int, reading: Reading) -> int:
    """Add what is to be said of articles the ERP has not told of; return how many those are."""
    unknown = 0
    for fault in _unknown(erp, reading):
        reading.faults.append(fault)
        unknown += 1
    reading.faults.sort(key=lambda fault: fault.row)
    return unknown


def plan_grouping(flow_id: int, rows: Sequence[Sequence[object]]) -> GroupingPlan:
    """Return what taking a file would change; nothing is changed.

    Raises RecordRejected for a file that can't be understood, SetupWrong for a flow that makes no products.
    """
    flow = Flow.objects.get(pk=flow_id)
    rules = _rules(flow)
    plan = GroupingPlan(read_grouping(rows), mark=mark_of(flow_id))
    new, old = plan.reading.rows, dict(_uploaded(flow_id))
    plan.waiting = look_up(flow.erp_id, plan.reading)
    plan.added = sum(number not in old for number in new)
    plan.removed = sum(number not in new for number in old)
    plan.same = sum(old.get(number) == row for number, row in new.items())
    plan.changed = len(new) - plan.added - plan.same
    keys: set[str] = set()
    numbers = list(dict.fromkeys([*new, *old]))
    for start in range(0, len(numbers), _AT_ONCE):
        _changes(flow, rules, numbers[start : start + _AT_ONCE], (old, new), plan, keys)
    plan.products = len(keys)
    plan.in_shop = _in_shop(flow, list(keys))
    return plan


def require_goods(flow_id: int) -> None:
    """Refuse a flow that makes no products. Raises SetupWrong."""
    preset = Flow.objects.values_list("preset", flat=True).get(pk=flow_id)
    if not PRESETS[preset].moves(Kind.GOODS):
        raise SetupWrong(message("goods.not_known"), setting="preset")


def mark_of(flow_id: int) -> str:
    """Return a mark of what is uploaded now: another upload has another mark."""
    digest = hashlib.sha256()
    found = GroupRow.objects.filter(flow_id=flow_id).order_by("article_no")
    for number, key, options in found.values_list("article_no", "group_key", "options").iterator():
        digest.update(repr((number, key, options)).encode())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class UploadedRow:
    """One row of what is uploaded now."""

    article_no: str
    group: str
    options: Sequence[OptionValue]


@dataclass(frozen=True, slots=True)
class UploadedPage:
    """Some rows of what is uploaded now, how many there are of what was asked for, and whether more follow."""

    rows: Sequence[UploadedRow]
    count: int
    page: int
    more: bool


def uploaded(flow_id: int, text: str = "", page: int = 1, size: int = 50) -> UploadedPage:
    """List what is uploaded now, by group and number; `text` begins an article number or is a group."""
    found = GroupRow.objects.filter(flow_id=flow_id)
    text = text.strip()
    if text:
        found = found.filter(Q(article_no__istartswith=text) | Q(group_key__istartswith=text))
    start = (max(page, 1) - 1) * size
    rows = list(found.order_by("group_key", "article_no")[start : start + size + 1])
    shown = [UploadedRow(one.article_no, one.group_key, _options(one.options)) for one in rows[:size]]
    return UploadedPage(shown, found.count(), page, len(rows) > size)


def download(flow_id: int, number: str, group: str) -> Iterator[list[str]]:
    """Yield what is uploaded now as a file that can be uploaded again; `number` and `group` are headings."""
    rows = dict(_uploaded(flow_id))
    names = list(dict.fromkeys(one.name for row in rows.values() for one in row.options)) or ["-"]
    yield [number, group, *names]
    for row in rows.values():
        said = {one.name: one.value for one in row.options}
        yield [row.article_no, row.group, *(said.get(name, "") for name in names)]


def _read_row(at: int, cells: Sequence[object], reading: Reading) -> None:
    head = reading.head
    said = [cell_text(cell) for cell in cells] + [""] * len(head)
    if not any(said):
        return
    number, group = said[0], said[1]

    def fault(column: int, told: Message) -> None:
        reading.faults.append(Fault(at, head[column], said[column], told))

    dated = next((i for i, cell in enumerate(cells[: len(head)]) if isinstance(cell, date)), None)
    empty = next((i for i in (0, 1) if not said[i]), None)
    long = next((i for i in (0, 1) if len(said[i]) > _LONGEST), None)
    if dated is not None:
        fault(dated, message("goods.file_date", row=at, column=head[dated], value=said[dated]))
    elif empty is not None:
        fault(empty, message("goods.file_row_empty", row=at, column=head[empty]))
    elif long is not None:
        fault(long, message("goods.file_too_long", row=at, column=head[long], most=_LONGEST))
    elif number in reading.rows:
        first = reading.rows[number].group
        told = message(
            "goods.file_twice", row=at, article=number, at=reading.places[number], first=first, second=group
        )
        fault(0, told)
    else:
        options = tuple(
            OptionValue(name, said[i]) for i, name in enumerate(head) if i > 1 and name and said[i]
        )
        reading.rows[number] = FileRow(number, group, options)
        reading.places[number] = at


def _without_heading(rows: Sequence[Sequence[object]], reading: Reading) -> None:
    """Tell of columns whose values count for nothing, since nothing says which choice they are."""
    told: set[int] = set()
    named = {i for i, name in enumerate(reading.head) if name} | {0, 1}
    for at, cells in enumerate(rows[1:], start=2):
        for i, cell in enumerate(cells):
            if i not in named and i not in told and cell_text(cell):
                told.add(i)
                column = str(i + 1)
                said = message("goods.file_heading_empty", column=column, row=at, value=cell_text(cell))
                reading.faults.append(Fault(at, column, cell_text(cell), said, kept=True))


def _alike(reading: Reading) -> None:
    """Tell of articles in one group that no choice tells apart: a buyer could not choose between them."""
    first: dict[tuple[str, frozenset[tuple[str, str]]], str] = {}
    for number, row in reading.rows.items():
        other = first.setdefault((row.group, choice_of(row.options)), number)
        if other == number:
            continue
        at, said = reading.places[number], options_text(row.options)
        told = message(
            "goods.file_alike", row=at, article=number, other=other, group=row.group, options=said or "-"
        )
        reading.faults.append(Fault(at, ", ".join(filter(None, reading.head[2:])), said, told, kept=True))


def options_text(options: Sequence[OptionValue]) -> str:
    """Write choices for people: `Storlek: S, Färg: Röd`."""
    return ", ".join(f"{one.name}: {one.value}" for one in options)


def _unknown(erp: int, reading: Reading) -> Iterator[Fault]:
    numbers, places = list(reading.rows), reading.places
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        spelt = {spelling(number) for number in part}
        rows = SupplyRow.objects.filter(connection_id=erp, spelling__in=spelt)
        found: dict[str, set[str]] = {}
        for number, as_spelt in rows.values_list("article_no", "spelling"):
            found.setdefault(as_spelt, set()).add(number)
        for number in part:
            others = found.get(spelling(number), set())
            if number in others:
                continue
            if others:
                told = message("goods.file_suspect", row=places[number], article=number, other=min(others))
            else:
                told = message("goods.file_unknown", row=places[number], article=number)
            yield Fault(places[number], reading.head[0], number, told, kept=True)


def _rules(flow: Flow) -> Rules:
    require_goods(flow.pk)
    latest = FlowRevision.objects.filter(flow=flow).order_by("-number").first()
    assert latest is not None
    return Rules.of(settings_of(flow.preset, latest.settings))


def _uploaded(flow_id: int) -> Iterator[tuple[str, FileRow]]:
    found = GroupRow.objects.filter(flow_id=flow_id).order_by("group_key", "article_no")
    for number, key, options in found.values_list("article_no", "group_key", "options").iterator():
        yield number, FileRow(number, key, _options(options))


def _options(kept: Sequence[Sequence[str]]) -> tuple[OptionValue, ...]:
    return tuple(OptionValue(name, value) for name, value in kept)


def _changes(
    flow: Flow,
    rules: Rules,
    numbers: Sequence[str],
    files: tuple[Mapping[str, FileRow], Mapping[str, FileRow]],
    plan: GroupingPlan,
    keys: set[str],
) -> None:
    old, new = files
    known = supply_of(flow.erp_id, list(numbers))
    for number in numbers:
        supply = known.get(number)
        if supply is None or supply.article_read_at is None:
            continue
        article = supply.article
        before, after = place(article, rules, old.get(number)), place(article, rules, new.get(number))
        row = new.get(number)
        if row is not None and after == place(article, rules) and after.key != row.group:
            plan.overruled_count += 1
            if len(plan.overruled) < SHOWN:
                plan.overruled.append(number)
        if before == after:
            continue
        keys |= {before.key, after.key}
        plan.articles += 1
        if len(plan.changes) < SHOWN:
            said = options_text(before.options), options_text(after.options)
            plan.changes.append(Change(number, article.name, before.key, after.key, *said))


def _in_shop(flow: Flow, keys: Sequence[str]) -> int:
    count = 0
    made = LinkRow.objects.filter(source=flow.erp_id, kind=Kind.GOODS.value, target=flow.shop_id)
    for start in range(0, len(keys), _AT_ONCE):
        count += made.filter(source_ref__in=keys[start : start + _AT_ONCE]).count()
    return count
