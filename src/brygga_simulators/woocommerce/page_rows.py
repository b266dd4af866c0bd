"""The page's tables: orders, products and mails, each row with the buttons that belong to it."""

import html
from itertools import islice
from typing import Any

from brygga_simulators.woocommerce.mails import tracking_numbers
from brygga_simulators.woocommerce.money import shown
from brygga_simulators.woocommerce.site import Doc, Site


def _form(site: Site, action: str, record_id: int, label: str, fields: str = "") -> str:
    return (
        f'<form method=post action="{site.prefix}/_do/{action}"><input type=hidden name=id value={record_id}>'
        f"{fields}<button>{label}</button></form> "
    )


def _text(name: str, label: str, value: Any = "") -> str:
    shown_value = html.escape(str(value if value is not None else ""))
    return f'<input class=t name={name} placeholder="{label}" title="{label}" value="{shown_value}">'


def _newest(rows: dict[int, Doc], limit: int) -> list[Doc]:
    return [rows[i] for i in sorted(rows, reverse=True)[:limit]]


def orders(site: Site, limit: int) -> str:
    """Return the table of orders, newest first."""
    rows = "".join(_order(site, o) for o in _newest(site.orders, limit))
    return (
        "<h2>Beställningar</h2><table><tr><th>Nr<th>Datum<th>Kund<th>Varor<th>Summa<th>Betalning<th>Status<th>"
        f"{rows}</table>"
    )


def _order(site: Site, order: Doc) -> str:
    billing = order.get("billing") or {}
    names = [billing.get(f, "") for f in ("company", "first_name", "last_name", "country")]
    customer = html.escape(" ".join(str(n) for n in names if n))
    goods = "<br>".join(f"{x['quantity']} × {html.escape(str(x['name']))}" for x in order["line_items"][:5])
    parcels = html.escape(", ".join(tracking_numbers(order)))
    name = site.settings.statuses.get(order["status"], order["status"])
    return (
        f"<tr><td>{html.escape(str(order['number']))}<td>{order['date_created'].replace('T', ' ')[:16]}"
        f"<td>{customer}<td>{goods}<br><small>{parcels}</small>"
        f"<td class=n>{shown(order['total'], 2)} {order['currency']}"
        f"<td>{html.escape(str(order['payment_method']))}"
        f'<td><span class="s {html.escape(order["status"])}">{html.escape(str(name))}</span>'
        f"<td>{_order_buttons(site, order)}"
    )


def _order_buttons(site: Site, order: Doc) -> str:
    order_id = order["id"]
    if order["status"] == "trash":
        return _form(site, "restore-order", order_id, "Återställ") + _form(
            site, "delete-order", order_id, "Ta bort för gott"
        )
    choices = "".join(
        f"<option value={s}>{html.escape(n)}</option>" for s, n in site.settings.statuses.items()
    )
    refunds = "".join(
        _form(
            site,
            "delete-refund",
            order_id,
            f"Ta bort återbetalning {html.escape(str(r['total']))}",
            f"<input type=hidden name=refund_id value={r['id']}>",
        )
        for r in order.get("refunds", [])
    )
    return (
        _form(site, "paid", order_id, "Betald")
        + _form(site, "completed", order_id, "Färdig")
        + _form(site, "cancelled", order_id, "Avbryt")
        + "<details><summary>Mer</summary>"
        + _form(site, "order-status", order_id, "Byt status", f"<select name=status>{choices}</select>")
        + _form(
            site,
            "add-note",
            order_id,
            "Skriv",
            _text("note", "Notering") + "<label><input type=checkbox name=customer> till kunden</label>",
        )
        + _form(site, "refund", order_id, "Återbetala (tomt är allt)", _text("amount", "Belopp"))
        + refunds
        + _form(site, "trash-order", order_id, "Papperskorgen")
        + "</details>"
    )


def products(site: Site, limit: int) -> str:
    """Return the table of products, each parent with its variations below it."""
    parents = islice((p for p in site.products.values() if p["type"] != "variation"), limit)
    rows = []
    for parent in parents:
        rows.append(_product(site, parent))
        rows += [_product(site, site.products[v]) for v in parent["variations"] if v in site.products]
    made = _text("name", "Namn") + _text("sku", "Artikelnummer") + _text("regular_price", "Pris")
    return (
        f"<h2>Produkter</h2><p>{_form(site, 'create-product', 0, 'Lägg till produkt', made)}</p>"
        "<table><tr><th>Id<th>Artikelnr<th>Namn<th>Typ<th>Pris<th>Rea<th>Lager<th>Status<th>"
        f"{''.join(rows)}</table>"
    )


def _product(site: Site, product: Doc) -> str:
    stock = product["stock_quantity"] if product["manage_stock"] is True else product["stock_status"]
    return (
        f"<tr><td>{product['id']}<td>{html.escape(product['sku'])}<td>{html.escape(product['name'])}"
        f"<td>{product['type']}<td class=n>{html.escape(product['price'])}"
        f"<td class=n>{html.escape(product['sale_price'])}<td class=n>{stock}<td>{product['status']}"
        f"<td>{_product_buttons(site, product)}"
    )


def _product_buttons(site: Site, product: Doc) -> str:
    product_id = product["id"]
    if product["status"] == "trash":
        return _form(site, "restore-product", product_id, "Återställ") + _form(
            site, "delete-product", product_id, "Ta bort för gott"
        )
    kept = product["stock_quantity"] if product["manage_stock"] is True else ""
    fields = (
        _text("name", "Namn", product["name"])
        + _text("sku", "Artikelnummer", product["sku"])
        + _text("regular_price", "Pris", product["regular_price"])
        + _text("sale_price", "Reapris", product["sale_price"])
        + _text("stock_quantity", "Lager", kept)
    )
    statuses = "".join(
        _form(site, "change-product", product_id, label, f"<input type=hidden name=status value={status}>")
        for status, label in (("publish", "Publicera"), ("draft", "Utkast"), ("private", "Privat"))
        if status != product["status"]
    )
    return (
        "<details><summary>Ändra</summary>"
        + _form(site, "change-product", product_id, "Spara", fields)
        + statuses
        + _form(site, "trash-product", product_id, "Papperskorgen")
        + "</details>"
    )


def mails(site: Site, limit: int) -> str:
    """Return the table of mails sent, newest first."""
    rows = "".join(
        f"<tr><td>{m['at'].replace('T', ' ')}<td>{html.escape(str(m['to']))}<td>{html.escape(m['subject'])}"
        f"<td>{m['kind']}<td>{html.escape(str(m.get('order', '')))}"
        f"<td>{html.escape(', '.join(m.get('tracking', [])))}<td>{html.escape(str(m.get('text', '')))}"
        for m in _newest(site.records["outbox"], limit)
    )
    return (
        "<h2>Brev</h2><table><tr><th>Skickat (UTC)<th>Till<th>Ämne<th>Slag<th>Beställning<th>Kollinummer<th>Text"
        f"{rows}</table>"
    )
