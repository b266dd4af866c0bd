"""What the hand page shows where staff work: till, stock room, articles, price lists, triggers."""

from collections.abc import Iterable, Mapping
from typing import Any

from brygga_simulators.specter.books import Books
from brygga_simulators.specter.deeds import DEEDS
from brygga_simulators.specter.html import Safe, facts, form, heading, join, paragraph, table
from brygga_simulators.specter.model import Article, Order
from brygga_simulators.specter.outage import WAYS
from brygga_simulators.specter.page_texts import Texts
from brygga_simulators.specter.price_lists import told_prices
from brygga_simulators.specter.stock import available_at
from brygga_simulators.specter.till_records import TillRow
from brygga_simulators.specter.triggers import Triggers

_SHOWN = 50
_PRICE_COLUMNS = ("name", "currency", "customerGroup", "priceExclVat", "fromQuantity", "from", "to")


def _deed(
    t: Texts,
    books: Books,
    path: str,
    values: Mapping[str, object] | None = None,
    hidden: Iterable[tuple[str, object]] = (),
    *,
    more: Iterable[tuple[str, str, str]] = (),
    button: str = "",
    number: int = 0,
) -> Safe:
    """Return the form of a deed, filled in with `values`."""
    filled = {"site": books.options.sites[0], **(values or {})}
    fields = [(name, t.field(name), str(filled.get(name, ""))) for name in DEEDS[path].fields]
    address = f"/accounts/{books.account.sbm_id}/do/{path}".replace("{no}", str(number))
    unseen = [(name, str(value)) for name, value in hidden]
    return form(address, button or t.button(path), [*more, *fields], unseen)


def order_forms(t: Texts, books: Books, order: Order) -> Safe:
    """What can be done to an order."""
    number = order.order_no
    page = f"/accounts/{books.account.sbm_id}/orders/{number}"
    tracking = ("trackingNo", t["tracking"], "")
    left = [
        (f"row_{row.number}", f"{t['row']} {row.number}: {row.article_no}", f"{row.quantity - row.delivered}")
        for row in order.rows
        if row.quantity != row.delivered
    ]
    deeds = [
        _deed(t, books, f"orders/{{no}}/{deed}", number=number)
        for deed in ("invoice", "pay", "cancel", "remove")
    ]
    return join(
        [
            form(page, t["deliver"], [tracking], [("status", "delivered")]),
            _deed(t, books, "orders/{no}/deliver", more=left, number=number) if left else "",
            _deed(t, books, "orders/{no}/parcels", number=number) if order.deliveries else "",
            *deeds,
            form(page, t["delete"], hidden=[("status", "deleted")]),
        ]
    )


def till_view(t: Texts, books: Books) -> Safe:
    """The till: sell and park, what is parked, the latest receipts and closed days."""
    parked = [
        (
            p.parked_no, p.at.isoformat(" ", "minutes"), p.site, _content(p.rows), p.note,
            join(
                _deed(t, books, f"till/{deed}", hidden=[("parkedNo", p.parked_no)])
                for deed in ("take-up", "put-back")
            ),
        )
        for p in books.parked.values()
    ]  # fmt: skip
    receipts = [
        (r.receipt_no, r.at.isoformat(" ", "minutes"), r.site, _content(r.rows), r.total, r.paid_by)
        for r in list(books.receipts.values())[-_SHOWN:][::-1]
    ]
    closes = [
        (c.close_no, c.at.isoformat(" ", "minutes"), c.receipts, c.total)
        for c in list(books.day_closes.values())[-_SHOWN:][::-1]
    ]
    first = [t["number"], t["time"]]
    return join(
        [
            *(paragraph(_deed(t, books, f"till/{deed}")) for deed in ("sell", "park", "close")),
            heading(t["parked_purchases"]),
            table([*first, t["site"], t["content"], t["comment"], t["by_hand"]], parked, numbers=(0,)),
            heading(t["receipts"]),
            table([*first, t["site"], t["content"], t["gross"], t["payment"]], receipts, numbers=(0, 4)),
            heading(t["day_closes"]),
            table([*first, t["receipts"], t["gross"]], closes, numbers=(0, 2, 3)),
        ]
    )


def stock_view(t: Texts, books: Books) -> Safe:
    """The stock room: receive, correct, move."""
    sites = books.options.sites
    ends = {"from": sites[0], "to": sites[-1]}
    return join(
        [
            facts([(t["site"], ", ".join(sites))]),
            *(paragraph(_deed(t, books, f"stock/{deed}", ends)) for deed in ("receive", "adjust", "move")),
        ]
    )


def article_view(t: Texts, books: Books, article: Article) -> Safe:
    """One article with its stock, and all that can be done to it."""
    number = [("articleNo", article.article_no)]
    values: dict[str, object] = {
        "articleNo": article.article_no,
        "name": article.name,
        "priceExclVat": article.price_excl_vat,
        "vatPercent": article.vat_percent,
        "barCode": article.bar_code,
        "productWeight": article.product_weight,
        "articleGroup": article.article_group,
        "parentNo": article.parent_no,
        "options": "; ".join(f"{name}={value}" for name, value in article.options.items()),
        "buyPrice": article.buy_price,
        "forWeb": int(article.for_web),
        "webShortDescription": article.web_short_description,
        "webDescription": article.web_description,
    }
    stock = [
        (
            site,
            article.on_hand.get(site, 0),
            article.reserved.get(site, 0),
            article.parked.get(site, 0),
            available,
        )
        for site, available in available_at(books, article).items()
    ]
    marks = [
        "undelete" if article.deleted else "delete",
        "take-in-again" if article.ended else "end",
    ]
    prices = [[price.get(name, "") for name in _PRICE_COLUMNS] for price in told_prices(books, article)]
    return join(
        [
            facts([("articleId", article.article_id), (t["status"], _marks(t, article))]),
            table([t[k] for k in ("site", "on_hand", "reserved", "parked", "available")], stock, range(1, 5)),
            heading(t["by_hand"]),
            paragraph(_deed(t, books, "articles/change", values)),
            _deed(t, books, "articles/rename", hidden=number),
            *(_deed(t, books, f"articles/{mark}", hidden=number) for mark in marks),
            heading(t["price_lists_of"]),
            table([t.field(name) for name in _PRICE_COLUMNS], prices),
            _deed(t, books, "price-lists/price", {"articleNo": article.article_no}),
        ]
    )


def price_lists_view(t: Texts, books: Books) -> Safe:
    """The price lists, and forms to change them and what is in them."""
    rows = [(p.name, p.currency, p.customer_group) for p in books.price_lists.values()]
    deeds = [paragraph(_deed(t, books, f"price-lists/{d}")) for d in ("define", "price", "take-away")]
    return join(
        [table([t["name"], t["currency"], t.field("customerGroup")], rows), heading(t["by_hand"]), *deeds]
    )


def settings_view(t: Texts, books: Books, triggers: Triggers, outage: Mapping[str, Any]) -> Safe:
    """Triggers, full reads, the made-up range, and taking the API down."""
    mine = [x for x in triggers.registered.values() if x.sbm_id == books.account.sbm_id]
    rows = [
        (
            x.kind, x.url, t["on"] if x.on else t["off"],
            join(
                [
                    _deed(t, books, "triggers/switch", hidden=[("kind", x.kind), ("on", int(not x.on))]),
                    _deed(t, books, "triggers/remove", hidden=[("triggerId", x.trigger_id)]),
                ]
            ),
        )
        for x in mine
    ]  # fmt: skip
    state = t["api_down"].format(how=t[f"outage_{outage['how']}"]) if outage["down"] else t["api_up"]
    ways = [
        _deed(
            t,
            books,
            "outage/down",
            hidden=[("how", way)],
            button=f"{t.button('outage/down')}: {t[f'outage_{way}']}",
        )
        for way in WAYS
    ]
    return join(
        [
            heading(t["triggers"]),
            table([t.field("kind"), t.field("url"), t["status"], t["by_hand"]], rows),
            _deed(t, books, "triggers/add"),
            heading(t["full_read"]),
            *(
                _deed(t, books, "flag-all", hidden=[("feed", feed)], button=t[f"full_read_{feed}"])
                for feed in ("stock", "articles", "orders")
            ),
            heading("API"),
            paragraph(state),
            *([_deed(t, books, "outage/up")] if outage["down"] else ways),
            heading(t["articles"]),
            _deed(t, books, "seed", {"articles": "1000"}),
        ]
    )


def _content(rows: Iterable[TillRow]) -> str:
    return ", ".join(f"{row.quantity} × {row.article_no}" for row in rows)


def _marks(t: Texts, article: Article) -> str:
    return ", ".join(
        t[mark] for mark, is_set in (("deleted", article.deleted), ("ended", article.ended)) if is_set
    )
