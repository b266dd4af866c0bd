"""Lists: filter, order, page, headers. With the real shop's unstable order where seconds tie."""

import math
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from brygga_simulators.woocommerce.dates import filter_text
from brygga_simulators.woocommerce.params import as_ids, truth
from brygga_simulators.woocommerce.site import Doc, Site

_DATE_FILTERS = (
    ("after", "date_created", True),
    ("before", "date_created", False),
    ("modified_after", "date_modified", True),
    ("modified_before", "date_modified", False),
)


@dataclass
class Page:
    """One page of a list, with what its headers say."""

    rows: list[Doc]
    total: int
    pages: int
    link_query: list[tuple[str, str]] = field(default_factory=list)
    number: int = 1


def date_tests(site: Site, query: Doc) -> list[Callable[[Doc], bool]]:
    """Return the tests that the date filters make: strictly later or earlier, by whole seconds."""
    suffix = "_gmt" if truth(query.get("dates_are_gmt")) else ""
    tests: list[Callable[[Doc], bool]] = []
    for name, column, later in _DATE_FILTERS:
        if query.get(name) is None:
            continue
        bound = filter_text(str(query[name]), site.settings.zone) or ""
        key = column + suffix

        def test(row: Doc, key: str = key, bound: str = bound, later: bool = later) -> bool:
            value = row.get(key) or ""
            return value > bound if later else value < bound

        tests.append(test)
    return tests


def select(rows: Iterable[Doc], tests: Sequence[Callable[[Doc], bool]]) -> list[Doc]:
    """Return the rows that pass every test."""
    if len(tests) == 1:
        return [row for row in rows if tests[0](row)]
    return [row for row in rows if all(test(row) for test in tests)]


def id_tests(query: Doc) -> list[Callable[[Doc], bool]]:
    """Return the tests for include and exclude; ids that are not there are simply missing."""
    tests: list[Callable[[Doc], bool]] = []
    if query.get("include"):
        wanted = set(as_ids(query["include"]))
        tests.append(lambda row: row["id"] in wanted)
    if query.get("exclude"):
        unwanted = set(as_ids(query["exclude"]))
        tests.append(lambda row: row["id"] not in unwanted)
    return tests


def order_rows(rows: list[Doc], query: Doc, default: str = "date", *, dates_tie: bool = False) -> list[Doc]:
    """Order rows as asked. Equal seconds come in an order that differs from page to page.

    The real database has no second sort key there: with LIMIT and OFFSET some rows come twice and
    others never. `dates_tie` says that the creation date has the same weakness.
    """
    by = query.get("orderby") or default
    descending = (query.get("order") or "desc") == "desc"
    if by == "include" and query.get("include"):
        place = {wanted: i for i, wanted in enumerate(as_ids(query["include"]))}
        return sorted(rows, key=lambda r: place.get(r["id"], len(place)))
    if by in {"title", "slug"}:
        name = "name" if by == "title" else "slug"
        return sorted(rows, key=lambda r: (str(r.get(name, "")).lower(), r["id"]), reverse=descending)
    if by == "modified" or (by == "date" and dates_tie):
        salt = f"{query['per_page']}:{query.get('offset', 0)}:{query['page']}:"
        column = "date_modified_gmt" if by == "modified" else "date_created_gmt"

        def unstable(row: Doc) -> tuple[str, int]:
            return row.get(column) or "", zlib.crc32(f"{salt}{row['id']}".encode())

        return sorted(rows, key=unstable, reverse=descending)
    if by == "date":
        return sorted(rows, key=lambda r: (r.get("date_created_gmt") or "", r["id"]), reverse=descending)
    if by in {"price", "popularity", "rating", "menu_order"}:
        return sorted(rows, key=lambda r: (_number(r, by), r["id"]), reverse=descending)
    return sorted(rows, key=lambda r: r["id"], reverse=descending)


def _number(row: Doc, by: str) -> float:
    field = {"popularity": "total_sales", "rating": "average_rating"}.get(by, by)
    try:
        return float(row.get(field) or 0)
    except ValueError:
        return 0.0


_PAGING = frozenset({"page", "per_page", "offset", "_fields", "context", "dp"})
_MEMBERSHIP = frozenset({"order", "orderby", "type", "status"})
_MOST_REMEMBERED = 12


def remembered(site: Site, kind: str, query: Doc, make: Callable[[], list[Doc]]) -> list[Doc]:
    """Return a list's rows, made anew only if something they depend on has changed since.

    So page after page of a large list costs no more than the first. Lists whose order differs
    from page to page are made each time; lists by id, type and status only depend on which
    products there are, not on what is saved in them.
    """
    by = query.get("orderby") or "date"
    if by not in {"id", "include"} and not (by == "date" and kind == "orders"):
        return make()
    asked = {k: v for k, v in query.items() if k not in _PAGING}
    is_plain = kind == "products" and by == "id" and asked.keys() <= _MEMBERSHIP
    version = site.index.members if is_plain else site.changes[kind]
    key = (kind, repr(sorted(asked.items(), key=str)), repr(site.settings.statuses))
    kept = site.listings.get(key)
    if kept is None or kept[0] != version:
        kept = (version, make())
        site.listings.pop(key, None)
        site.listings[key] = kept
        if len(site.listings) > _MOST_REMEMBERED:
            site.listings.pop(next(iter(site.listings)))
    return kept[1]


def page_of(rows: list[Doc], query: Doc, *, forgetful: bool = False) -> Page:
    """Cut one page out. `forgetful` lists say a total of 0 beyond their last page, as orders do."""
    per_page, number = query["per_page"], query["page"]
    start = query["offset"] if query.get("offset") else (number - 1) * per_page
    cut = rows[start : start + per_page]
    total = len(rows)
    if forgetful and not cut and start > 0:
        total = 0
    return Page(cut, total, math.ceil(total / per_page), number=number)


def page_headers(
    page: Page, url: str, query: Sequence[tuple[str, str]], added: Sequence[tuple[str, str]] = ()
) -> list[tuple[str, str]]:
    """Return the paging headers; links repeat the query and what the shop itself added to it."""
    headers = [("X-WP-Total", str(page.total)), ("X-WP-TotalPages", str(page.pages))]
    if page.number > 1:
        headers.append(("Link", _link(url, query, added, min(page.number - 1, page.pages), "prev")))
    if page.number < page.pages:
        headers.append(("Link", _link(url, query, added, page.number + 1, "next")))
    return headers


def _link(
    url: str, query: Sequence[tuple[str, str]], added: Sequence[tuple[str, str]], page: int, rel: str
) -> str:
    merged: dict[str, str] = {}
    replaced = {name.split("[")[0] for name, _ in added}
    merged.update((n, v) for n, v in query if n.split("[")[0] not in replaced - {"dp", "context"})
    for name, value in added:
        merged.setdefault(name, value)
    merged["page"] = str(page)
    text = "&".join(f"{quote_plus(k)}={quote_plus(v)}" for k, v in merged.items())
    return f'<{url}?{text}>; rel="{rel}"'


def only_fields(value: Any, fields: Sequence[str]) -> Any:
    """Cut an answer down to the fields asked for; a dot reaches into objects."""
    if isinstance(value, list):
        return [only_fields(entry, fields) for entry in value]
    if not isinstance(value, dict):
        return value
    tops: dict[str, list[str]] = {}
    for name in fields:
        top, _, rest = name.partition(".")
        tops.setdefault(top, []).append(rest)
    return {
        key: entry if "" in tops[key] else only_fields(entry, tops[key])
        for key, entry in value.items()
        if key in tops
    }
