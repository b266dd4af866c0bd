"""What each kind of record is called on the pages, and where its list and its own page are."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from brygga.domain.refs import Kind


@dataclass(frozen=True, slots=True)
class KindPage:
    """The words of one kind. `list_name` is the name of its list's address."""

    kind: Kind
    list_name: str
    title: Any
    single: Any
    moves: Any  # what travels, for a line in a flow's drawing
    caption: Any
    search: Any
    search_hint: Any
    none_yet: Any
    counted: Callable[[int], str]

    @property
    def list_url(self) -> str:
        """The list's address, by name."""
        return f"console:{self.list_name}"

    @property
    def page_url(self) -> str:
        """The address of one record's page, by name."""
        return f"console:{self.kind.value}"

    @property
    def names(self) -> tuple[str, str]:
        """The names of both its pages, to tell which one the reader is on."""
        return (self.list_name, self.kind.value)

    @property
    def to_shop(self) -> bool:
        """Say that it travels from the ERP to the shop."""
        return self.kind.to_shop


def _orders(n: int) -> str:
    return ngettext("%(n)s order", "%(n)s orders", n) % {"n": n}


def _products(n: int) -> str:
    return ngettext("%(n)s product", "%(n)s products", n) % {"n": n}


def _customers(n: int) -> str:
    return ngettext("%(n)s customer", "%(n)s customers", n) % {"n": n}


def _items(n: int) -> str:
    return ngettext("%(n)s article", "%(n)s articles", n) % {"n": n}


def _goods(n: int) -> str:
    return ngettext("%(n)s product from the ERP", "%(n)s products from the ERP", n) % {"n": n}


def _statuses(n: int) -> str:
    return ngettext("%(n)s order status", "%(n)s order statuses", n) % {"n": n}


PAGES: Mapping[Kind, KindPage] = {
    page.kind: page
    for page in (
        KindPage(
            Kind.ORDER,
            "orders",
            _("Orders"),
            _("Order"),
            _("Orders"),
            _("Orders, newest first"),
            _("Order number in the shop or in the ERP"),
            _("Number in the shop or ERP"),
            _("No order seen yet. Orders come here when the flow is started."),
            _orders,
        ),
        KindPage(
            Kind.PRODUCT,
            "products",
            _("Products"),
            _("Product"),
            _("Products"),
            _("Products, newest first"),
            _("Product number or id"),
            _("Number or id"),
            _("No product seen yet. Products come here when the flow is started."),
            _products,
        ),
        KindPage(
            Kind.CUSTOMER,
            "customers",
            _("Customers"),
            _("Customer"),
            _("Customers"),
            _("Customers, newest first"),
            _("Customer number in the shop or in the ERP"),
            _("Number in the shop or ERP"),
            _("No customer seen yet. They come here when customers are also sent without an order."),
            _customers,
        ),
        KindPage(
            Kind.ITEM,
            "items",
            _("Articles in the shop"),
            _("Article"),
            _("Price and stock"),
            _("Articles, newest first"),
            _("Article number in the ERP or in the shop"),
            _("Article number"),
            _("No article seen yet. They come here when the ERP has told of its articles."),
            _items,
        ),
        KindPage(
            Kind.GOODS,
            "goods_list",
            _("Products from the ERP"),
            _("Product from the ERP"),
            _("Products with variants"),
            _("Products from the ERP, newest first"),
            _("Article number in the ERP, or the product's id in the shop"),
            _("Article number or id"),
            _("No product seen yet. They come here when the ERP has told of its articles."),
            _goods,
        ),
        KindPage(
            Kind.STATUS,
            "statuses",
            _("Order status"),
            _("Order status"),
            _("Order status"),
            _("Order statuses, newest first"),
            _("Order number in the ERP or in the shop"),
            _("Number in the shop or ERP"),
            _("Nothing told yet. When the ERP delivers or invoices an order it is shown here."),
            _statuses,
        ),
    )
}

TO_SHOP = (Kind.ITEM, Kind.GOODS, Kind.STATUS)  # in the order that lists and drawings have them
TO_ERP = (Kind.ORDER, Kind.PRODUCT, Kind.CUSTOMER)


def page_of(kind: str) -> KindPage:
    """Return the words of a kind. Raises ValueError for what is none, KeyError for what has no page."""
    return PAGES[Kind(kind)]


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of the menu: where it leads and on which pages it is the current one."""

    title: Any
    url: str
    names: Collection[str]


def menu(moved: frozenset[Kind]) -> list[MenuEntry]:
    """Return the menu's lists: what the tenant's flows bring over; all of one direction to the shop in one."""
    found = [
        MenuEntry(
            PAGES[Kind.ORDER].title, "console:orders", (*PAGES[Kind.ORDER].names, "customers", "customer")
        )
    ]
    if Kind.PRODUCT in moved or not moved & set(TO_SHOP):
        found.append(MenuEntry(PAGES[Kind.PRODUCT].title, "console:products", PAGES[Kind.PRODUCT].names))
    to_shop = [PAGES[kind] for kind in TO_SHOP if kind in moved]
    if to_shop:
        names = [name for kind in TO_SHOP for name in PAGES[kind].names]
        found.append(MenuEntry(_("To the shop"), to_shop[0].list_url, names))
    return found
