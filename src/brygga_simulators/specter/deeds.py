"""Everything staff can do, by name: the same deed is a control route and a button of the hand page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from brygga_simulators.common.faults import FaultPlan
from brygga_simulators.specter import order_deeds, price_lists, stockroom, till
from brygga_simulators.specter.article_deeds import change_article, flag_setter, mark_all, rename_article
from brygga_simulators.specter.books import Books
from brygga_simulators.specter.model import Order
from brygga_simulators.specter.outage import bring_up, take_down
from brygga_simulators.specter.seed import seed
from brygga_simulators.specter.triggers import Trigger
from brygga_simulators.specter.typed_in import CannotDo, whole_number, yes
from brygga_simulators.specter.world import World

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Desk:
    """Where somebody sits: one account's books, in the world that holds them."""

    books: Books
    world: World
    plan: FaultPlan


@dataclass(frozen=True)
class Deed:
    """One thing that can be done. `path` stands below `/_control/` and below the account's pages."""

    path: str
    page: str
    """The hand page with the button: till, stock, order, article, price-lists or settings."""
    do: Callable[[Desk, Body], Any]
    fields: tuple[str, ...] = ()
    """What the button's form asks for."""


def _books(do: Callable[[Books, Body], Any]) -> Callable[[Desk, Body], Any]:
    return lambda desk, body: do(desk.books, body)


def _order(do: Callable[[Books, Order, Body], Order]) -> Callable[[Desk, Body], Order]:
    def on_order(desk: Desk, body: Body) -> Order:
        number = whole_number(body.get("orderNo", ""), "orderNo")
        order = desk.books.orders.get(number)
        if order is None:
            raise CannotDo(f"no order {number}")
        return do(desk.books, order, body)

    return on_order


def _plain(do: Callable[[Books, Order], Order]) -> Callable[[Desk, Body], Order]:
    return _order(lambda books, order, _: do(books, order))


def _close_day(desk: Desk, _: Body) -> Any:
    return till.close_day(desk.books)


def _seed(desk: Desk, body: Body) -> dict[str, int]:
    return {"articles": seed(desk.books, whole_number(body.get("articles", ""), "articles"))}


def _add_trigger(desk: Desk, body: Body) -> Trigger:
    sbm_id = desk.books.account.sbm_id
    return desk.world.triggers.register(sbm_id, str(body.get("kind", "")), str(body.get("url", "")))


def _switch_triggers(desk: Desk, body: Body) -> list[Trigger]:
    on = yes(body.get("on", ""), "on")
    return desk.world.triggers.switch(desk.books.account.sbm_id, str(body.get("kind", "")), on=on)


def _remove_trigger(desk: Desk, body: Body) -> dict[str, bool]:
    desk.world.triggers.remove(whole_number(body.get("triggerId", ""), "triggerId"))
    return {"removed": True}


def _down(desk: Desk, body: Body) -> dict[str, Any]:
    return take_down(desk.plan, str(body.get("how", "unavailable")))


def _up(desk: Desk, _: Body) -> dict[str, Any]:
    return bring_up(desk.plan)


ARTICLE_FIELDS = (
    "articleNo", "name", "priceExclVat", "vatPercent", "barCode", "productWeight", "articleGroup", "parentNo",
    "options", "buyPrice", "forWeb", "webShortDescription", "webDescription",
)  # fmt: skip
_PRICE = ("name", "articleNo", "priceExclVat", "fromQuantity", "from", "to")

_ALL = (
    Deed("till/sell", "till", _books(till.sell), ("site", "rows", "paidBy")),
    Deed("till/park", "till", _books(till.park), ("site", "rows", "note")),
    Deed("till/take-up", "till", _books(till.take_up), ("paidBy",)),
    Deed("till/put-back", "till", _books(till.put_back)),
    Deed("till/close", "till", _close_day),
    Deed("stock/receive", "stock", _books(stockroom.receive), ("site", "rows")),
    Deed("stock/adjust", "stock", _books(stockroom.adjust), ("site", "rows")),
    Deed("stock/move", "stock", _books(stockroom.move), ("from", "to", "rows")),
    Deed("orders/{no}/deliver", "order", _order(order_deeds.deliver_rows), ("trackingNo",)),
    Deed("orders/{no}/parcels", "order", _order(order_deeds.number_parcels), ("trackingNo", "void")),
    Deed("orders/{no}/invoice", "order", _plain(order_deeds.make_invoice)),
    Deed("orders/{no}/pay", "order", _plain(order_deeds.mark_paid)),
    Deed("orders/{no}/cancel", "order", _plain(order_deeds.cancel)),
    Deed("orders/{no}/remove", "order", _plain(order_deeds.remove)),
    Deed("articles/change", "article", _books(change_article), ARTICLE_FIELDS),
    Deed("articles/rename", "article", _books(rename_article), ("newArticleNo",)),
    Deed("articles/end", "article", _books(flag_setter("ended", to=True))),
    Deed("articles/take-in-again", "article", _books(flag_setter("ended", to=False))),
    Deed("articles/delete", "article", _books(flag_setter("deleted", to=True))),
    Deed("articles/undelete", "article", _books(flag_setter("deleted", to=False))),
    Deed("price-lists/define", "price-lists", _books(price_lists.define_list), ("name", "currency", "customerGroup")),
    Deed("price-lists/price", "price-lists", _books(price_lists.set_price), _PRICE),
    Deed("price-lists/take-away", "price-lists", _books(price_lists.take_away), ("name", "articleNo")),
    Deed("flag-all", "settings", _books(mark_all)),
    Deed("seed", "settings", _seed, ("articles",)),
    Deed("triggers/add", "settings", _add_trigger, ("kind", "url")),
    Deed("triggers/switch", "settings", _switch_triggers),
    Deed("triggers/remove", "settings", _remove_trigger),
    Deed("outage/down", "settings", _down),
    Deed("outage/up", "settings", _up),
)  # fmt: skip
DEEDS = {deed.path: deed for deed in _ALL}
