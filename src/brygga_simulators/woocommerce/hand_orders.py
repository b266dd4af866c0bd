"""What a merchant does with orders in wp-admin: status, rows, notes, refunds, trash, own statuses."""

from brygga_simulators.woocommerce import mails, metas, order_writes, refunding
from brygga_simulators.woocommerce import order_status as status_rules
from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.money import dec, inner
from brygga_simulators.woocommerce.order_parts_api import note_view
from brygga_simulators.woocommerce.rendering import order_view, refund_view
from brygga_simulators.woocommerce.site import Doc, Site


def found(site: Site, body: Doc) -> Doc:
    """Return the order meant, by `id` or by `number`."""
    number = str(body.get("id") or "")
    order = site.orders.get(int(number)) if number.isdigit() else None
    if order is None and body.get("number"):
        order = next((o for o in site.orders.values() if o["number"] == str(body["number"])), None)
    if order is None:
        raise RestError(404, "no_such_order", f"there is no order {number or body.get('number')!r}")
    return order


def change_status(site: Site, body: Doc) -> Doc:
    """Give an order another `status`, one that the shop has."""
    order, wanted = found(site, body), str(body.get("status") or "")
    if wanted not in site.settings.statuses:
        raise RestError(400, "no_such_status", f"the shop has: {', '.join(site.settings.statuses)}")
    return order_view(site, order_writes.update(site, order, {"status": wanted}))


def mark_paid(site: Site, body: Doc) -> Doc:
    """Mark an order paid."""
    return order_view(site, order_writes.update(site, found(site, body), {"set_paid": True}))


def change_order(site: Site, body: Doc) -> Doc:
    """Change an order's rows, addresses or metas; the body is as for PUT /orders/<id>."""
    order = found(site, body)
    return order_view(site, order_writes.update(site, order, {k: v for k, v in body.items() if k != "id"}))


def trash_order(site: Site, body: Doc) -> Doc:
    """Put an order in the trash."""
    order = found(site, body)
    order_writes.trash(site, order)
    return order_view(site, order)


def restore_order(site: Site, body: Doc) -> Doc:
    """Take an order out of the trash; it has the status it had before."""
    order = found(site, body)
    if order["status"] != "trash":
        raise RestError(400, "not_trashed", f"order {order['id']} is not in the trash")
    kept = str(metas.meta_value(order["meta_data"], "_wp_trash_meta_status") or "wc-pending")
    order["status"] = order.pop("_status_before_trash", kept.removeprefix("wc-"))
    for key in ("_wp_trash_meta_status", "_wp_trash_meta_time"):
        metas.drop_meta(order["meta_data"], key)
    order_writes.keep(site, order)
    site.happened("order", "updated", order["id"])
    site.happened("order", "restored", order["id"])
    return order_view(site, order)


def delete_order(site: Site, body: Doc) -> Doc:
    """Delete an order for good. No webhook is told."""
    order = found(site, body)
    view = order_view(site, order)
    order_writes.erase(site, order["id"])
    return view


def add_note(site: Site, body: Doc) -> Doc:
    """Write a `note` on an order; with `customer` it is mailed."""
    order, text = found(site, body), str(body.get("note") or "")
    to_customer = body.get("customer") in {True, "1", "on"}
    note = status_rules.add_note(site, order["id"], text, to_customer=to_customer, author="admin")
    if to_customer:
        mails.on_customer_note(site, order, text)
    return note_view(site, note)


def _note(site: Site, body: Doc) -> Doc:
    note = site.notes.get(int(dec(body.get("note_id"))))
    if note is None:
        raise RestError(404, "no_such_note", f"there is no note {body.get('note_id')}")
    return note


def change_note(site: Site, body: Doc) -> Doc:
    """Change the text of the note `note_id`."""
    note = _note(site, body)
    note["note"] = str(body.get("note") or "")
    site.save("notes", note)
    return note_view(site, note)


def delete_note(site: Site, body: Doc) -> Doc:
    """Delete the note `note_id`."""
    note = _note(site, body)
    view = note_view(site, note)
    site.notes_of[note["_order"]].remove(note["id"])
    site.remove("notes", note["id"])
    return view


def refund(site: Site, body: Doc) -> Doc:
    """Refund an order: `amount`, or `lines` as the API's line_items, or else all that is left.

    `restock` (true) puts the lines' goods back; `through_gateway` (false) pays the money back.
    """
    order = found(site, body)
    asked: Doc = {
        "reason": str(body.get("reason") or ""),
        "api_refund": body.get("through_gateway", False),
        "api_restock": body.get("restock", True),
    }
    if isinstance(body.get("lines"), list):
        asked["line_items"] = body["lines"]
    elif body.get("amount") in {None, ""}:
        asked["line_items"] = _all_lines(order)
        asked["amount"] = inner(dec(order["total"]) - refunding.refunded_so_far(site, order))
    if body.get("amount") not in {None, ""}:
        asked["amount"] = str(body["amount"])
    return refund_view(site, refunding.create(site, order, asked), with_parent=True)


def _all_lines(order: Doc) -> list[Doc]:
    """Ask for every line of an order back, whole."""
    wanted = []
    for name in ("line_items", "shipping_lines", "fee_lines"):
        for line in order[name]:
            taxes = [{"id": t["id"], "refund_total": t["total"]} for t in line["taxes"]]
            entry: Doc = {"id": line["id"], "refund_total": line["total"], "refund_tax": taxes}
            if name == "line_items":
                entry["quantity"] = line["quantity"]
            wanted.append(entry)
    return wanted


def delete_refund(site: Site, body: Doc) -> Doc:
    """Delete the refund `refund_id`. No webhook is told, and no status comes back."""
    order = found(site, body)
    gone = refunding.find(site, order, int(dec(body.get("refund_id"))))
    view = refund_view(site, gone, with_parent=True)
    refunding.delete(site, order, gone["id"])
    return view


def register_status(site: Site, body: Doc) -> Doc:
    """Let a plugin bring a status: `slug` without wc-, and its `name`."""
    slug = str(body.get("slug") or "").removeprefix("wc-")
    if not slug:
        raise RestError(400, "no_slug", "a status needs a slug")
    site.settings.custom_statuses = {**site.settings.custom_statuses, slug: str(body.get("name") or slug)}
    return {"statuses": site.settings.statuses}


def unregister_status(site: Site, body: Doc) -> Doc:
    """Remove the plugin that brought the status `slug`; orders keep it, but lists lose them."""
    slug = str(body.get("slug") or "").removeprefix("wc-")
    if slug not in site.settings.custom_statuses:
        raise RestError(404, "no_such_status", f"no plugin brought the status {slug!r}")
    site.settings.custom_statuses = {k: v for k, v in site.settings.custom_statuses.items() if k != slug}
    return {"statuses": site.settings.statuses}
