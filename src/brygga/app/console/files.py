"""Files that a page hands out: CSV, Excel and JSON, never kept by a cache."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.text import slugify

from brygga.app.services.tables import as_csv, as_excel

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def spreadsheet(rows: Iterable[Sequence[object]], name: str, form: str) -> HttpResponse:
    """Hand rows out as `csv` or `xlsx`. Raises Http404 for another form."""
    if form == "csv":
        return _file(as_csv(rows), name, form)
    if form == "xlsx":
        return _file(as_excel(rows, name), name, form)
    raise Http404


def as_json(data: Any, name: str) -> HttpResponse:
    """Hand plain data out as JSON."""
    return _file(json.dumps(data, ensure_ascii=False, default=str).encode(), name, "json")


def _file(body: bytes, name: str, form: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=_TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{slugify(name) or "brygga"}.{form}"'
    return answer
