"""The settings of products that are made and kept from the ERP's articles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class GoodsMode(StrEnum):
    """Whether products are made, updated, or both."""

    CREATE = "create"
    UPDATE = "update"
    BOTH = "both"
    OFF = "off"


class Ended(StrEnum):
    """What happens in the shop to an article that is ended, deleted or not for the web any more."""

    HIDE = "hide"
    OUT_OF_STOCK = "out_of_stock"
    NOTHING = "nothing"


@dataclass(frozen=True)
class GoodsSettings:
    """How articles become products of the shop."""

    goods: GoodsMode = GoodsMode.BOTH
    goods_draft: bool = True  # new products are drafts, so that pictures and texts can follow
    goods_only_web: bool = True  # an article that the feed says is not for the web is left out
    goods_ended: Ended = Ended.HIDE

    # which articles are one product
    goods_separator: str = ""  # empty: no rule on the article number
    goods_number_parts: tuple[str, ...] = ("parent", "Storlek", "Färg")
    goods_option_words: Mapping[str, str] = field(default_factory=dict)
    goods_term_order: tuple[str, ...] = (
        "XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL", "2XL", "3XL", "4XL", "5XL",
    )  # fmt: skip
    goods_alone_simple: bool = True

    # what a product gets
    goods_category: str = ""
    goods_categories: Mapping[str, str] = field(default_factory=dict)  # by article group
    goods_make_categories: bool = False
    goods_vat_classes: Mapping[str, str] = field(default_factory=dict)  # by percent
    goods_barcode_meta: str = ""  # empty: the shop's own field, WooCommerce 9.2 and later
