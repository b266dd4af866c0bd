"""Who leads what in words: the fields, the sides and when something is written; and which cells make sense."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brygga.domain.refs import Kind
from brygga.flows.ownership import Cell, Lead, Mode
from brygga.flows.presets import Preset

FIELDS: Mapping[str, Any] = {
    "product.name": gettext_lazy("Product name"),
    "product.variants": gettext_lazy("Variants"),
    "product.barcode": gettext_lazy("Barcode (EAN)"),
    "product.weight": gettext_lazy("Weight"),
    "product.vat_class": gettext_lazy("VAT class"),
    "product.categories": gettext_lazy("Categories"),
    "product.texts": gettext_lazy("Descriptions"),
    "product.ended": gettext_lazy("Ended products"),
    "price.regular": gettext_lazy("Regular price"),
    "price.sale": gettext_lazy("Sale price"),
    "stock.quantity": gettext_lazy("Stock"),
    "order.status": gettext_lazy("Order status"),
}
_LEADS: Mapping[Lead, Any] = {
    Lead.SHOP: pgettext_lazy("leads", "The shop"),
    Lead.ERP: pgettext_lazy("leads", "The ERP"),
}
_MODES: Mapping[Mode, Any] = {
    Mode.OVERWRITE: pgettext_lazy("written", "always"),
    Mode.CREATE: pgettext_lazy("written", "only when the product is made"),
    Mode.EMPTY: pgettext_lazy("written", "only where it is empty"),
    Mode.NEVER: pgettext_lazy("written", "never"),
}
# What carries a field from each side.
_FROM_ERP: Mapping[str, Kind] = {
    "product": Kind.GOODS,
    "price": Kind.ITEM,
    "stock": Kind.ITEM,
    "order": Kind.STATUS,
}
_FROM_SHOP: Mapping[str, Kind] = {"product": Kind.PRODUCT, "price": Kind.PRODUCT, "stock": Kind.PRODUCT}
_NEVER = str(Cell(Lead.ERP, Mode.NEVER))


def field_name(field: str) -> str:
    """Name a field."""
    return str(FIELDS.get(field, field))


def leader(cell: Cell) -> str:
    """Name who leads; a field that is never written is led by nobody."""
    return str(_LEADS[cell.lead]) if cell.mode is not Mode.NEVER else _("Nobody")


def when_written(cell: Cell) -> str:
    """Say when the leading side's value is written on the other."""
    return str(_MODES[cell.mode])


def said(cell: Cell) -> str:
    """Say a whole cell."""
    if cell.mode is Mode.NEVER:
        return _("Not written")
    return _("%(who)s leads: %(when)s") % {"who": leader(cell), "when": when_written(cell)}


def choices(field: str, preset: Preset, now: Cell) -> Iterator[tuple[str, str]]:
    """Yield the cells a field may have in a preset: only what something carries, and what it has now."""
    sort = field.partition(".")[0]
    given = {str(now)}
    yield str(now), said(now)
    for lead, carries in ((Lead.SHOP, _FROM_SHOP.get(sort)), (Lead.ERP, _FROM_ERP.get(sort))):
        if carries is None or not preset.moves(carries):
            continue
        for mode in (Mode.OVERWRITE, Mode.CREATE, Mode.EMPTY):
            cell = Cell(lead, mode)
            if str(cell) not in given and _makes_sense(field, mode):
                given.add(str(cell))
                yield str(cell), said(cell)
    if now.mode is not Mode.NEVER:
        yield _NEVER, said(Cell(Lead.ERP, Mode.NEVER))


def _makes_sense(field: str, mode: Mode) -> bool:
    return field != "order.status" or mode is Mode.OVERWRITE
