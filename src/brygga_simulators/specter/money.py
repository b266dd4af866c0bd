"""Sums of an order: per row, per VAT rate, and in total, by the account's way of rounding."""

from decimal import ROUND_HALF_UP, Decimal

from brygga_simulators.specter.model import ZERO, Order, OrderRow, VatSum

_STEPS = [Decimal(1).scaleb(-n) for n in range(9)]
_HUNDRED = Decimal(100)
_FACTORS = {percent: Decimal(100 + percent) / _HUNDRED for percent in range(101)}


def half_up(amount: Decimal, decimals: int) -> Decimal:
    """Round half up, away from zero at the half."""
    return amount.quantize(_STEPS[decimals], ROUND_HALF_UP)


def comma(number: Decimal) -> str:
    """Return a number with decimal comma and no zeros at the end, as the feeds write it."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",")


def at_most(amount: Decimal, decimals: int) -> Decimal:
    """Round only what has more decimals than are kept."""
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -decimals:
        return half_up(amount, decimals)
    return amount


def exact_net(row: OrderRow) -> Decimal:
    """Return unit price times quantity less discount, unrounded."""
    net = row.price_excl_vat * row.quantity
    if row.discount:
        net = net * (_HUNDRED - row.discount) / _HUNDRED
    return net


def sum_up(order: Order, rounding: str) -> None:
    """Fill in the sums of rows, rates and order; `rounding` is row, rate or krona."""
    exact: dict[int, Decimal] = {}
    sums: dict[int, VatSum] = {}
    for row in order.rows:
        net = exact_net(row)
        row.net = half_up(net, 2)
        row.gross = half_up(net * _factor(row.vat_percent), 2)
        row.vat = row.gross - row.net
        percent = row.vat_percent
        exact[percent] = exact.get(percent, ZERO) + net
        held = sums.get(percent)
        if held is None:
            sums[percent] = VatSum(percent, row.net, row.vat, row.gross)
        else:
            held.net += row.net
            held.vat += row.vat
            held.gross += row.gross
    if rounding == "rate":
        for percent, held in sums.items():
            held.net = half_up(exact[percent], 2)
            held.gross = half_up(exact[percent] * _factor(percent), 2)
            held.vat = held.gross - held.net
    order.vat_sums = sorted(sums.values(), key=_by_percent, reverse=True)
    order.total_net = sum((s.net for s in order.vat_sums), ZERO)
    order.total_vat = sum((s.vat for s in order.vat_sums), ZERO)
    order.total = order.total_net + order.total_vat
    order.rounding = ZERO
    if rounding == "krona":
        whole = half_up(half_up(order.total, 0), 2)
        order.rounding = whole - order.total
        order.total = whole


def _factor(percent: int) -> Decimal:
    return _FACTORS[percent]


def _by_percent(vat_sum: VatSum) -> int:
    return vat_sum.percent
