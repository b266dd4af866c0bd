"""What the hand page shows: accounts, orders, customers and articles, as HTML."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeVar
from urllib.parse import quote

from brygga_simulators.specter.books import Books
from brygga_simulators.specter.deed_views import order_forms
from brygga_simulators.specter.html import Safe, facts, form, heading, join, link, paragraph, search, table
from brygga_simulators.specter.model import Address, Article, Customer, Order
from brygga_simulators.specter.page_texts import Texts
from brygga_simulators.specter.stock import available_at

T = TypeVar("T")
_SHOWN = 200


def accounts_view(t: Texts, every: Iterable[Books]) -> Safe:
    """All accounts."""
    rows = [
        (
            link(f"/accounts/{b.account.sbm_id}/orders", b.account.sbm_id),
            b.account.version,
            len(b.orders),
            len(b.customers),
            len(b.articles),
        )
        for b in every
    ]
    headings = [t["account"], t["version"], t["orders"], t["customers"], t["articles"]]
    return join([paragraph(t["not_real"]), table(headings, rows, numbers=(1, 2, 3, 4))])


def orders_view(t: Texts, books: Books, wanted: str) -> Safe:
    """An account's orders, the newest first."""
    found = [
        o for o in books.orders.values() if _fits(wanted, o.order_no, o.external_order_no, o.customer_name)
    ]
    base = f"/accounts/{books.account.sbm_id}/orders"
    rows = [
        (
            link(f"{base}/{o.order_no}", o.order_no),
            o.external_order_no,
            o.order_date,
            o.customer_name,
            status_text(t, o),
            f"{money(o.total)} {o.currency}",
        )
        for o in _latest(found)
    ]
    headings = [t["order"], t["external"], t["date"], t["customer"], t["status"], t["total"]]
    return _listing(t, wanted, len(found), table(headings, rows, numbers=(5,)))


def order_view(t: Texts, books: Books, order: Order) -> Safe:
    """One order with rows, VAT per rate, total, and what can be done to it."""
    base = f"/accounts/{books.account.sbm_id}"
    header = facts(
        [
            (t["status"], status_text(t, order)),
            (t["external"], order.external_order_no),
            (t["customer"], link(f"{base}/customers/{order.customer_id}", order.customer_name)),
            (t["date"], order.order_date),
            (t["document"], order.document_type),
            (t["currency"], order.currency),
            (t["site"], order.stock_site_id),
            (t["payment"], order.pay_type_identifier),
            (t["reference"], order.pay_type_reference),
            (t["delivery_method"], order.external_delivery_method),
            (t["comment"], order.published_comment),
            (t["internal_comment"], order.internal_comment),
            (t["delivery_address"], address_text(order.delivery)),
            (t["invoice_address"], address_text(order.invoice)),
            (t["tracking"], ", ".join(d.tracking_no for d in order.deliveries if d.tracking_no)),
            (t["invoices"], ", ".join(str(i.invoice_no) for i in order.invoices)),
        ]
    )
    rows = table(
        [t[k] for k in ("row", "article_no", "name", "quantity", "delivered_quantity", "unit_price",
                        "discount", "rate", "net", "gross")],
        [
            (r.number, r.article_no, " – ".join(x for x in (r.name, r.comment) if x), r.quantity, r.delivered,
             r.price_excl_vat, r.discount, f"{r.vat_percent} %", money(r.net), money(r.gross))
            for r in order.rows
        ],
        numbers=(0, 3, 4, 5, 6, 7, 8, 9),
    )  # fmt: skip
    sums = table(
        [t["rate"], t["net"], t["vat"], t["gross"]],
        [
            *((f"{s.percent} %", money(s.net), money(s.vat), money(s.gross)) for s in order.vat_sums),
            (t["rounding"], "", "", money(order.rounding)),
            (
                t["total"],
                money(order.total_net),
                money(order.total_vat),
                f"{money(order.total)} {order.currency}",
            ),
        ],
        numbers=(1, 2, 3),
    )
    return join([header, rows, sums, heading(t["by_hand"]), order_forms(t, books, order)])


def customers_view(t: Texts, books: Books, wanted: str) -> Safe:
    """An account's customers."""
    found = [
        c
        for c in books.customers.values()
        if _fits(wanted, c.customer_id, c.shown_name(), c.email_address, c.org_no)
    ]
    base = f"/accounts/{books.account.sbm_id}/customers"
    rows = [
        (
            link(f"{base}/{c.customer_id}", c.customer_id),
            c.shown_name(),
            c.email_address,
            c.org_no,
            c.invoice.city,
        )
        for c in _latest(found)
    ]
    headings = [t["customer"], t["name"], t["email"], t["org_no"], t["invoice_address"]]
    return _listing(t, wanted, len(found), table(headings, rows))


def customer_view(t: Texts, books: Books, customer: Customer) -> Safe:
    """One customer card."""
    card = facts(
        [
            (t["name"], customer.shown_name()),
            (t["email"], customer.email_address),
            (t["phone"], ", ".join(x for x in (customer.phone_no, customer.mobile_no) if x)),
            (t["org_no"], customer.org_no),
            (t["vat_no"], customer.vat_no),
            (t["currency"], customer.currency),
            (t["invoice_address"], address_text(customer.invoice)),
            (t["delivery_address"], address_text(customer.delivery)),
        ]
    )
    address = f"/accounts/{books.account.sbm_id}/customers/{customer.customer_id}"
    discount = form(address, t["save"], [("discount", t["discount"], str(customer.discount))])
    return join([card, heading(t["by_hand"]), discount])


def articles_view(t: Texts, books: Books, wanted: str) -> Safe:
    """An account's articles with stock per site, and a form to change one."""
    found = [a for a in books.articles.values() if _fits(wanted, a.article_no, a.name, a.bar_code)]
    rows = [row for a in _latest(found) for row in _article_rows(t, books, a)]
    headings = [
        t[k]
        for k in ("article_no", "name", "price", "rate", "site", "on_hand", "reserved", "parked", "available")
    ]
    change = form(
        f"/accounts/{books.account.sbm_id}/articles",
        t["save"],
        [
            ("articleNo", t["article_no"], ""),
            ("name", t["name"], ""),
            ("priceExclVat", t["price"], ""),
            ("stock", t["on_hand"], ""),
            ("site", t["site"], books.options.sites[0]),
        ],
    )
    listing = _listing(t, wanted, len(found), table(headings, rows, numbers=(2, 3, 5, 6, 7, 8)))
    return join([listing, heading(t["change"]), change])


def _article_rows(t: Texts, books: Books, a: Article) -> list[Sequence[object]]:
    marks = [t[mark] for mark, is_set in (("deleted", a.deleted), ("ended", a.ended)) if is_set]
    name = f"{a.name} ({', '.join(marks)})" if marks else a.name
    base = f"/accounts/{books.account.sbm_id}"
    number = link(f"{base}/article?no={quote(a.article_no)}", a.article_no)
    first: Sequence[object] = (number, name, a.price_excl_vat, f"{a.vat_percent} %")
    if not a.keeps_stock and not a.parts:
        return [(*first, "", "", "", "", "")]
    return [
        (*first, site, a.on_hand.get(site, 0), a.reserved.get(site, 0), a.parked.get(site, 0), available)
        for site, available in available_at(books, a).items()
    ]


def money(amount: Decimal) -> str:
    """Return an amount as Swedes write it: 1 234,50."""
    return f"{amount:,.2f}".replace(",", "\u00a0").replace(".", ",")


def address_text(address: Address) -> str:
    """Return an address as lines."""
    town = f"{address.zip_code} {address.city}".strip()
    lines = (address.company_name, address.attention, address.address, address.address_row2, town,
             address.region, address.country_code)  # fmt: skip
    return "\n".join(line for line in lines if line)


def status_text(t: Texts, order: Order) -> str:
    """Return an order's status in words."""
    words = [t[f"status_{order.status_id}"]]
    words += [t["invoiced"]] if order.invoices else []
    words += [t["paid"]] if order.paid_at else []
    return ", ".join(words)


def _fits(wanted: str, *values: object) -> bool:
    return not wanted or any(wanted.lower() in str(value).lower() for value in values)


def _latest(found: list[T]) -> list[T]:
    return found[-_SHOWN:][::-1]


def _listing(t: Texts, wanted: str, total: int, listing: Safe) -> Safe:
    told = t["latest"].format(n=min(total, _SHOWN), total=total) if total else t["none"]
    return join([search(t["search"], wanted, t["search"]), paragraph(told), listing])
