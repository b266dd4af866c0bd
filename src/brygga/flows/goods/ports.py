"""What products on their way to a shop need kept, supplied by `app/store/goods.py`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from brygga.domain.outcome import Outcome
from brygga.domain.supply import ArticleInfo
from brygga.flows.goods.grouping import FileRow
from brygga.flows.journal import Entry
from brygga.flows.ports import Work


@dataclass(frozen=True, slots=True)
class Group:
    """The articles of one product as the ERP has told of them, and what an uploaded file says."""

    key: str
    articles: tuple[ArticleInfo, ...] = ()
    rows: Mapping[str, FileRow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """Which product of the shop a group is.

    `hidden` are statuses that we have changed to hide something, to be given back: by variation's
    id, the product's own under its own id.
    """

    product_id: str
    hidden: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Linked:
    """Where an article is in the shop: the link's reference, and the number that the item had from us last.

    Without a number it is an item that was found, in a product that was never kept for its group.
    """

    ref: str
    sku: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one group. `written_in` is the place of its write among the shared exchanges."""

    work: Work
    outcome: Outcome
    lines: Sequence[Entry] = ()
    written_in: int | None = None


class GoodsStore(Protocol):
    """Groups, and what of them is which product of the shop."""

    def group(self, key: str) -> Group:
        """Return a group's articles, by number."""

    def has_members(self, key: str) -> bool:
        """Say that there are articles in a group."""

    def made(self, key: str) -> Made | None:
        """Return which product of the shop a group is."""

    def keys_of(self, product_ids: Collection[str]) -> Mapping[str, str]:
        """Say which groups these products of the shop are; strangers are left out."""

    def linked(self, article_nos: Collection[str]) -> Mapping[str, Sequence[Linked]]:
        """Return where these articles are in the shop, oldest link first."""

    def articles_of(self, refs: Collection[str]) -> Mapping[str, str]:
        """Return the articles that these items of the shop are linked to."""

    def is_being_told(self, article_nos: Collection[str]) -> bool:
        """Say that the ERP's feed was not yet read to its end since it told of one of these articles."""

    def suspects(self, article_nos: Collection[str]) -> Mapping[str, str]:
        """Return articles still in use that differ from one of these in spelling only: ours to theirs."""

    def keep(
        self,
        key: str,
        made: Made,
        *,
        links: Mapping[str, str] | None = None,
        unlinked: Collection[str] = (),
    ) -> None:
        """Store which product a group is, and links of its items (reference to article number).

        Items that are now linked become due; links that are no more are taken away first.
        """

    def unlink(self, refs: Collection[str]) -> None:
        """Take links of items away."""

    def give_up(self, key: str) -> None:
        """Forget which product a group is: another group has taken it over, or it is retired."""

    def wake(self, keys: Collection[str]) -> None:
        """Make groups due."""

    def settle(self, settled: Sequence[Settled], exchanges: Sequence[Entry] = ()) -> None:
        """Store what became of groups, with what was said to the shop for all of them, in one transaction.

        One that was told of meanwhile is due again at once. Raises LaneLost.
        """
