"""What tells about the shop itself: index, taxes, shipping, status, currencies, reports.

The fixed shapes are in `shop_data.json`; what a shop has set up is written into them.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from brygga_simulators.woocommerce.api import API, Answer, Call, cut_fields
from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.rendering import links
from brygga_simulators.woocommerce.settings import CURRENCY_NAMES, SYMBOL_ENTITIES, VERSION, WORDPRESS_VERSION
from brygga_simulators.woocommerce.site import Doc, Site

_NO_DELETE = ["GET", "POST", "PUT", "PATCH"]
_READ = ["GET"]
_REPORTS_WITHOUT_ROUTE = {"categories/totals", "tags/totals", "attributes/totals"}
"""Reports that the real shop lists, though their addresses lead nowhere."""
_COUNTRIES = {"SE": "Sverige", "NO": "Norge", "DK": "Danmark", "FI": "Finland", "DE": "Tyskland"}


@cache
def _data_text() -> str:
    return (Path(__file__).parent / "shop_data.json").read_text(encoding="utf-8")


def fixed_data(site: Site) -> Doc:
    """Return the fixed shapes, a copy to change, with this shop's address in them."""
    made: Doc = json.loads(_data_text().replace("{site}", site.url))
    return made


def count_headers(rows: list[Any]) -> list[tuple[str, str]]:
    """Return the headers of a list that is not paged."""
    return [("X-WP-Total", str(len(rows))), ("X-WP-TotalPages", "1" if rows else "0")]


def links_under(site: Site, path: str, name: Any, actions: list[str] | None = None) -> Doc:
    """Make the `_links` of something below /wp-json/wc/v3 that has a name."""
    base = f"{site.url}{API}/{path}"
    return links(f"{base}/{name}", base, actions)


def root_index(call: Call) -> Answer:
    """Tell who the site is and which namespaces it has; open to all."""
    site = call.site
    offset = site.now().astimezone(site.settings.zone).utcoffset()
    hours = offset.total_seconds() / 3600 if offset else 0
    index = {
        "name": site.settings.title,
        "description": "",
        "url": site.url,
        "home": site.url,
        "gmt_offset": int(hours) if hours == int(hours) else hours,
        "timezone_string": site.settings.timezone,
        "page_for_posts": 0,
        "page_on_front": 0,
        "show_on_front": "posts",
        "namespaces": ["oembed/1.0", "wc/v3", "wc/v1", "wc/v2", "wc/store", "wc/store/v1", "wp/v2"],
        "authentication": [],
        "routes": {},
        "site_logo": 0,
        "site_icon": 0,
        "site_icon_url": "",
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    }
    return Answer(cut_fields(call, index))


def list_taxes(call: Call) -> Answer:
    """List the tax rates."""
    wanted = call.query.get("class")
    rates = [r for r in call.site.settings.rates if wanted in {None, r["class"]}]
    rows = [
        {k: v for k, v in r.items() if k != "shipping"}
        | {"shipping": r.get("shipping", True), "_links": links_under(call.site, "taxes", r["id"])}
        for r in rates
    ]
    return Answer(cut_fields(call, rows), headers=count_headers(rows))


def get_tax(call: Call) -> Answer:
    """Return one tax rate."""
    for rate in call.site.settings.rates:
        if rate["id"] == call.id:
            return Answer({**rate, "_links": links_under(call.site, "taxes", rate["id"])})
    raise RestError(404, "woocommerce_rest_invalid_id", "Ogiltigt resurs-ID.")


def list_tax_classes(call: Call) -> Answer:
    """List the tax classes; the standard one has no place of its own in a product's field."""
    classes = {"standard": "Standardmoms", **call.site.settings.tax_classes}
    collection = f"{call.site.url}{API}/taxes/classes"
    rows = [
        {"slug": slug, "name": name, "_links": {"collection": [{"href": collection}]}}
        for slug, name in classes.items()
    ]
    return Answer(cut_fields(call, rows), headers=count_headers(rows))


def list_zones(call: Call) -> Answer:
    """List the shipping zones."""
    names = {0: "Platser som inte omfattas av dina andra zoner", 1: "Sverige"}
    rows = []
    for zone_id, name in names.items():
        made = links_under(call.site, "shipping/zones", zone_id)
        made["describedby"] = [{"href": f"{call.site.url}{API}/shipping/zones/{zone_id}/locations"}]
        rows.append({"id": zone_id, "name": name, "order": 0, "_links": made})
    return Answer(cut_fields(call, rows), headers=count_headers(rows))


def list_zone_locations(call: Call) -> Answer:
    """List where a zone is."""
    zone = f"{call.site.url}{API}/shipping/zones/{call.ids[0]}"
    made = {"collection": [{"href": f"{zone}/locations"}], "describes": [{"href": zone}]}
    rows = [{"code": "SE", "type": "country", "_links": made}] if call.id == 1 else []
    return Answer(rows, headers=count_headers(rows))


def list_zone_methods(call: Call) -> Answer:
    """List a zone's shipping methods."""
    zone = f"{call.site.url}{API}/shipping/zones/{call.ids[0]}"
    rows = fixed_data(call.site)["zone_methods"] if call.id == 1 else []
    for row in rows:
        row["_links"] = links(f"{zone}/methods/{row['id']}", f"{zone}/methods")
        row["_links"]["describes"] = [{"href": zone}]
    return Answer(cut_fields(call, rows), headers=count_headers(rows))


def list_shipping_methods(call: Call) -> Answer:
    """List the kinds of shipping."""
    rows = fixed_data(call.site)["shipping_methods"]
    for row in rows:
        row["_links"] = links_under(call.site, "shipping_methods", row["id"], _READ)
    return Answer(cut_fields(call, rows), headers=count_headers(rows))


def system_status(call: Call) -> Answer:
    """Return the status report; its settings and environment are this shop's."""
    site = call.site
    status = fixed_data(site)["system_status"]
    status["environment"] |= {
        "home_url": site.url,
        "site_url": site.url,
        "version": VERSION,
        "wp_version": WORDPRESS_VERSION,
        "language": site.settings.locale,
    }
    status["settings"] |= {
        "currency": site.settings.currency,
        "currency_symbol": SYMBOL_ENTITIES.get(site.settings.currency, site.settings.currency),
    }
    return Answer(cut_fields(call, status))


def _currency(site: Site, code: str) -> Doc:
    return {
        "code": code,
        "name": CURRENCY_NAMES.get(code, code),
        "symbol": SYMBOL_ENTITIES.get(code, code),
        "_links": links_under(site, "data/currencies", code, _READ),
    }


def current_currency(call: Call) -> Answer:
    """Return the shop's currency."""
    return Answer(_currency(call.site, call.site.settings.currency))


def list_currencies(call: Call) -> Answer:
    """List some currencies."""
    return Answer([_currency(call.site, code) for code in CURRENCY_NAMES])


def get_country(call: Call) -> Answer:
    """Return one country."""
    code = str(call.ids[0]).upper()
    if code not in _COUNTRIES:
        raise RestError(404, "woocommerce_rest_data_invalid_location", "Det finns inga platser som matchar.")
    made = links_under(call.site, "data/countries", code.lower(), _READ)
    return Answer({"code": code, "name": _COUNTRIES[code], "states": [], "_links": made})


def list_reports(call: Call) -> Answer:
    """List the reports there are in the real shop."""
    rows = fixed_data(call.site)["reports"]
    for row in rows:
        row["_links"] = links_under(call.site, "reports", row["slug"], _READ)
        if row["slug"] in _REPORTS_WITHOUT_ROUTE:
            del row["_links"]["self"][0]["targetHints"]
    return Answer(rows)


def order_totals(call: Call) -> Answer:
    """Count orders by status."""
    counts: dict[str, int] = {}
    for order in call.site.orders.values():
        counts[order["status"]] = counts.get(order["status"], 0) + 1
    return Answer(
        [{"slug": s, "name": n, "total": counts.get(s, 0)} for s, n in call.site.settings.statuses.items()]
    )


def product_totals(call: Call) -> Answer:
    """Count products by type."""
    names = {
        "external": "Extern produkt",
        "grouped": "Grupperad produkt",
        "simple": "Enkel produkt",
        "variable": "Variabel produkt",
    }
    live = [p for p in call.site.products.values() if p["status"] != "trash"]
    return Answer(
        [{"slug": s, "name": n, "total": sum(p["type"] == s for p in live)} for s, n in names.items()]
    )
