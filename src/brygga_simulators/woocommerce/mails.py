"""The mails the shop would send; they land in an outbox that people and tests can read."""

from typing import Any

from brygga_simulators.woocommerce.site import Doc, Site


def send(site: Site, to: str, subject: str, kind: str, text: str = "", **about: Any) -> None:
    """Put a mail in the outbox."""
    if not to:
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
        send(site, customer, subject, kind, order_id=order["id"])

    def to_owner(subject: str, kind: str) -> None:
        send(site, site.settings.admin_email, subject, kind, order_id=order["id"])

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
    elif new == "failed" and old in {"pending", "on-hold"}:
        to_owner(f"[{shop}]: Beställning #{number} har misslyckats", "failed_order")


def on_refund(site: Site, order: Doc, *, full: bool) -> None:
    """Tell the customer of a refund."""
    how = "återbetalats" if full else "delvis återbetalats"
    subject = f"Din beställning #{order['number']} från {site.settings.title} har {how}"
    to = str(order["billing"].get("email") or "")
    send(site, to, subject, "customer_refunded_order", order_id=order["id"])


def on_customer_note(site: Site, order: Doc, note: str) -> None:
    """Send the customer a note written on the order."""
    subject = f"Ett meddelande har lagts till din beställning från {site.settings.title}"
    to = str(order["billing"].get("email") or "")
    send(site, to, subject, "customer_note", note, order_id=order["id"])
