"""/orders/<id>/notes and /refunds, and the list of all refunds."""

from brygga_simulators.woocommerce import listing, mails, refunding
from brygga_simulators.woocommerce.api import API, Answer, Call, created, cut_fields, listed
from brygga_simulators.woocommerce.errors import RestError, trash_not_supported
from brygga_simulators.woocommerce.order_status import add_note
from brygga_simulators.woocommerce.params import ARRAY, BOOLEAN, STRING, check, check_list, one_of, truth
from brygga_simulators.woocommerce.rendering import links, refund_view
from brygga_simulators.woocommerce.site import Doc, Site


def list_notes(call: Call) -> Answer:
    """List an order's notes, newest first: all, or only those to the customer, or the others."""
    order_id = _order(call)["id"]
    kind = check(call.query, {"type": one_of("any", "customer", "internal")}).get("type", "any")
    notes = [call.site.notes[n] for n in call.site.notes_of.get(order_id, [])]
    wanted = {"customer": True, "internal": False}.get(kind)
    shown = [
        note_view(call.site, n) for n in reversed(notes) if wanted is None or n["customer_note"] is wanted
    ]
    return Answer(cut_fields(call, shown))


def get_note(call: Call) -> Answer:
    """Return one note."""
    return Answer(note_view(call.site, _note(call)))


def create_note(call: Call) -> Answer:
    """Write a note; one to the customer is mailed. The order's date does not change."""
    order = _order(call)
    body = check(call.params, {"note": STRING, "customer_note": BOOLEAN, "added_by_user": BOOLEAN})
    if not body.get("note"):
        raise RestError(400, "rest_missing_callback_param", "Saknade parametrar: note", params=["note"])
    to_customer = bool(body.get("customer_note"))
    author = "admin" if body.get("added_by_user") else ""
    note = add_note(call.site, order["id"], body["note"], to_customer=to_customer, author=author)
    if to_customer:
        mails.on_customer_note(call.site, order, body["note"])
    return created(call, note_view(call.site, note), note["id"])


def delete_note(call: Call) -> Answer:
    """Delete a note; that needs force."""
    note = _note(call)
    if not truth(call.params.get("force")):
        raise trash_not_supported("Webhooks")
    view = note_view(call.site, note)
    call.site.notes_of[note["_order"]].remove(note["id"])
    call.site.remove("notes", note["id"])
    return Answer(view)


def note_view(site: Site, note: Doc) -> Doc:
    """Show a note."""
    base = f"{site.url}{API}/orders/{note['_order']}"
    view = {k: v for k, v in note.items() if not k.startswith("_")}
    view["_links"] = links(f"{base}/notes/{note['id']}", f"{base}/notes", ["GET", "DELETE"], up=base)
    return view


def list_refunds(call: Call) -> Answer:
    """List an order's refunds."""
    order = _order(call)
    query = check_list(call.query, {}, call.site.settings)
    rows = [call.site.refunds[r] for r in call.site.refunds_of.get(order["id"], [])]
    page = listing.page_of(listing.order_rows(rows, query), query)
    places = int(query.get("dp", call.site.settings.decimals))
    shown = [refund_view(call.site, r, places) for r in page.rows]
    return listed(call, page, cut_fields(call, shown), [("dp", str(places))])


def list_all_refunds(call: Call) -> Answer:
    """List the refunds of all orders; each tells its order in parent_id."""
    query = check_list(call.query, {"parent": ARRAY}, call.site.settings)
    tests = [*listing.date_tests(call.site, query), *listing.id_tests(query)]
    rows = listing.order_rows(listing.select(call.site.refunds.values(), tests), query)
    page = listing.page_of(rows, query)
    places = int(query.get("dp", call.site.settings.decimals))
    shown = [refund_view(call.site, r, places, with_parent=True) for r in page.rows]
    return listed(call, page, cut_fields(call, shown), [("dp", str(places))])


def get_refund(call: Call) -> Answer:
    """Return one refund."""
    return Answer(cut_fields(call, refund_view(call.site, refunding.find(call.site, _order(call), call.id))))


def create_refund(call: Call) -> Answer:
    """Record a refund; with api_refund left out it asks the gateway, which mostly can't."""
    order = _order(call)
    body = check(
        call.params,
        {
            "amount": STRING,
            "reason": STRING,
            "api_refund": BOOLEAN,
            "api_restock": BOOLEAN,
            "line_items": ARRAY,
        },
    )
    refund = refunding.create(call.site, order, body)
    # The real shop forgets to fill in its own route here.
    return created(
        call,
        refund_view(call.site, refund),
        refund["id"],
        f"{API}/orders/(?P<order_id>[\\d]+)/refunds",
    )


def delete_refund(call: Call) -> Answer:
    """Delete a refund; that needs force."""
    order = _order(call)
    refund = refunding.find(call.site, order, call.id)
    if not truth(call.params.get("force")):
        raise trash_not_supported("Återbetalningar")
    view = refund_view(call.site, refund)
    refunding.delete(call.site, order, refund["id"])
    return Answer(view)


def _order(call: Call) -> Doc:
    order = call.site.orders.get(int(call.ids[0]))
    if order is None:
        raise RestError(404, "woocommerce_rest_order_invalid_id", "Ogiltigt beställnings-ID.")
    return order


def _note(call: Call) -> Doc:
    _order(call)
    note = call.site.notes.get(call.id)
    if note is None or note["_order"] != int(call.ids[0]):
        raise RestError(404, "woocommerce_rest_invalid_id", "Ogiltigt resurs-ID.")
    return note
