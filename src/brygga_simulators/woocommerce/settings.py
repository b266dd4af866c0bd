"""What is set up in a shop: currency, zone, tax rules, rates, statuses and shipping."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any
from zoneinfo import ZoneInfo

VERSION = "10.0.2"
WORDPRESS_VERSION = "6.8.8"

STATUS_NAMES = {
    "pending": "Inväntar betalning",
    "processing": "Behandlas",
    "on-hold": "Pausad",
    "completed": "Färdigbehandlad",
    "cancelled": "Avbruten",
    "refunded": "Återbetald",
    "failed": "Misslyckad",
    "checkout-draft": "Utkast",
}

SYMBOLS = {"SEK": "kr", "NOK": "kr", "DKK": "kr", "EUR": "€", "USD": "$", "GBP": "£", "PLN": "zł"}
SYMBOL_ENTITIES = {
    "SEK": "&#107;&#114;",
    "NOK": "&#107;&#114;",
    "DKK": "kr.",
    "EUR": "&euro;",
    "USD": "&#36;",
    "GBP": "&pound;",
    "PLN": "&#122;&#322;",
}
CURRENCY_NAMES = {
    "SEK": "Svenska kronor",
    "NOK": "Norska kronor",
    "DKK": "Danska kronor",
    "EUR": "Euro",
    "USD": "Amerikanska dollar",
    "GBP": "Brittiska pund",
    "PLN": "Polska zloty",
}


def rate(
    rate_id: int, country: str, percent: str, tax_class: str = "standard", name: str = ""
) -> dict[str, Any]:
    """Make one tax rate as `/taxes` shows it."""
    return {
        "id": rate_id,
        "country": country,
        "state": "",
        "postcode": "",
        "city": "",
        "rate": f"{float(percent):.4f}",
        "name": name or f"Moms {percent}%",
        "priority": 1,
        "compound": False,
        "shipping": True,
        "order": 0,
        "class": tax_class,
        "postcodes": [],
        "cities": [],
    }


def swedish_rates() -> list[dict[str, Any]]:
    """Make the four Swedish rates, one a tax class."""
    return [
        rate(1, "SE", "25"),
        rate(2, "SE", "12", "moms-12"),
        rate(3, "SE", "6", "moms-6"),
        rate(4, "SE", "0", "momsfri"),
    ]


@dataclass
class ShopSettings:
    """One shop's settings; control requests may change each of them."""

    title: str = "Testbutiken Åäö"
    currency: str = "SEK"
    timezone: str = "Europe/Stockholm"
    base_country: str = "SE"
    prices_include_tax: bool = True
    round_at_subtotal: bool = False
    decimals: int = 2
    """How many decimals prices and sums have."""
    weight_unit: str = "kg"
    dimension_unit: str = "cm"
    manage_stock: bool = True
    """Whether the shop counts stock at all."""
    hide_out_of_stock: bool = False
    hold_stock_minutes: int = 60
    """How long an unpaid checkout order lives, when the job runs; 0 is for ever."""
    number_prefix: str = ""
    """What an order-number plugin puts before the id; `number` is then not the id."""
    custom_statuses: dict[str, str] = field(default_factory=dict)
    tax_classes: dict[str, str] = field(
        default_factory=lambda: {"moms-12": "Moms 12", "moms-6": "Moms 6", "momsfri": "Momsfri"}
    )
    rates: list[dict[str, Any]] = field(default_factory=swedish_rates)
    admin_email: str = "admin@example.se"
    locale: str = "sv_SE"
    gateways: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Payment plugins installed, by name, with their settings; see `gateways.py`."""
    mails: dict[str, bool] = field(default_factory=dict)
    """Mails switched on or off against their default, by kind; see `mails.py`."""
    refunding_gateways: list[str] = field(default_factory=list)
    """Payment methods whose plugin can pay money back; others answer api_refund with 500."""

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def statuses(self) -> dict[str, str]:
        """Every order status with its name, plugins' last."""
        return {**STATUS_NAMES, **self.custom_statuses}

    def change(self, asked: dict[str, Any]) -> None:
        """Take over values from a control request. Raises ValueError for unknown ones, TypeError for wrong ones."""
        known = {f.name: f for f in fields(self)}
        for name, value in asked.items():
            if name not in known:
                raise ValueError(f"unknown setting {name!r}, known: {', '.join(known)}")
            current = getattr(self, name)
            if type(value) is not type(current):
                raise TypeError(f"{name} must be of type {type(current).__name__}")
        if "timezone" in asked:
            ZoneInfo(asked["timezone"])
        for name, value in asked.items():
            setattr(self, name, value)

    def dump(self) -> dict[str, Any]:
        """Return all settings as plain data."""
        return asdict(self)
