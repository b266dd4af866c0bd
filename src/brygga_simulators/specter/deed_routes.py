"""Makes each deed a control route, for tests and demos, and the target of a button on the hand page."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web

from brygga_simulators.common.control import json_answer, json_body, refuse
from brygga_simulators.common.faults import FaultPlan
from brygga_simulators.specter.books import Books
from brygga_simulators.specter.deeds import DEEDS, Deed, Desk
from brygga_simulators.specter.outage import outage
from brygga_simulators.specter.pages import cannot_page, read_form
from brygga_simulators.specter.typed_in import CannotDo
from brygga_simulators.specter.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_WRONG = (CannotDo, ValueError, TypeError, AttributeError)


class DeedRoutes:
    """The handlers of all deeds."""

    def __init__(self, world: World, plan: FaultPlan) -> None:
        self.world = world
        self.plan = plan

    def add_to(self, app: web.Application) -> None:
        """Add the routes to an application."""
        for deed in DEEDS.values():
            app.router.add_route("POST", f"/_control/{deed.path}", self._asked(deed))
            app.router.add_route("POST", f"/accounts/{{sbm}}/do/{deed.path}", self._pressed(deed))
        app.router.add_route("GET", "/_control/outage", self.outage)

    async def outage(self, request: web.Request) -> web.StreamResponse:
        """Say whether the API is down."""
        return json_answer(outage(self.plan))

    def _asked(self, deed: Deed) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = {**request.query, **(await json_body(request)), **_number(request)}
            books = self.world.account(body.get("sbmId"))
            if books is None:
                raise refuse(f"no account {body['sbmId']}")
            try:
                result = self._do(deed, books, body)
            except _WRONG as error:
                raise refuse(str(error)) from error
            return json_answer(result)

        return handle

    def _pressed(self, deed: Deed) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            books = self.world.account(request.match_info["sbm"])
            if books is None:
                raise web.HTTPNotFound
            body = {**_body_of(await read_form(request), deed), **_number(request)}
            try:
                self._do(deed, books, body)
            except _WRONG as error:
                return cannot_page(request, str(error), _page_of(deed, books, body))
            raise web.HTTPSeeOther(_page_of(deed, books, body))

        return handle

    def _do(self, deed: Deed, books: Books, body: Mapping[str, Any]) -> Any:
        try:
            return deed.do(Desk(books, self.world, self.plan), body)
        finally:
            self.world.commit()


def _number(request: web.Request) -> dict[str, str]:
    number = request.match_info.get("no")
    return {} if number is None else {"orderNo": number}


def _body_of(form: Mapping[str, str], deed: Deed) -> dict[str, Any]:
    """Read a form: `row_3=2` is two of row 3. A field left empty is not said, but empties an article's."""
    keep_empty = deed.path == "articles/change"
    said = {name: value.strip() for name, value in form.items()}
    body: dict[str, Any] = {
        name: value for name, value in said.items() if (value or keep_empty) and not name.startswith("row_")
    }
    rows = {name[4:]: value for name, value in said.items() if name.startswith("row_") and value}
    return {**body, "rows": rows} if rows else body


def _page_of(deed: Deed, books: Books, body: Mapping[str, Any]) -> str:
    """Return the page to show afterwards."""
    base = f"/accounts/{books.account.sbm_id}"
    if deed.page == "order":
        number = str(body["orderNo"])
        is_there = number.isdigit() and int(number) in books.orders
        return f"{base}/orders/{number}" if is_there else f"{base}/orders"
    if deed.page == "article":
        numbers = [str(body.get(name, "")) for name in ("newArticleNo", "articleNo")]
        known = next((number for number in numbers if number in books.articles), None)
        return f"{base}/articles" if known is None else f"{base}/article?no={quote(known)}"
    return f"{base}/{deed.page}"
