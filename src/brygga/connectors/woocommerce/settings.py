"""What a connection to a shop asks for: address, key, secret and a few keys of plugins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from brygga.connectors.contract.settings import Field, read_settings
from brygga.domain.errors import SetupWrong
from brygga.domain.message import message

AUTO, SIGNED, SIGNED_HTTP = "auto", "signed", "signed_http"

FIELDS = (
    Field(
        name="url",
        label={"sv": "Butikens adress", "en": "Shop address"},
        help={
            "sv": "Adressen till butikens startsida, till exempel https://butiken.se.",
            "en": "The address of the shop's front page, for instance https://shop.se.",
        },
    ),
    Field(
        name="consumer_key",
        label={"sv": "Konsumentnyckel", "en": "Consumer key"},
        help={
            "sv": "Skapas under WooCommerce > Inställningar > Avancerat > REST API med behörigheten Läs/Skriv.",
            "en": "Made under WooCommerce > Settings > Advanced > REST API with Read/Write permission.",
        },
        secret=True,
    ),
    Field(
        name="consumer_secret",
        label={"sv": "Konsumenthemlighet", "en": "Consumer secret"},
        help={
            "sv": "Visas en enda gång, när nyckeln skapas. Börjar på cs_.",
            "en": "Shown only once, when the key is made. Begins with cs_.",
        },
        secret=True,
    ),
    Field(
        name="signing",
        label={"sv": "Inloggningssätt", "en": "Way of signing in"},
        help={
            "sv": "Låt stå på auto. signed: webbservern tar bort inloggningshuvudet. "
            "signed_http: butiken ligger bakom en proxy och tror att den nås utan https.",
            "en": "Leave it at auto. signed: the web server drops the login header. "
            "signed_http: the shop is behind a proxy and believes it is reached without https.",
        },
        required=False,
        default=AUTO,
        choices=(AUTO, SIGNED, SIGNED_HTTP),
    ),
    Field(
        name="organisation_no_keys",
        label={"sv": "Fält med organisationsnummer", "en": "Fields with organisation number"},
        help={
            "sv": "Namn på egna orderfält (metadata) där organisationsnumret står, med komma emellan. Söks först.",
            "en": "Names of the shop's own order fields (metadata) holding it, separated by commas. Tried first.",
        },
        required=False,
    ),
    Field(
        name="vat_no_keys",
        label={"sv": "Fält med momsregistreringsnummer", "en": "Fields with VAT number"},
        help={
            "sv": "Namn på egna orderfält (metadata) där VAT-numret står, med komma emellan. Söks först.",
            "en": "Names of the shop's own order fields (metadata) holding it, separated by commas. Tried first.",
        },
        required=False,
    ),
    Field(
        name="merchant_account_keys",
        label={"sv": "Fält med säljkonto", "en": "Fields with merchant account"},
        help={
            "sv": "Namn på orderfält där betalleverantörens kontonummer står, om butiken har flera konton.",
            "en": "Names of order fields holding the payment provider's account, if the shop has several.",
        },
        required=False,
    ),
)

SECRET_FIELDS = tuple(field.name for field in FIELDS if field.secret)


@dataclass(frozen=True, slots=True)
class WooSettings:
    """The settings as the connector uses them; `url` has no trailing slash and no path of the API."""

    url: str
    consumer_key: str
    consumer_secret: str
    signing: str = AUTO
    organisation_no_keys: tuple[str, ...] = ()
    vat_no_keys: tuple[str, ...] = ()
    merchant_account_keys: tuple[str, ...] = ()

    @property
    def over_http(self) -> bool:
        """Say that the shop is called without encryption."""
        return self.url.startswith("http://")


def woo_settings(given: Mapping[str, Any], secrets: Mapping[str, str]) -> WooSettings:
    """Check what was given. Raises SetupWrong naming the field that is missing or impossible."""
    values = read_settings(FIELDS, {**given, **secrets})
    key, secret = values["consumer_key"], values["consumer_secret"]
    if key.startswith("cs_") or secret.startswith("ck_"):
        raise SetupWrong(message("woocommerce.keys_swapped"), setting="consumer_key")
    return WooSettings(
        url=site_address(values["url"]),
        consumer_key=key,
        consumer_secret=secret,
        signing=values["signing"],
        organisation_no_keys=_names(values["organisation_no_keys"]),
        vat_no_keys=_names(values["vat_no_keys"]),
        merchant_account_keys=_names(values["merchant_account_keys"]),
    )


def site_address(url: str) -> str:
    """Return the shop's own address from what people paste. Raises SetupWrong for no address."""
    bad = SetupWrong(message("setup.bad_address", url=url), setting="url")
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise bad from None
    if not host or parts.scheme not in ("http", "https"):
        raise bad
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != {"http": 80, "https": 443}[parts.scheme]:
        netloc += f":{port}"
    path = parts.path.split("/wp-json")[0].split("/wp-admin")[0].rstrip("/")
    return f"{parts.scheme}://{netloc}{path}"


def site_key(url: str) -> str:
    """Return what tells one shop from another: its address without scheme, www and last slash."""
    return url.split("://", 1)[-1].rstrip("/").lower().removeprefix("www.")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
