"""Lays what should be shown beside what is shown: a write with the differences only. Pure."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from brygga.domain.message import Message, message
from brygga.domain.money import plain
from brygga.domain.shelf import ItemWrite, Prices, ShopItem, StockBy, StockWrite
from brygga.flows.ownership import Masters, Mode
from brygga.flows.shelf.ports import Written
from brygga.flows.shelf.prices import PriceWish
from brygga.flows.shelf.settings import HandPrice, ParentStock, ShelfSettings, Unmanaged
from brygga.flows.shelf.stock import number_to_show, status_to_show

_SECOND = timedelta(seconds=1)


@dataclass(slots=True)
class ItemPlan:
    """What one item is told, and what was noticed. None: as it should be, or not ours to say."""

    item: ShopItem
    prices: Prices | None = None
    stock: StockWrite | None = None
    own_prices: Prices | None = None  # what the shop then shows of prices we lead
    own_stock: Decimal | None = None
    keep_regular: bool = False  # not ours to write
    keep_sale: bool = False
    remarks: list[Message] = field(default_factory=list)

    @property
    def write(self) -> ItemWrite | None:
        """Return what is to be written, if anything is."""
        if self.prices is None and self.stock is None:
            return None
        return ItemWrite(
            self.item.product_id,
            self.item.variant_id,
            self.prices,
            self.stock,
            keep_regular=self.keep_regular,
            keep_sale=self.keep_sale,
        )


def plan_prices(
    plan: ItemPlan, wish: PriceWish, written: Written, masters: Masters, settings: ShelfSettings, *, forced: bool
) -> None:  # fmt: skip
    """Plan the prices of an item by who leads which of the two."""
    shown = plan.item.prices
    leads_regular = _is_led(masters, "price.regular", is_empty=shown.regular is None)
    leads_sale = _is_led(masters, "price.sale", is_empty=shown.sale is None) and bool(
        settings.price_list_sale
    )
    if wish.regular is None or not (leads_regular or leads_sale):
        return
    regular = wish.regular if leads_regular else shown.regular
    if leads_sale:
        wanted = Prices(regular, wish.sale, wish.sale_from, wish.sale_to)
    else:
        wanted = Prices(regular, shown.sale, shown.sale_from, shown.sale_to)
    if wanted.sale is not None and (regular is None or wanted.sale >= regular):
        plan.remarks.append(
            message(
                "item.sale_not_below",
                article=plan.item.sku or plan.item.ref,
                sale=plain(wanted.sale),
                regular="-" if regular is None else plain(regular),
            )
        )
        if not leads_sale:
            return  # the shop would drop its own sale in silence
        wanted = Prices(regular)
    plan.own_prices = wanted
    # A price that is as it should be is left as it is written there: 249.00 stays 249.00.
    plan.keep_regular = wanted.regular == shown.regular
    plan.keep_sale = _same_sale(wanted, shown)
    if same_prices(wanted, shown):
        return
    as_we_left_it = written.prices_at is not None and _as_written(wanted, written, leads_sale=leads_sale)
    if as_we_left_it and _differs_in_amounts(wanted, shown):
        put_back = forced and settings.price_by_hand is HandPrice.PUT_BACK
        code = "item.price_put_back" if put_back else "item.price_by_hand"
        facts = {"article": plan.item.sku or plan.item.ref, "shop": _said(shown), "erp": _said(wanted)}
        if not put_back:
            plan.remarks.append(message("item.price_by_hand", **facts))
            plan.own_prices = None
            return
        plan.remarks.append(message(code, **facts))
    plan.prices = wanted


def plan_stock(
    plan: ItemPlan, there: Decimal | None, masters: Masters, settings: ShelfSettings, *, ended: bool
) -> None:
    """Plan an item's own number, or its status where nobody counts. The parent's is planned apart."""
    item = plan.item
    if there is None or not _is_led(masters, "stock.quantity", is_empty=item.stock is None):
        return
    number = Decimal(0) if ended else number_to_show(there, settings, backorders=item.backorders)
    if item.stock_by is StockBy.PARENT and settings.stock_parent is ParentStock.SUM:
        return
    if item.stock_by is StockBy.NOBODY and settings.stock_unmanaged is Unmanaged.LEAVE:
        status = status_to_show(number, backorders=item.backorders)
        if status is not item.stock_status:
            plan.stock = StockWrite(status=status)
        return
    plan.own_stock = number
    if item.stock_by is not StockBy.ITEM or item.stock != number:
        plan.stock = StockWrite(quantity=number)


def same_prices(one: Prices, other: Prices) -> bool:
    """Compare as decimals; a shop keeps whole seconds, and dates only beside a sale."""
    return one.regular == other.regular and _same_sale(one, other)


def _same_sale(one: Prices, other: Prices) -> bool:
    if one.sale is None or one.sale != other.sale:
        return one.sale == other.sale
    pairs = ((one.sale_from, other.sale_from), (one.sale_to, other.sale_to))
    return all(
        mine == theirs or (mine is not None and theirs is not None and abs(mine - theirs) < _SECOND)
        for mine, theirs in pairs
    )


def _differs_in_amounts(one: Prices, other: Prices) -> bool:
    return one.regular != other.regular or one.sale != other.sale


def _as_written(wanted: Prices, written: Written, *, leads_sale: bool) -> bool:
    """Say that the ERP wants what we last wrote: then the shop's own people have changed it."""
    return wanted.regular == written.regular and (not leads_sale or wanted.sale == written.sale)


def _is_led(masters: Masters, field_name: str, *, is_empty: bool) -> bool:
    if not masters.erp_leads(field_name):
        return False
    mode = masters.mode(field_name)
    return mode is Mode.OVERWRITE or (mode is Mode.EMPTY and is_empty)


def _said(prices: Prices) -> str:
    regular = "-" if prices.regular is None else plain(prices.regular)
    return regular if prices.sale is None else f"{regular} ({plain(prices.sale)})"
