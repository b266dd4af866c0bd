"""newArticleSubmit: creates and updates articles, many in one call."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from brygga_simulators.specter.answers import ARTICLE_EXISTS, MISSING, Refused
from brygga_simulators.specter.books import Books
from brygga_simulators.specter.call import Call, Written
from brygga_simulators.specter.fields import amount, flag, two_letters, vat_percent
from brygga_simulators.specter.model import ZERO, Article

_TEXTS = (
    ("name", "name"),
    ("bar_code", "barCode"),
)
_SUPPLIER_TEXTS = (
    ("supplier_no", "supplierNo"),
    ("supplier_name", "supplierName"),
    ("supplier_article_no", "supplierArticleNo"),
)
_AMOUNTS = (
    ("price_excl_vat", "priceExclVAT"),
    ("buy_price", "buyPrice"),
    ("stock_price", "stockPrice"),
    ("product_weight", "productWeight"),
    ("product_volume", "productVolume"),
)


def submit_articles(call: Call) -> Written:
    """Carry out newArticleSubmit: all or nothing, unless the account keeps the good ones."""
    books, params = call.books, call.params
    force = flag(params, "forceArticleUpdate")
    with_supplier = flag(params, "addSupplier")
    planned: list[tuple[Article, bool, bool]] = []
    refused: list[Refused] = []
    number = 1
    while params.get(f"articleno_{number}", "").strip():
        try:
            planned.append(_read(books, params, number, force=force, with_supplier=with_supplier))
        except Refused as reason:
            if not call.options.partial_articles:
                raise
            refused.append(reason)
        number += 1
    if number == 1:
        raise Refused(MISSING, "articleNo_1 is missing")

    kept = [_keep(books, article, is_new=is_new, touched=touched) for article, is_new, touched in planned]
    if refused:
        reasons = "; ".join(r.message for r in refused)
        raise Refused(refused[0].code, f"{len(kept)} articles kept, {len(refused)} not: {reasons}")
    return Written(str(kept[0].article_id), f"{len(kept)} articles")


def _read(
    books: Books, params: Mapping[str, str], number: int, *, force: bool, with_supplier: bool
) -> tuple[Article, bool, bool]:
    """Return article number `number` of the call, whether it is new, and whether it is written."""
    article_no = params[f"articleno_{number}"].strip()
    existing = books.articles.get(article_no)
    if existing is not None and not force:
        if books.options.existing_article_error:
            raise Refused(ARTICLE_EXISTS, f"articleNo {article_no} already exists")
        return existing, False, False
    values = _values(params, number, article_no, with_supplier=with_supplier)
    if existing is not None:
        return _changed(existing, values), False, True
    article = _changed(Article(0, article_no, created_at=books.now()), values)
    article.keeps_stock = flag(params, f"createArticleStock_{number}")
    if article.keeps_stock:
        opening = amount(params, f"noItemsInStock_{number}") or ZERO
        article.on_hand = {books.options.sites[0]: opening}
    return article, True, True


def _values(
    params: Mapping[str, str], number: int, article_no: str, *, with_supplier: bool
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for attr, wire in _TEXTS + (_SUPPLIER_TEXTS if with_supplier else ()):
        text = params.get(f"{wire.lower()}_{number}")
        if text is not None:
            values[attr] = text
    for attr, wire in _AMOUNTS:
        _put(values, attr, amount(params, f"{wire}_{number}"))
    if with_supplier:
        _put(values, "supplier_buy_price", amount(params, f"supplierBuyPrice_{number}"))
    percent = vat_percent(params, f"vatPercent_{number}")
    if percent is not None:
        values["vat_percent"] = percent
    country = params.get(f"manufacturingcountrycode_{number}")
    if country is not None:
        values["manufacturing_country_code"] = two_letters(country, "manufacturingCountryCode")
    if not values.get("name", article_no):
        raise Refused(MISSING, f"name_{number} is missing")
    return values


def _put(values: dict[str, Any], attr: str, number: Decimal | None) -> None:
    if number is not None:
        values[attr] = number


def _changed(article: Article, values: Mapping[str, Any]) -> Article:
    """Return a changed copy, so that nothing has happened yet if a later article is refused."""
    return msgspec.structs.replace(article, **values)


def _keep(books: Books, article: Article, *, is_new: bool, touched: bool) -> Article:
    if not touched:
        return article
    if is_new and article.article_no not in books.articles:
        article.article_id = books.next_number("article")
    books.save_article(article, stock=is_new, info=books.options.echo_articles)
    return article
