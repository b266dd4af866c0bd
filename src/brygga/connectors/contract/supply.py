"""What an ERP promises that leads range and stock: feeds of articles and of stock.

They keep to the order feed's protocol: rows are read under a batch number of ours, come again
until they are confirmed, and are confirmed only when they are safe.
"""

from typing import Protocol, runtime_checkable

from brygga.connectors.contract.connector import FeedBatch
from brygga.domain.supply import ArticleInfo, StockLevel


@runtime_checkable
class FeedsArticles(Protocol):
    """An ERP that tells of new and changed articles."""

    def read_articles(self, batch: str) -> FeedBatch[ArticleInfo]:
        """Read changed articles under a batch number, or those of the batch that is open instead."""

    def confirm_articles(self, batch: str) -> None:
        """Tell the ERP that the rows of a batch are safe with us."""


@runtime_checkable
class FeedsStock(Protocol):
    """An ERP that tells of changed stock."""

    def read_stock(self, batch: str) -> FeedBatch[StockLevel]:
        """Read changed stock, a row for each article and site, or that of the batch that is open."""

    def confirm_stock(self, batch: str) -> None:
        """Tell the ERP that the rows of a batch are safe with us."""
