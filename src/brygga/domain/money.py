"""Amounts, VAT and the only place that rounds.

An amount is a plain `Decimal` in the currency of the thing that holds it: an order, a product
and a document each name their currency once, so that two currencies can't meet inside one sum.
Amounts never pass through `float`.
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)

# ISO 4217 minor units that are not two. Everything else in the list has two.
_EXPONENTS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0,
    "PYG": 0, "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}  # fmt: skip

_STEPS = {n: Decimal(1).scaleb(-n) for n in range(9)}


def exponent(currency: str) -> int:
    """Say how many decimals a currency has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def smallest_unit(currency: str) -> Decimal:
    """Return one öre, cent or whole unit, as an amount of that currency."""
    return _STEPS[exponent(currency)]


def round_to(amount: Decimal, decimals: int) -> Decimal:
    """Round half up (away from zero at the half) to a number of decimals."""
    return amount.quantize(_STEPS[decimals], ROUND_HALF_UP)


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's own decimals."""
    return amount.quantize(_STEPS[_EXPONENTS.get(currency, 2)], ROUND_HALF_UP)


def with_vat(net: Decimal, percent: Decimal) -> Decimal:
    """Add VAT without rounding."""
    return net * (HUNDRED + percent) / HUNDRED


def without_vat(gross: Decimal, percent: Decimal) -> Decimal:
    """Take VAT off without rounding."""
    return gross * HUNDRED / (HUNDRED + percent)


def parse_amount(text: str) -> Decimal:
    """Read an amount as people and systems write it: `1 234,50`, `1234.5`, `-12`.

    Raises ValueError when the text is no finite amount. Thin and fixed spaces count as spaces;
    a comma is a decimal sign unless a point follows it.
    """
    cleaned = "".join(text.split()).replace("\u2212", "-")
    if "," in cleaned and "." in cleaned:
        decimal_sign = max(",", ".", key=cleaned.rfind)
        cleaned = cleaned.replace("," if decimal_sign == "." else ".", "")
    cleaned = cleaned.replace(",", ".")
    try:
        amount = Decimal(cleaned)
    except InvalidOperation:
        raise ValueError(f"not an amount: {text!r}") from None
    if not amount.is_finite():
        raise ValueError(f"not an amount: {text!r}")
    return amount


def plain(amount: Decimal) -> str:
    """Write an amount without exponent and without needless zeros: `199.2`, `0`, `-40`."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
