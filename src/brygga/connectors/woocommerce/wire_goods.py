"""Products for comparing and making, with attributes, terms, categories and tax classes, in JSON."""

import msgspec

from brygga.connectors.woocommerce.wire import Loose, Meta
from brygga.connectors.woocommerce.wire_shelf import ItemError


class Attribute(msgspec.Struct):
    """An attribute of a product (`options`), or a variation's choice of one (`option`)."""

    id: Loose = None
    name: Loose = None
    slug: Loose = None
    option: Loose = None
    options: Loose = None
    variation: Loose = None
    visible: Loose = None


class Named(msgspec.Struct):
    """A category of a product."""

    id: Loose = None


class Goods(msgspec.Struct):
    """A product or variation, all that is compared; in a batch perhaps an error in its place."""

    id: Loose = None
    type: Loose = None
    status: Loose = None
    name: Loose = None
    sku: Loose = None
    description: Loose = None
    short_description: Loose = None
    date_modified_gmt: Loose = None
    tax_class: Loose = None
    weight: Loose = None
    global_unique_id: Loose = None
    manage_stock: Loose = None
    stock_status: Loose = None
    translation_of: Loose = None
    categories: list[Named] = []
    attributes: list[Attribute] = []
    default_attributes: list[Attribute] = []
    meta_data: list[Meta] = []
    error: ItemError | None = None


class GoodsBatch(msgspec.Struct):
    """The answer to a batch of products or variations: everything in its place."""

    create: list[Goods] = []
    update: list[Goods] = []


class GlobalAttribute(msgspec.Struct):
    """A global attribute of the shop."""

    id: Loose = None
    name: Loose = None
    slug: Loose = None


class Term(msgspec.Struct):
    """A value of a global attribute, or a category (then it may have a parent)."""

    id: Loose = None
    name: Loose = None
    slug: Loose = None
    parent: Loose = None
    menu_order: Loose = None


class TaxClass(msgspec.Struct):
    """A tax class; `standard` is the class '' of products."""

    slug: Loose = None
    name: Loose = None
