"""/settings: groups, their settings, reading and changing them; mails' switches are groups of their own."""

from typing import Any

from brygga_simulators.woocommerce import mails
from brygga_simulators.woocommerce.api import API, Answer, Call, cut_fields
from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.money import dec
from brygga_simulators.woocommerce.shop_api import fixed_data, links_under
from brygga_simulators.woocommerce.site import Doc, Site

_ACTIONS = ["GET", "POST", "PUT", "PATCH"]


def list_setting_groups(call: Call) -> Answer:
    """List the groups of settings."""
    groups = fixed_data(call.site)["groups"]
    for group in groups:
        group["_links"] = {"options": [{"href": f"{call.site.url}{API}/settings/{group['id']}"}]}
    return Answer(cut_fields(call, groups))


OWN_SETTINGS = {
    "woocommerce_currency": "currency",
    "woocommerce_default_country": "base_country",
    "woocommerce_price_num_decimals": "decimals",
    "woocommerce_prices_include_tax": "prices_include_tax",
    "woocommerce_tax_round_at_subtotal": "round_at_subtotal",
    "woocommerce_weight_unit": "weight_unit",
    "woocommerce_dimension_unit": "dimension_unit",
    "woocommerce_manage_stock": "manage_stock",
    "woocommerce_hold_stock_minutes": "hold_stock_minutes",
    "woocommerce_hide_out_of_stock_items": "hide_out_of_stock",
}
"""The API's settings that are this shop's own, and what they are called here."""


def _shown(value: Any) -> str:
    """Write a setting as the shop stores it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _read(value: Any, kept: Any) -> Any:
    """Read a setting from what the API was sent, as the kind of value it is here."""
    if isinstance(kept, bool):
        return value == "yes"
    return int(dec(value)) if isinstance(kept, int) else str(value)


def settings_of_group(site: Site, group: str) -> list[Doc]:
    """Return a group's settings with this shop's values."""
    kept = fixed_data(site)["settings"].get(group)
    if kept is None and group.removeprefix("email_") in mails.KINDS and group.startswith("email_"):
        kept = [_mail_switch(site, group.removeprefix("email_"))]
    if kept is None:
        raise RestError(404, "rest_setting_setting_group_invalid", "Ogiltig inställningsgrupp.")
    shop = site.settings
    settings: list[Doc] = kept
    for setting in settings:
        own = OWN_SETTINGS.get(setting["id"])
        setting["value"] = _shown(getattr(shop, own)) if own else setting.get("value", "")
        setting["_links"] = links_under(site, f"settings/{group}", setting["id"], _ACTIONS)
    return settings


def _mail_switch(site: Site, kind: str) -> Doc:
    """Make the setting that turns a kind of mail on or off."""
    return {
        "id": "enabled",
        "label": "Aktivera/inaktivera",
        "description": "",
        "type": "checkbox",
        "default": "yes" if mails.KINDS[kind] else "no",
        "value": "yes" if mails.is_on(site, kind) else "no",
        "tip": "",
        "group_id": f"email_{kind}",
    }


def list_settings(call: Call) -> Answer:
    """List the settings of a group: general, products or tax."""
    return Answer(cut_fields(call, settings_of_group(call.site, str(call.ids[0]))))


def _setting(call: Call) -> Doc:
    group, name = (str(i) for i in call.ids[:2])
    for setting in settings_of_group(call.site, group):
        if setting["id"] == name:
            return {**setting, "group_id": group}
    raise RestError(404, "rest_setting_setting_invalid", "Ogiltig inställning.")


def get_setting(call: Call) -> Answer:
    """Return one setting."""
    return Answer(_setting(call))


def update_setting(call: Call) -> Answer:
    """Change one of the settings that the shop's sums depend on; others keep their value."""
    setting = _setting(call)
    value, shop = call.params.get("value"), call.site.settings
    own = OWN_SETTINGS.get(setting["id"])
    if setting["group_id"].startswith("email_"):
        shop.mails = {**shop.mails, setting["group_id"].removeprefix("email_"): value == "yes"}
    elif own is not None:
        kept = getattr(shop, own)
        if isinstance(kept, bool) and value not in {"yes", "no"}:
            raise RestError(400, "rest_setting_value_invalid", "Ett ogiltigt inställningsvärde skickades.")
        setattr(shop, own, _read(value, kept))
        call.site.cache.clear()
    return Answer(_setting(call))
