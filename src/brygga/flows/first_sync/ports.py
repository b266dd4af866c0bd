"""What a first synchronisation needs from outside, supplied by `app/store/first_sync.py`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

from brygga.domain.supply import Supply
from brygga.flows.first_sync.rows import Row


class PlanStore(Protocol):
    """One plan of one flow: its rows, and what is known of items and articles."""

    def supply(self, article_nos: Collection[str]) -> Mapping[str, Supply]:
        """Return what the ERP has told of these articles, by number."""

    def spelt_otherwise(self, article_nos: Sequence[str]) -> Mapping[str, str]:
        """Return articles that differ from one of these in spelling only: ours to theirs."""

    def articles_of(self, items: Collection[str]) -> Mapping[str, str]:
        """Return the articles that these items of the shop are linked to."""

    def items_of(self, article_nos: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the shop's items that these articles are linked to."""

    def add(self, rows: Sequence[Row]) -> None:
        """Add rows to the plan."""

    def twice(self) -> int:
        """Make rows ambiguous whose article more than one item would be; return how many."""

    def articles_left(self) -> Iterator[Sequence[Supply]]:
        """Yield articles, not ended, that no row of the plan is about, some at a time."""

    def rows_with_barcode(self, barcodes: Collection[str]) -> Mapping[str, Sequence[Row]]:
        """Return rows of items that have one of these bar codes and no article, or one by its bar code."""

    def change(self, rows: Sequence[Row]) -> None:
        """Store rows anew that were added before."""

    def left(self, most: int) -> Sequence[Row]:
        """Return the first rows that were not yet carried out."""

    def carry_out(self, rows: Sequence[Row], sends: Collection[str], leads_items: bool) -> None:
        """Join, wake and settle rows as they say, in one transaction; `sends` are products of the shop."""
