"""Who a shop is and whether our key may do its work: the real calls behind `check`.

The permission to write is proved with a batch of no changes, which leaves no trace. WooCommerce
gives a wrong secret and a missing permission the same code (measured); asking both to read and to
write tells them apart.
"""

from collections.abc import Callable, Mapping
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from brygga.connectors.contract.connector import Identity
from brygga.connectors.woocommerce import wire_shop
from brygga.connectors.woocommerce.auth import OAuth1
from brygga.connectors.woocommerce.client import WooClient
from brygga.connectors.woocommerce.settings import (
    AUTO,
    SIGNED,
    SIGNED_HTTP,
    WooSettings,
    site_key,
)
from brygga.connectors.woocommerce.values import flag, text, title
from brygga.domain.errors import ConnectionBroken, RecordRejected, SetupWrong, TryLater
from brygga.domain.message import Message, message
from brygga.domain.money import exponent

NAMESPACE = "wc/v3"
OLDEST = (6, 0)  # `modified_after` came with 5.8; older than this nobody has tried with us
_BY_KEY = ("woocommerce.unknown_key", "woocommerce.key_refused", "woocommerce.write_refused")
_HALF_HOURS = {  # fixed offsets that have no Etc/GMT name
    "3.5": "Asia/Tehran", "4.5": "Asia/Kabul", "5.5": "Asia/Kolkata", "5.75": "Asia/Kathmandu",
    "6.5": "Asia/Yangon", "9.5": "Australia/Darwin", "-3.5": "America/St_Johns", "-9.5": "Pacific/Marquesas",
}  # fmt: skip


def identify(client: WooClient, settings: WooSettings) -> Identity:
    """Prove address, key and both permissions, and return who answered, with remarks.

    Raises ConnectionBroken, SetupWrong or TryLater, each saying what to do.
    """
    index = client.index()
    if not isinstance(index.namespaces, list) or NAMESPACE not in index.namespaces:
        raise ConnectionBroken(
            message("woocommerce.not_installed", host=site_key(settings.url)), str(index.namespaces)
        )
    _prove_key(client, settings)
    values = _setting_values(client)
    system = _system(client)
    site = site_of(index, settings)
    return Identity(
        key=site.key,
        name=site.name,
        currency=values.get("woocommerce_currency", "").upper(),
        time_zone=time_zone(index),
        prices_include_tax=flag(values.get("woocommerce_prices_include_tax")),
        language=text(system.language)[:2].lower(),
        remarks=tuple(_remarks(client, settings, index, values, system)),
        weight_unit=values.get("woocommerce_weight_unit", "") or "kg",
        country=values.get("woocommerce_default_country", "").split(":")[0].upper(),
    )


def site_of(index: wire_shop.Index, settings: WooSettings) -> Identity:
    """Return which site answered, as far as its front page of REST tells."""
    home = text(index.home) or text(index.url) or settings.url
    return Identity(key=site_key(home), name=title(index.name) or site_key(home))


def time_zone(index: wire_shop.Index) -> str:
    """Return the shop's zone by IANA name; a fixed offset becomes a zone without summer time."""
    if (name := text(index.timezone_string)) and _is_zone(name):
        return name
    offset = text(index.gmt_offset) or "0"
    if offset in _HALF_HOURS:
        return _HALF_HOURS[offset]
    try:
        hours = int(float(offset))
    except ValueError:
        return "UTC"
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"  # the sign in Etc names is turned around


def _is_zone(name: str) -> bool:
    # A name that we have no zone for would stop every order of the shop.
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _prove_key(client: WooClient, settings: WooSettings) -> None:
    read = _refusal(lambda: client.orders({"per_page": "1"}))
    write = _refusal(client.write_nothing)
    if read is None and write is None:
        return
    if write is None:
        code = "woocommerce.no_read_permission"
    elif read is None:
        code = "woocommerce.no_write_permission"
    elif read.for_merchant.code == "woocommerce.unknown_key":
        _try_other_ways(client, settings)
        code = "woocommerce.unknown_key"
    else:
        code = "woocommerce.key_or_secret" if client.signed else "woocommerce.wrong_secret"
    error = read or write
    assert error is not None
    raise ConnectionBroken(message(code, **error.for_merchant.facts), error.for_us) from error


def _refusal(call: Callable[[], object]) -> ConnectionBroken | None:
    """Return the refusal of the key, if it is refused. Everything else that is wrong is raised."""
    try:
        call()
    except ConnectionBroken as error:
        if error.for_merchant.code not in _BY_KEY:
            raise
        return error
    return None


def _try_other_ways(client: WooClient, settings: WooSettings) -> None:
    """Find out whether a way of signing in that gets past the web server would have worked."""
    if settings.over_http or settings.signing != AUTO:
        return
    for way, scheme in ((SIGNED, ""), (SIGNED_HTTP, "http")):
        other = client.signed_by(OAuth1(settings.consumer_key, settings.consumer_secret, scheme=scheme))
        if _refusal(partial(other.orders, {"per_page": "1"})) is None:
            raise SetupWrong(message("woocommerce.other_signing", signing=way), setting="signing")


def _setting_values(client: WooClient) -> Mapping[str, str]:
    return {
        text(setting.id): text(setting.value)
        for group in ("general", "tax", "products")
        for setting in client.settings(group)
    }


def _system(client: WooClient) -> wire_shop.Environment:
    # Only for the language and a remark on the version: a shop that keeps it to itself is fine.
    try:
        return client.system().environment
    except (ConnectionBroken, RecordRejected, TryLater):
        return wire_shop.Environment()


def _remarks(
    client: WooClient,
    settings: WooSettings,
    index: wire_shop.Index,
    values: Mapping[str, str],
    system: wire_shop.Environment,
) -> list[Message]:
    remarks = []
    currency = values.get("woocommerce_currency", "").upper()
    decimals = values.get("woocommerce_price_num_decimals", "")
    version = text(system.version)
    home = text(index.home) or settings.url
    if settings.over_http:
        remarks.append(message("woocommerce.plain_http"))
    if site_key(home) != site_key(settings.url):
        remarks.append(
            message("woocommerce.other_address", given=site_key(settings.url), home=site_key(home))
        )
    if version and _older(version):
        remarks.append(message("woocommerce.old_version", version=version, oldest=".".join(map(str, OLDEST))))
    if decimals.isdigit() and (int(decimals) != exponent(currency) or exponent(currency) != 2):
        remarks.append(message("woocommerce.unusual_decimals", currency=currency, decimals=decimals))
    if not text(index.timezone_string):
        remarks.append(message("woocommerce.no_time_zone", zone=time_zone(index)))
    if values.get("woocommerce_calc_taxes") == "no":
        remarks.append(message("woocommerce.taxes_off"))
    if values.get("woocommerce_tax_round_at_subtotal") == "yes":
        remarks.append(message("woocommerce.subtotal_rounding"))
    if client.noisy:
        remarks.append(message("woocommerce.noise"))
    return remarks


def _older(version: str) -> bool:
    parts = version.split(".")
    numbers = tuple(int(part) for part in parts[:2] if part.isdigit())
    return len(numbers) == 2 and numbers < OLDEST
