"""Reads the spreadsheets that people upload, and writes those they download: CSV and Excel (.xlsx)."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl

from brygga.domain.errors import RecordRejected
from brygga.domain.message import message

LARGEST = 10 * 1024 * 1024  # bytes of an uploaded file
LONGEST = 200_000  # rows of it
_UNPACKED = 100 * 1024 * 1024  # an Excel file is packed: what it may hold unpacked
_SHEETS = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers")
_ONLY_ZEROS = re.compile(r"0+")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no spreadsheet can hold them


def rows_of_file(name: str, body: bytes) -> list[list[object]]:
    """Return the rows of a file, empty ones too. Raises RecordRejected when it is none we can read."""
    if len(body) > LARGEST:
        raise RecordRejected(message("table.too_large", file=name, most=LARGEST // (1024 * 1024)))
    try:
        if zipfile.is_zipfile(io.BytesIO(body)):
            found = list(_of_excel(body))
        elif name.lower().endswith(_SHEETS):
            raise ValueError("no spreadsheet")
        else:
            found = [list(row) for row in rows_of_csv(_decoded(body))]
    except Exception as error:  # a broken file breaks anywhere in it
        raise RecordRejected(message("table.unreadable", file=name), f"{name}: {error}") from error
    if len(found) > LONGEST:
        raise RecordRejected(message("table.too_long", file=name, rows=len(found), most=LONGEST))
    return found


def rows_of_csv(text: str) -> list[list[str]]:
    """Read a CSV file as spreadsheets write it, with semicolons, commas or tabs."""
    text = text.lstrip("\ufeff")
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]


def as_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as CSV that a spreadsheet opens as it is: semicolons, UTF-8 with its mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_excel(rows: Iterable[Sequence[object]], title: str) -> bytes:
    """Write rows as an Excel file whose cells are text, so that no number loses its zeros."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31] or "1")
    for row in rows:
        sheet.append([safe(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe(cell: object) -> str:
    """Return a cell as text that no spreadsheet takes for a formula."""
    text = _ILLEGAL.sub("", "" if cell is None else str(cell))
    formula = text[:1] in ("=", "+", "-", "@", "\t", "\r") and not text[1:].replace(".", "").isdigit()
    return f"'{text}" if formula else text


def cell_text(cell: object) -> str:
    """Return a cell as text; a spreadsheet's number without the point that it puts behind whole ones."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return str(cell).strip()


def _decoded(body: bytes) -> str:
    """Tell UTF-8 from what Windows writes."""
    if b"\x00" in body[:1000] and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("no text")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252")


def _of_excel(body: bytes) -> Iterator[list[object]]:
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        if sum(part.file_size for part in packed.infolist()) > _UNPACKED:
            raise ValueError("too much is packed in it")
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
    try:
        for row in book.worksheets[0].iter_rows(max_row=LONGEST + 1, max_col=50):
            shown = [_shown(cell) for cell in row]
            while shown and shown[-1] in (None, ""):  # every row is as wide as was asked for
                shown.pop()
            yield shown
    finally:
        book.close()


def _shown(cell: Any) -> object:
    """Return what a cell shows: the zeros that only its number format puts before a number too."""
    value, form = cell.value, str(getattr(cell, "number_format", "") or "")
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value).zfill(len(form)) if whole and len(form) > 1 and _ONLY_ZEROS.fullmatch(form) else value
