"""What a simulated account does where the real Specter is unknown or may be set up differently.

Each option says whether its default is known behaviour or invented. They are set for all accounts
on the command line (`--option key=value`) and for one account through `/_control/options`.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, TypeVar

T = TypeVar("T")


def _option(default: T, text: str, *, invented: bool = True) -> T:
    return field(default=default, metadata={"help": text, "invented": invented})


@dataclass(frozen=True)
class Options:
    """One account's behaviour."""

    # Answers
    xml_encoding: str = _option("ISO-8859-1", "encoding of XML answers: ISO-8859-1 or UTF-8")
    xml_root: str = _option("SBM", "name of the root element")
    xml_cdata: bool = _option(True, "texts in XML stand in CDATA sections")
    id_element: str = _option("id", "element with the new number in XML write answers; empty leaves it out")
    quote_open_batch: bool = _option(True, "error 99 quotes the open batch in apostrophes", invented=False)
    duplicate_number: bool = _option(True, "error 5 tells the existing order's number")

    # Accounts
    strict_key_case: bool = _option(False, "a signature in upper case is refused")
    require_api_user: bool = _option(False, "v2: a call without apiUserId is refused")
    currencies: str = _option("SEK,EUR,NOK,DKK,USD,GBP", "currencies that are open")
    stock_sites: str = _option("1,2,3", "stock sites; the first is the default site")
    field_limits: str = _option("error", "texts over their limit: error or cut")

    # Customers
    customer_discounts: bool = _option(True, "a card's discount works on rows that send no discount_N")

    # Orders
    strict_articles: bool = _option(False, "an order row with an unknown article is refused (code 6)")
    price_decimals: int = _option(3, "decimals kept of a unit price; more are rounded half up")
    rounding: str = _option("row", "totals rounded per row, per rate, or to whole krona: row, rate, krona")
    invoice_action: str = _option(
        "", "name of an extra action that creates an invoice at once; empty for none"
    )
    invoice_on_delivery: bool = _option(False, "a delivered order is invoiced by itself")

    # Articles
    existing_article_error: bool = _option(
        False, "an existing article without forceArticleUpdate fails the call; otherwise it is left untouched"
    )
    partial_articles: bool = _option(False, "newArticleSubmit keeps the good articles when one fails")
    echo_articles: bool = _option(True, "articles written by the API also appear in the article feed")

    # Feeds
    batch_scope: str = _option(
        "user", "one open batch per feed for each API user, or for the account: user, account"
    )
    empty_read_opens: bool = _option(False, "an empty read opens a batch too")
    unknown_confirm_ok: bool = _option(
        False, "confirming a batch that is not open succeeds; otherwise code 98"
    )
    batch_no_length: int = _option(50, "longest batchNo accepted")
    article_limit: int = _option(500, "most articles in one answer (responseMaxLimit); 0 for no limit")
    stock_limit: int = _option(0, "most articles in one stock answer; 0 for no limit")
    order_limit: int = _option(0, "most orders in one answer; 0 for no limit")
    fractional_stock: bool = _option(
        False, "stock like 2,5 is sent as it is; otherwise whole numbers, rounded down"
    )
    sets_in_stock_feed: bool = _option(False, "SET articles have a number of their own in the stock feed")
    article_extras: bool = _option(True, "article XML carries elements nobody has documented")
    article_structure: bool = _option(True, "article XML carries the variant structure, where there is one")
    article_ids: bool = _option(False, "article XML carries articleId, which a new number does not change")
    deleted_mark: bool = _option(True, "deleted articles appear in the article feed with deleted=1")
    ended_mark: bool = _option(True, "ended articles carry the attribute ended=1 in the article feed")
    renamed_as_deleted: bool = _option(
        False, "the old number of a renamed article appears in the article feed with deleted=1"
    )
    price_list_tiers: bool = _option(
        True, "priceList elements carry fromQuantity for tier prices; otherwise only the first tier is told"
    )
    price_list_dates: bool = _option(
        True,
        "priceList elements carry from and to (the last day); otherwise only prices in force are told",
    )
    price_list_group: bool = _option(True, "priceList elements carry customerGroup, where a list has one")
    order_rows: bool = _option(False, "order XML carries the rows")
    paid_in_feed: bool = _option(
        False, "orderstatus carries paid=1 for a paid order, and payment puts the order in the feed"
    )
    invoice_in_feed: bool = _option(False, "orderstatus carries invoiceNo, with commas between several")
    removed_in_feed: bool = _option(
        True,
        "a removed order is in the order feed with statusId 5; otherwise no feed tells of it",
        invented=False,
    )
    external_no_in_feed: bool = _option(False, "order XML carries the shop's number, externalOrderNo")

    # Triggers
    trigger_method: str = _option("GET", "how triggers are sent: GET or POST")
    trigger_timeout: float = _option(10.0, "seconds to wait for the answer to a trigger")
    trigger_retries: int = _option(3, "how often a failed trigger is tried again")
    trigger_retry_seconds: float = _option(2.0, "seconds between the tries")
    trigger_delay_ms: int = _option(
        50, "a trigger without parameters waits this long, so that a burst becomes one"
    )

    def __post_init__(self) -> None:
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}")

    @property
    def open_currencies(self) -> list[str]:
        """The currencies as a list."""
        return _listed(self.currencies)

    @property
    def sites(self) -> list[str]:
        """The stock sites as a list, the default one first."""
        return _listed(self.stock_sites) or ["1"]


_CHOICES = {
    "xml_encoding": ("ISO-8859-1", "UTF-8"),
    "field_limits": ("error", "cut"),
    "rounding": ("row", "rate", "krona"),
    "batch_scope": ("user", "account"),
    "trigger_method": ("GET", "POST"),
}


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def describe() -> list[dict[str, Any]]:
    """Say for each option its name, default, meaning, and whether the default is invented."""
    return [{"name": f.name, "default": f.default, **f.metadata} for f in fields(Options)]


def changed(options: Options, wishes: Mapping[str, Any]) -> Options:
    """Return options with some changed; values may be text. Raises ValueError with a reason."""
    known = {f.name: f for f in fields(Options)}
    values: dict[str, Any] = {}
    for name, value in wishes.items():
        key = name.replace("-", "_")
        if key not in known:
            raise ValueError(f"no option {name!r}, known: {', '.join(known)}")
        values[key] = _typed(known[key], value)
    return replace(options, **values)


def _typed(option: Field[Any], value: object) -> object:
    default = option.default
    text = str(value).strip()
    if isinstance(default, bool):
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off"):
            return False
        raise ValueError(f"{option.name} must be 1 or 0, not {text!r}")
    if isinstance(default, int):
        return int(text)
    if isinstance(default, float):
        return float(text)
    return text
