"""Items that prices and stock found deleted in a shop, of products that are made of the ERP's articles.

Whether such an item is made once more is a person's to say, and asked where its product is kept.
So its link stays, as the only thing that tells a deleted item from one that was never made.
"""

from collections.abc import Mapping, Sequence

from brygga.app.store.intake import StoreIntake
from brygga.app.store.sql import fetch, marks
from brygga.domain.message import message
from brygga.domain.refs import Kind
from brygga.flows.presets import PRESETS
from brygga.flows.shelf.ports import Settled

_GOODS = Kind.GOODS.value


def kept_by_goods(shop: int, erp: int, settled: Sequence[Settled]) -> dict[str, str]:
    """Return of the items found gone those whose product is kept as a group, with the group's key."""
    refs = {ref for each in settled for ref in each.unlinked}
    if not refs:
        return {}
    flows = list({each.work.flow for each in settled})
    presets = fetch(f"SELECT preset FROM store_flow WHERE id IN ({marks(len(flows))})", flows)
    if not any(PRESETS[preset].moves(Kind.GOODS) for (preset,) in presets):
        return {}
    products = list({ref.partition("/")[0] for ref in refs})
    keys: Mapping[str, str] = dict(
        fetch(
            "SELECT target_ref, source_ref FROM store_linkrow WHERE target_id = %s AND kind = %s"
            f" AND target_ref IN ({marks(len(products))}) AND source_id = %s",
            (shop, _GOODS, *products, erp),
        )
    )
    return {ref: keys[product] for ref in refs if (product := ref.partition("/")[0]) in keys}


def wake_goods(erp: int, news: Sequence[Settled], kept: Mapping[str, str]) -> None:
    """Make the groups due of which an item was just found gone. Call it inside `write`."""
    by_flow: dict[int, set[str]] = {}
    for each in news:
        by_flow.setdefault(each.work.flow, set()).update(kept[ref] for ref in each.unlinked if ref in kept)
    for flow, keys in by_flow.items():
        StoreIntake().seen_many(flow, Kind.GOODS, erp, sorted(keys), message("goods.item_gone"))
