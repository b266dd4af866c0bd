"""Turns products and order rows into the ERP's articles: one per variant."""

from collections.abc import Sequence
from decimal import Decimal

from brygga.domain.document import DocumentRow, RowKind
from brygga.domain.errors import RecordGone, RecordRejected
from brygga.domain.message import message
from brygga.domain.money import ZERO, parse_amount, round_to, without_vat
from brygga.domain.order import Order
from brygga.domain.product import Article, Product, Variant
from brygga.flows.context import RunContext
from brygga.flows.settings import ArticlePrice, FlowSettings

_PRICE_DECIMALS = 2


def article_of(product: Product, variant: Variant, settings: FlowSettings) -> Article:
    """Make the article of one variant.

    Raises RecordRejected when price, VAT or an open option makes it impossible.
    """
    name = article_name(product, variant, settings)
    if variant.is_open:
        raise RecordRejected(message("product.open_option", product=product.name, sku=variant.sku))
    if variant.vat_percent is None:
        raise RecordRejected(
            message("product.no_rate", product=name, sku=variant.sku, tax_class=variant.tax_class)
        )
    if variant.vat_percent != variant.vat_percent.to_integral_value():
        raise RecordRejected(
            message("product.odd_percent", product=name, sku=variant.sku, percent=variant.vat_percent)
        )
    return Article(
        article_no=variant.sku,
        name=name,
        price_ex=_price_ex(variant, settings, name),
        vat_percent=int(variant.vat_percent),
        barcode=variant.barcode if is_barcode(variant.barcode) else "",
        weight_kg=variant.weight_kg,
        opening_stock=variant.stock if settings.opening_stock and not variant.virtual else None,
        buy_price=_amount(_meta(product, variant, settings.buy_price_keys)),
        supplier_name=_meta(product, variant, settings.supplier_keys),
        supplier_article_no=_meta(product, variant, settings.supplier_article_keys),
        origin_country=_meta(product, variant, settings.origin_keys)[:2].upper(),
    )


def article_name(product: Product, variant: Variant, settings: FlowSettings) -> str:
    """Name an article by the template: "Tröja, Storlek: L, Färg: Röd"; without any name by its number."""
    options = "".join(f", {option.name}: {option.value}" for option in variant.options if option.value)
    name = settings.article_name.replace("{name}", product.name).replace("{options}", options).strip()
    return name or variant.sku


def articles_of_rows(order: Order, rows: Sequence[DocumentRow], ctx: RunContext) -> list[Article]:
    """Make the articles that an order needs before it is sent.

    The product is used if it still exists, else the row's own name, price and rate. Articles for
    freight, fees and the like are made from their rows with price 0: the order carries the price.
    """
    product_ids = {line.id: line.product_id for line in order.lines}
    articles: dict[str, Article] = {}
    for row in rows:
        if row.article_no in articles:
            continue
        article = None
        if row.kind is RowKind.PRODUCT:
            article = _from_product(product_ids.get(row.source_id, ""), row.article_no, ctx)
        articles[row.article_no] = article or _from_row(row)
    return list(articles.values())


def is_barcode(text: str) -> bool:
    """Check a GTIN of 8, 12, 13 or 14 digits by its check digit."""
    if not text.isascii() or not text.isdigit() or len(text) not in (8, 12, 13, 14):
        return False
    weighted = sum(
        int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(text[:-1]))
    )
    return (10 - weighted % 10) % 10 == int(text[-1])


def _from_product(product_id: str, sku: str, ctx: RunContext) -> Article | None:
    if not product_id:
        return None
    try:
        product = ctx.shop.product(product_id)
        variant = next((v for v in product.variants if v.sku == sku), None)
        return article_of(product, variant, ctx.settings) if variant else None
    except (RecordGone, RecordRejected):
        return None  # the row says enough of it


def _from_row(row: DocumentRow) -> Article:
    price = round_to(row.unit_price, _PRICE_DECIMALS) if row.kind is RowKind.PRODUCT else ZERO
    name = row.name if row.kind is RowKind.PRODUCT else _KIND_NAMES.get(row.kind, row.name)
    return Article(row.article_no, name, max(price, ZERO), row.vat_percent)


_KIND_NAMES = {
    RowKind.SHIPPING: "Frakt",
    RowKind.FEE: "Avgift",
    RowKind.DISCOUNT: "Rabatt",
    RowKind.GIFT_CARD: "Presentkort",
    RowKind.ROUNDING: "Öresavrundning",
    RowKind.VAT: "Moms",
}


def _price_ex(variant: Variant, settings: FlowSettings, name: str) -> Decimal:
    price = variant.price
    amount = price.regular
    if settings.article_price is ArticlePrice.CURRENT and price.sale is not None:
        amount = price.sale
    if amount is None:
        raise RecordRejected(message("product.no_price", product=name, sku=variant.sku))
    if price.includes_vat:
        amount = without_vat(amount, variant.vat_percent or ZERO)
    return round_to(amount, _PRICE_DECIMALS)


def _meta(product: Product, variant: Variant, keys: Sequence[str]) -> str:
    parent = {meta.key: meta.value for meta in product.metas}
    for key in keys:
        value = variant.meta(key) or parent.get(key, "")
        if value.strip():
            return value.strip()
    return ""


def _amount(text: str) -> Decimal | None:
    try:
        return parse_amount(text) if text else None
    except ValueError:
        return None
