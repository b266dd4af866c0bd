"""Products made of the ERP's articles: an uploaded grouping, everything grouped anew, strangers listed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brygga.app.services.grouping import look_up, read_grouping, require_goods
from brygga.app.services.journal import by_hand
from brygga.app.services.looking_over import ask_worker
from brygga.app.services.tables import rows_of_csv
from brygga.app.store.groups import groups_of, keep_file_rows
from brygga.app.store.intake import StoreIntake
from brygga.app.store.models import Connection, Flow, LinkRow
from brygga.app.store.models.flows import FlowState
from brygga.app.store.transaction import write
from brygga.app.tenancy.scope import current
from brygga.app.worker.sessions import talk_with
from brygga.connectors.contract.shelf import GivesItems
from brygga.domain.errors import SetupWrong
from brygga.domain.message import Message, message
from brygga.domain.refs import Kind
from brygga.domain.shelf import ShopItem

__all__ = ["GROUPING", "Uploaded", "regroup", "rows_of_csv", "unknown_products", "upload_groups"]

# What decides which articles are one product, and by which choices.
GROUPING = frozenset({"goods_separator", "goods_number_parts", "goods_option_words"})
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What became of an uploaded grouping: rows kept, products concerned, and what is to be said of rows."""

    kept: int
    concerned: int
    remarks: tuple[Message, ...]


def upload_groups(flow_id: int, rows: Sequence[Sequence[object]], *, who: str, here: bool = True) -> Uploaded:
    """Replace a flow's uploaded grouping: article number, group, and a column for each choice.

    The first row holds the headings, which name the choices. It counts where the ERP's own
    structure and the rule on the number say nothing. Numbers are text: a spreadsheet may have taken
    their zeros away, so unknown ones are told of, with what they may have been. Not `here`: a worker
    goes through the articles (`concerned` is 0 then). Raises RecordRejected when the file can't be
    understood, SetupWrong for a flow that makes no products.
    """
    require_goods(flow_id)
    groups = groups_of(current(), flow_id)
    if groups is None:
        raise SetupWrong(message("goods.not_known"), setting="preset")
    reading = read_grouping(rows)
    look_up(Flow.objects.get(pk=flow_id).erp_id, reading)
    concerned = 0
    with write():
        articles = keep_file_rows(current(), flow_id, list(reading.rows.values()))
        by_hand(message("services.uploaded_groups", who=who, rows=len(reading.rows)))
        if not here and _takes_in(flow_id):
            ask_worker(flow_id, [Kind.GOODS])
    if here and _takes_in(flow_id):
        keys = groups.regroup(articles)
        _wake(flow_id, keys)
        concerned = len(keys)
    return Uploaded(len(reading.rows), concerned, tuple(fault.message for fault in reading.faults))


def regroup(flow_id: int) -> int:
    """Group everything that the ERP has told of anew; return how many products are concerned.

    To be called when a flow is new or its rules are: an article that is where it was concerns none.
    A stopped flow would not hear of it: it is grouped when it is started.
    """
    groups = groups_of(current(), flow_id)
    if groups is None or not _takes_in(flow_id):
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


def _takes_in(flow_id: int) -> bool:
    return Flow.objects.filter(pk=flow_id).exclude(state=FlowState.STOPPED).exists()


def _wake(flow_id: int, keys: Sequence[str]) -> None:
    erp = Flow.objects.values_list("erp_id", flat=True).get(pk=flow_id)
    StoreIntake().seen_many(flow_id, Kind.GOODS, erp, keys, message("goods.grouped_anew"))
