"""Makes the plan of one order: all that will be sent, with the proof that the sums are equal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from brygga.domain.document import DocumentKind, DocumentRow, RowKind, SalesDocument
from brygga.domain.errors import RecordRejected
from brygga.domain.message import Message, message
from brygga.domain.money import ZERO
from brygga.domain.order import Order
from brygga.domain.party import Customer, Matching
from brygga.domain.refs import Kind, RecordRef
from brygga.domain.vat import VatType
from brygga.flows.context import RunContext
from brygga.flows.journal import Step
from brygga.flows.orders.card import find_card
from brygga.flows.orders.charges import charges_of
from brygga.flows.orders.control import rows_of
from brygga.flows.orders.customer import buyer_of
from brygga.flows.orders.document import compose, document_language
from brygga.flows.orders.fingerprint import fingerprint
from brygga.flows.orders.refunds import net_of_refunds
from brygga.flows.orders.vat_type import judge_rates, vat_type
from brygga.flows.ports import Work
from brygga.flows.products.decide import visible
from brygga.flows.products.suspects import spelling
from brygga.flows.settings import UnknownArticle


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """What one transfer will do. What is shown of it is what is done."""

    order: Order  # as the shop has it
    customer: Customer
    matching: Matching
    document: SalesDocument
    fingerprint: str
    registered: RecordRef | None
    missing_articles: tuple[str, ...]
    warnings: tuple[Message, ...]


def plan_order(order: Order, kind: DocumentKind, work: Work, ctx: RunContext) -> OrderPlan:
    """Return the plan of an order. Raises RecordRejected or SetupWrong with the reason."""
    remaining = with_article_numbers(net_of_refunds(order), ctx)
    type_ = vat_type(remaining)
    registered = _registered(order, ctx)
    edits = work.edits or {}
    buying = buyer_of(
        remaining,
        ctx.settings,
        ctx.store.customer_card(registered, ctx.erp_id) if registered else "",
        document_language(order, ctx),
        edits.get("organisation_no", ""),
    )
    rows, calculation = rows_of(remaining, charges_of(remaining, ctx.settings), ctx.settings, ctx.erp.limits)
    rows, missing = _articles(rows, type_, remaining, ctx)
    document, warnings = compose(remaining, kind, rows, calculation, type_, ctx)
    if edits.get("number"):
        document = replace(document, number=edits["number"])  # chosen by a person: ours was taken
    customer, matching = find_card(buying.customer, buying.matching, ctx)
    plan = OrderPlan(
        order=order,
        customer=customer,
        matching=matching,
        document=document,
        fingerprint=fingerprint(order),
        registered=registered,
        missing_articles=missing,
        warnings=(*buying.warnings, *warnings, *judge_rates(remaining, type_, rows, ctx)),
    )
    _write_down(plan, ctx)
    return plan


def with_article_numbers(order: Order, ctx: RunContext) -> Order:
    """Return an order whose goods bear the numbers of the articles that they are in the ERP.

    That is the SKU, unless what was sold is linked to an article with another number: matched by
    bar code, by a file or by hand, or renamed in the ERP. Where the shop leads the numbers, a SKU
    that was changed after it was linked counts for itself, if more than its spelling changed.
    """
    refs = {line.id: f"{line.product_id}/{line.variant_id or line.product_id}" for line in order.lines}
    sold = ctx.store.articles_sold(ctx.erp_id, ctx.shop_id, sorted(set(refs.values())))
    erp_leads = ctx.masters.erp_leads("product.variants")
    lines = []
    for line in order.lines:
        sku, number = sold.get(refs[line.id], ("", line.sku))
        same = spelling(sku) == spelling(line.sku)
        lines.append(replace(line, sku=number) if erp_leads or same else line)
    return replace(order, lines=tuple(lines))


def _registered(order: Order, ctx: RunContext) -> RecordRef | None:
    return RecordRef(ctx.shop_id, Kind.CUSTOMER, order.customer_id) if order.customer_id else None


def _articles(
    rows: tuple[DocumentRow, ...], type_: VatType, order: Order, ctx: RunContext
) -> tuple[tuple[DocumentRow, ...], tuple[str, ...]]:
    """Check the rows' articles against what the ERP is known to have; say which are missing."""
    known = ctx.store.known_articles(ctx.erp_id, [row.article_no for row in rows])
    refuse_home_without_vat(rows, known, type_, order, ctx)
    missing = tuple(dict.fromkeys(row.article_no for row in rows if row.article_no not in known))
    match ctx.settings.unknown_article:
        case UnknownArticle.CREATE:
            for row in rows:
                unfit = ctx.erp.unfit(row.article_no)
                if unfit:
                    raise RecordRejected(
                        message(
                            "order.unfit_article",
                            number=order.number,
                            article=row.article_no,
                            unfit=visible(unfit),
                            row=row.name,
                        )
                    )
            return rows, missing
        case UnknownArticle.COLLECT if missing:
            return tuple(_collected(row, missing, order, ctx) for row in rows), ()
        case _:
            return rows, ()  # the ERP itself answers for what it does not have


def _collected(row: DocumentRow, missing: tuple[str, ...], order: Order, ctx: RunContext) -> DocumentRow:
    if row.kind is not RowKind.PRODUCT or row.article_no not in missing:
        return row
    if not ctx.settings.article_collect:
        raise RecordRejected(message("order.no_article", number=order.number, row=row.name, kind="collect"))
    # The warehouse must still see what to pick.
    return replace(row, article_no=ctx.settings.article_collect, name=f"{row.article_no} {row.name}")


def refuse_home_without_vat(
    rows: tuple[DocumentRow, ...],
    rates: Mapping[str, Decimal | None],
    type_: VatType,
    order: Order,
    ctx: RunContext,
) -> None:
    """Raise RecordRejected for a domestic row without VAT whose article has a rate, if so set."""
    if type_ is not VatType.HOME or not ctx.settings.hold_home_without_vat:
        return
    for row in rows:
        rate = rates.get(row.article_no)
        if row.kind is RowKind.PRODUCT and row.vat_percent == 0 and row.shop_gross != ZERO and rate:
            raise RecordRejected(
                message("order.home_without_vat", number=order.number, row=row.name, rate=rate.normalize())
            )


def _write_down(plan: OrderPlan, ctx: RunContext) -> None:
    sums = plan.document.calculation
    ctx.journal.add(
        Step.PLANNED,
        message(
            "order.planned",
            rows=len(plan.document.rows),
            total=sums.erp_total,
            currency=plan.document.currency,
        ),
        number=plan.document.number,
        shop_total=str(sums.shop_total),
        erp_total=str(sums.erp_total),
        rounding=str(sums.rounding),
        allowed=str(sums.allowed),
        vat_type=plan.document.vat_type.value,
        rates=[[rate.percent, str(rate.shop_vat), str(rate.erp_vat)] for rate in sums.rates],
        rows=[
            [
                row.kind.value,
                row.article_no,
                row.name,
                str(row.quantity),
                str(row.unit_price),
                row.vat_percent,
            ]
            for row in plan.document.rows
        ],
    )
