"""How coupons lower order lines: to the öre, with the left-over öre spread over the lines."""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from brygga_simulators.woocommerce.money import ZERO, dec, inner, round_tax, round_up, trimmed
from brygga_simulators.woocommerce.order_totals import tax_country
from brygga_simulators.woocommerce.site import Doc, Site
from brygga_simulators.woocommerce.taxes import on_top, rates_for, without


def apply(site: Site, order: Doc, coupons: list[Doc]) -> None:
    """Set each line's total from its subtotal less the coupons, and make the coupon lines."""
    inclusive = bool(order["prices_include_tax"])
    country = tax_country(site, order)
    lines: list[Doc] = order["line_items"]
    rates = [rates_for(site.settings, line["tax_class"], country) for line in lines]
    places = site.settings.decimals
    left = [
        round_up(dec(x["subtotal"]) + (dec(x["subtotal_tax"]) if inclusive else ZERO), places) for x in lines
    ]
    order["coupon_lines"] = []
    for coupon in coupons:
        discounts = _discounts(coupon, lines, left, Decimal(1).scaleb(-places))
        left = [price - off for price, off in zip(left, discounts, strict=True)]
        net, tax = ZERO, ZERO
        for off, line_rates in zip(discounts, rates, strict=True):
            exact = (
                off - without(off, line_rates) if inclusive else sum(on_top(off, line_rates).values(), ZERO)
            )
            line_tax = round_tax(exact, prices_include_tax=inclusive, places=places)
            tax += line_tax
            net += off - line_tax if inclusive else off
        order["coupon_lines"].append(_coupon_line(site, coupon, net, tax))
    for line, price, line_rates in zip(lines, left, rates, strict=True):
        line["total"] = inner(without(price, line_rates) if inclusive else price)


def _discounts(coupon: Doc, lines: list[Doc], left: list[Decimal], cent: Decimal) -> list[Decimal]:
    """Return what a coupon takes off each line, in whole `cent`s, the smallest amount there is."""
    amount = dec(coupon["amount"])
    quantities = [max(0, int(line["quantity"])) for line in lines]
    concerned = [_concerns(coupon, line) for line in lines]
    if coupon["discount_type"] == "percent":
        exact = [price * amount / 100 if c else ZERO for price, c in zip(left, concerned, strict=True)]
        off = [min(price, _floor(x, cent)) for price, x in zip(left, exact, strict=True)]
        wanted = sum(exact, ZERO).quantize(cent, ROUND_HALF_UP)
    elif coupon["discount_type"] == "fixed_product":
        off = [
            min(price, amount * n) if c else ZERO
            for price, n, c in zip(left, quantities, concerned, strict=True)
        ]
        wanted = sum(off, ZERO)
    else:
        wanted = min(amount, sum(left, ZERO))
        off = _spread_evenly(wanted, left, quantities, cent)
    return _give_out_rest(wanted - sum(off, ZERO), off, left, cent)


def _spread_evenly(
    wanted: Decimal, left: list[Decimal], quantities: list[int], cent: Decimal
) -> list[Decimal]:
    """Take the same from every piece, and again from those that have something left."""
    off = [ZERO] * len(left)
    while True:
        rest = wanted - sum(off, ZERO)
        pieces = sum(n for n, price, done in zip(quantities, left, off, strict=True) if price > done)
        share = _floor(rest / pieces, cent) if pieces else ZERO
        if share <= 0:
            return off
        off = [min(price, done + share * n) for done, n, price in zip(off, quantities, left, strict=True)]


def _give_out_rest(rest: Decimal, off: list[Decimal], left: list[Decimal], cent: Decimal) -> list[Decimal]:
    given = list(off)
    while rest >= cent:
        before = rest
        for index, price in enumerate(left):
            if rest >= cent and price - given[index] >= cent:
                given[index] += cent
                rest -= cent
        if rest == before:
            break
    return given


def _concerns(coupon: Doc, line: Doc) -> bool:
    wanted = coupon.get("product_ids") or []
    if wanted and not {line["product_id"], line["variation_id"]} & set(wanted):
        return False
    return not {line["product_id"], line["variation_id"]} & set(coupon.get("excluded_product_ids") or [])


def _floor(value: Decimal, cent: Decimal) -> Decimal:
    return value.quantize(cent, ROUND_FLOOR)


def _coupon_line(site: Site, coupon: Doc, net: Decimal, tax: Decimal) -> Doc:
    kind = coupon["discount_type"]
    amount = trimmed(dec(coupon["amount"]))
    named = "null" if kind == "fixed_cart" else f'"{kind}"'
    info = f'[{coupon["id"]},"{coupon["code"]}",{named},{amount}]'
    return {
        "id": site.next_id("order_item"),
        "code": coupon["code"],
        "discount": trimmed(net),
        "discount_tax": trimmed(tax),
        "meta_data": [
            {
                "id": site.next_id("item_meta"),
                "key": "coupon_info",
                "value": info,
                "display_key": "coupon_info",
                "display_value": info,
            }
        ],
        "discount_type": kind,
        "nominal_amount": float(amount) if "." in amount else int(amount),
        "free_shipping": bool(coupon["free_shipping"]),
    }
