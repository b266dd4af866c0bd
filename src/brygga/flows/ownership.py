"""Who leads what: for each object and field which side's value wins, and when it is written.

Read it as a table: a row for each field, a column for each preset. A merchant may change single
cells (setting `masters`); everything else that moves goes by this page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from brygga.domain.errors import SetupWrong
from brygga.domain.message import message


class Lead(StrEnum):
    """Which side leads."""

    SHOP = "shop"
    ERP = "erp"


class Mode(StrEnum):
    """When the leading side's value is written on the other."""

    OVERWRITE = "overwrite"  # whenever it differs
    CREATE = "create"  # only when the record is made there
    EMPTY = "empty"  # only where the other side has nothing
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Cell:
    """Who leads one field, and how."""

    lead: Lead
    mode: Mode

    def __str__(self) -> str:
        return f"{self.lead}:{self.mode}"


_SHOP = Cell(Lead.SHOP, Mode.OVERWRITE)
_SHOP_ONCE = Cell(Lead.SHOP, Mode.CREATE)
_ERP = Cell(Lead.ERP, Mode.OVERWRITE)
_ERP_ONCE = Cell(Lead.ERP, Mode.CREATE)
_ERP_GAPS = Cell(Lead.ERP, Mode.EMPTY)
_NOT = Cell(Lead.ERP, Mode.NEVER)

# field                        1: the shop leads   2: the ERP leads   3: combined
TABLE: Mapping[str, tuple[Cell, Cell, Cell]] = {
    "product.name":            (_SHOP,             _ERP_ONCE,         _SHOP),
    "product.variants":        (_SHOP,             _ERP,              _SHOP),
    "product.barcode":         (_SHOP,             _ERP,              _SHOP),
    "product.weight":          (_SHOP,             _ERP_ONCE,         _SHOP),
    "product.vat_class":       (_SHOP,             _ERP_ONCE,         _SHOP),
    "product.categories":      (_NOT,              _ERP_ONCE,         _NOT),
    "product.texts":           (_NOT,              _ERP_ONCE,         _NOT),
    "product.ended":           (_NOT,              _ERP,              _NOT),
    "price.regular":           (_SHOP,             _ERP,              _ERP),
    "price.sale":              (_NOT,              _ERP,              _ERP),
    "stock.quantity":          (_SHOP_ONCE,        _ERP,              _ERP),
    "order.status":            (_NOT,              _ERP,              _ERP),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Masters:
    """The table's column for one flow, with the merchant's own cells laid over it."""

    cells: Mapping[str, Cell]

    def erp_leads(self, field: str) -> bool:
        """Say that the ERP's value of a field may be written in the shop at all."""
        cell = self.cells[field]
        return cell.lead is Lead.ERP and cell.mode is not Mode.NEVER

    def shop_leads(self, field: str) -> bool:
        """Say that the shop's value of a field may be written in the ERP at all."""
        cell = self.cells[field]
        return cell.lead is Lead.SHOP and cell.mode is not Mode.NEVER

    def mode(self, field: str) -> Mode:
        """Return when a field is written."""
        return self.cells[field].mode


def masters(preset: int, own: Mapping[str, str]) -> Masters:
    """Return who leads what in a flow; `own` are the merchant's cells, written `erp:overwrite`.

    Raises SetupWrong naming the cell.
    """
    cells = {field: columns[preset - 1] for field, columns in TABLE.items()}
    for field, text in own.items():
        lead, _, mode = text.partition(":")
        if field not in TABLE or lead not in list(Lead) or mode not in list(Mode):
            raise SetupWrong(message("flow.bad_master", field=field, value=text), setting="masters")
        cells[field] = Cell(Lead(lead), Mode(mode))
    return Masters(cells)
