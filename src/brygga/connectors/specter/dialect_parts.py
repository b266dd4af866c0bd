"""The parts of the dialect as types; what each entry means is said in `dialect.toml`."""

import re
from dataclasses import dataclass

from brygga.connectors.contract.connector import RoundingModel

Words = tuple[str, ...]
Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Actions:
    """Names of the operations."""

    new_customer: str
    new_order: str
    new_invoice: str
    new_article: str
    read_orders: str
    confirm_orders: str
    read_articles: str
    confirm_articles: str
    read_stock: str
    confirm_stock: str
    check: str


@dataclass(frozen=True, slots=True)
class Routing:
    """Addresses and the parameters that say who calls and how."""

    read_path: str
    write_path: str
    use_xml_writes: str
    use_xml_reads: str
    key_in_query_for_articles: bool
    web_shop: str
    web_shop_v1: str
    web_shop_on_reads: bool
    every_site: str


@dataclass(frozen=True, slots=True)
class Signing:
    """What is not told of the signature."""

    check_text: str


@dataclass(frozen=True, slots=True)
class CustomerFields:
    """Uncertain fields and shapes of a customer."""

    org_no_shape: str
    missing_name: str
    type_value: str
    comment: str
    fax: str


@dataclass(frozen=True, slots=True)
class OrderFields:
    """Uncertain fields of an order; an empty name leaves the field out."""

    order_date: str
    delivery_date: str
    customer_reference: str
    customer_order_reference: str
    our_reference: str
    user_source: str
    row_discount: str


@dataclass(frozen=True, slots=True)
class ArticleFields:
    """Uncertain fields and habits of articles."""

    new_number: str
    left_alone_is_refusal: bool


@dataclass(frozen=True, slots=True)
class XmlNames:
    """Names in XML answers, in lower case."""

    response: Words
    result: Words
    code: Words
    message: Words
    id: Words
    orders: Words
    order: Words
    order_no: Words
    external_no: Words
    status: Words
    delivery_status: Words
    status_id: Words
    deliveries: Words
    updated: Words
    delivery: Words
    tracking_no: Words
    paid: Words
    invoice_no: Words
    removed: Words
    articles: Words
    article: Words
    article_no: Words
    stock_changes: Words
    stock: Words
    stock_site: Words
    stock_available: Words
    max_limit: Words


@dataclass(frozen=True, slots=True)
class ArticleNames:
    """What the article feed calls what it tells, in lower case."""

    name: Words
    price: Words
    vat_percent: Words
    barcode: Words
    weight: Words
    group: Words
    id: Words
    variant: Words
    parent_no: Words
    options: Words
    option: Words
    option_name: Words
    option_value: Words
    parts: Words
    part: Words
    part_quantity: Words
    price_lists: Words
    price_list: Words
    list_name: Words
    list_price: Words
    list_currency: Words
    from_quantity: Words
    starts: Words
    ends: Words
    deleted: Words
    ended: Words
    for_web: Words
    description: Words
    short_description: Words


@dataclass(frozen=True, slots=True)
class Lists:
    """How the stock feed's list with semicolons looks; columns are counted from 1."""

    article_no_column: int
    available_column: int
    heading: Words


@dataclass(frozen=True, slots=True)
class Codes:
    """Values of states and marks in the feeds; those of marks in lower case."""

    delivered: Words
    partly_delivered: Words
    cancelled: Words
    updated: Words
    removed: Words
    yes: Words
    no: Words
    unsaid: Words


@dataclass(frozen=True, slots=True)
class ErrorCodes:
    """Error codes by meaning."""

    open_batch: Words
    bad_key: Words
    unknown_account: Words
    missing_parameter: Words
    customer_unknown: Words
    duplicate_order: Words
    article_unknown: Words
    article_exists: Words
    currency_closed: Words


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """What the ERP's words look like by meaning."""

    bad_key: Pattern
    unknown_account: Pattern
    missing_parameter: Pattern
    customer_unknown: Pattern
    duplicate_order: Pattern
    article_unknown: Pattern
    article_exists: Pattern
    currency_closed: Pattern


@dataclass(frozen=True, slots=True)
class Patterns:
    """How a number is found in the ERP's words."""

    open_batch: Pattern
    existing_number: Pattern
    maintenance: Pattern


@dataclass(frozen=True, slots=True)
class Lengths:
    """Most characters of a field; 0 means that no limit is known."""

    name: int
    first_name: int
    contact: int
    address: int
    postcode: int
    region: int
    email: int
    phone: int
    org_no: int
    vat_no: int
    external_order_no: int
    customer_reference: int
    customer_order_reference: int
    delivery_method: int
    payment_reference: int
    article_no: int
    article_name: int
    comment: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much, how exact, how fast."""

    unit_decimals: int
    amount_decimals: int
    quantity_decimals: int
    whole_percent: bool
    rounding: RoundingModel
    article_price_decimals: int
    weight_decimals: int
    article_batch: int
    form_bytes: int
    parallel_calls: int
    timeout_seconds: int
    currencies: Words


@dataclass(frozen=True, slots=True)
class Lettering:
    """How texts are made fit for the wire."""

    unfit_article_characters: str
    semicolon: str
    comment_line_breaks: bool
    web_texts_encoded: bool


@dataclass(frozen=True, slots=True)
class PaymentCodes:
    """What is known of the payment codes."""

    known: Words
    drops_decimals: Words
    prepaid_methods: Words
