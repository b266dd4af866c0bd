"""What payment plugins do inside a status write: draw the money, or release the reservation.

The provider's side is a log of draws. Whoever draws is noted there, so that a test can see
money drawn twice, or by nobody.
"""

from decimal import Decimal

from brygga_simulators.woocommerce import drawing_verdicts as verdicts
from brygga_simulators.woocommerce import metas, provider
from brygga_simulators.woocommerce.drawing_verdicts import Verdict
from brygga_simulators.woocommerce.gateways import Plugin, draws_itself, plugin_of, releases_itself
from brygga_simulators.woocommerce.money import ZERO, dec
from brygga_simulators.woocommerce.site import Doc, Site


def on_status(site: Site, order: Doc, new: str) -> Verdict:
    """Let the order's payment plugin act on a status just reached."""
    plugin = plugin_of(site, str(order.get("payment_method") or ""))
    if plugin is None:
        return Verdict()
    if new in plugin.draws_at and draws_itself(site, plugin):
        return _capture(site, order, plugin)
    if new == "cancelled" and releases_itself(site, plugin):
        return _release(site, order, plugin)
    return Verdict()


def at_checkout(site: Site, order: Doc, *, with_reference: bool = True) -> str | None:
    """Leave what the plugin leaves at a checkout: reference, what was reserved, its metas.

    Returns the status the plugin wants the order in, if it is another than a paid order's. Without
    a reference the provider's answer has not come yet; it is there to be given later.
    """
    plugin = plugin_of(site, str(order.get("payment_method") or ""))
    if plugin is None:
        return None
    order["_reserved"] = order["total"]
    if with_reference and not provider.reference_of(order, plugin):
        made, number = f"{site.random.getrandbits(128):032x}", str(site.random.randint(10**7, 10**8))
        value = {"klarna": f"{made[:8]}-{made[8:12]}-{made[12:16]}-{made[16:20]}-{made[20:]}"}.get(
            plugin.name, number if plugin.name in {"svea", "walley"} else made
        )
        order["transaction_id"] = f"ch_{made[:24]}" if plugin.name == "stripe" else value
        metas.merge_order_metas(site, order, [{"key": key, "value": value} for key in plugin.references])
    if plugin.name != "stripe":
        return None
    later = draws_itself(site, plugin)
    metas.merge_order_metas(site, order, [{"key": plugin.sign, "value": "no" if later else "yes"}])
    if later:
        return "on-hold"
    ref = provider.reference_of(order, plugin)
    provider.record(site, order, "capture", "drawn", dec(order["total"]), by=plugin.name, ref=ref)
    return None


def _to_draw(site: Site, order: Doc) -> Decimal:
    back = sum((dec(site.refunds[r]["amount"]) for r in site.refunds_of.get(order["id"], [])), ZERO)
    return max(ZERO, dec(order["total"]) - back)


def _capture(site: Site, order: Doc, plugin: Plugin) -> Verdict:
    signed = metas.meta_value(order["meta_data"], plugin.sign)
    if plugin.name == "stripe" and signed != "no":
        return Verdict()
    if plugin.name != "stripe" and signed:
        return verdicts.already_signed(plugin)
    if order["date_paid"] is None or metas.meta_value(order["meta_data"], "_kom_disconnect"):
        return Verdict()
    amount, ref = _to_draw(site, order), provider.reference_of(order, plugin)
    needless = verdicts.needless(order, plugin, amount)
    if needless is not None:
        return needless
    if not ref:
        return verdicts.without_reference(plugin)
    plan = provider.take_plan(site, order, plugin, "capture")
    return _attempt(site, order, plugin, amount, ref, plan)


def _attempt(site: Site, order: Doc, plugin: Plugin, amount: Decimal, ref: str, plan: Doc) -> Verdict:
    """Ask the provider, which answers as planned."""
    outcome, reason = plan["outcome"], plan["reason"]
    if outcome == "nothing":
        return Verdict()
    if outcome == "already_drawn" and not provider.has_drawn(site, order, ref):
        provider.record(site, order, "capture", "drawn", amount, by="other", ref=ref)
    if outcome in {"already_drawn", "drawn", "unsigned"}:
        if provider.has_drawn(site, order, ref):
            return verdicts.drawn_before(site, order, plugin)
        misfit = verdicts.misfit(order, plugin, amount)
        if misfit is None:
            row = provider.record(site, order, "capture", "drawn", amount, by=plugin.name, ref=ref)
            return Verdict() if outcome == "unsigned" else verdicts.sign(site, order, plugin, row)
        outcome, reason = "refused", misfit
    provider.record(site, order, "capture", outcome, amount, by=plugin.name, ref=ref)
    return verdicts.refused(plugin, outcome, reason)


def _release(site: Site, order: Doc, plugin: Plugin) -> Verdict:
    ref = provider.reference_of(order, plugin)
    released = plugin.released and metas.meta_value(order["meta_data"], plugin.released)
    if not ref or released or order["date_paid"] is None:
        return Verdict()
    amount, name = _to_draw(site, order), plugin.title
    if provider.has_drawn(site, order, ref):
        provider.record(site, order, "release", "refused", amount, by=plugin.name, ref=ref)
        if plugin.name == "klarna":
            return Verdict(["The Klarna order cannot be cancelled due to it already being captured."])
        return Verdict([f"There was a problem canceling the order in {name}: it is already captured."])
    plan = provider.take_plan(site, order, plugin, "release")
    if plan["outcome"] == "nothing":
        return Verdict()
    if plan["outcome"] != "drawn":
        provider.record(site, order, "release", "refused", amount, by=plugin.name, ref=ref)
        return Verdict([f"Could not cancel {name} order. {plan['reason']}".rstrip()])
    provider.record(site, order, "release", "released", amount, by=plugin.name, ref=ref)
    if plugin.released:
        value = "yes" if plugin.name == "klarna" else str(int(site.now().timestamp()))
        metas.merge_order_metas(site, order, [{"key": plugin.released, "value": value}])
    return Verdict(
        ["Order has been canceled in Nets" if plugin.name == "nets" else f"{name} order cancelled."]
    )
