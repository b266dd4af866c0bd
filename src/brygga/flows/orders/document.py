"""Composes the order or invoice for the ERP: header, payment, texts, dates, and the rows."""

from collections.abc import Sequence
from datetime import date, timedelta

from brygga.connectors.contract.connector import Limits
from brygga.domain.document import Calculation, DocumentKind, DocumentRow, SalesDocument
from brygga.domain.errors import RecordRejected, SetupWrong
from brygga.domain.message import Message, message
from brygga.domain.order import Order
from brygga.domain.vat import VatType
from brygga.flows.context import RunContext
from brygga.flows.settings import Confirmation, DateSource, FlowSettings, UnknownPayment


def compose(
    order: Order,
    kind: DocumentKind,
    rows: tuple[DocumentRow, ...],
    calculation: Calculation,
    type_: VatType,
    ctx: RunContext,
) -> tuple[SalesDocument, tuple[Message, ...]]:
    """Return the document and warnings.

    Raises RecordRejected for a payment method or currency that must stop the order, SetupWrong
    when an invoice is asked of an ERP that can't make one.
    """
    settings, limits = ctx.settings, ctx.erp.limits
    if kind is DocumentKind.INVOICE and not limits.makes_invoices:
        raise SetupWrong(message("flow.no_invoices"), setting="document")
    if limits.currencies and order.currency not in limits.currencies:
        raise RecordRejected(message("order.currency_not_open", number=order.number, currency=order.currency))
    code, warnings = _payment_code(order, settings, limits)
    shipping = next(iter(order.shipping_lines), None)
    document = SalesDocument(
        kind=kind,
        number=f"{settings.prefix}{order.number}",
        currency=order.currency,
        order_date=_order_date(order, ctx),
        rows=rows,
        calculation=calculation,
        vat_type=type_,
        payment_code=code,
        payment_reference=order.payment.reference,
        payment_account=order.payment.merchant_account,
        prepayment=order.payment.method in limits.prepaid_methods,
        delivery_method=_delivery_method(order, settings),
        delivery_date=_delivery_date(order, ctx),
        prepared_shipment=_first_meta(order, settings.prepared_shipment_keys),
        notify_mobile=(order.shipping.phone or order.billing.phone) if settings.notify_by_phone else "",
        language=document_language(order, ctx),
        stock_site=settings.stock_site,
        web_shop=settings.web_shop,
        customer_reference=_first_meta(order, settings.your_reference_keys),
        customer_order_no=_first_meta(order, settings.customer_order_no_keys),
        published_comment=order.note.strip(),
        internal_comment=_internal_comment(order, shipping.title if shipping else "", ctx),
        send_confirmation=settings.confirmation is Confirmation.ERP,
        confirmation_copy=settings.confirmation_copy,
    )
    return document, warnings


def document_language(order: Order, ctx: RunContext) -> str:
    """Return the document's language (ISO 639-1): the setting, the order's, the shop's, else Swedish."""
    chosen = ctx.settings.language or order.language or ctx.shop_identity.language or "sv"
    return chosen[:2].lower()


def _payment_code(order: Order, settings: FlowSettings, limits: Limits) -> tuple[str, tuple[Message, ...]]:
    method = order.payment.method
    if method in settings.payment_codes:
        return settings.payment_codes[method], ()
    if method in limits.payment_codes:
        return limits.payment_codes[method], ()
    if not method:
        return "", ()
    facts = {"number": order.number, "method": order.payment.title or method, "id": method}
    if settings.unknown_payment is UnknownPayment.HOLD:
        raise RecordRejected(message("order.unknown_payment", **facts))
    # A wrong code is worse than none: it may make the ERP try to draw the money.
    return "", (message("order.payment_without_code", **facts),)


def _order_date(order: Order, ctx: RunContext) -> date:
    moment = order.created_at
    if ctx.settings.order_date is DateSource.PAID and order.payment.paid_at is not None:
        moment = order.payment.paid_at
    return moment.astimezone(ctx.time_zone).date()


def _delivery_date(order: Order, ctx: RunContext) -> date | None:
    written = _first_meta(order, ctx.settings.delivery_date_keys)
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        pass
    if not ctx.settings.delivery_days:
        return None
    day, left = _order_date(order, ctx), ctx.settings.delivery_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def _delivery_method(order: Order, settings: FlowSettings) -> str:
    for line in order.shipping_lines:
        instance = f"{line.method}:{line.instance}"
        return (
            settings.delivery_method_codes.get(instance)
            or settings.delivery_method_codes.get(line.method)
            or (instance if line.instance else line.method)
        )
    return ""


def _first_meta(order: Order, keys: Sequence[str]) -> str:
    return next((value for key in keys if (value := order.meta(key).strip())), "")


def _pickup_point(order: Order, settings: FlowSettings) -> str:
    for line in order.shipping_lines:
        for meta in line.metas:
            if meta.key in settings.pickup_point_keys and meta.value.strip():
                return meta.value.strip()
    return _first_meta(order, settings.pickup_point_keys)


class _Blanks(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _internal_comment(order: Order, shipping_title: str, ctx: RunContext) -> str:
    facts = _Blanks(
        shop=ctx.shop_identity.name,
        number=order.number,
        id=order.id,
        payment=order.payment.method,
        payment_title=order.payment.title,
        shipping=shipping_title,
        discount_codes=", ".join(discount.code for discount in order.discounts),
        pickup_point=_pickup_point(order, ctx.settings),
        created_via=order.created_via,
    )
    try:
        text = ctx.settings.internal_comment.format_map(facts)
    except (ValueError, IndexError, AttributeError, KeyError) as error:
        raise SetupWrong(
            message("flow.bad_template", setting="internal_comment", value=ctx.settings.internal_comment),
            str(error),
            setting="internal_comment",
        ) from error
    parts = [" ".join(text.split()).strip(" ,")]
    if order.refunded:
        parts.append(f"Återbetalt före överföring: {order.refunded} {order.currency}")
    return "; ".join(filter(None, parts))
