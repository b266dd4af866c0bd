"""How a record is pointed at: by whose it is, what it is and its id there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of record that travel, and of those that links are about."""

    ORDER = "order"  # a shop's order with its customer, to the ERP
    PRODUCT = "product"  # a shop's product with its variants, to the ERP
    CUSTOMER = "customer"  # a shop's customer alone, to the ERP
    ARTICLE = "article"  # links only: one variant of a shop is one article of the ERP, whoever leads
    GOODS = "goods"  # the ERP's articles of one group, to the shop as one product
    ITEM = "item"  # an article's price and stock, to the shop
    STATUS = "status"  # what the ERP tells of an order, to the shop

    @property
    def to_shop(self) -> bool:
        """Say that it travels from the ERP to the shop."""
        return self in _TO_SHOP


_TO_SHOP = frozenset({Kind.GOODS, Kind.ITEM, Kind.STATUS})


@dataclass(frozen=True, slots=True)
class RecordRef:
    """One record in one system. The id is the system's own, always text."""

    connection: int
    kind: Kind
    id: str

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@dataclass(frozen=True, slots=True)
class Version:
    """How a record was when a list told of it or it was read.

    Systems keep change times in whole seconds, so two changes of one second share a time; `mark`
    tells them apart by what else a list shows. An empty mark says nothing.
    """

    changed_at: datetime
    mark: str = ""

    def is_later_than(self, other: "Version") -> bool:
        """Say whether this is news to whoever knows the other."""
        if self.changed_at != other.changed_at:
            return self.changed_at > other.changed_at
        return bool(self.mark and other.mark) and self.mark != other.mark

    def differs_from(self, other: "Version") -> bool:
        """Say whether the record is no longer as it was in the other version.

        Unlike `is_later_than` this sees a change also when the system's clock was set back.
        """
        return self.is_later_than(other) or bool(self.mark and other.mark and self.mark != other.mark)


@dataclass(frozen=True, slots=True)
class Link:
    """This record here is that record there. Survives renaming, prefixes and presets.

    `target_id` is empty while the target is known to exist but its number is not yet learnt.
    `fingerprint` is the hash of what was sent, to tell a later edit from an echo.
    """

    source: RecordRef
    source_key: str
    target_connection: int
    target_id: str
    target_key: str
    fingerprint: str
