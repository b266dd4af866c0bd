"""Products made of the ERP's articles: an uploaded grouping, everything grouped anew, strangers listed."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from brygga.app.services.journal import by_hand
from brygga.app.store.groups import groups_of, keep_file_rows
from brygga.app.store.intake import StoreIntake
from brygga.app.store.models import Connection, Flow, LinkRow, SupplyRow
from brygga.app.tenancy.scope import current
from brygga.app.worker.sessions import talk_with
from brygga.connectors.contract.shelf import GivesItems
from brygga.domain.errors import RecordRejected, SetupWrong
from brygga.domain.message import Message, message
from brygga.domain.order import OptionValue
from brygga.domain.refs import Kind
from brygga.domain.shelf import ShopItem
from brygga.flows.goods.grouping import FileRow
from brygga.flows.products.suspects import spelling

# What decides which articles are one product, and by which choices.
GROUPING = frozenset({"goods_separator", "goods_number_parts", "goods_option_words"})
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of an uploaded grouping: rows kept, products concerned, and what is to be said of rows."""

    kept: int
    concerned: int
    remarks: tuple[Message, ...]


def rows_of_csv(text: str) -> list[list[str]]:
    """Read a CSV file as spreadsheets write it, with semicolons, commas or tabs."""
    text = text.lstrip("\ufeff")
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    return [list(row) for row in csv.reader(io.StringIO(text), delimiter=separator)]


def upload_groups(flow_id: int, rows: Sequence[Sequence[object]], *, who: str) -> Uploaded:
    """Replace a flow's uploaded grouping: article number, group, and a column for each choice.

    The first row holds the headings, which name the choices. It counts where the ERP's own
    structure and the rule on the number say nothing. Numbers are text: a spreadsheet may have taken
    their zeros away, so unknown ones are told of, with what they may have been. Raises
    RecordRejected when the file has not enough columns, SetupWrong for a flow that makes no products.
    """
    groups = groups_of(current(), flow_id)
    if groups is None:
        raise SetupWrong(message("goods.not_known"), setting="preset")
    head = [_text(cell) for cell in rows[0]] if rows else []
    if len(head) < 3 or not any(head[2:]):
        raise RecordRejected(message("goods.file_no_columns"))
    read: dict[str, FileRow] = {}
    places: dict[str, int] = {}
    remarks: list[Message] = []
    for at, cells in enumerate(rows[1:], start=2):
        said = [_text(cell) for cell in cells] + [""] * len(head)
        if not any(said):
            continue
        number, group = said[0], said[1]
        if not (number and group):
            remarks.append(message("goods.file_row_empty", row=at))
        elif number in read:
            remarks.append(
                message("goods.file_twice", row=at, article=number, first=read[number].group, second=group)
            )
        else:
            options = tuple(
                OptionValue(name, said[i]) for i, name in enumerate(head) if i > 1 and name and said[i]
            )
            read[number] = FileRow(number, group, options)
            places[number] = at
    remarks += _unknown(Flow.objects.get(pk=flow_id).erp_id, places)
    articles = keep_file_rows(current(), flow_id, list(read.values()))
    keys = groups.regroup(articles)
    _wake(flow_id, keys)
    by_hand(message("services.uploaded_groups", who=who, rows=len(read)))
    return Uploaded(len(read), len(keys), tuple(remarks))


def regroup(flow_id: int) -> int:
    """Group everything that the ERP has told of anew; return how many products are concerned.

    To be called when a flow is new or its rules are: an article that is where it was concerns none.
    """
    groups = groups_of(current(), flow_id)
    if groups is None:
        return 0
    concerned = 0
    for keys in groups.regroup_all():
        _wake(flow_id, keys)
        concerned += len(keys)
    return concerned


def unknown_products(flow_id: int) -> Iterator[ShopItem]:
    """Yield what the shop sells that is no article of the ERP, by id, with flat memory. Never touched."""
    flow = Flow.objects.get(pk=flow_id)
    shop = Connection.objects.get(pk=flow.shop_id)
    with talk_with(shop) as session:
        if not isinstance(session, GivesItems):
            raise SetupWrong(message("flow.wrong_role", name=shop.name, role=Kind.ITEM.value), setting="shop")
        part: list[ShopItem] = []
        for item in session.all_items():
            part.append(item)
            if len(part) == _AT_ONCE:
                yield from _strangers(flow, part)
                part = []
        yield from _strangers(flow, part)


def _strangers(flow: Flow, items: Sequence[ShopItem]) -> Iterator[ShopItem]:
    known = set(
        LinkRow.objects.filter(
            source_id=flow.shop_id,
            kind=Kind.ARTICLE.value,
            target_id=flow.erp_id,
            source_ref__in=[item.ref for item in items],
        ).values_list("source_ref", flat=True)
    )
    return (item for item in items if item.ref not in known)


def _unknown(erp: int, places: Mapping[str, int]) -> Iterator[Message]:
    numbers = list(places)
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
                yield message("goods.file_suspect", row=places[number], article=number, other=min(others))
            else:
                yield message("goods.file_unknown", row=places[number], article=number)


def _wake(flow_id: int, keys: Sequence[str]) -> None:
    erp = Flow.objects.values_list("erp_id", flat=True).get(pk=flow_id)
    StoreIntake().seen_many(flow_id, Kind.GOODS, erp, keys, message("goods.grouped_anew"))


def _text(cell: object) -> str:
    """Return a cell as text; a spreadsheet's number without the point that it puts behind whole ones."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
