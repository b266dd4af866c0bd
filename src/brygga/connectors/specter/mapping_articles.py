"""Articles as the fields of newArticleSubmit: numbered, many to a call."""

from collections.abc import Sequence

from brygga.connectors.specter.dialect import Dialect
from brygga.connectors.specter.form import Form
from brygga.connectors.specter.text import keeps
from brygga.domain.product import Article


def unfit_characters(article_no: str, dialect: Dialect) -> str:
    """Return the characters that do not work in an article number, each once, in order."""
    unfit = dialect.text.unfit_article_characters
    return "".join(
        dict.fromkeys(c for c in article_no if c in unfit or c == ";" or (c != " " and not keeps(c)))
    )


def articles_form(articles: Sequence[Article], *, update: bool, dialect: Dialect) -> Form:
    """Return the form of one call. Raises RecordRejected naming the article whose field does not fit."""
    record = articles[0].article_no if len(articles) == 1 else f"{articles[0].article_no} ..."
    form = Form(dialect, record)
    form.switch("forceArticleUpdate", update)
    form.switch("addSupplier", any(article.supplier_no for article in articles))
    for number, article in enumerate(articles, start=1):
        form.record = article.article_no
        _article(form, number, article, dialect, update=update)
    form.record = record
    return form


def _article(form: Form, number: int, article: Article, dialect: Dialect, *, update: bool) -> None:
    lengths, limits = dialect.lengths, dialect.limits
    form.key(f"articleNo_{number}", article.article_no, lengths.article_no)
    name = form.fitted(f"name_{number}", article.name, lengths.article_name)
    if article.name or not update:
        form.put(f"name_{number}", name or article.article_no)
    if article.price_ex is not None:
        form.rounded(f"priceExclVAT_{number}", article.price_ex, limits.article_price_decimals)
    if article.vat_percent is not None:
        form.put(f"vatPercent_{number}", str(article.vat_percent))
    if article.barcode:
        form.key(f"barCode_{number}", article.barcode, 0)
    if article.weight_kg is not None:
        form.rounded(f"productWeight_{number}", article.weight_kg, limits.weight_decimals)
    if article.buy_price is not None:
        form.rounded(f"buyPrice_{number}", article.buy_price, limits.article_price_decimals)
    if article.opening_stock is not None:
        # Counts only when the article is made; an existing one keeps the stock the ERP has.
        form.put(f"createArticleStock_{number}", "1")
        form.rounded(f"noItemsInStock_{number}", article.opening_stock, limits.quantity_decimals)
    if article.supplier_no:
        form.key(f"supplierNo_{number}", article.supplier_no, 0)
        form.text(f"supplierName_{number}", article.supplier_name or article.supplier_no)
        form.text(f"supplierArticleNo_{number}", article.supplier_article_no)
        if article.buy_price is not None:
            form.rounded(f"supplierBuyPrice_{number}", article.buy_price, limits.article_price_decimals)
    if article.origin_country:
        form.key(f"manufacturingCountryCode_{number}", article.origin_country.upper(), 2)
