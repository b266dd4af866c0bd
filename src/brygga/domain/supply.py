"""What an ERP tells of its range: articles with prices and structure, and how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from brygga.domain.order import OptionValue


@dataclass(frozen=True, slots=True)
class ListPrice:
    """A price of a named list, VAT excluded. `from_quantity` above 1 is a tier, which no shop core holds."""

    name: str
    price_ex: Decimal
    currency: str = ""
    from_quantity: Decimal = Decimal(1)
    starts: date | None = None
    ends: date | None = None  # the last day it is in force


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """An article as the ERP's feed told of it. What the feed does not tell is None or empty.

    `parent_no` and `options` are the ERP's own variant structure; `parts` those of a set article,
    by article number. `id` is the ERP's internal id, which survives a new number.
    """

    article_no: str
    name: str = ""
    price_ex: Decimal | None = None
    vat_percent: Decimal | None = None
    barcode: str = ""
    weight_kg: Decimal | None = None
    group: str = ""
    parent_no: str = ""
    options: tuple[OptionValue, ...] = ()
    parts: Mapping[str, Decimal] = field(default_factory=dict)
    lists: tuple[ListPrice, ...] = ()
    for_web: bool | None = None
    ended: bool = False
    description: str = ""
    short_description: str = ""
    id: str = ""
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StockLevel:
    """How many of an article are available at one site; an empty site is the ERP's default.

    Available is on hand less what is reserved, and may be negative. It is absolute: the same row
    twice changes nothing.
    """

    article_no: str
    available: Decimal
    site: str = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """All that the feeds have told of one article so far. Times are when the reading was begun."""

    article: ArticleInfo
    article_read_at: datetime | None = None  # None: only its stock was told
    stock: Mapping[str, Decimal] = field(default_factory=dict)  # available by site
    stock_read_at: datetime | None = None  # None: no stock was ever told
