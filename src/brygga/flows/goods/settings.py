"""The settings of products that are made and kept from the ERP's articles."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GoodsSettings:
    """How articles become products of the shop."""

    goods_draft: bool = True  # new products are drafts, so that pictures and texts can follow
