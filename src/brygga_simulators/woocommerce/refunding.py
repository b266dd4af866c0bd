"""Refunds: objects of their own beside an order whose own lines and total stay as they are."""

from decimal import Decimal

from brygga_simulators.woocommerce import mails, metas
from brygga_simulators.woocommerce import order_status as status_rules
from brygga_simulators.woocommerce.errors import BareError, RestError
from brygga_simulators.woocommerce.gateways import plugin_of
from brygga_simulators.woocommerce.money import ZERO, dec, inner, round_up, shown
from brygga_simulators.woocommerce.params import truth
from brygga_simulators.woocommerce.product_rules import change_stock, stock_holder
from brygga_simulators.woocommerce.site import Doc, Site

_CANNOT = "woocommerce_rest_cannot_create_order_refund"


def refunded_so_far(site: Site, order: Doc) -> Decimal:
    """Return what all refunds of an order come to."""
    return sum((dec(site.refunds[r]["amount"]) for r in site.refunds_of.get(order["id"], [])), ZERO)


def create(site: Site, order: Doc, body: Doc) -> Doc:
    """Record a refund as POST /orders/<id>/refunds does.

    Only with api_refund=false, or a gateway that pays back, does it work. Lines go back in stock
    unless api_restock is false, and also more of them than were sold.
    """
    wanted = _wanted_lines(body)
    amount = asked_amount(body)
    if amount < 0:
        raise BareError(
            500, "woocommerce_rest_invalid_order_refund", "Återbetalningsbeloppet måste vara över noll.", 400
        )
    if round_up(amount) > round_up(dec(order["total"]) - refunded_so_far(site, order)):
        raise BareError(500, _CANNOT, "Ogiltigt återbetalningsbelopp.", 500)
    through_gateway = truth(body.get("api_refund", True))
    able = order["payment_method"] in site.settings.refunding_gateways
    if through_gateway and not able and plugin_of(site, order["payment_method"]) is None:
        raise BareError(500, _CANNOT, "Det finns ingen betalningslösning ör denna beställning.", 500)
    refund = _record(site, order, amount, str(body.get("reason") or ""), paid_back=through_gateway)
    for line, asked in wanted:
        original = _original(order, line)
        if original is not None:
            _add_line(site, refund, original[0], original[1], asked)
    _tax_lines(site, order, refund)
    metas.merge(site, "order_meta", refund["meta_data"], body.get("meta_data"))
    site.save("refunds", refund)
    if truth(body.get("api_restock", True)):
        _restock(site, order, wanted)
    _finish(site, order)
    return refund


def refund_rest(site: Site, order: Doc) -> None:
    """Make the refund that comes by itself when an order is set to refunded."""
    rest = dec(order["total"]) - refunded_so_far(site, order)
    if rest <= 0:
        return
    refund = _record(site, order, rest, "Beställningen är återbetald till fullo.", paid_back=False)
    site.save("refunds", refund)
    status_rules.add_note(
        site,
        order["id"],
        "Status på beställning satt till återbetalning. För att återbetala belopp till kunden måste "
        "du skapa en återbetalning genom din betalningstjänst.",
    )
    mails.on_refund(site, order, full=True)


def delete(site: Site, order: Doc, refund_id: int) -> None:
    """Delete a refund. Neither the order's status nor its date changes."""
    site.refunds_of.get(order["id"], []).remove(refund_id)
    order["refunds"] = [r for r in order["refunds"] if r["id"] != refund_id]
    site.remove("refunds", refund_id)
    site.save("orders", order)


def find(site: Site, order: Doc, refund_id: int) -> Doc:
    """Return a refund of this order."""
    refund = site.refunds.get(refund_id)
    if refund is None or refund["parent_id"] != order["id"]:
        raise RestError(
            404, "woocommerce_rest_invalid_order_refund_id", "Ogiltigt beställningsåterbetalnings-ID."
        )
    return refund


def _wanted_lines(body: Doc) -> list[tuple[int, Doc]]:
    lines = body.get("line_items")
    return [
        (int(dec(x.get("id"))), x)
        for x in (lines if isinstance(lines, list) else [])
        if isinstance(x, dict) and x.get("id")
    ]


def asked_amount(body: Doc) -> Decimal:
    """Return what a refund asks for: its amount, else the sum of its lines and their tax."""
    if body.get("amount") not in (None, ""):
        return dec(body["amount"])
    whole = ZERO
    for _, line in _wanted_lines(body):
        whole += dec(line.get("refund_total")) + sum(_taxes(line).values(), ZERO)
    return round_up(whole)


def _taxes(line: Doc) -> dict[int, Decimal]:
    given = line.get("refund_tax")
    if not isinstance(given, list):
        return {}
    return {int(dec(t.get("id"))): dec(t.get("refund_total")) for t in given if isinstance(t, dict)}


def _record(site: Site, order: Doc, amount: Decimal, reason: str, *, paid_back: bool) -> Doc:
    refund: Doc = {"id": site.next_id("post"), "parent_id": order["id"]}
    site.set_date(refund, "date_created")
    refund |= {
        "amount": inner(amount),
        "reason": reason,
        "refunded_by": 1,
        "refunded_payment": paid_back,
        "meta_data": [],
        "line_items": [],
        "shipping_lines": [],
        "tax_lines": [],
        "fee_lines": [],
    }
    site.refunds_of.setdefault(order["id"], []).append(refund["id"])
    # Newest first within a second or two, but not in any order to rely on.
    order["refunds"].insert(
        len(order["refunds"]) % 2,
        {"id": refund["id"], "reason": reason, "total": f"-{shown(amount, 2)}"},
    )
    return refund


def _original(order: Doc, line_id: int) -> tuple[str, Doc] | None:
    for name in ("line_items", "shipping_lines", "fee_lines"):
        for line in order[name]:
            if line["id"] == line_id:
                return name, line
    return None


def _add_line(site: Site, refund: Doc, name: str, original: Doc, asked: Doc) -> None:
    total, taxes = dec(asked.get("refund_total")), _taxes(asked)
    tax = sum(taxes.values(), ZERO)
    line: Doc = {k: v for k, v in original.items() if not k.startswith("_") or k == "_untaxed"}
    line["id"] = site.next_id("order_item")
    line["total"], line["total_tax"] = inner(-total), inner(-tax)
    line["taxes"] = [{"id": r, "total": inner(-t), "subtotal": ""} for r, t in taxes.items()]
    line["meta_data"] = []
    metas.set_meta(
        site, "item_meta", line["meta_data"], "_refunded_item_id", str(original["id"]), on_item=True
    )
    if name == "line_items":
        line["quantity"] = -int(dec(asked.get("quantity")))
        line["subtotal"], line["subtotal_tax"] = line["total"], line["total_tax"]
        for entry in line["taxes"]:
            entry["subtotal"] = entry["total"]
    refund[name].append(line)


def _tax_lines(site: Site, order: Doc, refund: Doc) -> None:
    rates = {t["rate_id"]: t for t in order["tax_lines"]}
    goods: dict[int, Decimal] = {}
    shipping: dict[int, Decimal] = {}
    for name, sums in (("line_items", goods), ("fee_lines", goods), ("shipping_lines", shipping)):
        for line in refund[name]:
            for tax in line["taxes"]:
                sums[tax["id"]] = sums.get(tax["id"], ZERO) + dec(tax["total"])
    for rate_id in dict.fromkeys([*goods, *shipping]):
        if rate_id in rates:
            refund["tax_lines"].append(
                {
                    **rates[rate_id],
                    "id": site.next_id("order_item"),
                    "tax_total": inner(goods.get(rate_id, ZERO)),
                    "shipping_tax_total": inner(shipping.get(rate_id, ZERO)),
                }
            )


def _restock(site: Site, order: Doc, wanted: list[tuple[int, Doc]]) -> None:
    for line_id, asked in wanted:
        found = _original(order, line_id)
        quantity = int(dec(asked.get("quantity")))
        if found is None or found[0] != "line_items" or not quantity:
            continue
        line = found[1]
        taken = metas.meta_value(line["meta_data"], "_reduced_stock")
        holder = stock_holder(site, site.products.get(line["variation_id"] or line["product_id"]))
        if taken is None or holder is None:
            continue
        before, after = change_stock(site, holder, quantity)
        metas.set_meta(
            site, "item_meta", line["meta_data"], "_reduced_stock", str(int(taken) - quantity), on_item=True
        )
        restocked = int(metas.meta_value(line["meta_data"], "_restock_refunded_items") or 0) + quantity
        metas.set_meta(
            site, "item_meta", line["meta_data"], "_restock_refunded_items", str(restocked), on_item=True
        )
        text = f"Artikel #{holder['id']} lager ökade från {before} till {after}."
        status_rules.add_note(site, order["id"], text)


def _finish(site: Site, order: Doc) -> None:
    full = round_up(refunded_so_far(site, order)) >= round_up(dec(order["total"]))
    if full and order["status"] != "refunded" and dec(order["total"]) > 0:
        status_rules.change_status(site, order, "refunded")
    mails.on_refund(site, order, full=full)
    site.set_date(order, "date_modified")
    status_rules.settle(site, order)
    site.save("orders", order)
    site.happened("order", "updated", order["id"])
