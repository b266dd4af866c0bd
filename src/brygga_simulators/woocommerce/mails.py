"""The mails the shop would send; they land in an outbox that people and tests can read."""

from typing import Any

from brygga_simulators.woocommerce import metas
from brygga_simulators.woocommerce.site import Doc, Site

KINDS: dict[str, bool] = {
    "new_order": True,
    "cancelled_order": True,
    "customer_cancelled_order": False,
    "failed_order": True,
    "customer_on_hold_order": True,
    "customer_processing_order": True,
    "customer_completed_order": True,
    "customer_refunded_order": True,
    "customer_note": True,
}
"""The mails there are, each with whether a new shop sends it."""
TRACKING_META = "_wc_shipment_tracking_items"


def is_on(site: Site, kind: str) -> bool:
    """Say whether this shop sends a kind of mail."""
    return site.settings.mails.get(kind, KINDS.get(kind, True))


def tracking_numbers(order: Doc) -> list[str]:
    """Return the parcel numbers that the tracking plugin would put in a mail at this moment."""
    items = metas.meta_value(order["meta_data"], TRACKING_META)
    listed = items if isinstance(items, list) else []
    return [str(i["tracking_number"]) for i in listed if isinstance(i, dict) and i.get("tracking_number")]


def about_order(order: Doc) -> dict[str, Any]:
    """Return what an outbox entry tells of its order: its state when the mail was made."""
    return {
        "order_id": order["id"],
        "order": str(order["number"]),
        "status": order["status"],
        "tracking": tracking_numbers(order),
    }


def send(site: Site, to: str, subject: str, kind: str, text: str = "", **about: Any) -> None:
    """Put a mail in the outbox, if the shop sends mails of this kind."""
    if not to or not is_on(site, kind):
        return
    mail_id = site.next_id("mail")
    site.save(
        "outbox",
        {
            "id": mail_id,
            "at": site.stamp()[1],
            "to": to,
            "subject": subject,
            "kind": kind,
            "text": text,
            **about,
        },
    )


def on_status(site: Site, order: Doc, old: str, new: str) -> None:
    """Send what a change of status sends, to the customer and to the shop's owner."""
    shop, number = site.settings.title, order["number"]
    customer = str(order["billing"].get("email") or "")
    waiting = old in {"pending", "failed", "cancelled", "", "checkout-draft", "auto-draft"}

    def to_customer(subject: str, kind: str) -> None:
        send(site, customer, subject, kind, **about_order(order))

    def to_owner(subject: str, kind: str) -> None:
        send(site, site.settings.admin_email, subject, kind, **about_order(order))

    if waiting and new in {"on-hold", "processing", "completed"} and not order.get("_new_order_mailed"):
        order["_new_order_mailed"] = True
        to_owner(f"[{shop}]: You've got a new order: #{number}", "new_order")
    if new == "on-hold" and waiting:
        to_customer(f"Din {shop} beställning har mottagits!", "customer_on_hold_order")
    elif new == "processing" and (waiting or old == "on-hold"):
        to_customer(f"Din {shop} beställning har mottagits!", "customer_processing_order")
    elif new == "completed":
        to_customer(f"Your order from {shop} is on its way!", "customer_completed_order")
    elif new == "cancelled" and old in {"processing", "on-hold"}:
        to_owner(f"[{shop}]: Beställning #{number} har avbrutits", "cancelled_order")
        to_customer(f"Din {shop} beställning har avbrutits", "customer_cancelled_order")
    elif new == "failed" and old in {"pending", "on-hold"}:
        to_owner(f"[{shop}]: Beställning #{number} har misslyckats", "failed_order")


def on_refund(site: Site, order: Doc, *, full: bool) -> None:
    """Tell the customer of a refund."""
    how = "återbetalats" if full else "delvis återbetalats"
    subject = f"Din beställning #{order['number']} från {site.settings.title} har {how}"
    to = str(order["billing"].get("email") or "")
    send(site, to, subject, "customer_refunded_order", **about_order(order))


def on_customer_note(site: Site, order: Doc, note: str) -> None:
    """Send the customer a note written on the order."""
    subject = f"Ett meddelande har lagts till din beställning från {site.settings.title}"
    to = str(order["billing"].get("email") or "")
    send(site, to, subject, "customer_note", note, **about_order(order))
