"""An order's taxes and sums: each line's tax by its rates, then the order's own figures.

Lines hold amounts without tax with six decimals; each line's tax is rounded by itself, unless
the shop rounds at the subtotal. The order's total is the sum of the rounded parts.
"""

from collections.abc import Iterable
from decimal import Decimal

from brygga_simulators.woocommerce.money import ZERO, dec, inner, php_number, round_tax, round_up
from brygga_simulators.woocommerce.settings import ShopSettings
from brygga_simulators.woocommerce.site import Doc, Site
from brygga_simulators.woocommerce.taxes import Taxes, on_top, rate_by_id, rate_code, rates_for


def tax_country(site: Site, order: Doc) -> str:
    """Return the country whose rates apply: delivery, else billing, else the shop's."""
    for block in ("shipping", "billing"):
        country = (order.get(block) or {}).get("country")
        if country:
            return str(country)
    return site.settings.base_country


def calculate(site: Site, order: Doc) -> None:
    """Work out every line's tax anew, then the order's tax lines and sums."""
    settings = site.settings
    country = tax_country(site, order)
    for line in order["line_items"]:
        rates = rates_for(settings, line["tax_class"], country) if _taxable(line) else []
        totals = on_top(dec(line["total"]), rates)
        subtotals = on_top(dec(line["subtotal"]), rates)
        line["taxes"] = [
            {"id": rate_id, "total": inner(tax), "subtotal": inner(subtotals[rate_id])}
            for rate_id, tax in totals.items()
        ]
        line["total_tax"] = inner(_sum(settings, totals))
        line["subtotal_tax"] = inner(_sum(settings, subtotals))
    # Shipping follows the goods: the first class, in the shop's order, that any of them has.
    shipping_class = _goods_class(settings, order)
    for line in order["shipping_lines"]:
        known = shipping_class is not None and _taxable(line)
        rates = rates_for(settings, shipping_class or "", country) if known else []
        _set_taxes(settings, line, on_top(dec(line["total"]), rates))
    for fee in order["fee_lines"]:
        total = dec(fee["total"])
        if total < 0:
            _set_taxes(settings, fee, _spread(site, order, total, country))
        else:
            rates = rates_for(settings, fee["tax_class"], country) if _taxable(fee) else []
            _set_taxes(settings, fee, on_top(total, rates))
    sum_up(site, order)


def sum_up(site: Site, order: Doc) -> None:
    """Set the order's tax lines and sums from its lines as they stand."""
    settings = site.settings
    cart = _by_rate(settings, [*order["line_items"], *order["fee_lines"]])
    shipping = _by_rate(settings, order["shipping_lines"])
    cart = {rate_id: _tax(settings, tax) for rate_id, tax in cart.items()}
    shipping = {rate_id: _tax(settings, tax) for rate_id, tax in shipping.items()}
    _set_tax_lines(site, order, cart, shipping)

    def net(lines: Iterable[Doc], field: str = "total") -> Decimal:
        amounts = [dec(line[field]) for line in lines]
        if not settings.round_at_subtotal:
            amounts = [round_up(amount, settings.decimals) for amount in amounts]
        return sum(amounts, ZERO)

    lines = order["line_items"]
    cart_tax, shipping_tax = sum(cart.values(), ZERO), sum(shipping.values(), ZERO)
    order["discount_total"] = inner(net(lines, "subtotal") - net(lines))
    order["discount_tax"] = inner(sum((dec(x["subtotal_tax"]) - dec(x["total_tax"]) for x in lines), ZERO))
    order["shipping_total"] = inner(net(order["shipping_lines"]))
    order["shipping_tax"] = inner(shipping_tax)
    order["cart_tax"] = inner(cart_tax)
    order["total_tax"] = inner(cart_tax + shipping_tax)
    total = net(lines) + net(order["fee_lines"]) + net(order["shipping_lines"]) + cart_tax + shipping_tax
    order["total"] = inner(max(ZERO, round_up(total, settings.decimals)))


def _taxable(line: Doc) -> bool:
    return bool(line.get("tax_status", "taxable") == "taxable" and not line.get("_untaxed"))


def _tax(settings: ShopSettings, tax: Decimal) -> Decimal:
    return round_tax(tax, prices_include_tax=settings.prices_include_tax, places=settings.decimals)


def _sum(settings: ShopSettings, taxes: Taxes) -> Decimal:
    if settings.round_at_subtotal:
        return sum(taxes.values(), ZERO)
    return sum((_tax(settings, tax) for tax in taxes.values()), ZERO)


def _set_taxes(settings: ShopSettings, line: Doc, taxes: Taxes) -> None:
    line["taxes"] = [{"id": rate_id, "total": inner(tax), "subtotal": ""} for rate_id, tax in taxes.items()]
    line["total_tax"] = inner(_sum(settings, taxes))


def _goods_classes(settings: ShopSettings, order: Doc) -> list[str]:
    found = {line["tax_class"] for line in order["line_items"] if _taxable(line)}
    return [slug for slug in ("", *settings.tax_classes) if slug in found]


def _goods_class(settings: ShopSettings, order: Doc) -> str | None:
    classes = _goods_classes(settings, order)
    return classes[0] if classes else None


def _spread(site: Site, order: Doc, total: Decimal, country: str) -> Taxes:
    """Spread a negative fee over the order's tax classes by what each costs."""
    settings = site.settings
    classes = _goods_classes(settings, order)
    costs: dict[str | None, Decimal] = dict.fromkeys(classes, ZERO)
    parts: list[tuple[str | None, Doc]] = [(line["tax_class"], line) for line in order["line_items"]]
    parts += [(fee["tax_class"], fee) for fee in order["fee_lines"]]
    parts += [(classes[0] if classes else None, line) for line in order["shipping_lines"]]
    for tax_class, line in parts:
        if dec(line["total"]) > 0:
            key = tax_class if _taxable(line) else None
            costs[key] = costs.get(key, ZERO) + dec(line["total"])
    whole = sum(costs.values(), ZERO)
    taxes: Taxes = {}
    for tax_class, cost in costs.items():
        if whole and cost and tax_class is not None:
            share = total * cost / whole
            for rate_id, tax in on_top(share, rates_for(settings, tax_class, country)).items():
                taxes[rate_id] = taxes.get(rate_id, ZERO) + tax
    return taxes


def _by_rate(settings: ShopSettings, lines: Iterable[Doc]) -> Taxes:
    sums: Taxes = {}
    for line in lines:
        for tax in line["taxes"]:
            amount = dec(tax["total"])
            if not settings.round_at_subtotal:
                amount = _tax(settings, amount)
            sums[tax["id"]] = sums.get(tax["id"], ZERO) + amount
    return sums


def _set_tax_lines(site: Site, order: Doc, cart: Taxes, shipping: Taxes) -> None:
    """Keep the tax lines of rates still in use, with their ids, and append the new ones."""
    old = {line["rate_id"]: line for line in order["tax_lines"]}
    used = list(dict.fromkeys([*cart, *shipping]))
    kept = [rate_id for rate_id in old if rate_id in used]
    order["tax_lines"] = [
        {
            **(old.get(rate_id) or _new_tax_line(site, rate_id)),
            "tax_total": inner(cart.get(rate_id, ZERO)),
            "shipping_tax_total": inner(shipping.get(rate_id, ZERO)),
        }
        for rate_id in [*kept, *(r for r in used if r not in old)]
    ]


def _new_tax_line(site: Site, rate_id: int) -> Doc:
    rate = rate_by_id(site.settings, rate_id)
    return {
        "id": site.next_id("order_item"),
        "rate_code": rate_code(rate) if rate else "",
        "rate_id": rate_id,
        "label": rate["name"] if rate else "",
        "compound": False,
        "tax_total": "0",
        "shipping_tax_total": "0",
        "rate_percent": php_number(float(rate["rate"])) if rate else None,
        "meta_data": [],
    }
