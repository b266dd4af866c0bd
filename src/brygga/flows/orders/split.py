"""Splits one charge into parts of one VAT rate each: what the ERP's rows can hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from brygga.domain.errors import RecordRejected
from brygga.domain.message import message
from brygga.domain.money import HUNDRED, ZERO, round_to
from brygga.domain.order import TaxShare


@dataclass(frozen=True, slots=True)
class Part:
    """One rate's part of a charge: net and VAT are the shop's own amounts."""

    percent: Decimal
    net: Decimal
    vat: Decimal

    @property
    def gross(self) -> Decimal:
        """What the buyer paid for the part."""
        return self.net + self.vat


def split_by_rate(
    name: str, net: Decimal, vat: Decimal, shares: Sequence[TaxShare], step: Decimal
) -> list[Part]:
    """Split a charge by the rates it was taxed with; the parts' sums are exactly net and vat.

    `step` is the currency's smallest unit, to which the shop rounded each rate's VAT. Raises
    RecordRejected when the VAT can't have come from this net: such a row is compound or made by
    hand, and guessing would book wrong VAT.
    """
    taxed = [share for share in shares if share.amount != ZERO]
    if not taxed:
        if vat != ZERO:
            raise RecordRejected(message("order.vat_without_rate", row=name, vat=vat))
        return [Part(_percent_of_untaxed(net, shares, step), net, vat)]
    if any(share.percent <= ZERO for share in taxed):  # VAT at 0 % is no VAT of any rate
        raise RecordRejected(message("order.vat_without_rate", row=name, vat=vat))
    if sum((share.amount for share in taxed), ZERO) != vat:
        taxed = _absorb(taxed, vat, name, step)
    untaxed_part = any(share.percent == ZERO for share in shares)
    if len(taxed) == 1 and not untaxed_part:
        return [Part(taxed[0].percent, net, vat)]
    return _several(name, net, taxed, untaxed_part, step)


def _percent_of_untaxed(net: Decimal, shares: Sequence[TaxShare], step: Decimal) -> Decimal:
    # VAT 0.00 means 0 %, unless the row is so small (or free) that its rate gives 0.00.
    for share in shares:
        if share.percent and abs(net * share.percent / HUNDRED) <= step / 2:
            return share.percent
    return ZERO


def _absorb(taxed: list[TaxShare], vat: Decimal, name: str, step: Decimal) -> list[TaxShare]:
    # Shops that round at subtotal level list shares that miss the row's VAT by some hundredths.
    missing = vat - sum((share.amount for share in taxed), ZERO)
    if abs(missing) > step * (len(taxed) + 1):
        raise RecordRejected(message("order.vat_shares_differ", row=name, vat=vat, difference=missing))
    largest = max(taxed, key=lambda share: abs(share.amount))
    return [TaxShare(s.percent, s.amount + missing, s.before_discount) if s is largest else s for s in taxed]


def _several(name: str, net: Decimal, taxed: list[TaxShare], untaxed_part: bool, step: Decimal) -> list[Part]:
    # VAT is known to the hundredth, so a low rate says least about its net: it takes what is left.
    ordered = sorted(taxed, key=lambda share: share.percent, reverse=True)
    parts = [Part(s.percent, round_to(s.amount * HUNDRED / s.percent, 2), s.amount) for s in ordered]
    left = net - sum((part.net for part in parts), ZERO)
    if abs(left) <= sum((step / 2 * HUNDRED / s.percent for s in ordered), step * 2):
        last = parts[-1]
        return [*parts[:-1], Part(last.percent, last.net + left, last.vat)]
    if untaxed_part and (left > ZERO) == (net > ZERO):
        return [*parts, Part(ZERO, left, ZERO)]
    raise RecordRejected(
        message("order.row_taxed_oddly", row=name, net=net, vat=sum((s.amount for s in taxed), ZERO))
    )
