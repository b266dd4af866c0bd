"""Carries a plan out, a part at a time: exactly what was shown, and what has changed since is listed.

Each part is looked at anew, joined and woken in one transaction. Cut anywhere, it goes on with the
first row that is left; a row done twice changes nothing.
"""

from collections.abc import Callable, Sequence

from brygga.connectors.contract.shelf import GivesItems
from brygga.domain.shelf import ShopItem
from brygga.flows.first_sync.ports import PlanStore
from brygga.flows.first_sync.rows import Action, Result, Row

AT_ONCE = 100
_TRASH = "trash"


def carry_out(
    shop: GivesItems, store: PlanStore, leads_items: bool, after_part: Callable[[Sequence[Row]], bool]
) -> bool:
    """Carry out all rows that are left; `after_part` is told of each part, and may ask for an end.

    Returns True when none is left. Raises what the shop's session raises, with the rest left.
    """
    while rows := store.left(AT_ONCE):
        _part(rows, shop, store, leads_items)
        if not after_part(rows):
            return not store.left(1)
    return True


def _part(rows: Sequence[Row], shop: GivesItems, store: PlanStore, leads_items: bool) -> None:
    products = list(dict.fromkeys(row.item_ref.partition("/")[0] for row in rows if row.item_ref))
    now = {item.ref: item for item in shop.items_of(products)} if products else {}
    linked = store.articles_of([row.item_ref for row in rows if row.item_ref])
    numbers = [row.article_no for row in rows if row.article_no]
    supplies, taken = store.supply(numbers), store.items_of(numbers)
    sends: set[str] = set()
    for row in rows:
        article_is_there = row.article_no in supplies and not supplies[row.article_no].article.ended
        if row.item_ref in linked or (row.action is Action.MAKE and row.article_no in taken):
            row.result = Result.ALREADY
        elif (row.item_ref and not _is_as_planned(row, now.get(row.item_ref))) or (
            row.action is not Action.SEND and not article_is_there
        ):
            row.result = Result.CHANGED
        elif row.action is Action.LINK and row.article_no in taken:
            row.result = Result.CHANGED  # another item is that article by now
        else:
            row.result = Result.DONE
            if row.action is Action.SEND:
                sends.add(row.item_ref.partition("/")[0])
    store.carry_out(rows, sends, leads_items)


def _is_as_planned(row: Row, item: ShopItem | None) -> bool:
    return item is not None and item.status != _TRASH and item.sku == row.facts.get("sku", "")
