"""A shop's order as the domain's Order: pure functions, no calls.

Amounts are taken as the shop wrote them (facts, "Orders: money"): `total` without VAT, `total_tax`
beside it. The percent of a row comes from `tax_lines` by the rate's id, never from a division.
What can't be read raises RecordRejected naming the order, the field and the value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from brygga.connectors.woocommerce import wire
from brygga.connectors.woocommerce.bundles import bundle_parents
from brygga.connectors.woocommerce.finds import gift_cards, language, organisation_no, vat_no
from brygga.connectors.woocommerce.mapping_rows import (
    Rates,
    UnknownRate,
    fee_from_wire,
    first_by_key,
    line_from_wire,
    metas_from_wire,
    rates_from_wire,
    shipping_from_wire,
    taxes_from_wire,
)
from brygga.connectors.woocommerce.payments import merchant_account, reference
from brygga.connectors.woocommerce.values import (
    BadValue,
    amount,
    flag,
    id_text,
    meta_text,
    moment,
    optional_moment,
    text,
    title,
)
from brygga.domain.errors import RecordRejected
from brygga.domain.message import message
from brygga.domain.money import ONE, plain
from brygga.domain.order import (
    Discount,
    Order,
    OrderHead,
    Payment,
    Refund,
    RefundLine,
    TaxShare,
)
from brygga.domain.party import Address


@dataclass(frozen=True, slots=True)
class NamedKeys:
    """Keys of metas that the merchant named in the connection's settings."""

    organisation_no: Sequence[str] = ()
    vat_no: Sequence[str] = ()
    merchant_account: Sequence[str] = ()


def head_from_wire(row: wire.OrderHead) -> OrderHead:
    """Map a row of the list. Raises BadValue when it has no times."""
    return OrderHead(
        id=id_text(row.id),
        number=text(row.number) or id_text(row.id),
        status=text(row.status).removeprefix("wc-"),
        created_at=moment(row.date_created_gmt or row.date_modified_gmt, "date_created_gmt"),
        modified_at=moment(row.date_modified_gmt or row.date_created_gmt, "date_modified_gmt"),
        total=_shown_total(row.total),
        refunds=tuple(sorted(id_text(refund.id) for refund in row.refunds)),
        reference=text(row.transaction_id),
        currency=text(row.currency),
    )


def _shown_total(value: wire.Loose) -> str:
    # Only compared, so that a total that is no amount must not keep the row out of the list.
    try:
        return plain(amount(value, "total"))
    except BadValue:
        return text(value)


def order_from_wire(
    order: wire.Order, refunds: Sequence[wire.Refund] = (), keys: NamedKeys = NamedKeys()
) -> Order:
    """Map an order with its refunds. Raises RecordRejected for what must not be guessed."""
    number = text(order.number) or id_text(order.id)
    try:
        return _order(order, number, refunds, keys)
    except UnknownRate as error:
        raise RecordRejected(
            message("woocommerce.unknown_rate", number=number, line=error.line, rate=error.rate), str(error)
        ) from error
    except BadValue as error:
        raise RecordRejected(
            message(
                "woocommerce.bad_order_value",
                number=number,
                field=error.field,
                value=str(error.value)[:60],
            ),
            str(error),
        ) from error


def _order(order: wire.Order, number: str, refunds: Sequence[wire.Refund], keys: NamedKeys) -> Order:
    metas = metas_from_wire(order.meta_data)
    by_key = first_by_key(metas)
    rates = rates_from_wire(order.tax_lines)
    parents = bundle_parents(order.line_items)
    billing = address_from_wire(order.billing)
    method = text(order.payment_method)
    head = head_from_wire(order)
    return Order(
        id=head.id,
        number=number,
        status=head.status,
        currency=_currency(order.currency),
        created_at=head.created_at,
        modified_at=head.modified_at,
        total=amount(order.total, "total"),
        total_tax=amount(order.total_tax, "total_tax"),
        billing=billing,
        shipping=address_from_wire(order.shipping),
        payment=Payment(
            method=method,
            title=title(order.payment_method_title),
            reference=reference(method, text(order.transaction_id), by_key),
            merchant_account=merchant_account(keys.merchant_account, by_key),
            paid_at=optional_moment(order.date_paid_gmt, "date_paid_gmt"),
            transaction_id=head.reference,
        ),
        lines=tuple([line_from_wire(line, rates, parents) for line in order.line_items]),
        shipping_lines=tuple([shipping_from_wire(line, rates) for line in order.shipping_lines]),
        fees=tuple([fee_from_wire(line, rates) for line in order.fee_lines]),
        discounts=tuple([_discount(line) for line in order.coupon_lines]),
        gift_cards=gift_cards(order, by_key),
        refunds=tuple([_refund(refund, rates) for refund in refunds]),
        prices_include_tax=flag(order.prices_include_tax),
        customer_id=id_text(order.customer_id),
        organisation_no=organisation_no(keys.organisation_no, by_key, billing.company),
        vat_no=vat_no(keys.vat_no, by_key),
        note=text(order.customer_note),
        created_via=text(order.created_via),
        language=language(order.lang, by_key),
        erased=_is_erased(billing, by_key),
        metas=metas,
    )


def _is_erased(billing: Address, by_key: Mapping[str, str]) -> bool:
    # The shop's eraser of personal data marks the order and leaves an address of this form (code).
    email = billing.email.lower()
    return by_key.get("_anonymized") == "yes" or (email.startswith("deleted@") and email.endswith(".invalid"))


def _currency(value: wire.Loose) -> str:
    # An order without one would be booked in whatever currency the ERP is used to.
    code = text(value).strip().upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise BadValue("currency", value)
    return code


def _discount(line: wire.CouponLine) -> Discount:
    return Discount(
        text(line.code),
        amount(line.discount, "coupon_lines.discount"),
        amount(line.discount_tax, "coupon_lines.discount_tax"),
    )


def _refund(refund: wire.Refund, rates: Rates) -> Refund:
    known = {**rates, **rates_from_wire(refund.tax_lines)} if refund.tax_lines else rates
    return Refund(
        id=id_text(refund.id),
        amount=amount(refund.amount, "refunds.amount"),
        reason=text(refund.reason),
        created_at=optional_moment(refund.date_created_gmt, "refunds.date_created_gmt"),
        lines=tuple(
            [
                _refund_line(row, -amount(row.quantity, "refunds.quantity"), row.name, known)
                for row in refund.line_items
            ]
            + [_refund_line(row, ONE, row.method_title, known) for row in refund.shipping_lines]
            + [_refund_line(row, ONE, row.name, known) for row in refund.fee_lines]
        ),
        paid_back=flag(refund.refunded_payment),
    )


def _refund_line(
    row: wire.Line | wire.ShippingLine | wire.FeeLine, quantity: Decimal, name: wire.Loose, rates: Rates
) -> RefundLine:
    refunded = next((meta_text(meta.value) for meta in row.meta_data if meta.key == "_refunded_item_id"), "")
    return RefundLine(
        line_id=refunded,
        quantity=quantity,
        total=-amount(row.total, "refunds.total"),
        total_tax=-amount(row.total_tax, "refunds.total_tax"),
        taxes=tuple(
            [
                TaxShare(t.percent, -t.amount, -t.before_discount)
                for t in taxes_from_wire(row.taxes, rates, name)
            ]
        ),
    )


def address_from_wire(block: wire.Address) -> Address:
    """Map an address block as it was written."""
    return Address(
        first_name=text(block.first_name),
        last_name=text(block.last_name),
        company=text(block.company),
        line_1=text(block.address_1),
        line_2=text(block.address_2),
        postcode=text(block.postcode),
        city=text(block.city),
        region=text(block.state),
        country=text(block.country).upper(),
        phone=text(block.phone),
        email=text(block.email),
    )
