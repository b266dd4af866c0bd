"""What happens in the ERP: the cashier sells and parks, staff receive, deliver, invoice, cancel and edit."""

from collections.abc import Callable
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.journeys.shop_json import Doc
from tests.machine.book import Book, one_of
from tests.machine.eyes import number
from tests.machine.in_shops import PICK
from tests.machine.market import NOT_GOODS

SITES = st.sampled_from(["1", "1", "2"])


class Cashiers:
    """People at the till."""

    book: Book

    @rule(k=PICK, site=SITES, quantity=st.integers(1, 2))
    def sell_at_till(self, k: int, site: str, quantity: int) -> None:
        """The cashier sells what is on the shelf of a site."""
        article = self._on_shelf(k, site, quantity)
        if article:
            self.book.market.deed("till/sell", site=site, rows={article: quantity})
            self.book.done("till", f"{quantity} {article} at {site}")

    def _park(self, k: int, site: str) -> None:
        article = self._on_shelf(k, site, 1)
        if article:
            self.book.market.deed("till/park", site=site, rows={article: 1})
            self.book.done("park", f"1 {article} at {site}")

    @rule(k=PICK, site=SITES, how=st.sampled_from(["park", "park", "take-up", "put-back", "close"]))
    def set_aside(self, k: int, site: str, how: str) -> None:
        """The cashier puts a purchase aside; later it is paid, given up, or forgotten until the day is closed."""
        if how == "park":
            self._park(k, site)
            return
        parked = one_of(sorted(self.book.look().of("erp", "parked")), k)
        if parked:
            self.book.market.deed(f"till/{how}", **({} if how == "close" else {"parkedNo": parked}))
            self.book.done("parked", f"{how} {parked}")

    def _on_shelf(self, k: int, site: str, quantity: int) -> str | None:
        """Return an article of which so many can be taken: nobody sells what is not there."""
        articles = self.book.look().of("erp", "articles").values()
        there = [a["articleNo"] for a in articles if number(a["available"].get(site)) >= quantity]
        return one_of(sorted(there), k)


class Warehouse:
    """People in the stock room and the office. Where there is no order to be seen to, they wait for some."""

    book: Book
    go_round: Callable[[], None]

    @rule(k=PICK, site=SITES, quantity=st.integers(1, 4))
    def receive(self, k: int, site: str, quantity: int) -> None:
        """Goods come in."""
        article = one_of(self._goods(), k)
        if article:
            self.book.market.deed("stock/receive", site=site, rows={article["articleNo"]: quantity})
            self.book.done("receive", f"{quantity} {article['articleNo']} at {site}")

    @rule(k=PICK, parcel=st.booleans(), part=st.booleans())
    def deliver(self, k: int, parcel: bool, part: bool) -> None:
        """The warehouse sends an order, or a piece of it, with a parcel number or without."""
        order = self._order(k, lambda o: o["deliveryStatus"] != "D" and _rows_left(o))
        if not order:
            self.go_round()
            return
        body: Doc = {"rows": {_rows_left(order)[0]: 1}} if part else {}
        if parcel:
            body["trackingNo"] = [f"P{len(self.book.log)}"]
        self.book.market.deed(f"orders/{order['orderNo']}/deliver", **body)
        self.book.done("deliver", f"{order['externalOrderNo']} {part=} {parcel=}")

    @rule(k=PICK, how=st.sampled_from(["invoice", "pay", "cancel", "cancel after shop"]))
    def office(self, k: int, how: str) -> None:
        """The office invoices an order, notes that it is paid, or stops it; also what its shop has stopped."""
        if how == "cancel after shop":
            self._cancel_after_shop(k)
            return
        order = self._order(k)
        if order:
            self.book.market.deed(f"orders/{order['orderNo']}/{how}")
            self.book.done(how, order["externalOrderNo"])
        else:
            self.go_round()

    def _cancel_after_shop(self, k: int) -> None:
        sight = self.book.look()
        stopped = {
            stand.external(order)
            for stand in self.book.market.stands
            for order in sight.of(stand.site, "orders").values()
            if order["status"] == "cancelled"
        }
        order = self._order(k, lambda o: o["externalOrderNo"] in stopped and not o["deliveries"])
        if order:
            self.book.market.deed(f"orders/{order['orderNo']}/cancel")
            self.book.done("cancel after shop", order["externalOrderNo"])

    @rule(
        k=PICK,
        step=st.integers(0, 3),
        what=st.sampled_from(
            ["price", "price", "name", "end", "new", "mark stock", "mark articles", "mark orders"]
        ),
    )
    def edit_articles(self, k: int, step: int, what: str) -> None:
        """Staff change an article, end one, type in a new one, or have everything told again."""
        match what:
            case "price" | "name":
                self._edit(k, step, name=what == "name")
            case "end":
                self._end(k)
            case "new":
                self._type_in((25, 12, 6)[k % 3], step)
            case _:
                self.book.market.deed("flag-all", feed=what.removeprefix("mark "))
                self.book.done("mark all", what)

    def _edit(self, k: int, step: int, *, name: bool) -> None:
        article = one_of(self._goods(), k)
        if not article:
            return
        changed: Doc = (
            {"name": f"{article['name'].split(' nr ')[0]} nr {step}"}
            if name
            else {"priceExclVat": str(Decimal(90 + 5 * step) if article["parentNo"] else 70 + 5 * step)}
        )
        self.book.market.deed("articles/change", articleNo=article["articleNo"], **changed)
        self.book.typed_articles |= {(article["articleNo"], field) for field in changed}
        self.book.done("edit article", f"{article['articleNo']} {changed}")

    def _end(self, k: int) -> None:
        article = one_of(self._goods(), k)
        if article:
            how = "take-in-again" if article["ended"] else "end"
            self.book.market.deed(f"articles/{how}", articleNo=article["articleNo"])
            self.book.done("end article", f"{how} {article['articleNo']}")

    def _type_in(self, rate: int, stock: int) -> None:
        self.book.new_wares += 1
        no = f"ART-{self.book.new_wares}"
        self.book.market.deed(
            "articles/change",
            articleNo=no,
            name=f"Artikel {no}",
            vatPercent=rate,
            priceExclVat="60",
            stock=stock,
        )
        self.book.done("new article", f"{no} {stock} in stock")

    def _goods(self) -> list[Doc]:
        articles = self.book.look().of("erp", "articles")
        return [articles[no] for no in sorted(articles) if no not in NOT_GOODS]

    def _order(self, k: int, wanted: Callable[[Doc], object] = bool) -> Doc | None:
        orders = self.book.look().of("erp", "orders")
        live = [orders[no] for no in sorted(orders, key=int) if orders[no]["statusId"] != 5]
        return one_of([o for o in live if wanted(o)], k)


def _rows_left(order: Doc) -> list[str]:
    """Return the rows of which at least one whole piece is still to be delivered."""
    return [str(r["number"]) for r in order["rows"] if number(r["quantity"]) - number(r["delivered"]) >= 1]
