"""What a connection to Specter asks for, and the account those settings make.

Version 2 (shops connected after August 2020) signs with ApiUserKey and IntegrationKey and names
an API user; version 1 signs with MD5 Key 1 and MD5 Key 2. Specter hands the values out when the
web-shop link is ordered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from brygga.connectors.contract.settings import Field, read_settings
from brygga.connectors.specter.dialect import Dialect
from brygga.domain.errors import SetupWrong
from brygga.domain.message import message

DEFAULT_URL = "https://api.specter.se"

FIELDS = (
    Field(
        "base_url",
        {"sv": "API-adress", "en": "API address"},
        {
            "sv": "Ändra bara om Specter har gett er en testmiljö.",
            "en": "Change it only if Specter has given you a test environment.",
        },
        default=DEFAULT_URL,
    ),
    Field(
        "sbm_id",
        {"sv": "SBM-id", "en": "SBM id"},
        {
            "sv": "Kontots nummer hos Specter. Bara siffror.",
            "en": "The account's number at Specter. Digits only.",
        },
    ),
    Field(
        "api_version",
        {"sv": "API-version", "en": "API version"},
        {
            "sv": "2 för kopplingar beställda efter augusti 2020, annars 1. "
            "Version 2 kräver ApiUserKey och IntegrationKey, version 1 kräver MD5-nyckel 1 och 2.",
            "en": "2 for links ordered after August 2020, else 1. "
            "Version 2 needs ApiUserKey and IntegrationKey, version 1 needs MD5 key 1 and 2.",
        },
        default="2",
        choices=("2", "1"),
    ),
    Field(
        "api_user_id",
        {"sv": "API-användarens id", "en": "API user id"},
        {
            "sv": "Version 2. Be Specter om en egen API-användare för Brygga, så att ingen annan "
            "koppling läser bort ändringarna. Kan lämnas tomt om Specter inte har gett något.",
            "en": "Version 2. Ask Specter for an API user of its own for Brygga, so that no other "
            "link drains the changes. May be empty if Specter gave none.",
        },
        required=False,
    ),
    Field(
        "api_user_key",
        {"sv": "ApiUserKey", "en": "ApiUserKey"},
        {
            "sv": "Krävs i version 2. Kallas också ”Nyckel”.",
            "en": "Required in version 2. Also called “Nyckel”.",
        },
        required=False,
        secret=True,
    ),
    Field(
        "integration_key",
        {"sv": "IntegrationKey", "en": "IntegrationKey"},
        {
            "sv": "Krävs i version 2. Kallas också ”Nyckel2”.",
            "en": "Required in version 2. Also called “Nyckel2”.",
        },
        required=False,
        secret=True,
    ),
    Field(
        "md5_key_1",
        {"sv": "MD5-nyckel 1", "en": "MD5 key 1"},
        {"sv": "Krävs i version 1, lämnas annars tomt.", "en": "Required in version 1, else left empty."},
        required=False,
        secret=True,
    ),
    Field(
        "md5_key_2",
        {"sv": "MD5-nyckel 2", "en": "MD5 key 2"},
        {"sv": "Krävs i version 1, lämnas annars tomt.", "en": "Required in version 1, else left empty."},
        required=False,
        secret=True,
    ),
    Field(
        "web_shop",
        {"sv": "Webbutikens nummer", "en": "Web-shop number"},
        {
            "sv": "Bara när flera butiker delar ett Specterkonto (version 2): numret Specter har gett butiken.",
            "en": "Only when several shops share one Specter account (version 2): the number Specter gave the shop.",
        },
        required=False,
    ),
)

SECRET_FIELDS = tuple(f.name for f in FIELDS if f.secret)
_KEYS = {"2": ("api_user_key", "integration_key"), "1": ("md5_key_1", "md5_key_2")}


@dataclass(frozen=True, slots=True)
class Account:
    """One account at Specter and how it is called."""

    base_url: str
    sbm_id: str
    version: str
    api_user_id: str
    web_shop: str
    inner_secret: str = field(repr=False)
    outer_secret: str = field(repr=False)

    @property
    def host(self) -> str:
        """The API's host, with its port if it has one."""
        return urlsplit(self.base_url).netloc.lower()


def read_account(settings: Mapping[str, Any], secrets: Mapping[str, str], dialect: Dialect) -> Account:
    """Return the account. Raises SetupWrong naming the field that is missing or malformed."""
    values = read_settings(FIELDS, {**settings, **secrets})
    version = values["api_version"]
    for name in _KEYS[version]:
        if not values[name]:
            raise SetupWrong(
                message("specter.missing_for_version", field=name, version=version), setting=name
            )
    if not (values["sbm_id"].isascii() and values["sbm_id"].isdigit()):
        raise SetupWrong(message("specter.sbm_id", value=values["sbm_id"]), setting="sbm_id")
    url = values["base_url"].rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise SetupWrong(message("setup.bad_address", url=values["base_url"]), setting="base_url")
    if values["web_shop"] and not web_shop_field(version, dialect):
        raise SetupWrong(message("specter.no_multishop", version=version), setting="web_shop")
    for name in (*_KEYS[version], "api_user_id"):
        if not values[name].isascii():
            # Keys are hex or GUID-shaped: something else was pasted, and it could not be signed.
            raise SetupWrong(message("specter.odd_key", field=name), setting=name)
    inner, outer = _KEYS[version]
    return Account(
        base_url=url,
        sbm_id=values["sbm_id"],
        version=version,
        api_user_id=values["api_user_id"] if version == "2" else "",
        web_shop=values["web_shop"],
        inner_secret=values[inner],
        outer_secret=values[outer],
    )


def web_shop_field(version: str, dialect: Dialect) -> str:
    """Return the parameter that carries the shop's number, empty if several shops aren't offered."""
    return dialect.routing.web_shop if version == "2" else dialect.routing.web_shop_v1
