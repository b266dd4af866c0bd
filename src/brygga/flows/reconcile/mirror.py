"""An export of the ERP beside what its feeds have told: what they missed is taken in as of the file's time.

A file is one reading, as old as it is: what a feed told later stays. Orders that should be in the
file and are not were removed in the ERP, which no feed may have told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from brygga.domain.events import OrderEvent
from brygga.domain.message import Message, message
from brygga.domain.money import ZERO, plain
from brygga.domain.refs import Kind
from brygga.domain.supply import ArticleInfo, StockLevel, Supply
from brygga.flows.orders.fingerprint import total_then
from brygga.flows.reconcile.context import ReconcileContext
from brygga.flows.reconcile.export import Export, Row
from brygga.flows.reconcile.report import Difference, Done, Report, What
from brygga.flows.shelf.stock import at_sites

_AT_ONCE = 200
_FEW = 3  # so many missing orders are believed of any file
_SHARE = 5  # of more than one in five the file is thought to be a part only
_ROUNDING = Decimal("1.00")


def compare_export(export: Export, ctx: ReconcileContext, report: Report) -> None:
    """Compare a file with what is known of the ERP, and take in what is news."""
    if export.of_orders:
        _orders(export, ctx, report)
        return
    if "on_hand" in export.columns and "stock" not in export.columns:
        report.remarks.append(message("reconcile.export_on_hand"))
    for rows in _by_article(export.rows()):
        report.counts["export_articles"] += len({row.article_no for row in rows})
        _articles(rows, export, ctx, report)


def _articles(rows: list[Row], export: Export, ctx: ReconcileContext, report: Report) -> None:
    numbers = list(dict.fromkeys(row.article_no for row in rows))
    known = ctx.store.supply(numbers)
    suspects = ctx.store.spelt_otherwise([number for number in numbers if number not in known])
    news: list[ArticleInfo] = []
    levels: list[StockLevel] = []
    for number in numbers:
        mine = [row for row in rows if row.article_no == number]
        if number in suspects:  # a spreadsheet may have eaten its zeros
            told = message("reconcile.export_suspect", article=number, line=mine[0].line)
            cause = message("reconcile.cause_suspect", other=suspects[number])
            report.add(Difference(What.MIRROR, number, told, cause, Done.LISTED))
            continue
        supply = known.get(number) or Supply(ArticleInfo(number))
        article = _laid_over(supply.article, mine[0])
        if article != supply.article or not _reads_feeds(ctx):
            news += _article_news(article, supply, export, ctx, report)
        if _reads_feeds(ctx) and any(row.stock is not None for row in mine):
            levels += _stock_news(mine, supply, export, ctx, report)
    if ctx.repair and news:
        ctx.store.take_articles(news, export.read_at)
    if ctx.repair and levels:
        ctx.store.take_stock(levels, export.read_at)


def _laid_over(article: ArticleInfo, row: Row) -> ArticleInfo:
    """Return an article as a row tells of it; what the row does not tell stays."""
    price = article.price_ex if row.price is None or row.price == article.price_ex else row.price
    vat = article.vat_percent if row.vat is None or row.vat == article.vat_percent else row.vat
    return replace(article, name=row.name or article.name, price_ex=price, vat_percent=vat)


def _article_news(
    article: ArticleInfo, supply: Supply, export: Export, ctx: ReconcileContext, report: Report
) -> list[ArticleInfo]:
    before = supply.article
    changes = [
        f"{name}: {_said(old)} → {_said(new)}"
        for name, old, new in (
            ("name", before.name, article.name),
            ("price", before.price_ex, article.price_ex),
            ("vat", before.vat_percent, article.vat_percent),
        )
        if old != new
    ]
    newer = supply.article_read_at is not None and supply.article_read_at > export.read_at
    if not _reads_feeds(ctx):
        return [] if newer else [article]
    cause, done = _fate(supply.article_read_at is None, newer, ctx)
    told = message("reconcile.mirror_article", article=article.article_no, changes="; ".join(changes))
    report.add(Difference(What.MIRROR, article.article_no, told, cause, done))
    return [] if newer else [article]


def _stock_news(
    rows: list[Row], supply: Supply, export: Export, ctx: ReconcileContext, report: Report
) -> list[StockLevel]:
    number = rows[0].article_no
    levels = {row.site: row.stock for row in rows if row.stock is not None}
    if set(levels) == {""}:
        site = _only_site(supply, ctx)
        if site is None:
            if levels[""] == at_sites(supply.stock, ()):
                return []
            cause, done = message("reconcile.cause_sites"), Done.LISTED
            report.add(_stock_told(number, at_sites(supply.stock, ()), levels[""], cause, done))
            return []
        levels = {site: levels[""]}
    if supply.stock_read_at is not None and {s: n for s, n in supply.stock.items() if n} == {
        s: n for s, n in levels.items() if n
    }:
        return []
    newer = supply.stock_read_at is not None and supply.stock_read_at > export.read_at
    cause, done = _fate(supply.stock_read_at is None, newer, ctx)
    was = None if supply.stock_read_at is None else sum(supply.stock.values(), ZERO)
    report.add(_stock_told(number, was, sum(levels.values(), ZERO), cause, done))
    return [] if newer else [StockLevel(number, stock, site) for site, stock in levels.items()]


def _only_site(supply: Supply, ctx: ReconcileContext) -> str | None:
    """Return which site a number without one is of; None: it could be of several."""
    if len(supply.stock) == 1:
        return next(iter(supply.stock))
    if supply.stock:
        return None
    sites = ctx.settings.stock_sites
    return sites[0] if len(sites) == 1 else None if sites else ""


def _reads_feeds(ctx: ReconcileContext) -> bool:
    """Say that this flow goes by the ERP's feeds; otherwise a file is all that is known of it."""
    return ctx.preset.moves(Kind.ITEM) or ctx.preset.moves(Kind.GOODS)


def _fate(unknown: bool, newer: bool, ctx: ReconcileContext) -> tuple[Message, Done]:
    if newer:
        return message("reconcile.cause_file_older"), Done.LEFT
    code = "reconcile.cause_feed_never" if unknown else "reconcile.cause_feed_missed"
    return message(code), ctx.mended


def _stock_told(
    number: str, was: Decimal | None, now: Decimal | None, cause: Message, done: Done
) -> Difference:
    told = message("reconcile.mirror_stock", article=number, known=_said(was), file=_said(now))
    return Difference(What.MIRROR, number, told, cause, done)


def _orders(export: Export, ctx: ReconcileContext, report: Report) -> None:
    """Compare sums of the ERP's orders with what was sent, and find those it has no more."""
    in_file: set[str] = set()
    for rows in _some(export.rows()):
        numbers = [row.order_no for row in rows if row.order_no]
        in_file.update(numbers)
        report.counts["export_orders"] += len(rows)
        linked = ctx.store.orders_of_erp(numbers)
        for row in rows:
            if row.order_no in linked:
                _sum(row, *linked[row.order_no], report)
            elif ctx.settings.prefix and row.external_no.startswith(ctx.settings.prefix):
                told = message("reconcile.order_only_there", erp_no=row.order_no, external=row.external_no)
                cause = message("reconcile.cause_not_linked")
                report.add(Difference(What.ORDER, row.external_no, told, cause, Done.LISTED))
    digits = [int(number) for number in in_file if number.isdigit()]
    if digits:
        _removed(in_file, min(digits), max(digits), export, ctx, report)


def _sum(row: Row, number: str, mark: str, report: Report) -> None:
    if row.sum is None or not mark:
        return
    sent = total_then(mark)
    if abs(row.sum - sent) > _ROUNDING:
        told = message(
            "reconcile.order_sum_there", number=number, erp_no=row.order_no, sent=sent, erp=plain(row.sum)
        )
        report.add(
            Difference(What.ORDER, number, told, message("reconcile.cause_changed_there"), Done.LISTED)
        )


def _removed(
    in_file: set[str], first: int, last: int, export: Export, ctx: ReconcileContext, report: Report
) -> None:
    """Find orders of ours that lie within the file's own numbers and are not in it."""
    expected = 0
    missing: list[tuple[str, str]] = []
    for rows in ctx.store.numbers_linked(export.read_at):
        for erp_no, number in rows:
            if erp_no.isdigit() and first <= int(erp_no) <= last:
                expected += 1
                if erp_no not in in_file:
                    missing.append((erp_no, number))
    if len(missing) > _FEW and len(missing) * _SHARE > expected:
        report.remarks.append(message("reconcile.export_partial", missing=len(missing), expected=expected))
        return
    for erp_no, number in missing:
        told = message("reconcile.order_not_there", number=number, erp_no=erp_no)
        done = Done.ASKED if ctx.repair else Done.WOULD
        report.add(Difference(What.ORDER, number, told, message("reconcile.cause_removed"), done))
    if ctx.repair and missing:
        # What a setting or a person says of a removed order is done by the flow of statuses.
        ctx.store.take_events([OrderEvent(erp_no, removed=True) for erp_no, _ in missing])


def _by_article(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Cut rows into parts; rows of one article that follow each other (its sites) stay together."""
    part: list[Row] = []
    for row in rows:
        if len(part) >= _AT_ONCE and row.article_no != part[-1].article_no:
            yield part
            part = []
        part.append(row)
    if part:
        yield part


def _some(rows: Iterable[Row]) -> Iterator[list[Row]]:
    part: list[Row] = []
    for row in rows:
        part.append(row)
        if len(part) == _AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _said(value: Decimal | str | None) -> str:
    return "-" if value is None or value == "" else value if isinstance(value, str) else plain(value)
