"""Which article an item is: by number exactly, by a file that says so, or nobody's. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from brygga.domain.money import ZERO, plain
from brygga.domain.shelf import ShopItem
from brygga.domain.supply import Supply
from brygga.flows.first_sync.rows import Row, Verdict
from brygga.flows.shelf.match import barcode_digits, is_other_goods


def judge(
    item: ShopItem,
    supplies: Mapping[str, Supply],
    suspects: Mapping[str, str],
    by_file: Mapping[str, str],
    linked: Mapping[str, str],
) -> Row:
    """Return the row of an item; bar codes are compared later, when all numbers have been."""
    number = linked.get(item.ref) or by_file.get(item.sku) or item.sku
    facts = {"sku": item.sku, "name": item.name, "status": item.status, "price": _amount(item.prices.regular)}
    facts["stock"] = _amount(item.stock)
    barcode = barcode_digits(item.barcode)
    supply = supplies.get(number)
    if supply is not None and number.strip():
        facts |= facts_of(supply)
        if item.ref in linked:
            return Row(
                Verdict.MATCHED, article_no=number, item_ref=item.ref, facts={**facts, "why": "linked"}
            )
        if item.sku not in by_file and is_other_goods(item, supply.article):
            return Row(
                Verdict.AMBIGUOUS, article_no=number, item_ref=item.ref, facts={**facts, "why": "other_goods"}
            )
        why = "file" if item.sku in by_file else "number"
        return Row(Verdict.MATCHED, article_no=number, item_ref=item.ref, facts={**facts, "why": why})
    if item.sku in suspects:
        facts |= {"why": "spelling", "article": suspects[item.sku]}
        return Row(Verdict.AMBIGUOUS, article_no=suspects[item.sku], item_ref=item.ref, facts=facts)
    facts["why"] = "no_sku" if not item.sku.strip() else "unknown"
    return Row(Verdict.ONLY_HERE, item_ref=item.ref, barcode=barcode, facts=facts)


def facts_of(supply: Supply) -> dict[str, str]:
    """Return what is shown of an article."""
    article = supply.article
    stock = sum(supply.stock.values(), ZERO) if supply.stock_read_at is not None else None
    return {
        "article": article.article_no,
        "erp_name": article.name,
        "erp_price_ex": _amount(article.price_ex),
        "erp_stock": _amount(stock),
    }


def _amount(value: Decimal | None) -> str:
    return "" if value is None else plain(value)
