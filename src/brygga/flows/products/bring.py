"""Brings products over together: as many articles in one call as the ERP takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from brygga.connectors.contract.connector import ArticlesPut
from brygga.domain.errors import RecordRejected
from brygga.domain.message import Message, message
from brygga.domain.outcome import Outcome, State
from brygga.domain.product import Article, Product, Variant
from brygga.domain.refs import Kind, Link, RecordRef, Version
from brygga.flows.context import RunContext
from brygga.flows.failures import outcome_of_failure
from brygga.flows.journal import Journal, Step
from brygga.flows.ownership import Masters, Mode
from brygga.flows.ports import Work
from brygga.flows.products.articles import article_of, is_barcode
from brygga.flows.products.decide import choose
from brygga.flows.products.opening import look_at_orders, with_what_is_sold
from brygga.flows.products.suspects import spelling
from brygga.flows.settings import ProductMode


@dataclass(slots=True)
class _Parcel:
    """One product on its way: its articles, what was refused, and its journal."""

    work: Work
    product: Product
    journal: Journal
    articles: dict[str, tuple[Variant, Article]] = field(default_factory=dict)
    faults: list[Message] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)

    def leave(self, article_no: str, fault: Message) -> None:
        """Leave an article behind, with the reason."""
        del self.articles[article_no]
        self.faults.append(fault)


def bring_over_products(works: Sequence[Work], ctx: RunContext) -> None:
    """Bring products over together and store what became of each.

    Raises what concerns the connection as a whole, with the products still waiting.
    """
    look_at_orders(ctx)
    parcels = [parcel for work in works if (parcel := _pack(work, ctx)) is not None]
    if sold := look_at_orders(ctx):  # while they were read: read those again
        parcels = [
            parcel
            for one in parcels
            if (parcel := one if sold.isdisjoint(one.articles) else _pack(one.work, ctx)) is not None
        ]
    _leave_clashes(parcels, ctx)
    ctx.recorder.start()
    articles = [article for parcel in parcels for _, article in parcel.articles.values()]
    put = _put(with_what_is_sold(articles, ctx), ctx)
    exchanges = ctx.journal.take()
    for number, parcel in enumerate(parcels):
        if number == 0:
            parcel.journal.extend(exchanges)  # a batch's raw messages are kept once, with its first
        _settle(parcel, put, ctx)


def _put(articles: Sequence[Article], ctx: RunContext) -> ArticlesPut:
    """Make articles, and update those that are there with the fields that the shop leads.

    The ERP's own price must not be overwritten where the ERP leads it, yet a new article needs one.
    So where the shop does not lead everything, all are made first, which leaves those that are
    there alone, and then updated without what is the ERP's: an article that it has lost meanwhile
    is not made again without its price.
    """
    update = ctx.settings.products in (ProductMode.UPDATE, ProductMode.BOTH)
    told = [_led(article, ctx.masters) for article in articles]
    if not update or told == [replace(article, opening_stock=None) for article in articles]:
        return ctx.erp.put_articles(articles, update=update)
    known = ctx.store.known_articles(ctx.erp_id, [article.article_no for article in articles])
    made = ctx.erp.put_articles(articles, update=False)
    there = [article for article in told if article.article_no not in made.refused]
    updated = ctx.erp.put_articles(there, update=True)
    # Of one that was there the first call says only that it was left.
    warnings = [one for one in made.warnings if one.facts.get("record") not in known]
    warnings += [one for one in updated.warnings if one not in warnings]
    return ArticlesPut({**made.refused, **updated.refused}, tuple(warnings))


def _led(article: Article, masters: Masters) -> Article:
    """Return what an article that is there is told: the fields of which the shop's value always counts."""

    def leads(field_name: str) -> bool:
        return masters.shop_leads(field_name) and masters.mode(field_name) is Mode.OVERWRITE

    return replace(
        article,
        name=article.name if leads("product.name") else "",
        price_ex=article.price_ex if leads("price.regular") else None,
        vat_percent=article.vat_percent if leads("product.vat_class") else None,
        barcode=article.barcode if leads("product.barcode") else "",
        weight_kg=article.weight_kg if leads("product.weight") else None,
        opening_stock=None,
    )


def _pack(work: Work, ctx: RunContext) -> _Parcel | None:
    """Read a product and make its articles; a product that goes no further is settled here."""
    journal = ctx.recorder.start()
    try:
        product = ctx.shop.product(work.ref.id)
        ctx.store.looked(work, Version(product.modified_at))
        journal.add(Step.READ, message("product.read", product=product.name, variants=len(product.variants)))
        chosen = choose(product, ctx)
        if chosen.outcome is not None:
            ctx.store.settle(work, chosen.outcome, journal)
            return None
    except Exception as error:
        ctx.store.settle(work, outcome_of_failure(error, work, ctx), journal)
        return None
    parcel = _Parcel(work, product, journal, faults=list(chosen.faults))
    for variant in chosen.variants:
        try:
            article = article_of(product, variant, ctx.settings)
        except RecordRejected as error:
            parcel.faults.append(error.for_merchant)
            continue
        if variant.barcode and not is_barcode(variant.barcode):
            parcel.warnings.append(message("product.bad_barcode", sku=variant.sku, barcode=variant.barcode))
        parcel.articles[variant.sku] = (variant, article)
    return parcel


def _leave_clashes(parcels: Sequence[_Parcel], ctx: RunContext) -> None:
    """Leave behind variants whose number is another variant's, or an article's in another spelling."""
    owners: dict[str, str] = {}
    spelt: dict[str, str] = {}
    for parcel in parcels:
        numbers = list(parcel.articles)
        linked = ctx.store.article_owners(ctx.erp_id, ctx.shop_id, numbers)
        suspects = ctx.store.suspects(ctx.erp_id, numbers)
        for number in numbers:
            facts = {"product": parcel.product.name, "sku": number}
            source_id = _source_id(parcel.product, parcel.articles[number][0])
            owner = linked.get(number) or owners.setdefault(number, source_id)
            other = suspects.get(number) or spelt.setdefault(spelling(number), number)
            if owner != source_id:
                parcel.leave(number, message("product.sku_taken", **facts, other=owner))
            elif other != number:
                parcel.leave(number, message("product.suspect_sku", **facts, other=other))


def _settle(parcel: _Parcel, put: ArticlesPut, ctx: RunContext) -> None:
    arrived = {no: pair for no, pair in parcel.articles.items() if no not in put.refused}
    faults = parcel.faults + [put.refused[no] for no in parcel.articles if no in put.refused]
    parcel.warnings += [warning for warning in put.warnings if warning.facts.get("record") in parcel.articles]
    links = [_link(parcel.product, variant, article, ctx) for variant, article in arrived.values()]
    parcel.warnings += _changed_links(parcel, links, ctx)
    ctx.store.keep_articles(
        ctx.erp_id, {no: variant.vat_percent for no, (variant, _) in arrived.items()}, links
    )
    facts = {"product": parcel.product.name, "articles": len(arrived), "left": len(faults)}
    if faults:
        reason = faults[0] if not arrived else message("product.partly", **facts)
        outcome = Outcome(State.HELD, reason, warnings=(*faults, *parcel.warnings))
    else:
        outcome = Outcome(
            State.DONE,
            message("product.transferred", **facts),
            target_id=next(iter(arrived), ""),
            target_key=", ".join(arrived)[:200],
            warnings=tuple(parcel.warnings),
        )
    parcel.journal.add(Step.SETTLED, outcome.reason)
    ctx.store.settle(parcel.work, outcome, parcel.journal)


def _changed_links(parcel: _Parcel, links: Sequence[Link], ctx: RunContext) -> list[Message]:
    """Say which articles stay behind in the ERP: renamed in the shop, or with no variant any more."""
    before = ctx.store.product_links(ctx.erp_id, ctx.shop_id, parcel.product.id)
    now = {link.source.id: link.target_id for link in links}
    present = {_source_id(parcel.product, variant) for variant in parcel.product.variants}
    told: list[Message] = []
    for source_id, article_no in before.items():
        if source_id in now and now[source_id] != article_no:
            told.append(
                message("product.renamed", product=parcel.product.name, old=article_no, new=now[source_id])
            )
        elif source_id not in present:
            told.append(message("product.variant_gone", product=parcel.product.name, sku=article_no))
    return told


def _source_id(product: Product, variant: Variant) -> str:
    return f"{product.id}/{variant.id}"


def _link(product: Product, variant: Variant, article: Article, ctx: RunContext) -> Link:
    return Link(
        source=RecordRef(ctx.shop_id, Kind.ARTICLE, _source_id(product, variant)),
        source_key=variant.sku,
        target_connection=ctx.erp_id,
        target_id=article.article_no,
        target_key=article.article_no,
        fingerprint="",
    )
