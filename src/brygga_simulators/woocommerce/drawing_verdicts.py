"""What each payment plugin says and does when it has drawn, or could not: notes, signs, on hold.

The texts are the plugins' own, in English also in a Swedish shop.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from brygga_simulators.woocommerce import metas
from brygga_simulators.woocommerce.gateways import Plugin
from brygga_simulators.woocommerce.money import dec, shown
from brygga_simulators.woocommerce.site import Doc, Site

_A2A = frozenset({"nets_easy_swish", "nets_easy_vipps", "nets_easy_mobilepay", "nets_easy_trustly"})


@dataclass
class Verdict:
    """What the plugin wants done to the order: private notes, and to put it on hold."""

    notes: list[str] = field(default_factory=list)
    hold: str | None = None
    """Text of the note that goes with putting the order on hold; None leaves the status alone."""


def already_signed(plugin: Plugin) -> Verdict:
    """Say what happens where the plugin's sign is there already: nothing is drawn."""
    texts = {
        "klarna": "Klarna order has already been captured.",
        "walley": "Could not activate Walley reservation, Walley reservation is already activated.",
    }
    return Verdict([texts[plugin.name]] if plugin.name in texts else [])


def needless(order: Doc, plugin: Plugin, amount: Decimal) -> Verdict | None:
    """Say what happens where nothing is to be drawn: 0.00, or paid from account to account."""
    if plugin.name == "nets":
        is_a2a = metas.meta_value(order["meta_data"], "dibs_payment_type") == "A2A"
        if is_a2a or order["payment_method"] in _A2A:
            name = (
                metas.meta_value(order["meta_data"], "dibs_payment_method") or order["payment_method_title"]
            )
            return Verdict([f"No charge needed in Nets system since {name} is a account to account payment."])
        if not amount:
            return Verdict(["No charge needed in Nets system since the order total is 0."])
    return Verdict() if not amount else None


def without_reference(plugin: Plugin) -> Verdict:
    """Say what happens where the order does not tell which payment is its own."""
    if plugin.name == "klarna":
        return Verdict(hold="Klarna order ID is missing, Klarna order could not be captured at this time.")
    if plugin.name == "walley":
        return Verdict(["Could not activate Walley reservation, Walley order ID is missing."])
    return Verdict() if plugin.name in {"svea", "stripe"} else refused(plugin, "refused", "")


def misfit(order: Doc, plugin: Plugin, amount: Decimal) -> str | None:
    """Return why the amount does not fit the reservation, if what was reserved is known."""
    reserved = order.get("_reserved")
    if reserved is None or dec(reserved) == amount:
        return None
    if plugin.name == "nets":
        return "The order total differs from the reserved amount, the order needs a manual review."
    if amount > dec(reserved):
        currency = order["currency"]
        return f"Captured amount is higher than the remaining authorized amount: {shown(reserved, 2)} {currency}."
    return None


def sign(site: Site, order: Doc, plugin: Plugin, row: Doc) -> Verdict:
    """Leave the plugin's sign on the order, and its note."""
    charge = f"{site.random.getrandbits(128):032x}"
    now = site.now()
    value, note = {
        "klarna": (
            charge,
            f"Klarna order captured. Capture amount: {row['amount']} {row['currency']}. Capture ID: {charge}",
        ),
        "nets": (charge, f"Payment charged in Nets Easy with charge ID {charge}"),
        "walley": (str(int(now.timestamp())), "Walley Checkout order activated."),
        "svea": (site.stamp()[0].replace("T", " "), "Order was delivered in Svea."),
        "stripe": ("yes", f"Stripe charge complete (Charge ID: {order['transaction_id']})"),
    }[plugin.name]
    metas.merge_order_metas(site, order, [{"key": plugin.sign, "value": value}])
    return Verdict([note])


def drawn_before(site: Site, order: Doc, plugin: Plugin) -> Verdict:
    """What the plugin makes of a payment that the provider says was drawn before."""
    if plugin.name == "walley":
        return refused(plugin, "refused", "The order is already activated.")
    if plugin.name == "svea":
        return Verdict(["The order is already delivered in Svea. No action needed."])
    charge = f"{site.random.getrandbits(128):032x}"
    value = "yes" if plugin.name == "stripe" else charge
    metas.merge_order_metas(site, order, [{"key": plugin.sign, "value": value}])
    when = site.stamp()[1]
    text = {"klarna": f"Klarna order has already been captured on {when}"}.get(
        plugin.name, f"Payment charged in Nets Easy ( Portal ) with Charge ID {charge}."
    )
    return Verdict([text] if plugin.name != "stripe" else [])


def refused(plugin: Plugin, outcome: str, reason: str) -> Verdict:
    """Say what the plugin does when the provider refused: on hold, or only a note."""
    if plugin.name == "klarna":
        if outcome == "cancelled_there":
            return Verdict(["Klarna order failed to capture, the order has already been canceled"])
        if outcome == "not_accepted":
            return Verdict(["Klarna order could not be captured at this time."])
        if outcome == "under_review":
            return Verdict(hold="Klarna order is pending review and could not be captured at this time.")
        return Verdict(hold=f"Could not capture Klarna order. {reason}".rstrip())
    text = {
        "nets": f"Nets Error: {reason or 'Payment failed in Nets'}",
        "walley": f"Activate Walley Checkout order error: {reason or outcome}",
        "svea": f"Error received when trying to deliver order in Svea: {reason or outcome}",
        "stripe": f"Unable to capture charge! {reason or outcome}",
    }[plugin.name]
    if not plugin.holds_on_failure:
        return Verdict([text])
    return Verdict([text], hold="")
