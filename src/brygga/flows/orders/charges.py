"""Turns an order's rows into charges of one VAT rate each, with the article they stand for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from brygga.domain.document import RowKind
from brygga.domain.errors import RecordRejected
from brygga.domain.message import message
from brygga.domain.money import ONE, ZERO, smallest_unit
from brygga.domain.order import Fee, Order, OrderLine, ShippingLine, TaxShare
from brygga.flows.orders.bundles import arrange_bundles
from brygga.flows.orders.split import Part, split_by_rate
from brygga.flows.settings import DiscountMode, FlowSettings


@dataclass(frozen=True, slots=True)
class Charge:
    """Goods, freight, a fee or a discount at one VAT rate, with the shop's own amounts."""

    kind: RowKind
    article_no: str
    name: str
    quantity: Decimal
    part: Part
    comment: str = ""
    source_id: str = ""


def charges_of(order: Order, settings: FlowSettings) -> list[Charge]:
    """Return every charge of an order in the shop's order. Raises RecordRejected naming the row."""
    charges: list[Charge] = []
    step = smallest_unit(order.currency)
    discounts: dict[Decimal, Part] = {}
    for line in arrange_bundles(order.lines, settings.bundles):
        if settings.discounts is DiscountMode.ROWS:
            charges += _goods(_undiscounted(line), settings, step)
            _add_discount(discounts, line, step)
        else:
            charges += _goods(line, settings, step)
    for shipping in order.shipping_lines:
        charges += _shipping(shipping, settings, step)
    for fee in order.fees:
        charges += _fee(fee, settings, step)
    charges += _discounts(order, discounts, settings)
    charges += _vouchers(order, charges, settings)
    return charges


def line_name(line: OrderLine) -> str:
    """Name a row as people know it: "Tröja, Storlek: L, Färg: Röd"."""
    options = [option for option in line.options if option.value]
    # Shops put the choices into the name as well ("Tröja - Röd, L"); said once is enough.
    name = line.name
    tail = " - " + ", ".join(option.value for option in options)
    if options and name.endswith(tail):
        name = name[: -len(tail)]
    elif options and all(option.value in name for option in options):
        return name
    return ", ".join([name, *(f"{option.name}: {option.value}" for option in options)])


def _goods(line: OrderLine, settings: FlowSettings, step: Decimal) -> Iterator[Charge]:
    if line.quantity == ZERO:
        if line.total or line.total_tax:
            raise RecordRejected(
                message("order.money_without_quantity", row=line.name, amount=line.total + line.total_tax)
            )
        return
    wanted = {meta.key: meta.value for meta in line.metas if meta.key in settings.row_comment_keys}
    comment = ", ".join(wanted[key] for key in settings.row_comment_keys if wanted.get(key))
    parts = split_by_rate(line.name, line.total, line.total_tax, line.taxes, step)
    for part in parts:
        # Only goods of a single rate keep their quantity; a part of a row is a sum of money.
        quantity = line.quantity if len(parts) == 1 else ONE
        yield Charge(RowKind.PRODUCT, line.sku, line_name(line), quantity, part, comment, line.id)


def _undiscounted(line: OrderLine) -> OrderLine:
    shares = tuple(TaxShare(s.percent, s.before_discount, s.before_discount) for s in line.taxes)
    return replace(line, total=line.subtotal, total_tax=line.subtotal_tax, taxes=shares)


def _add_discount(discounts: dict[Decimal, Part], line: OrderLine, step: Decimal) -> None:
    net, vat = line.subtotal - line.total, line.subtotal_tax - line.total_tax
    if not net and not vat:
        return
    shares = tuple(TaxShare(s.percent, s.before_discount - s.amount, ZERO) for s in line.taxes)
    for part in split_by_rate(line.name, net, vat, shares, step):
        before = discounts.get(part.percent, Part(part.percent, ZERO, ZERO))
        discounts[part.percent] = Part(part.percent, before.net + part.net, before.vat + part.vat)


def _discounts(order: Order, discounts: dict[Decimal, Part], settings: FlowSettings) -> Iterator[Charge]:
    codes = [discount.code for discount in order.discounts]
    article = settings.article_discount
    if len(codes) == 1:
        article = settings.article_discount_by_coupon.get(codes[0], article)
    for part in discounts.values():
        taken = Part(part.percent, -part.net, -part.vat)
        yield Charge(RowKind.DISCOUNT, article, ", ".join(codes) or "Rabatt", ONE, taken)


def _shipping(line: ShippingLine, settings: FlowSettings, step: Decimal) -> Iterator[Charge]:
    if not line.total and not line.total_tax and not settings.zero_shipping_rows:
        return
    by_method = settings.article_shipping_by_method
    article = (
        by_method.get(f"{line.method}:{line.instance}")
        or by_method.get(line.method)
        or settings.article_shipping
    )
    for part in split_by_rate(line.title, line.total, line.total_tax, line.taxes, step):
        yield Charge(RowKind.SHIPPING, article, line.title or line.method, ONE, part, source_id=line.id)


def _fee(fee: Fee, settings: FlowSettings, step: Decimal) -> Iterator[Charge]:
    kind, article = _kind_of_fee(fee, settings)
    for part in split_by_rate(fee.name, fee.total, fee.total_tax, fee.taxes, step):
        yield Charge(kind, article, fee.name, ONE, part, source_id=fee.id)


def _kind_of_fee(fee: Fee, settings: FlowSettings) -> tuple[RowKind, str]:
    name = fee.name.casefold()
    for pattern, article in settings.article_fee_by_name.items():
        if pattern.casefold() in name:
            return (RowKind.FEE if fee.total >= 0 else RowKind.DISCOUNT), article
    if not fee.total_tax and abs(fee.total) <= 1 and any(word in name for word in settings.rounding_names):
        return RowKind.ROUNDING, settings.article_rounding
    if fee.total >= 0:
        return RowKind.FEE, settings.article_fee
    if not fee.total_tax and any(word in name for word in settings.gift_card_names):
        return RowKind.GIFT_CARD, settings.article_gift_card
    return RowKind.DISCOUNT, settings.article_discount


def _vouchers(order: Order, charges: list[Charge], settings: FlowSettings) -> Iterator[Charge]:
    """Explain a total lower than the rows by vouchers that are no rows of the shop's order.

    Either the shop lists gift cards beside the rows, or a store-credit coupon lowered the total
    without lowering any row. What neither explains is left for the control to stop.
    """
    gap = sum((charge.part.gross for charge in charges), ZERO) - order.total
    if gap <= ZERO:
        return
    # A shop that rounds at the end misses its rows by some hundredths: the control ties those.
    room = smallest_unit(order.currency) * len(charges)
    cards = [(card.code, card.amount) for card in order.gift_cards]
    if abs(sum((amount for _, amount in cards), ZERO) - gap) > room:
        cards = _credit_coupons(order, gap, room)
    for code, amount in cards:
        if not amount:
            continue
        part = Part(ZERO, -amount, ZERO)
        yield Charge(RowKind.GIFT_CARD, settings.article_gift_card, f"Presentkort {code}".strip(), ONE, part)


def _credit_coupons(order: Order, gap: Decimal, room: Decimal) -> list[tuple[str, Decimal]]:
    lowered = sum(
        (line.subtotal + line.subtotal_tax - line.total - line.total_tax for line in order.lines), ZERO
    )
    claimed = sum((discount.amount + discount.amount_tax for discount in order.discounts), ZERO)
    if abs(claimed - lowered - gap) > room:
        return []
    if not lowered:
        return [(discount.code, discount.amount + discount.amount_tax) for discount in order.discounts]
    alike = [d for d in order.discounts if abs(d.amount + d.amount_tax - gap) <= room]
    return [(d.code, d.amount + d.amount_tax) for d in alike] if len(alike) == 1 else []
