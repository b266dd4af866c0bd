"""The settings of what an ERP's facts do to an order in the shop, and the other way."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StatusSettings:
    """What each fact of the ERP does in the shop."""

    status_notes: bool = True  # a private note for each fact
