"""Specter's own control routes: the truth as JSON, and hands to change it with."""

from collections.abc import Awaitable, Callable, Mapping
from heapq import nsmallest
from typing import Any

import msgspec
from aiohttp import web

from brygga_simulators.common.control import json_answer, json_body, refuse
from brygga_simulators.specter.article_deeds import change_article
from brygga_simulators.specter.books import Books, email_key
from brygga_simulators.specter.by_hand import type_in_customer, type_in_order
from brygga_simulators.specter.feeds import FEEDS
from brygga_simulators.specter.model import Article, Order
from brygga_simulators.specter.options import changed, describe
from brygga_simulators.specter.order_deeds import set_status
from brygga_simulators.specter.stock import available_at
from brygga_simulators.specter.typed_in import CannotDo
from brygga_simulators.specter.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ControlRoutes:
    """The handlers under /_control/ that know accounts, orders, customers and articles."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        route = app.router.add_route
        route("GET", "/_control/accounts", self.accounts)
        route("POST", "/_control/accounts", self.add_account)
        route("GET", "/_control/options", self.options)
        route("POST", "/_control/options", self.set_options)
        route("GET", "/_control/orders", self.orders)
        route("POST", "/_control/orders", self.new_order)
        route("POST", "/_control/orders/{no}/status", self.order_status)
        route("GET", "/_control/customers", self.customers)
        route("POST", "/_control/customers", self.new_customer)
        route("GET", "/_control/articles", self.articles)
        route("POST", "/_control/articles", self.change_articles)
        route("GET", "/_control/feeds", self.feeds)
        route("GET", "/_control/till", self.till)
        route("GET", "/_control/price-lists", self.price_lists)
        route("GET", "/_control/triggers", self.triggers)
        route("POST", "/_control/triggers", self.add_trigger)
        route("DELETE", "/_control/triggers", self.remove_triggers)

    def dump(self, query: Mapping[str, str]) -> Any:
        """Return everything, or one account with `sbmId`."""
        chosen = [self._books(query)] if query.get("sbmId") else self.world.books.values()
        return {"now": self.world.clock.now(), "accounts": [_dump_account(books) for books in chosen]}

    def _books(self, values: Mapping[str, Any]) -> Books:
        """Return the account asked for by `sbmId`, else the first."""
        books = self.world.account(values.get("sbmId"))
        if books is None:
            raise refuse(f"no account {values['sbmId']}")
        return books

    async def accounts(self, request: web.Request) -> web.StreamResponse:
        """List the accounts with their keys."""
        return json_answer([books.account for books in self.world.books.values()])

    async def add_account(self, request: web.Request) -> web.StreamResponse:
        """Open an account: sbmId, version, apiUserId, innerSecret, outerSecret, options."""
        body = await json_body(request)
        try:
            account = self.world.add_account(
                int(body["sbmId"]),
                int(body.get("version", 2)),
                str(body.get("apiUserId", "")),
                str(body["innerSecret"]),
                str(body["outerSecret"]),
                body.get("options"),
            )
        except (KeyError, ValueError) as error:
            raise refuse(f"{type(error).__name__}: {error}") from error
        self.world.commit()
        return json_answer(account, 201)

    async def options(self, request: web.Request) -> web.StreamResponse:
        """Return an account's options and what each one means."""
        return json_answer({"options": self._books(request.query).options, "meaning": describe()})

    async def set_options(self, request: web.Request) -> web.StreamResponse:
        """Change options of one account (`sbmId`), or of all."""
        body = await json_body(request)
        chosen = [self._books(body)] if "sbmId" in body else list(self.world.books.values())
        wishes = {name: value for name, value in body.items() if name != "sbmId"}
        try:
            for books in chosen:
                books.account.options = changed(books.options, wishes)
                books.save_account()
        except ValueError as error:
            raise refuse(str(error)) from error
        self.world.commit()
        return json_answer([books.account for books in chosen])

    async def orders(self, request: web.Request) -> web.StreamResponse:
        """List orders; `external`, `orderNo` and `customerId` narrow the list."""
        query = request.query
        orders: list[Order] = list(self._books(query).orders.values())
        if "external" in query:
            orders = [o for o in orders if o.external_order_no == query["external"]]
        if "orderNo" in query:
            orders = [o for o in orders if str(o.order_no) == query["orderNo"]]
        if "customerId" in query:
            orders = [o for o in orders if str(o.customer_id) == query["customerId"]]
        return json_answer(orders)

    async def new_order(self, request: web.Request) -> web.StreamResponse:
        """Type in an order by hand."""
        return await self._by_hand(request, type_in_order)

    async def order_status(self, request: web.Request) -> web.StreamResponse:
        """Deliver, invoice or remove an order."""
        number = request.match_info["no"]

        def change(books: Books, body: Mapping[str, Any]) -> Order:
            order = books.orders.get(int(number)) if number.isdigit() else None
            if order is None:
                raise CannotDo(f"no order {number}")
            set_status(books, order, str(body.get("status", "")), body)
            return order

        return await self._by_hand(request, change, 200)

    async def customers(self, request: web.Request) -> web.StreamResponse:
        """List customers; `email` and `customerId` narrow the list."""
        query = request.query
        customers = list(self._books(query).customers.values())
        if "email" in query:
            customers = [c for c in customers if email_key(c.email_address) == email_key(query["email"])]
        if "customerId" in query:
            customers = [c for c in customers if str(c.customer_id) == query["customerId"]]
        return json_answer(customers)

    async def new_customer(self, request: web.Request) -> web.StreamResponse:
        """Type in a customer by hand, or change one (`customerId`)."""
        return await self._by_hand(request, type_in_customer)

    async def articles(self, request: web.Request) -> web.StreamResponse:
        """List articles with what is available at each site.

        `articleNo` asks for one; `after` (an articleId) and `limit` for a part of a long list.
        """
        query, books = request.query, self._books(request.query)
        number = query.get("articleNo")
        if number is not None:
            chosen = [books.articles[number]] if number in books.articles else []
        else:
            after, limit = int(query.get("after", "0")), int(query.get("limit", "0"))
            chosen = [a for a in books.articles.values() if a.article_id > after]
            if limit:
                chosen = nsmallest(limit, chosen, key=lambda a: a.article_id)
        return json_answer([_article(books, article) for article in chosen])

    async def change_articles(self, request: web.Request) -> web.StreamResponse:
        """Create or change one article, or many (`articles`)."""

        def change(books: Books, body: Mapping[str, Any]) -> Any:
            many = body.get("articles")
            if many is None:
                return change_article(books, body)
            return {"changed": len([change_article(books, one) for one in many])}

        return await self._by_hand(request, change)

    async def feeds(self, request: web.Request) -> web.StreamResponse:
        """Tell each reader's cursor, open batch, and how many changes wait."""
        books = self._books(request.query)
        told = []
        for reader in books.readers.values():
            feed = FEEDS[reader.name.partition("/")[0]]
            waiting = feed.log(books).after(reader.batch.upto if reader.batch else reader.cursor, 0)
            told.append({"reader": reader.name, "cursor": reader.cursor, "waiting": len(waiting),
                         "openBatch": reader.batch.number if reader.batch else None})  # fmt: skip
        return json_answer(told)

    async def till(self, request: web.Request) -> web.StreamResponse:
        """List parked purchases, receipts and closed days."""
        return json_answer(_till(self._books(request.query)))

    async def price_lists(self, request: web.Request) -> web.StreamResponse:
        """List the price lists; what articles cost in them stands on the articles."""
        return json_answer(list(self._books(request.query).price_lists.values()))

    async def triggers(self, request: web.Request) -> web.StreamResponse:
        """List triggers and the calls made."""
        triggers = self.world.triggers
        return json_answer({"triggers": list(triggers.registered.values()), "sent": list(triggers.sent)})

    async def add_trigger(self, request: web.Request) -> web.StreamResponse:
        """Register an address for one kind of event."""
        body = await json_body(request)
        books = self._books(body)
        try:
            trigger = self.world.triggers.register(
                books.account.sbm_id, str(body.get("kind", "")), str(body.get("url", ""))
            )
        except ValueError as error:
            raise refuse(str(error)) from error
        self.world.commit()
        return json_answer(trigger, 201)

    async def remove_triggers(self, request: web.Request) -> web.StreamResponse:
        """Take away one trigger (`triggerId`), or all."""
        number = request.query.get("triggerId")
        self.world.triggers.remove(int(number) if number else None)
        self.world.commit()
        return json_answer({"removed": True})

    async def _by_hand(
        self, request: web.Request, change: Callable[[Books, Mapping[str, Any]], Any], status: int = 201
    ) -> web.StreamResponse:
        body = await json_body(request)
        books = self._books({**request.query, **body})
        try:
            result = change(books, body)
        except (CannotDo, ValueError, TypeError, AttributeError) as error:
            raise refuse(str(error)) from error
        finally:
            self.world.commit()
        return json_answer(result, status)


def _article(books: Books, article: Article) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(article)
    told["available"] = {site: str(number) for site, number in available_at(books, article).items()}
    return told


def _till(books: Books) -> dict[str, Any]:
    return {
        "parked": list(books.parked.values()),
        "receipts": list(books.receipts.values()),
        "dayCloses": list(books.day_closes.values()),
    }


def _dump_account(books: Books) -> dict[str, Any]:
    return {
        "account": books.account,
        "series": books.series,
        "customers": list(books.customers.values()),
        "articles": [_article(books, article) for article in books.articles.values()],
        "priceLists": list(books.price_lists.values()),
        "tombstones": list(books.tombstones.values()),
        "orders": list(books.orders.values()),
        "readers": list(books.readers.values()),
        **_till(books),
    }
