"""Orders as a shop's JSON: computed as WooCommerce computes them, and as plugins bend them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import strategies as st

Doc = dict[str, Any]
ZERO = Decimal(0)
EXPONENTS = {"JPY": 0, "KWD": 3}
SKUS = ["A-1", "B-2", "C-3", "PK-500"]
# Latin-1 and far beyond it: emoji, right to left, combining marks, control signs, full width, digits of others.
ODD = [
    "Åsa Öberg", "Zofia Łęcka-Öberg 🌸", "Đorđe", "محمد علي", "שלום", "Søren", "Ærø", "O’Brien", "山田 太郎",
    "Иван Петров", "e\u0301", "a\u0000b".replace("\u0000", "\x07"), "rad\nbrytning;och semikolon", "“Citat” – …",
    "A&amp;O", "½ m²", "ﬁn", "\u202eomvänt\u202c", "１２３", "٠٧٠", "x" * 300, "ord " * 90, "Frågan?", "👩‍👩‍👧‍👦", "\ufeffBOM", "",
]  # fmt: skip
NUL_FREE = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
TEXTS = st.one_of(
    st.sampled_from(ODD), st.text(NUL_FREE, max_size=40), st.text(NUL_FREE, min_size=100, max_size=200)
)
NAMES = st.one_of(st.sampled_from(["Åsa", "Öberg", "Ali", "Łęcka", "Ng"]), TEXTS)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**80), 2**80),
        st.floats(allow_nan=False, allow_infinity=False),
        TEXTS,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(NUL_FREE, max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
META_KEYS = st.sampled_from(
    ["engraving", "pa_farg", "_reduced_stock", "is_vat_exempt", "_billing_organisation_number", "_vat_number", "orgnr",
     "your_reference", "_customer_order_number", "_pickup_point", "_delivery_date", "wpml_language", "_ywgc_applied_gift_cards",
     "ywgc_gift_card_updated_as_fee", "_bundled_by", "_bundle_cart_key", "_woosb_parent_id", "_composite_parent", "_wc_klarna_order_id"]
)  # fmt: skip
METAS = st.lists(
    st.fixed_dictionaries({"id": st.integers(1, 9999), "key": META_KEYS, "value": VALUES}), max_size=4
)


@dataclass
class ShopOrder:
    """An order's JSON with its refunds, and what is known of how it came about."""

    doc: Doc
    refunds: list[Doc] = field(default_factory=list)
    decimals: int = 2
    plain: bool = True  # as core WooCommerce makes it: whole percents, one article number for each row

    @property
    def body(self) -> bytes:
        return json.dumps(self.doc).encode()

    @property
    def refund_body(self) -> bytes:
        return json.dumps(self.refunds).encode()


def rounded(amount: Decimal, decimals: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


@dataclass
class Tills:
    """How one shop counts: currency's decimals, prices with VAT or without, rounding per row or at the end."""

    currency: str
    decimals: int
    with_vat: bool
    at_subtotal: bool
    percents: list[Decimal]

    def text(self, amount: Decimal) -> str:
        return f"{rounded(amount, self.decimals):f}"

    def taxed(self, price: Decimal, percent: Decimal) -> tuple[Decimal, Decimal]:
        """Net and VAT of a price as the shop keeps it."""
        vat = price * percent / (100 + percent) if self.with_vat else price * percent / 100
        net = price - vat if self.with_vat else price
        if not self.at_subtotal:
            vat = rounded(vat, self.decimals)
            net = price - vat if self.with_vat else rounded(net, self.decimals)
        return rounded(net, 6), rounded(vat, 6)

    def rate_id(self, percent: Decimal) -> int:
        return self.percents.index(percent) + 1


@st.composite
def tills(draw: st.DrawFn) -> Tills:
    currency = draw(st.sampled_from(["SEK", "SEK", "SEK", "EUR", "NOK", "JPY", "KWD"]))
    percents = [Decimal(text) for text in ("25", "12", "6", "0")]
    if draw(st.integers(0, 9)) == 0:
        percents += [Decimal("25.5"), Decimal("8.1")]
    return Tills(currency, EXPONENTS.get(currency, 2), draw(st.booleans()), draw(st.booleans()), percents)


@dataclass
class Money:
    """A row's amounts before they are written: net, and VAT by percent."""

    net: Decimal
    vat: dict[Decimal, Decimal]
    subtotal: Decimal = ZERO
    subtotal_vat: dict[Decimal, Decimal] = field(default_factory=dict)


def _spread(till: Tills, net: Decimal, goods: Sequence[Money]) -> dict[Decimal, Decimal]:
    """Spread VAT over the rates of the goods, as the shop does with a negative fee."""
    worth: dict[Decimal, Decimal] = {}
    for row in goods:
        for percent in row.vat:
            worth[percent] = worth.get(percent, ZERO) + row.net
    whole = sum(worth.values(), ZERO)
    if whole <= 0:
        return {}
    vat = {percent: net * part / whole * percent / 100 for percent, part in worth.items()}
    return {
        percent: amount if till.at_subtotal else rounded(amount, till.decimals)
        for percent, amount in vat.items()
    }


def _taxes(till: Tills, row: Money, *, before: bool = True) -> list[Doc]:
    return [
        {
            "id": till.rate_id(percent),
            "total": till.text(vat),
            "subtotal": till.text(row.subtotal_vat.get(percent, vat)) if before else "",
        }
        for percent, vat in row.vat.items()
    ]


def _sum(till: Tills, vat: dict[Decimal, Decimal]) -> str:
    # Per rate first, then together: what REST writes beside `taxes`.
    return till.text(sum((rounded(amount, till.decimals) for amount in vat.values()), ZERO))


QUANTITIES = st.one_of(
    st.integers(1, 40),
    st.sampled_from([1, 1, 2, 100, 1000, 9999]),
    st.sampled_from([0.5, 1.25, 2.75, 0.1, "3", "0.25"]),
)


@st.composite
def _goods(draw: st.DrawFn, till: Tills, number: int, keep: Decimal) -> tuple[Money, Doc]:
    percent = draw(st.sampled_from(till.percents))
    quantity = draw(QUANTITIES)
    unit = Decimal(draw(st.one_of(st.integers(0, 500_000), st.sampled_from([0, 1, 9900, 24900])))).scaleb(
        -till.decimals
    )
    full = unit * Decimal(str(quantity))
    if not till.at_subtotal:
        full = rounded(full, till.decimals)
    paid = full * keep / 100
    if not till.at_subtotal:
        paid = rounded(paid, till.decimals)
    before, net = till.taxed(full, percent), till.taxed(paid, percent)
    row = Money(net[0], {percent: net[1]}, before[0], {percent: before[1]})
    doc = {
        "id": number,
        "name": draw(st.one_of(st.just("Mugg"), NAMES)),
        "product_id": draw(st.integers(0, 99)),
        "variation_id": 0,
        "quantity": quantity,
        "tax_class": "",
        "sku": f"{draw(st.sampled_from(SKUS))}-{percent}",  # an article has one rate
        "subtotal": till.text(row.subtotal),
        "subtotal_tax": _sum(till, row.subtotal_vat),
        "total": till.text(row.net),
        "total_tax": _sum(till, row.vat),
        "taxes": _taxes(till, row),
        "meta_data": draw(METAS) if draw(st.integers(0, 5)) == 0 else [],
        "price": float(net[0]),
    }
    return row, doc


@st.composite
def _charge(
    draw: st.DrawFn, till: Tills, number: int, goods: Sequence[Money], *, fee: bool
) -> tuple[Money, Doc]:
    net = Decimal(draw(st.integers(-5_000 if fee else 0, 20_000))).scaleb(-till.decimals)
    how = draw(st.sampled_from(["one", "spread", "none"]))
    vat: dict[Decimal, Decimal] = {}
    if how == "spread" or net < 0:
        vat = _spread(till, net, goods) if how != "none" else {}
    elif how == "one":
        percent = draw(st.sampled_from(till.percents))
        amount = net * percent / 100
        vat = {percent: amount if till.at_subtotal else rounded(amount, till.decimals)}
    row = Money(net, vat)
    doc: Doc = {
        "id": number,
        "total": till.text(net),
        "total_tax": _sum(till, vat),
        "taxes": _taxes(till, row, before=False),
        "meta_data": [],
    }
    if fee:
        doc["name"] = draw(
            st.one_of(st.sampled_from(["Fakturaavgift", "Kampanj", "Presentkort", "Öresavrundning"]), NAMES)
        )
    else:
        doc |= {
            "method_id": draw(st.sampled_from(["flat_rate", "free_shipping", "local_pickup"])),
            "instance_id": draw(st.sampled_from(["", "1", 3])),
        }
        doc["method_title"] = draw(NAMES)
    return row, doc


def _address(draw: st.DrawFn) -> Doc:
    odd = draw(st.booleans())
    return {
        "first_name": draw(NAMES) if odd else "Åsa",
        "last_name": draw(NAMES) if odd else "Öberg",
        "company": draw(st.sampled_from(["", "", "Testbolaget AB", "Łódź Sp. z o.o."])),
        "address_1": draw(TEXTS) if odd else "Storgatan 1",
        "address_2": draw(TEXTS) if odd else "c/o Ek",
        "city": draw(NAMES) if odd else "Umeå",
        "state": "",
        "postcode": draw(st.sampled_from(["903 26", "90326", "22100", "", "EC1A 1BB"])),
        "country": draw(st.sampled_from(["SE", "SE", "SE", "DE", "NO", "FI", ""])),
        "email": draw(st.sampled_from(["asa@example.se", "", "zofia@łódź.example", "x@y.se"])),
        "phone": draw(st.sampled_from(["070-123 45 67", "", "+46 70 123 45 67", "٠٧٠١٢٣٤٥٦٧"])),
    }


@st.composite
def shop_orders(draw: st.DrawFn, *, refunds: bool = True) -> ShopOrder:
    """An order as core WooCommerce computes and shows it."""
    till = draw(tills())
    keep = Decimal(100) - draw(st.sampled_from([0, 0, 0, 10, 15, 20, 33, 100]))
    rows = [draw(_goods(till, 10 + n, keep)) for n in range(draw(st.integers(1, 5)))]
    goods = [money for money, _ in rows]
    lines = [doc for _, doc in rows]
    freights = [
        draw(_charge(till, 50 + n, goods, fee=False)) for n in range(draw(st.sampled_from([0, 1, 1, 2])))
    ]
    fees = [draw(_charge(till, 70 + n, goods, fee=True)) for n in range(draw(st.sampled_from([0, 0, 1, 2])))]
    charged = [*rows, *freights, *fees]
    docs = [doc for _, doc in charged]
    if till.at_subtotal:
        net = sum((money.net for money, _ in charged), ZERO)
        by_rate: dict[Decimal, Decimal] = {}
        for money, _ in charged:
            for percent, vat in money.vat.items():
                by_rate[percent] = by_rate.get(percent, ZERO) + vat
        tax = sum((rounded(vat, till.decimals) for vat in by_rate.values()), ZERO)
        total = rounded(net, till.decimals) + tax
    else:
        tax = sum((Decimal(doc["total_tax"]) for doc in docs), ZERO)
        total = tax + sum((Decimal(doc["total"]) for doc in docs), ZERO)
    used = sorted({percent for money, _ in charged for percent in money.vat})
    off = [rounded(money.subtotal - money.net, till.decimals) for money in goods]
    coupons = (
        [
            {
                "code": draw(st.sampled_from(["sommar20", "🌞", "RÖD"])),
                "discount": till.text(sum(off, ZERO)),
                "discount_tax": "0",
            }
        ]
        if keep < 100
        else []
    )
    number = draw(st.sampled_from([1042, "1042", "2026-1042", "SE1042"]))
    doc: Doc = {
        "id": 1042,
        "number": number,
        "status": draw(st.sampled_from(["processing", "completed"])),
        "currency": till.currency,
        "prices_include_tax": till.with_vat,
        "date_created_gmt": draw(
            st.sampled_from(["2026-06-15T09:30:00", "2026-06-30T22:30:00", "2026-03-31T21:59:59"])
        ),
        "date_modified_gmt": "2026-06-15T09:30:00",
        "date_paid_gmt": draw(st.sampled_from([None, "2026-06-15T09:31:00"])),
        "total": till.text(total),
        "total_tax": till.text(tax),
        "customer_id": draw(st.sampled_from([0, 7, "7"])),
        "billing": _address(draw),
        "shipping": _address(draw) if draw(st.booleans()) else {},
        "payment_method": draw(st.sampled_from(["swish", "bacs", "", "okänd"])),
        "payment_method_title": draw(NAMES),
        "transaction_id": draw(st.sampled_from(["", "SW-1", "a1b2"])),
        "customer_note": draw(TEXTS),
        "meta_data": draw(METAS),
        "line_items": lines,
        "shipping_lines": [doc for _, doc in freights],
        "fee_lines": [doc for _, doc in fees],
        "coupon_lines": coupons,
        "tax_lines": [
            {
                "rate_id": till.rate_id(p),
                "rate_percent": float(p) if p % 1 else int(p),
                "tax_total": "0",
                "label": "Moms",
            }
            for p in used
        ],
        "refunds": [],
    }
    made = ShopOrder(doc, decimals=till.decimals, plain=not any(p % 1 for p in used))
    if refunds and draw(st.integers(0, 3)) == 0:
        _refund(draw, made, till)
    return made


def _refund(draw: st.DrawFn, order: ShopOrder, till: Tills) -> None:
    how = draw(st.sampled_from(["full", "rows", "amount", "nothing", "no tax", "more than sold"]))
    total = Decimal(order.doc["total"])
    refund: Doc = {
        "id": 311,
        "reason": "Retur",
        "date_created_gmt": "2026-06-16T08:00:00",
        "line_items": [],
        "shipping_lines": [],
        "fee_lines": [],
    }
    if how == "full":
        refund["amount"] = till.text(total)
    elif how == "amount":
        refund["amount"] = till.text(total * draw(st.integers(1, 99)) / 100)
    elif how == "nothing":
        refund["amount"] = draw(st.sampled_from(["0.00", "-0.00", "0"]))
    else:
        line = draw(st.sampled_from(order.doc["line_items"]))
        sold = Decimal(str(line["quantity"]))
        back = sold + 1 if how == "more than sold" else Decimal(draw(st.integers(0, max(1, int(sold)))))
        part = min(back / sold, Decimal(1)) if back else Decimal("0.5")
        net = rounded(Decimal(line["total"]) * part, till.decimals)
        taxes = [
            {
                "id": tax["id"],
                "total": till.text(-Decimal(tax["total"]) * part),
                "subtotal": till.text(-Decimal(tax["total"]) * part),
            }
            for tax in line["taxes"]
        ]
        vat = sum((-Decimal(tax["total"]) for tax in taxes), ZERO)
        if how == "no tax":
            taxes, vat = [], ZERO
        refund["line_items"] = [
            {
                "id": 900,
                "name": line["name"],
                "quantity": int(-back),
                "total": till.text(-net),
                "total_tax": till.text(-vat),
                "taxes": taxes,
                "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": str(line["id"])}],
            }
        ]
        refund["amount"] = till.text(net + vat)
    order.refunds = [refund]
    order.doc["refunds"] = [{"id": 311, "reason": "Retur", "total": f"-{refund['amount']}"}]
    order.plain = False


GONE = object()
BENT = st.one_of(
    st.just(GONE),
    st.just(GONE),
    VALUES,
    st.sampled_from(["", "0", "-0.00", "1e3", "12,50", "NaN", "1e-400", 10**30, "x", [], {}]),
)


def _places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(data, dict):
        return [
            place for key, value in data.items() for place in [(*path, key), *_places(value, (*path, key))]
        ]
    if isinstance(data, list):
        return [place for n, value in enumerate(data) for place in [(*path, n), *_places(value, (*path, n))]]
    return []


@st.composite
def bent_orders(draw: st.DrawFn) -> ShopOrder:
    """An order in which plugins, PHP or a proxy have left keys out and put other things in their place."""
    order = draw(shop_orders())
    for _ in range(draw(st.integers(1, 3))):
        bent = order.refunds if order.refunds and draw(st.booleans()) else order.doc
        place = draw(st.sampled_from(_places(bent)))
        value = draw(BENT)
        holder: Any = bent
        for step in place[:-1]:
            holder = holder[step]
        if value is GONE:
            del holder[place[-1]]
        else:
            holder[place[-1]] = value
    if draw(st.integers(0, 3)) == 0:  # some servers write whole numbers as texts, and texts as numbers
        order.doc = json.loads(json.dumps(order.doc), parse_int=str)
    order.plain = False
    return order
