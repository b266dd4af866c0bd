"""Payment plugins a shop may have: which methods are theirs, when they draw, and their own switches.

Facts about each plugin (metas, switches, what a failure does) are the plugins' own; the texts of
their notes are in English there, also in a Swedish shop.
"""

from dataclasses import dataclass, field
from typing import Any

from brygga_simulators.woocommerce.site import Doc, Site


@dataclass(frozen=True)
class Plugin:
    """A payment plugin that reserves at the checkout and draws when an order reaches a status."""

    name: str
    title: str
    methods: tuple[str, ...]
    """Ids of its payment methods; the first is the gateway whose settings the others share."""
    switch: str
    """The setting that says whether the plugin draws by itself."""
    release_switch: str
    """The setting that says whether a cancelled order releases the reservation; often the same."""
    sign: str
    """The meta that is there when the money has been drawn."""
    released: str
    """The meta that is there when the reservation has been released; empty if there is none."""
    references: tuple[str, ...]
    """Metas that hold the provider's id, best first; then the transaction id."""
    draws_at: frozenset[str] = frozenset({"completed"})
    holds_on_failure: bool = True
    """A failed drawing puts the order on hold; otherwise there is only a note."""
    on: str = "yes"
    """What the switch says when the plugin draws at a status."""
    settings: tuple[tuple[str, str, str], ...] = field(default=())
    """Settings as /payment_gateways shows them: id, label, default."""


PLUGINS: dict[str, Plugin] = {
    p.name: p
    for p in (
        Plugin(
            "klarna",
            "Klarna",
            ("klarna_payments", "kco"),
            "kom_auto_capture",
            "kom_auto_cancel",
            "_wc_klarna_capture_id",
            "_wc_klarna_cancelled",
            ("_wc_klarna_order_id",),
            settings=(
                ("kom_auto_capture", "On order completion", "yes"),
                ("kom_auto_cancel", "On order cancel", "yes"),
                ("kom_auto_update", "On order update", "yes"),
                ("kom_auto_order_sync", "On order creation ( manual )", "yes"),
            ),
        ),
        Plugin(
            "nets",
            "Nets Easy",
            (
                "dibs_easy",
                "nets_easy_card",
                "nets_easy_sofort",
                "nets_easy_trustly",
                "nets_easy_swish",
                "nets_easy_vipps",
                "nets_easy_mobilepay",
                "nets_easy_klarna",
            ),
            "dibs_manage_orders",
            "dibs_manage_orders",
            "_dibs_charge_id",
            "",
            ("_dibs_payment_id",),
            settings=(("dibs_manage_orders", "Manage orders", "no"), ("test_mode", "Test mode", "no")),
        ),
        Plugin(
            "walley",
            "Walley Checkout",
            ("collector_checkout", "collector_invoice"),
            "manage_collector_orders",
            "manage_collector_orders",
            "_collector_order_activated",
            "_collector_order_cancelled",
            ("_collector_order_id", "_collector_payment_id"),
            settings=(("manage_collector_orders", "Manage Walley orders", "yes"),),
        ),
        Plugin(
            "svea",
            "Svea Checkout",
            ("svea_checkout",),
            "sync_order_completion",
            "sync_order_cancellation",
            "_svea_co_deliver_date",
            "_svea_co_order_cancelled",
            ("_svea_co_order_id",),
            holds_on_failure=False,
            settings=(
                ("sync_order_completion", "Sync order completion", "yes"),
                ("sync_order_cancellation", "Sync order cancellation", "yes"),
                ("sync_order_rows", "Sync order rows", "yes"),
            ),
        ),
        Plugin(
            "stripe",
            "Stripe",
            ("stripe", "stripe_klarna", "stripe_link"),
            "capture",
            "capture",
            "_stripe_charge_captured",
            "",
            ("_stripe_intent_id",),
            draws_at=frozenset({"processing", "completed"}),
            holds_on_failure=False,
            # Its switch means the opposite: yes draws at the checkout, no only reserves there.
            on="no",
            settings=(("capture", "Capture charge immediately", "yes"),),
        ),
    )
}


def plugin_of(site: Site, method: str) -> Plugin | None:
    """Return the installed plugin that a payment method belongs to."""
    for plugin in PLUGINS.values():
        if method in plugin.methods and plugin.name in site.settings.gateways:
            return plugin
    return None


def setting(site: Site, plugin: Plugin, name: str) -> str:
    """Return a plugin's setting in this shop, or its default."""
    default = next((d for i, _, d in plugin.settings if i == name), "")
    return str(site.settings.gateways.get(plugin.name, {}).get(name, default))


def draws_itself(site: Site, plugin: Plugin) -> bool:
    """Say whether the plugin's own switch lets it draw when a status is reached."""
    return setting(site, plugin, plugin.switch) == plugin.on


def releases_itself(site: Site, plugin: Plugin) -> bool:
    """Say whether a cancelled order makes the plugin release the reservation."""
    return plugin.name == "stripe" or setting(site, plugin, plugin.release_switch) == "yes"


def install(site: Site, name: str, asked: Any) -> None:
    """Install, change or (with false) remove a plugin. Raises ValueError for what is not known.

    `asked` is true, false or an object: `enabled`, `draws` (the switch, whatever it is called) and
    the plugin's settings by their own ids.
    """
    plugin = PLUGINS.get(name)
    if plugin is None:
        raise ValueError(f"no payment plugin {name!r}, known: {', '.join(PLUGINS)}")
    if asked is False:
        site.settings.gateways.pop(name, None)
        return
    known = {"enabled", "title", "description", *(i for i, _, _ in plugin.settings)}
    given = dict(asked) if isinstance(asked, dict) else {"draws": True}
    kept = {"enabled": True, "title": plugin.title, **site.settings.gateways.get(name, {})}
    if "draws" in given:
        yes, no = (plugin.on, "no" if plugin.on == "yes" else "yes")
        kept[plugin.switch] = yes if given.pop("draws") else no
    for key, value in given.items():
        if key not in known:
            raise ValueError(f"{name} has no setting {key!r}, known: draws, {', '.join(sorted(known))}")
        kept[key] = value if key == "enabled" else {True: "yes", False: "no"}.get(value, str(value))
    site.settings.gateways[name] = kept


def gateway_rows(site: Site) -> list[Doc]:
    """Return the installed plugins' gateways as /payment_gateways shows them."""
    rows = []
    for name, kept in site.settings.gateways.items():
        plugin = PLUGINS[name]
        shown = {"title": ("title", "Rubrik", plugin.title)}
        shown |= {s[0]: s for s in plugin.settings}
        rows.append(
            {
                "id": plugin.methods[0],
                "title": kept.get("title", plugin.title),
                "description": kept.get("description", ""),
                "order": "",
                "enabled": bool(kept.get("enabled", True)),
                "method_title": plugin.title,
                "method_description": "",
                "method_supports": ["products", "refunds"],
                "settings": {
                    key: {
                        "id": key,
                        "label": label,
                        "description": "",
                        "type": "text" if key == "title" else "checkbox",
                        "value": kept.get("title", default) if key == "title" else setting(site, plugin, key),
                        "default": default,
                        "tip": "",
                        "placeholder": "",
                    }
                    for key, label, default in shown.values()
                },
                "needs_setup": False,
                "post_install_scripts": [],
                "settings_url": f"{site.url}/wp-admin/admin.php?page=wc-settings&tab=checkout"
                f"&section={plugin.methods[0]}",
                "connection_url": None,
                "setup_help_text": None,
                "required_settings_keys": [],
            }
        )
    return rows
