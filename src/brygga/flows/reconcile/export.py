"""Reads a file that staff exported from the ERP: articles or orders, as CSV or Excel, row by row.

Headings are recognised in Swedish and English, in any order and case. Numbers are read as people
write them; article numbers stay text, for a spreadsheet likes to take their zeros away.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import openpyxl

from brygga.domain.errors import SetupWrong
from brygga.domain.message import message

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "article_no": ("artikelnummer", "artikelnr", "artikel", "artnr", "article number", "article no", "articleno", "sku"),
    "name": ("benämning", "artikelnamn", "namn", "name", "description"),
    "price": ("pris exkl moms", "pris exkl. moms", "pris ex moms", "price ex vat", "price excl vat", "priceexclvat",
              "pris", "price", "utpris"),
    "vat": ("moms", "moms %", "momssats", "vat", "vat %", "vatpercent"),
    "stock": ("disponibelt", "disponibelt saldo", "disponibelt lager", "lager", "available", "stock"),
    "on_hand": ("lagersaldo", "saldo", "fysiskt saldo", "on hand"),
    "site": ("lagerställe", "lagerplats", "site", "stock site"),
    "order_no": ("ordernummer", "ordernr", "order", "order number", "order no", "orderno"),
    "external_no": ("externt ordernummer", "externt nummer", "webborder", "external number", "externalorderno"),
    "sum": ("summa", "ordersumma", "summa inkl moms", "totalt", "total", "sum", "belopp"),
}  # fmt: skip
_BY_HEADING = {heading: name for name, headings in HEADINGS.items() for heading in headings}
_SPACES = str.maketrans("", "", " \u00a0\u202f'")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file. What it does not tell is None; texts that are missing are empty."""

    line: int
    article_no: str = ""
    name: str = ""
    price: Decimal | None = None
    vat: Decimal | None = None
    stock: Decimal | None = None
    site: str = ""
    order_no: str = ""
    external_no: str = ""
    sum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """A file, and when the ERP said what is in it. It is read anew each time it is asked for."""

    path: Path
    read_at: datetime
    columns: frozenset[str]

    @property
    def of_orders(self) -> bool:
        """Say that the file tells of orders; otherwise it tells of articles."""
        return "order_no" in self.columns or "external_no" in self.columns

    def rows(self) -> Iterator[Row]:
        """Read the file row by row, with flat memory; rows without a number are left out."""
        with _table(self.path) as table:
            names = _names(next(table, ()))
            for line, cells in enumerate(table, start=2):
                row = _row(line, dict(zip(names, cells, strict=False)))
                if row.order_no or row.external_no if self.of_orders else row.article_no:
                    yield row


def open_export(path: Path, read_at: datetime) -> Export:
    """Look at a file's headings. Raises SetupWrong when it can't be read or names no number."""
    try:
        with _table(path) as table:
            found = frozenset(name for name in _names(next(table, ())) if name)
    except (OSError, UnicodeError, csv.Error, ValueError, KeyError) as error:
        raise SetupWrong(
            message("reconcile.export_unreadable", file=path.name), str(error), setting="export"
        ) from error
    if not found & {"article_no", "order_no", "external_no"}:
        wanted = ", ".join(HEADINGS[name][0] for name in ("article_no", "order_no"))
        raise SetupWrong(
            message("reconcile.export_no_number", file=path.name, wanted=wanted), setting="export"
        )
    return Export(path, read_at, found)


@contextmanager
def _table(path: Path) -> Iterator[Iterator[Sequence[Any]]]:
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        except Exception as error:  # a broken file breaks anywhere in it
            raise ValueError(f"no spreadsheet: {error}") from error
        try:
            yield iter(book.worksheets[0].iter_rows(values_only=True))
        finally:
            book.close()
        return
    with path.open("rb") as raw:
        encoding = _encoding(raw.read(65_536))
        raw.seek(0)
        text = io.TextIOWrapper(raw, encoding=encoding, newline="")
        first = text.readline()
        delimiter = max((";", "\t", ","), key=first.count)
        text.seek(0)
        yield iter(csv.reader(text, delimiter=delimiter))
        text.detach()


def _encoding(start: bytes) -> str:
    """Tell UTF-8 from what Windows writes; the last letter of the piece may be cut."""
    try:
        start.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:
            return "cp1252"
    return "utf-8-sig"


def _names(headings: Iterable[Any]) -> list[str]:
    return [_BY_HEADING.get(" ".join(str(cell or "").split()).lower(), "") for cell in headings]


def _row(line: int, cells: Mapping[str, Any]) -> Row:
    return Row(
        line=line,
        article_no=_text(cells.get("article_no")),
        name=_text(cells.get("name")),
        price=_number(cells.get("price")),
        vat=_number(cells.get("vat")),
        stock=_number(cells.get("stock")),
        site=_text(cells.get("site")),
        order_no=_text(cells.get("order_no")),
        external_no=_text(cells.get("external_no")),
        sum=_number(cells.get("sum")),
    )


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)  # a spreadsheet keeps 1042 as 1042.0
    return "" if cell is None else str(cell).strip()


def _number(cell: Any) -> Decimal | None:
    if cell is None or isinstance(cell, bool):
        return None
    text = str(cell).translate(_SPACES).removesuffix("%").removesuffix("kr").replace("−", "-")
    if "," in text:
        text = text.replace(".", "").replace(",", ".")  # 1.234,50
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
