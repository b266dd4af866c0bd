"""The hand page: looking at the books in a browser, and changing them with buttons."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from brygga_simulators.common.faults import FaultPlan
from brygga_simulators.specter import deed_views, page_views
from brygga_simulators.specter.article_deeds import change_article
from brygga_simulators.specter.books import Books
from brygga_simulators.specter.by_hand import type_in_customer
from brygga_simulators.specter.html import Safe, join, link, page, paragraph, safe
from brygga_simulators.specter.model import Customer, Order
from brygga_simulators.specter.order_deeds import set_status
from brygga_simulators.specter.outage import outage
from brygga_simulators.specter.page_texts import LANGUAGES, Texts
from brygga_simulators.specter.typed_in import CannotDo
from brygga_simulators.specter.world import World

_COOKIE = "lang"
_PARTS = ("orders", "customers", "articles", "stock", "till", "price-lists", "settings")


class Pages:
    """The handlers of the hand page."""

    def __init__(self, world: World, plan: FaultPlan) -> None:
        self.world = world
        self.plan = plan

    def add_to(self, app: web.Application) -> None:
        """Add the pages to an application."""
        route = app.router.add_route
        route("GET", "/", self.accounts)
        route("GET", "/accounts/{sbm}/orders", self.orders)
        route("GET", "/accounts/{sbm}/orders/{no}", self.order)
        route("POST", "/accounts/{sbm}/orders/{no}", self.change_order)
        route("GET", "/accounts/{sbm}/customers", self.customers)
        route("GET", "/accounts/{sbm}/customers/{no}", self.customer)
        route("POST", "/accounts/{sbm}/customers/{no}", self.change_customer)
        route("GET", "/accounts/{sbm}/articles", self.articles)
        route("POST", "/accounts/{sbm}/articles", self.change_article)
        route("GET", "/accounts/{sbm}/article", self.article)
        route("GET", "/accounts/{sbm}/till", self.till)
        route("GET", "/accounts/{sbm}/stock", self.stock)
        route("GET", "/accounts/{sbm}/price-lists", self.price_lists)
        route("GET", "/accounts/{sbm}/settings", self.settings)

    async def accounts(self, request: web.Request) -> web.StreamResponse:
        """Show the accounts."""
        t = _texts(request)
        return _answer(request, t, t["simulator"], page_views.accounts_view(t, self.world.books.values()))

    async def orders(self, request: web.Request) -> web.StreamResponse:
        """List an account's orders."""
        t, books = _texts(request), self._books(request)
        view = page_views.orders_view(t, books, request.query.get("q", ""))
        return _answer(request, t, t["orders"], view, books)

    async def order(self, request: web.Request) -> web.StreamResponse:
        """Show one order."""
        t, books = _texts(request), self._books(request)
        order = _order(books, request)
        view = page_views.order_view(t, books, order)
        return _answer(request, t, f"{t['order']} {order.order_no}", view, books)

    async def customers(self, request: web.Request) -> web.StreamResponse:
        """List an account's customers."""
        t, books = _texts(request), self._books(request)
        view = page_views.customers_view(t, books, request.query.get("q", ""))
        return _answer(request, t, t["customers"], view, books)

    async def customer(self, request: web.Request) -> web.StreamResponse:
        """Show one customer card."""
        t, books = _texts(request), self._books(request)
        customer = _customer(books, request)
        view = page_views.customer_view(t, books, customer)
        return _answer(request, t, f"{t['customer']} {customer.customer_id}", view, books)

    async def articles(self, request: web.Request) -> web.StreamResponse:
        """List an account's articles."""
        t, books = _texts(request), self._books(request)
        view = page_views.articles_view(t, books, request.query.get("q", ""))
        return _answer(request, t, t["articles"], view, books)

    async def article(self, request: web.Request) -> web.StreamResponse:
        """Show one article (`no`) with all that can be done to it."""
        t, books = _texts(request), self._books(request)
        article = books.articles.get(request.query.get("no", ""))
        if article is None:
            raise web.HTTPNotFound
        view = deed_views.article_view(t, books, article)
        return _answer(request, t, f"{t['article']} {article.article_no}", view, books)

    async def till(self, request: web.Request) -> web.StreamResponse:
        """Show the till."""
        t, books = _texts(request), self._books(request)
        return _answer(request, t, t["till"], deed_views.till_view(t, books), books)

    async def stock(self, request: web.Request) -> web.StreamResponse:
        """Show what the stock room can do."""
        t, books = _texts(request), self._books(request)
        return _answer(request, t, t["stock"], deed_views.stock_view(t, books), books)

    async def price_lists(self, request: web.Request) -> web.StreamResponse:
        """Show the price lists."""
        t, books = _texts(request), self._books(request)
        return _answer(request, t, t["price-lists"], deed_views.price_lists_view(t, books), books)

    async def settings(self, request: web.Request) -> web.StreamResponse:
        """Show triggers, full reads, the made-up range and whether the API is up."""
        t, books = _texts(request), self._books(request)
        view = deed_views.settings_view(t, books, self.world.triggers, outage(self.plan))
        return _answer(request, t, t["settings"], view, books)

    async def change_order(self, request: web.Request) -> web.StreamResponse:
        """Deliver, invoice or remove an order."""
        books = self._books(request)
        order = _order(books, request)
        values = await read_form(request)
        body: dict[str, Any] = {"trackingNo": [n for n in [values.get("trackingNo", "").strip()] if n]}
        if values.get("quantity"):
            body["rows"] = {"1": values["quantity"]}
        status = values.get("status", "")
        orders = f"/accounts/{books.account.sbm_id}/orders"
        target = orders if status == "deleted" else f"{orders}/{order.order_no}"
        return self._changed(request, target, lambda: set_status(books, order, status, body))

    async def change_customer(self, request: web.Request) -> web.StreamResponse:
        """Set a customer's discount."""
        books = self._books(request)
        customer = _customer(books, request)
        body = {
            "customerId": customer.customer_id,
            "discount": (await read_form(request)).get("discount", "0"),
        }
        return self._changed(request, request.path, lambda: type_in_customer(books, body))

    async def change_article(self, request: web.Request) -> web.StreamResponse:
        """Change an article's name, price or stock; fields left empty stay as they are."""
        books = self._books(request)
        body = {name: value for name, value in (await read_form(request)).items() if value.strip()}
        return self._changed(request, request.path, lambda: change_article(books, body))

    def _changed(self, request: web.Request, target: str, change: Any) -> web.StreamResponse:
        try:
            change()
        except (CannotDo, ValueError) as error:
            return cannot_page(request, str(error), target)
        finally:
            self.world.commit()
        raise web.HTTPSeeOther(target)

    def _books(self, request: web.Request) -> Books:
        number = request.match_info["sbm"]
        books = self.world.books.get(int(number)) if number.isdigit() else None
        if books is None:
            raise web.HTTPNotFound
        return books


def _order(books: Books, request: web.Request) -> Order:
    number = request.match_info["no"]
    order = books.orders.get(int(number)) if number.isdigit() else None
    if order is None:
        raise web.HTTPNotFound
    return order


def _customer(books: Books, request: web.Request) -> Customer:
    number = request.match_info["no"]
    customer = books.customers.get(int(number)) if number.isdigit() else None
    if customer is None:
        raise web.HTTPNotFound
    return customer


async def read_form(request: web.Request) -> Mapping[str, str]:
    """Return what a form was filled in with."""
    # Another site's page open in the same browser must not press our buttons.
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise web.HTTPForbidden
    return {name: str(value) for name, value in (await request.post()).items()}


def cannot_page(request: web.Request, reason: str, back: str) -> web.Response:
    """Say why something can't be done."""
    t = _texts(request)
    body = join([paragraph(reason), paragraph(link(back, t["back"]))])
    return _answer(request, t, t["cannot"], body, status=400)


def _texts(request: web.Request) -> Texts:
    return Texts(request.query.get("lang") or request.cookies.get(_COOKIE, "sv"))


def _answer(
    request: web.Request, t: Texts, title: str, body: Safe, books: Books | None = None, status: int = 200
) -> web.Response:
    other = LANGUAGES[1 - LANGUAGES.index(t.language)]
    links = [link("/", t["accounts"])]
    if books is not None:
        base = f"/accounts/{books.account.sbm_id}"
        links += [link(f"{base}/{part}", t[part]) for part in _PARTS]
    query = {name: value for name, value in request.query.items() if name != "lang"}
    links.append(link(f"?{urlencode({**query, 'lang': other})}", t["other_language"]))
    top = join([Safe("<nav>"), *links, Safe("</nav>"), Safe(f'<p class="note">{safe(t["not_real"])}</p>')])
    response = web.Response(
        body=page(t.language, title, top, body), status=status, content_type="text/html", charset="utf-8"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    if "lang" in request.query:
        response.set_cookie(_COOKIE, t.language, httponly=True, samesite="Lax")
    return response
