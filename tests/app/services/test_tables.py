"""Files that people upload: what spreadsheets write, and what they break."""

import io
from datetime import datetime

import openpyxl
import pytest

from brygga.app.services import tables
from brygga.app.services.tables import as_csv, as_excel, cell_text, rows_of_file
from brygga.domain.errors import RecordRejected


def excel(*rows: list[object], form: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    if form:
        for cell in sheet["A"]:
            cell.number_format = form
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_is_read_however_it_was_saved(encoding: str, separator: str) -> None:
    text = (
        separator.join(["Artikelnummer", "Grupp", "Färg"]) + "\r\n" + separator.join(["007", "KEPS", "Röd"])
    )
    assert rows_of_file("a.csv", text.encode(encoding)) == [
        ["Artikelnummer", "Grupp", "Färg"],
        ["007", "KEPS", "Röd"],
    ]


def test_an_excel_file_keeps_the_zeros_that_only_its_format_shows() -> None:
    rows = rows_of_file("a.xlsx", excel(["Nr"], [7], [12.0], form="000"))
    assert [[cell_text(cell) for cell in row] for row in rows] == [["Nr"], ["007"], ["012"]]


def test_a_date_is_still_a_date_and_a_whole_number_has_no_point() -> None:
    rows = rows_of_file("a.xlsx", excel([datetime(2026, 1, 2), 1042.0, None, "x"]))  # noqa: DTZ001 - as Excel has it
    assert isinstance(rows[0][0], datetime)
    assert [cell_text(cell) for cell in rows[0]] == ["2026-01-02", "1042", "", "x"]


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("a.xlsx", b"no spreadsheet", "table.unreadable"),
        ("a.xlsx", b"PK\x03\x04broken", "table.unreadable"),
        ("a.csv", b"\x00\x01\x02\x03", "table.unreadable"),
        ("a.csv", b"x" * (tables.LARGEST + 1), "table.too_large"),
        ("a.csv", b"x\n" * (tables.LONGEST + 1), "table.too_long"),
    ],
)
def test_what_is_no_table_is_named(name: str, body: bytes, code: str) -> None:
    with pytest.raises(RecordRejected) as refused:
        rows_of_file(name, body)
    assert (refused.value.for_merchant.code, refused.value.for_merchant.facts["file"]) == (code, name)


def test_an_excel_file_that_unpacks_to_very_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_UNPACKED", 100)
    with pytest.raises(RecordRejected):
        rows_of_file("a.xlsx", excel(["Nr"]))


def test_what_is_written_can_be_read_again_and_is_no_formula() -> None:
    rows = [["Nr", "Text"], ["007", "=1+1"], ["-5", "+46 70"], ["Å", 'a;b"c']]
    wanted = [["Nr", "Text"], ["007", "'=1+1"], ["-5", "'+46 70"], ["Å", 'a;b"c']]
    assert rows_of_file("a.csv", as_csv(rows)) == wanted
    assert rows_of_file("a.xlsx", as_excel(rows, "F/1")) == wanted
