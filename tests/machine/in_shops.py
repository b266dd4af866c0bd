"""What happens in a shop: customers buy and pay, the merchant edits, refunds, cancels and throws away."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.journeys.shop_json import ASA, Doc
from tests.machine.book import Book, one_of
from tests.machine.market import TAX_CLASS, Stand

PICK = st.integers(0, 63)
ANNE = {**ASA, "first_name": "Anne", "last_name": "Ek", "email": "anne@example.se"}
FIRM = {**ASA, "company": "Ek & Söner AB", "email": "order@example.se"}
FREIGHT = {"method_id": "flat_rate", "method_title": "PostNord", "total": "39.20"}
STATUSES = ("processing", "completed", "on-hold", "cancelled", "pending", "failed", "refunded")
METHODS = ("swish", "swish", "bacs", "invoice", "cod")


class Customers:
    """People who buy."""

    book: Book

    @rule(
        n=PICK,
        wares=st.lists(
            st.tuples(PICK, st.integers(1, 3)), min_size=1, max_size=3, unique_by=lambda t: t[0] % 5
        ),
        method=st.sampled_from(METHODS),
        buyer=st.sampled_from([ASA, ASA, ANNE, FIRM]),
        coupon=st.sampled_from(["", "", "rea10"]),
        freight=st.booleans(),
    )
    def buy(
        self, n: int, wares: list[tuple[int, int]], method: str, buyer: Doc, coupon: str, freight: bool
    ) -> None:
        """A customer fills a cart and goes through the checkout; the shop refuses what it does not have."""
        stand = self.book.stand(n)
        there = _in_the_shop(stand)
        lines = [
            {"sku": there[pick % len(there)]["sku"], "quantity": quantity}
            for pick, quantity in wares
            if there
        ]
        self._pay(stand, lines, method, buyer, coupon, freight)

    @rule(n=PICK, k=PICK, method=st.sampled_from(METHODS))
    def buy_one(self, n: int, k: int, method: str) -> None:
        """A customer buys one piece of something."""
        stand = self.book.stand(n)
        item = one_of(_in_the_shop(stand), k)
        if item:
            self._pay(stand, [{"sku": item["sku"], "quantity": 1}], method, ANNE, "", freight=False)

    @rule(n=PICK, k=PICK)
    def buy_the_last(self, n: int, k: int) -> None:
        """A customer takes all there is of something."""
        stand = self.book.stand(n)
        item = one_of([each for each in _in_the_shop(stand) if (each["stock_quantity"] or 0) < 9], k)
        if item:
            line = {"sku": item["sku"], "quantity": item["stock_quantity"]}
            self._pay(stand, [line], "swish", ASA, "", freight=True)

    def _pay(
        self, stand: Stand, lines: list[Doc], method: str, buyer: Doc, coupon: str, freight: bool
    ) -> None:
        if not lines:
            return
        cart = {
            "lines": lines,
            "billing": buyer,
            "payment_method": method,
            **({"coupons": [coupon]} if coupon else {}),
            **({"shipping_method": FREIGHT} if freight else {}),
        }
        answer = stand.shop.ask(f"{stand.site}/checkout", cart)
        if answer["bought"]:
            order = answer["order"]
            said = ", ".join(f"{line['quantity']} {line['sku']}" for line in lines)
            self.book.done("buy", f"{stand.letter}-{order['number']} ({order['status']}): {said} {coupon}")
        else:
            self.book.log.append(f"refused in {stand.letter}: {answer['refused']}")

    @rule(n=PICK, k=PICK)
    def pay_late(self, n: int, k: int) -> None:
        """Money comes in for an order that waited for it."""
        stand = self.book.stand(n)
        order = self.book.order(stand, k, "on-hold", "pending", "failed")
        if order:
            stand.by_hand("mark-paid", id=order["id"])
            self.book.done("pay late", f"{stand.letter}-{order['number']}")
        else:
            self.buy_one(n, k, "bacs")


class Merchants:
    """People who run the shops. Where there is no order yet, somebody buys something first."""

    book: Book
    buy_one: Callable[[int, int, str], None]

    @rule(n=PICK, k=PICK, status=st.sampled_from(STATUSES))
    def set_status(self, n: int, k: int, status: str) -> None:
        """The merchant gives an order another status, whichever."""
        stand = self.book.stand(n)
        order = self.book.order(stand, k)
        if not order:
            self.buy_one(n, k, "invoice")
        if not order or order["status"] in ("trash", status):
            return
        stand.by_hand("order-status", id=order["id"], status=status)
        self.book.promise.gave_back(stand, order)
        self.book.moved_by_hand[stand.site, str(order["id"])] = status
        self.book.done("set status", f"{stand.letter}-{order['number']} {order['status']} -> {status}")

    @rule(n=PICK, k=PICK, whole=st.booleans(), restock=st.booleans(), rows=st.booleans())
    def refund(self, n: int, k: int, whole: bool, restock: bool, rows: bool) -> None:
        """The merchant pays money back: all of it, one piece, or an amount of no row."""
        stand = self.book.stand(n)
        order = self.book.order(stand, k, "processing", "completed")
        if not order:
            self.buy_one(n, k, "swish")
        if not order or order["refunds"]:
            return
        asked: Doc = {"id": order["id"], "restock": restock}
        if not whole and rows:
            asked["lines"] = [_one_piece(order["line_items"][0])]
        elif not whole:
            asked["amount"] = "1.00"
        stand.by_hand("refund", **asked)
        self.book.promise.gave_back(stand, order)
        after = self.book.look().records[stand.site, "orders", str(order["id"])]
        if after["status"] != order["status"]:
            self.book.moved_by_hand[stand.site, str(order["id"])] = after["status"]
        self.book.done("refund", f"{stand.letter}-{order['number']} {whole=} {restock=} {rows=}")

    @rule(n=PICK, k=PICK, how=st.sampled_from(["trash", "trash", "delete", "restore"]))
    def throw_away(self, n: int, k: int, how: str) -> None:
        """The merchant puts an order in the trash or takes one out again, or deletes it for good."""
        stand = self.book.stand(n)
        if how == "restore":
            self._restore(stand, k)
            return
        order = self.book.order(stand, k, *STATUSES)
        if order:
            stand.by_hand(f"{how}-order", id=order["id"])
            self.book.vanished |= {line["sku"] for line in order["line_items"]}
            self.book.moved_by_hand[stand.site, str(order["id"])] = "trash"
            self.book.done("throw away", f"{how} {stand.letter}-{order['number']}")
        else:
            self.buy_one(n, k, "swish")

    def _restore(self, stand: Stand, k: int) -> None:
        order = self.book.order(stand, k, "trash")
        if order:
            after = stand.by_hand("restore-order", id=order["id"])
            self.book.promise.gave_back(stand, order)
            self.book.moved_by_hand[stand.site, str(order["id"])] = after["status"]
            self.book.done("restore", f"{stand.letter}-{order['number']}")

    @rule(
        n=PICK,
        k=PICK,
        to=st.integers(0, 3),
        what=st.sampled_from(["text", "price", "price", "stock", "number"]),
    )
    def edit(self, n: int, k: int, to: int, what: str) -> None:
        """The merchant edits a product: its name and text, its price, its stock, or how its number is spelt."""
        match what:
            case "text":
                self._edit_text(n, k, to)
            case "price":
                self._edit_price(n, k, to)
            case "stock":
                self._edit_stock(n, k, to * 4)
            case _:
                self._respell(n, k)

    def _edit_text(self, n: int, k: int, to: int) -> None:
        stand = self.book.stand(n)
        product = one_of(_products(self.book, stand), k)
        if product:
            fields = {"description": f"Text {to}"}
            if product["type"] != "variation":
                fields["name"] = f"{product['name'].split(' no ')[0]} no {to}"
            stand.a_second()
            stand.by_hand("change-product", id=product["id"], **fields)
            self.book.done("edit product", f"{stand.letter} {product['sku']} {fields}")

    def _edit_price(self, n: int, k: int, step: int) -> None:
        stand = self.book.stand(n)
        item = one_of(_items(self.book, stand), k)
        if item and item["regular_price"]:
            price = f"{80 + 5 * step}.00" if item["type"] == "simple" else f"{190 + 10 * step}.00"
            stand.a_second()
            stand.by_hand("change-product", id=item["id"], regular_price=price)
            self.book.typed_prices.add((stand.site, str(item["id"])))
            self.book.done("edit price", f"{stand.letter} {item['sku']} {item['regular_price']} -> {price}")

    def _edit_stock(self, n: int, k: int, quantity: int) -> None:
        stand = self.book.stand(n)
        item = one_of(_items(self.book, stand), k)
        if item:
            stand.a_second()
            stand.by_hand("change-product", id=item["id"], stock_quantity=quantity)
            self.book.promise.by_hand.add((stand.site, str(item["id"])))
            self.book.done("edit stock", f"{stand.letter} {item['sku']} -> {quantity}")

    @rule(
        n=PICK,
        k=PICK,
        rate=st.sampled_from([25, 12, 6]),
        what=st.sampled_from(["new", "new without number", "publish", "throw away"]),
    )
    def assort(self, n: int, k: int, rate: int, what: str) -> None:
        """The merchant takes something new in, shows what is new, or throws something away."""
        match what:
            case "publish":
                self._publish(n)
            case "throw away":
                self._throw_product_away(n, k)
            case _:
                self._new_product(n, rate, sku=what == "new")

    def _new_product(self, n: int, rate: int, *, sku: bool) -> None:
        stand = self.book.stand(n)
        self.book.new_wares += 1
        number = f"{stand.letter}-NY-{self.book.new_wares}" if sku else ""
        stand.by_hand(
            "create-product",
            name=f"Ny vara {self.book.new_wares}",
            type="simple",
            status="publish",
            sku=number,
            regular_price="75.00",
            tax_class=TAX_CLASS[rate],
            manage_stock=True,
            stock_quantity=3,
        )
        self.book.done("new product", f"{stand.letter} {number or 'without number'}")

    def _respell(self, n: int, k: int) -> None:
        stand = self.book.stand(n)
        item = one_of([each for each in _items(self.book, stand) if each["sku"].isupper()], k)
        if item:
            article = self.book.market.article_of(stand.site, item)
            stand.a_second()
            stand.by_hand("change-product", id=item["id"], sku=item["sku"].lower())
            if self.book.is_linked(stand, item):
                self.book.market.aliases[stand.site, str(item["id"])] = article
            self.book.done("respell", f"{stand.letter} {item['sku']}")

    def _throw_product_away(self, n: int, k: int) -> None:
        stand = self.book.stand(n)
        product = one_of([each for each in _products(self.book, stand) if each["type"] == "simple"], k)
        trashed = [
            each
            for each in self.book.look().of(stand.site, "products").values()
            if each["status"] == "trash" and each["type"] == "simple"
        ]
        if trashed:
            stand.a_second()
            stand.by_hand("restore-product", id=trashed[0]["id"])
            self.book.done("restore product", f"{stand.letter} {trashed[0]['sku']}")
        elif product:
            stand.a_second()
            stand.by_hand("trash-product", id=product["id"])
            self.book.done("trash product", f"{stand.letter} {product['sku']}")

    def _publish(self, n: int) -> None:
        stand = self.book.stand(n)
        for product in _products(self.book, stand):
            if product["status"] == "draft":
                stand.a_second()
                stand.by_hand("change-product", id=product["id"], status="publish")
                self.book.done("publish", f"{stand.letter} {product['sku']}")


def _in_the_shop(stand: Stand) -> list[Doc]:
    """Return what a customer can buy at this moment."""
    shown = stand.shop.ask(f"{stand.site}/shopfront")
    return [
        {**seen, "sku": sku}
        for sku, seen in sorted(shown.items())
        if seen["purchasable"] and seen["in_stock"]
    ]


def _products(book: Book, stand: Stand) -> list[Doc]:
    products = book.look().of(stand.site, "products").values()
    return sorted((each for each in products if each["status"] != "trash"), key=lambda each: each["id"])


def _items(book: Book, stand: Stand) -> list[Doc]:
    return sorted(book.look().items(stand.site), key=lambda each: each["id"])


def _one_piece(line: Doc) -> Doc:
    """Ask for one piece of a row back, with its share of money and VAT."""
    pieces = int(line["quantity"])
    share = {name: f"{float(line[name]) / pieces:.2f}" for name in ("total", "total_tax")}
    tax = [{"id": line["taxes"][0]["id"], "refund_total": share["total_tax"]}] if line["taxes"] else []
    return {"id": line["id"], "quantity": 1, "refund_total": share["total"], "refund_tax": tax}
