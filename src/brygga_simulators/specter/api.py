"""The web-shop API itself: /getInfo.asp and /putInfo.asp."""

from collections.abc import Callable, Mapping

from aiohttp import web

from brygga_simulators.specter.answers import (
    BAD_KEY,
    UNKNOWN_ACCOUNT,
    UNKNOWN_ACTION,
    Refused,
    Xml,
    short_form,
)
from brygga_simulators.specter.articles import submit_articles
from brygga_simulators.specter.books import Books
from brygga_simulators.specter.call import Call, Written
from brygga_simulators.specter.customers import submit_customer
from brygga_simulators.specter.feed_answers import feed_list, feed_xml
from brygga_simulators.specter.feeds import ARTICLES, ORDERS, STOCK, Feed, FeedAnswer, confirm_feed, read_feed
from brygga_simulators.specter.options import Options
from brygga_simulators.specter.order_deeds import invoice
from brygga_simulators.specter.orders import submit_order, take_order
from brygga_simulators.specter.params import read_params
from brygga_simulators.specter.signature import is_signed, signature, signed_field
from brygga_simulators.specter.world import World

GET_INFO = "getInfo.asp"
PUT_INFO = "putInfo.asp"

Action = Callable[[Call], Written | FeedAnswer]


def _read(feed: Feed) -> Action:
    return lambda call: read_feed(call, feed)


def _confirm(feed: Feed) -> Action:
    return lambda call: confirm_feed(call, feed)


def _check_account(call: Call) -> Written:
    return Written(str(call.books.account.sbm_id), "Account settings OK")


def _submit_invoice(call: Call) -> Written:
    """Create an invoice without an order first; the action's name is an option."""
    order = take_order(call.books, call.params)
    order.document_type = "invoice"
    made = invoice(call.books, order)
    call.books.save_order(order, feed=False)
    return Written(str(made.invoice_no), f"Invoice created for order {order.order_no}")


_ACTIONS: dict[tuple[str, str], tuple[str, Action]] = {
    (endpoint, name.lower()): (name, action)
    for endpoint, name, action in (
        (PUT_INFO, "newCustomerSubmit", submit_customer),
        (PUT_INFO, "newOrderSubmit", submit_order),
        (PUT_INFO, "newArticleSubmit", submit_articles),
        (GET_INFO, "getArticleExternalNeedUpdate", _read(STOCK)),
        (GET_INFO, "updateArticlesFromBatch", _confirm(STOCK)),
        (GET_INFO, "getArticleInfoExternalNeedUpdate", _read(ARTICLES)),
        (GET_INFO, "updateArticleInfosFromBatch", _confirm(ARTICLES)),
        (GET_INFO, "getOrdersExternalNeedUpdate", _read(ORDERS)),
        (GET_INFO, "updateOrdersFromBatch", _confirm(ORDERS)),
        (GET_INFO, "checkAccountSettings", _check_account),
    )
}
PARAMS = web.RequestKey("params", dict)
_PATHS = {
    f"{slashes}{name}": endpoint
    for endpoint in (GET_INFO, PUT_INFO)
    for name in (endpoint, endpoint.lower())
    for slashes in ("/", "//")
}


class Api:
    """The handlers of the two endpoints."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, app: web.Application) -> None:
        """Add the endpoints, tolerating a doubled slash and lower case."""
        for path in _PATHS:
            for method in ("GET", "POST"):
                app.router.add_route(method, path, self.handle)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call. Everything it changed is on disk before the answer leaves."""
        params = request[PARAMS] if PARAMS in request else await _params_of(request)
        body, content_type = self.answer(_PATHS[request.path], params)
        return web.Response(body=body, headers={"Content-Type": content_type})

    def answer(self, endpoint: str, params: Mapping[str, str]) -> tuple[bytes, str]:
        """Carry out a call and return the answer and its content type."""
        wants_xml = params.get("usexml", "").strip() == "2"
        books: Books | None = None
        try:
            books = self._books(params)
            outcome = self._carry_out(books, endpoint, params)
        except Refused as reason:
            answer = _refusal(reason, books, wants_xml=wants_xml)
        else:
            answer = _success(outcome, books, params, wants_xml=wants_xml)
        self.world.commit()
        return answer, _content_type(books, wants_xml=wants_xml)

    def _books(self, params: Mapping[str, str]) -> Books:
        sbm_id = params.get("sbmid", "").strip()
        books = self.world.books.get(int(sbm_id)) if sbm_id.isascii() and sbm_id.isdigit() else None
        if books is None:
            raise Refused(UNKNOWN_ACCOUNT, f"sbmId {sbm_id} is unknown")
        return books

    def _carry_out(self, books: Books, endpoint: str, params: Mapping[str, str]) -> Written | FeedAnswer:
        asked = params.get("action", "").strip()
        name, action = _ACTIONS.get((endpoint, asked.lower()), ("", None))
        extra = books.options.invoice_action
        if action is None and extra and endpoint == PUT_INFO and asked.lower() == extra.lower():
            name, action = "newOrderSubmit", _submit_invoice  # signed like an order
        if action is None:
            raise Refused(UNKNOWN_ACTION, f"action {asked} is unknown")
        user = _api_user(books, params)
        account = books.account
        expected = signature(
            account.users[user], account.outer_secret, account.sbm_id, signed_field(name, params)
        )
        strict = books.options.strict_key_case
        if not is_signed(params.get("key", "").strip(), expected, strict_case=strict):
            raise Refused(BAD_KEY, "The key is wrong")
        return action(Call(books, params, user))


def _api_user(books: Books, params: Mapping[str, str]) -> str:
    """Return who calls. Version 1 knows no users; in version 2 the first stands in for none."""
    account = books.account
    if account.version == 1:
        return ""
    user = params.get("apiuserid", "").strip()
    if not user and not books.options.require_api_user:
        return next(iter(account.users))
    if user not in account.users:
        raise Refused(BAD_KEY, f"apiUserId {user} is unknown")
    return user


def _refusal(reason: Refused, books: Books | None, *, wants_xml: bool) -> bytes:
    if not wants_xml:
        return short_form(ok=False, second=str(reason.code), message=reason.message)
    xml = Xml(books.options if books else Options())
    return xml.document(xml.response(ok=False, code=reason.code, message=reason.message))


def _success(
    outcome: Written | FeedAnswer, books: Books, params: Mapping[str, str], *, wants_xml: bool
) -> bytes:
    if isinstance(outcome, FeedAnswer):
        if wants_xml:
            return feed_xml(outcome, books, every_site=params.get("getmultiplestocksites", "").strip() == "1")
        return feed_list(outcome, books)
    if wants_xml:
        xml = Xml(books.options)
        return xml.document(xml.response(ok=True, code=0, message=outcome.message, new_id=outcome.new_id))
    return short_form(ok=True, second=outcome.new_id, message=outcome.message)


def _content_type(books: Books | None, *, wants_xml: bool) -> str:
    if not wants_xml:
        return "text/html; charset=iso-8859-1"
    return f"text/xml; charset={(books.options if books else Options()).xml_encoding.lower()}"


async def _params_of(request: web.Request) -> dict[str, str]:
    query = request.raw_path.partition("?")[2]
    form = await request.read() if request.method == "POST" else b""
    return read_params(query, form)


async def call_key(request: web.Request) -> str | None:
    """Name a call of the API "METHOD /endpoint?action"; pages and control routes are no calls."""
    endpoint = _PATHS.get(request.path)
    if endpoint is None:
        return None
    params = await _params_of(request)
    request[PARAMS] = params
    action = params.get("action", "").strip()
    name = _ACTIONS.get((endpoint, action.lower()), (action,))[0]
    return f"{request.method} /{endpoint}?{name}"
