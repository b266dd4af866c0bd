"""Which things only one side has: products unknown to the ERP, articles the shop lacks, suspects."""

from collections.abc import Mapping, Sequence

from brygga.domain.message import Message, message
from brygga.domain.outcome import State
from brygga.domain.refs import Kind
from brygga.domain.shelf import ShopItem
from brygga.flows.reconcile.context import ReconcileContext
from brygga.flows.reconcile.ports import KnownWork, LinkedItem
from brygga.flows.reconcile.report import Difference, Done, Report, What
from brygga.flows.settings import ProductMode

_AT_ONCE = 100
_TRASH = "trash"


class Range:
    """Sorts items into those that are articles and those that are not, and remembers which links it met."""

    def __init__(self, ctx: ReconcileContext, report: Report) -> None:
        self._ctx = ctx
        self._report = report
        self._met = Places()
        self._by_sku: set[str] = set()  # articles that an unlinked item has the number of

    def sort_out(self, items: Sequence[ShopItem], links: Mapping[str, LinkedItem]) -> dict[str, ShopItem]:
        """Return the items that are articles of the ERP; say why the others are not."""
        for link in links.values():
            self._met.add(link.place)
        matched = {item.ref: item for item in items if item.ref in links}
        others = [item for item in items if item.ref not in links]
        numbers = sorted({item.sku for item in others if item.sku.strip()})
        known = set(self._ctx.store.known_articles(numbers)) if numbers else set()
        elsewhere = self._ctx.store.items_of(sorted(known)) if known else {}
        suspects = self._ctx.store.spelt_otherwise([no for no in numbers if no not in known])
        alone = []
        for item in others:
            if item.sku in known and item.sku not in elsewhere and item.sku not in self._by_sku:
                self._by_sku.add(item.sku)
                matched[item.ref] = item
                continue
            alone.append(item)
        works: Mapping[str, KnownWork] = {}
        if alone and self._sends():
            works = self._ctx.store.works(Kind.PRODUCT, {item.product_id for item in alone})
        met = []
        for item in alone:
            difference = self._alone(item, known, suspects, works.get(item.product_id))
            self._report.add(difference)
            if difference.done is Done.LISTED:
                met.append((item, difference.cause))
        self._ctx.store.keep_strangers(met, self._report.began_at)
        return matched

    def _sends(self) -> bool:
        """Say that the shop leads the range, so that what the ERP lacks is made there."""
        modes = (ProductMode.CREATE, ProductMode.BOTH)
        return self._ctx.preset.moves(Kind.PRODUCT) and self._ctx.settings.products in modes

    def _alone(
        self, item: ShopItem, known: set[str], suspects: Mapping[str, str], work: KnownWork | None
    ) -> Difference:
        """Say why an item is no article of the ERP. It is never touched."""
        ctx = self._ctx
        if not item.sku.strip():
            cause = message("reconcile.cause_no_sku")
        elif item.sku in known:
            cause = message("reconcile.cause_sku_twice")
        elif item.sku in suspects:
            cause = message("reconcile.cause_suspect", other=suspects[item.sku])
        else:
            cause = message("reconcile.cause_unknown_there")
        done = Done.LISTED
        if cause.code == "reconcile.cause_unknown_there" and self._sends():
            if item.status not in ctx.settings.product_statuses:
                cause = message("reconcile.cause_not_published", status=item.status)
            elif work is not None and (work.is_due or work.state is not State.DONE):
                cause, done = work.reason or message("reconcile.cause_due"), Done.WAITS
            else:
                if ctx.repair:
                    ctx.store.wake(Kind.PRODUCT, [item.product_id])
                cause, done = message("reconcile.cause_never_sent"), ctx.mended
        told = message("reconcile.only_in_shop", sku=item.sku or "-", item=item.name, ref=item.ref)
        return Difference(What.PRODUCT, item.sku or item.ref, told, cause, done)

    def end(self) -> None:
        """Say what the shop does not have any more, or never had."""
        self._ctx.store.forget_strangers(self._report.began_at)
        part: list[LinkedItem] = []
        for links in self._ctx.store.all_linked_items():
            for link in links:
                if link.place not in self._met:
                    part.append(link)
                if len(part) == _AT_ONCE:
                    self._look_for(part)
                    part = []
        if part:
            self._look_for(part)
        if self._ctx.preset.moves(Kind.ITEM) or self._ctx.preset.moves(Kind.GOODS):
            self._only_there()

    def _look_for(self, links: Sequence[LinkedItem]) -> None:
        """Read items that the whole range did not show: in the trash, gone, or made meanwhile."""
        products = list(dict.fromkeys(link.ref.partition("/")[0] for link in links))
        there = {item.ref: item for item in self._ctx.shop.items_of(products)}
        gone: list[str] = []
        for link in links:
            item = there.get(link.ref)
            if item is not None and item.status != _TRASH:
                continue
            cause: Message = message(
                "reconcile.cause_trash" if item is not None else "reconcile.cause_deleted"
            )
            told = message("reconcile.item_gone", article=link.article_no, ref=link.ref)
            done = self._ctx.mended if self._ctx.leads_items() else Done.LISTED
            self._report.add(Difference(What.ARTICLE, link.article_no, told, cause, done))
            gone.append(link.article_no)
        if gone and self._ctx.repair and self._ctx.leads_items():
            self._ctx.store.wake(Kind.ITEM, gone)  # looks for the article anew, and says what it found

    def _only_there(self) -> None:
        web_only = self._ctx.settings.goods_only_web
        for articles in self._ctx.store.articles_without_item():
            for article in articles:
                if article.article_no in self._by_sku:
                    continue
                self._report.counts["articles_not_in_shop"] += 1
                told = message("reconcile.only_in_erp", article=article.article_no, name=article.name or "-")
                not_for_web = web_only and article.for_web is False
                cause = message("reconcile.cause_not_for_web" if not_for_web else "reconcile.cause_not_there")
                self._report.add(Difference(What.ARTICLE, article.article_no, told, cause, Done.LISTED))


class Places:
    """A set of whole numbers that takes a bit for each: which of a hundred thousand links were met."""

    _PAGE = 4096

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}

    def add(self, place: int) -> None:
        """Put a number in."""
        page, rest = divmod(place, self._PAGE)
        bits = self._pages.setdefault(page, bytearray(self._PAGE // 8))
        bits[rest // 8] |= 1 << rest % 8

    def __contains__(self, place: int) -> bool:
        page, rest = divmod(place, self._PAGE)
        bits = self._pages.get(page)
        return bits is not None and bool(bits[rest // 8] & 1 << rest % 8)
