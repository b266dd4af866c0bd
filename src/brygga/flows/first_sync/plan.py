"""Makes the plan: the whole range of the shop beside all that the ERP has told, with flat memory."""

from collections import Counter
from collections.abc import Mapping, Sequence

from brygga.connectors.contract.shelf import GivesItems
from brygga.domain.refs import Kind
from brygga.flows.first_sync.match import facts_of, judge
from brygga.flows.first_sync.ports import PlanStore
from brygga.flows.first_sync.rows import Action, Result, Row, Verdict
from brygga.flows.goods.settings import GoodsMode
from brygga.flows.presets import Preset
from brygga.flows.reconcile.items import by_product
from brygga.flows.settings import FlowSettings, ProductMode
from brygga.flows.shelf.match import barcode_digits


def make_plan(
    shop: GivesItems, store: PlanStore, preset: Preset, settings: FlowSettings, by_file: Mapping[str, str]
) -> Counter[str]:
    """Write the plan into the store; return how many of the shop's items and the ERP's articles were seen.

    `by_file` says which article a SKU is where the numbers differ. Nothing is joined or sent yet.
    """
    seen: Counter[str] = Counter()
    for part in by_product(shop.all_items()):
        seen["items"] += len(part)
        linked = store.articles_of([item.ref for item in part])
        skus = [item.sku for item in part if item.sku.strip()]
        numbers = {*skus, *(by_file[sku] for sku in skus if sku in by_file), *linked.values()}
        supplies = store.supply(sorted(numbers))
        suspects = store.spelt_otherwise([sku for sku in dict.fromkeys(skus) if sku not in supplies])
        rows = [judge(item, supplies, suspects, by_file, linked) for item in part]
        for row in rows:
            _decide(row, preset, settings)
        store.add(rows)
    store.twice()
    for supplies_left in store.articles_left():
        seen["articles_unmatched"] += len(supplies_left)
        barcodes = {code for one in supplies_left if (code := barcode_digits(one.article.barcode))}
        hits = store.rows_with_barcode(barcodes) if barcodes else {}
        there: list[Row] = []
        for supply in supplies_left:
            joined = _by_barcode(
                hits.get(barcode_digits(supply.article.barcode), ()), supply.article.article_no
            )
            if joined is not None:
                joined.facts = {**joined.facts, **facts_of(supply), "why": "barcode"}
                _decide(joined, preset, settings)
                store.change([joined])
                continue
            row = Row(Verdict.ONLY_THERE, article_no=supply.article.article_no, facts=facts_of(supply))
            if settings.goods_only_web and supply.article.for_web is False:
                row.facts = {**row.facts, "why": "not_for_web"}
            _decide(row, preset, settings)
            there.append(row)
        store.add(there)
    store.twice()
    return seen


def _by_barcode(found: Sequence[Row], article_no: str) -> Row | None:
    """Return the one item that has an article's bar code, now joined with it; none when several have."""
    if len(found) != 1 or found[0].verdict is not Verdict.ONLY_HERE:
        return None
    row = found[0]
    row.verdict, row.article_no = Verdict.MATCHED, article_no
    return row


def _decide(row: Row, preset: Preset, settings: FlowSettings) -> None:
    """Say what is done about a row, by who leads the range."""
    row.action, row.result = Action.NOTHING, Result.LISTED
    why = row.facts.get("why", "")
    if row.verdict is Verdict.MATCHED and why != "linked":
        row.action = Action.LINK
    elif row.verdict is Verdict.ONLY_HERE and why == "unknown" and preset.moves(Kind.PRODUCT):
        makes = settings.products in (ProductMode.CREATE, ProductMode.BOTH)
        if makes and row.facts.get("status") in settings.product_statuses:
            row.action = Action.SEND
    elif row.verdict is Verdict.ONLY_THERE and why != "not_for_web" and preset.moves(Kind.GOODS):
        makes = settings.goods in (GoodsMode.CREATE, GoodsMode.BOTH)
        row.action = Action.MAKE if makes else Action.NOTHING
    if row.action is not Action.NOTHING:
        row.result = Result.LEFT
