"""Lays what a product should be beside what it is, field by field, by who leads what. Differences only.

What the ERP has nothing in is never written: a feed that does not tell of a text or a bar code must
not wipe out what the shop's people have filled in. A new product gets its name whoever leads names,
for the shop would call it "Produkt"; all other fields of a new one are written only if the ERP leads.
"""

from dataclasses import replace
from decimal import Decimal

from brygga.domain.goods import Fields, ShopProduct, ShopVariation
from brygga.domain.message import Message, message
from brygga.flows.context import RunContext
from brygga.flows.goods.lists import category_of, tax_class_of
from brygga.flows.goods.ports import Linked
from brygga.flows.goods.wish import ItemWish, Wish
from brygga.flows.ownership import Masters, Mode

_GRAM = Decimal("0.0005")  # weights closer than this are one


def may_write(masters: Masters, field_name: str, *, is_new: bool = False, is_empty: bool = False) -> bool:
    """Say that the ERP's value of a field is written now."""
    if not masters.erp_leads(field_name):
        return False
    mode = masters.mode(field_name)
    return is_new or mode is Mode.OVERWRITE or (mode is Mode.EMPTY and is_empty)


def product_fields(wish: Wish, now: ShopProduct | None, ctx: RunContext) -> Fields:
    """Return what a product is told of itself: name, texts, and its category when it is made."""
    masters, is_new = ctx.masters, now is None
    shown = now or ShopProduct("", "", "", "", ctx.now())
    fields = Fields(barcode_meta=ctx.settings.goods_barcode_meta)
    if (
        wish.name
        and wish.name != shown.name
        and (is_new or may_write(masters, "product.name", is_empty=not shown.name))
    ):
        fields = replace(fields, name=wish.name)
    for name in ("description", "short_description"):
        text, shows = getattr(wish, name), getattr(shown, name)
        if (
            text
            and not _same_text(text, shows)
            and (may_write(masters, "product.texts", is_new=is_new, is_empty=not shows.strip()))
        ):
            fields = replace(fields, **{name: text})
    if may_write(masters, "product.categories", is_new=is_new, is_empty=not shown.categories):
        category = category_of(wish, ctx)
        if category and category not in shown.categories:
            fields = replace(fields, categories=(category,))
    return fields


def item_fields(
    item: ItemWish, now: ShopProduct | ShopVariation | None, parents_class: str | None, ctx: RunContext
) -> Fields:
    """Return what an item is told: bar code, weight, tax class. `parents_class` is what it has if told none.

    Raises RecordRejected when the shop has no tax class for its percent.
    """
    masters, is_new, key = ctx.masters, now is None, ctx.settings.goods_barcode_meta
    shown = now or ShopVariation("")
    fields = Fields(barcode_meta=key)
    barcode = shown.metas.get(key, "") if key else shown.barcode
    if (
        item.barcode
        and item.barcode != barcode
        and (may_write(masters, "product.barcode", is_new=is_new, is_empty=not barcode))
    ):
        fields = replace(fields, barcode=item.barcode)
    weight = item.article.weight_kg
    if weight and (
        may_write(masters, "product.weight", is_new=is_new, is_empty=not shown.weight_kg)
        and abs(weight - (shown.weight_kg or 0)) >= _GRAM
    ):
        fields = replace(fields, weight_kg=weight)
    if may_write(masters, "product.vat_class", is_new=is_new):
        wanted = tax_class_of(item.article_no, item.article.vat_percent, ctx)
        has = (parents_class or "") if is_new else shown.tax_class
        if wanted != has:
            fields = replace(fields, tax_class=wanted)
    return fields


def sku_of(item: ItemWish, now: str, linked: Linked | None) -> tuple[str | None, Message | None]:
    """Return the SKU to write, or what is to be said of one that was changed in the shop.

    The number was changed in the ERP if the shop still has the one that we know it by: what else it
    has was typed there, and is left.
    """
    if now == item.article_no:
        return None, None
    if linked is not None and linked.sku and now == linked.sku:
        return item.article_no, None
    return None, message("goods.sku_differs", article=item.article_no, sku=now or "-")


def told_fields(fields: Fields) -> str:
    """Name the fields of a write, for the journal."""
    names = ("type", "sku", "name", "status", "description", "short_description", "barcode", "weight_kg",
             "tax_class", "categories", "attributes", "defaults", "options")  # fmt: skip
    told = [name for name in names if getattr(fields, name) is not None]
    told += [name for name in ("out_of_sale",) if getattr(fields, name)]
    return ", ".join(told)


def _same_text(one: str, other: str) -> bool:
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    """Return a text without what a shop adds when it shows it: paragraphs, breaks, spaces."""
    for tag in ("<p>", "</p>", "<br />", "<br/>", "<br>"):
        text = text.replace(tag, "")
    return "".join(text.split())
