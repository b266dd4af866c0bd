"""/payment_gateways: list, get and change; the plugins' own switches are among the settings."""

from typing import Any

from brygga_simulators.woocommerce.api import Answer, Call, cut_fields
from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.gateways import PLUGINS, gateway_rows
from brygga_simulators.woocommerce.params import BOOLEAN, OBJECT, STRING, check
from brygga_simulators.woocommerce.shop_api import count_headers, fixed_data, links_under
from brygga_simulators.woocommerce.site import Doc, Site

_ACTIONS = ["GET", "POST", "PUT", "PATCH"]


def list_gateways(call: Call) -> Answer:
    """List the payment methods: core's own, and those of the plugins installed."""
    rows = _rows(call.site)
    return Answer(cut_fields(call, rows), headers=count_headers(rows))


def get_gateway(call: Call) -> Answer:
    """Return one payment method."""
    return Answer(cut_fields(call, _find(call.site, str(call.ids[0]))))


def update_gateway(call: Call) -> Answer:
    """Change a plugin's gateway: enabled, title, description, and settings by their id."""
    site, name = call.site, str(call.ids[0])
    row = _find(site, name)
    body = check(
        call.params, {"enabled": BOOLEAN, "title": STRING, "description": STRING, "settings": OBJECT}
    )
    plugin = next((p for p in PLUGINS.values() if p.methods[0] == name), None)
    kept = site.settings.gateways.get(plugin.name) if plugin else None
    if kept is None:
        return Answer(row)
    given: dict[str, Any] = body.get("settings") or {}
    for key, value in given.items():
        setting = row["settings"].get(key)
        if setting is None or (setting["type"] == "checkbox" and value not in {"yes", "no"}):
            raise RestError(400, "rest_setting_value_invalid", "Ett ogiltigt inställningsvärde skickades.")
        kept[key] = str(value)
    kept |= {field: body[field] for field in ("enabled", "title", "description") if field in body}
    return Answer(_find(site, name))


def _rows(site: Site) -> list[Doc]:
    rows = [*fixed_data(site)["payment_gateways"], *gateway_rows(site)]
    for row in rows:
        row["_links"] = links_under(site, "payment_gateways", row["id"], _ACTIONS)
    return rows


def _find(site: Site, name: str) -> Doc:
    for row in _rows(site):
        if row["id"] == name:
            return row
    raise RestError(404, "woocommerce_rest_payment_gateway_invalid", "Resursen finns inte.")
