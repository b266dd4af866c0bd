"""What a change of an order's status does: dates, stock taken or given back, notes, mails."""

from brygga_simulators.woocommerce import drawing, mails, metas
from brygga_simulators.woocommerce.money import dec
from brygga_simulators.woocommerce.product_rules import change_stock, stock_holder
from brygga_simulators.woocommerce.site import Doc, Site

TAKES_STOCK = frozenset({"on-hold", "processing", "completed"})
GIVES_BACK_STOCK = frozenset({"cancelled", "pending"})


def add_note(site: Site, order_id: int, text: str, *, to_customer: bool = False, author: str = "") -> Doc:
    """Write a note on an order; that does not change the order's own date."""
    note: Doc = {"id": site.next_id("comment"), "author": author or "WooCommerce"}
    site.set_date(note, "date_created")
    note |= {"note": text, "customer_note": to_customer, "_order": order_id}
    site.notes_of.setdefault(order_id, []).append(note["id"])
    site.save("notes", note)
    return note


def change_status(site: Site, order: Doc, new: str, *, created: bool = False) -> None:
    """Move an order to a status and do all that follows, except saving the order.

    A new order counts as coming from pending. The same status again does nothing.
    """
    old = "pending" if created else order["status"]
    if old not in {*site.settings.statuses, "auto-draft", "trash"}:
        # The plugin that knew this status is gone; the shop goes on as if it were a new order.
        old = "pending"
    order["status"] = new
    set_dates(site, order)
    if old == new and not created:
        return
    if new in TAKES_STOCK:
        take_stock(site, order)
    elif new in GIVES_BACK_STOCK:
        give_back_stock(site, order)
    if old != new:
        _let_plugin_act(site, order, new)
        if not created:
            _note_change(site, order, old, new)
        mails.on_status(site, order, old, new)


def _note_change(site: Site, order: Doc, old: str, new: str, text: str = "") -> None:
    names = site.settings.statuses
    change = f"Beställningsstatus ändrad från {names.get(old, old)} till {names.get(new, new)}."
    add_note(site, order["id"], f"{text} {change}".strip())


def _let_plugin_act(site: Site, order: Doc, new: str) -> None:
    """Let the payment plugin draw or release; a drawing that fails may put the order on hold.

    That happens inside the first change, so its mails and its note still follow.
    """
    verdict = drawing.on_status(site, order, new)
    for text in verdict.notes:
        add_note(site, order["id"], text)
    if verdict.hold is not None:
        order["status"] = "on-hold"
        _note_change(site, order, new, "on-hold", verdict.hold)


def set_dates(site: Site, order: Doc) -> None:
    """Set date_paid and date_completed when their status is reached, the first time only."""
    status = order["status"]
    paid_at = payment_complete_status(site, order)
    if order["date_paid"] is None and status in {paid_at, "completed"}:
        site.set_date(order, "date_paid")
    if order["date_completed"] is None and status == "completed":
        site.set_date(order, "date_completed")


def payment_complete_status(site: Site, order: Doc) -> str:
    """Return where a paid order goes: completed if nothing has to be sent, or cash on delivery."""
    if order["payment_method"] == "cod":
        return "completed"
    return "processing" if needs_processing(site, order) else "completed"


def needs_processing(site: Site, order: Doc) -> bool:
    """Say whether anything in the order has to be handled; unknown goods do not count."""
    for line in order["line_items"]:
        product = site.products.get(line["variation_id"] or line["product_id"])
        if product is not None and not (product.get("virtual") and product.get("downloadable")):
            return True
    return False


def settle(site: Site, order: Doc) -> None:
    """Set the flags that follow from status and total."""
    status = order["status"]
    order["is_editable"] = status in {"pending", "on-hold", "auto-draft"}
    order["needs_payment"] = status in {"pending", "failed"} and dec(order["total"]) > 0
    order["needs_processing"] = needs_processing(site, order)


def take_stock(site: Site, order: Doc) -> None:
    """Take stock for every line that has not taken it yet."""
    changes = []
    for line in order["line_items"]:
        if metas.meta_value(line["meta_data"], "_reduced_stock") is None:
            changes += _take(site, line, line["quantity"])
    if changes:
        add_note(site, order["id"], f"Lagernivåerna minskade: {', '.join(changes)}")


def give_back_stock(site: Site, order: Doc) -> None:
    """Give back what the lines have taken."""
    changes = []
    for line in order["line_items"]:
        taken = metas.meta_value(line["meta_data"], "_reduced_stock")
        if taken is not None:
            changes += _take(site, line, -int(taken))
            metas.drop_meta(line["meta_data"], "_reduced_stock")
    if changes:
        add_note(site, order["id"], f"Lagernivåerna ökade: {', '.join(changes)}")


def adjust_stock(site: Site, order: Doc, line: Doc, *, removed: bool) -> None:
    """Let stock follow a line that was changed, added or removed on an order that holds stock."""
    if order["status"] not in TAKES_STOCK:
        return
    taken = int(metas.meta_value(line["meta_data"], "_reduced_stock") or 0)
    wanted = 0 if removed else int(line["quantity"])
    if wanted != taken:
        changes = _take(site, line, wanted - taken, now_taken=wanted)
        if changes:
            add_note(site, order["id"], f"Justerade lagernivåer: {', '.join(changes)}")


def _take(site: Site, line: Doc, quantity: int, now_taken: int | None = None) -> list[str]:
    """Take a quantity from the line's stock; returns the text for the note, if stock is counted."""
    product = site.products.get(line["variation_id"] or line["product_id"])
    holder = stock_holder(site, product)
    if holder is None or not quantity:
        return []
    before, after = change_stock(site, holder, -quantity)
    taken = quantity if now_taken is None else now_taken
    if taken > 0:
        metas.set_meta(site, "item_meta", line["meta_data"], "_reduced_stock", str(taken), on_item=True)
    sku = f" ({line['sku']})" if line.get("sku") else ""
    return [f"{line['name']}{sku} {before}&rarr;{after}"]
