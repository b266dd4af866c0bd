"""What a REST handler gets and gives: a Call and an Answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.listing import Page, only_fields, page_headers
from brygga_simulators.woocommerce.params import as_list
from brygga_simulators.woocommerce.site import Doc, Site

API = "/wp-json/wc/v3"
BATCH_LIMIT = 100

COLLECTION = "GET, POST"
ITEM = "GET, POST, PUT, PATCH, DELETE"
BATCH = "POST, PUT, PATCH"
READ = "GET"
NO_UPDATE = "GET, DELETE"


@dataclass
class Call:
    """One request, let in and parsed."""

    site: Site
    method: str
    path: str
    """The path inside the site, for example /wp-json/wc/v3/orders/12."""
    ids: list[Any]
    """What stood in the path where the route has a place for it: numbers, or a name."""
    query: Doc
    raw_query: list[tuple[str, str]]
    body: Doc
    broken_images: dict[str, str] = field(default_factory=dict)
    """Pictures in the body that can't be fetched, with the reason."""

    @property
    def id(self) -> int:
        """The last id in the path."""
        return int(self.ids[-1])

    @property
    def params(self) -> Doc:
        """Query and body together; the body wins."""
        return {**self.query, **self.body} if self.body else self.query


@dataclass
class Answer:
    """What to send back; a body of bytes is JSON already."""

    body: Any
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)


Handler = Callable[[Call], Answer]


def created(call: Call, body: Any, record_id: int, path: str | None = None) -> Answer:
    """Answer 201 with the new record's address."""
    where = path or f"{API}/{call.path.removeprefix(API).strip('/')}"
    return Answer(body, 201, [("Location", f"{call.site.url}{where}/{record_id}")])


def listed(call: Call, page: Page, rows: Any, added: list[tuple[str, str]] | None = None) -> Answer:
    """Answer one page of a list with its headers."""
    url = f"{call.site.url}{call.path.rstrip('/')}"
    return Answer(rows, headers=page_headers(page, url, call.raw_query, added or []))


def cut_fields(call: Call, value: Any) -> Any:
    """Apply `_fields`, if asked for."""
    wanted = call.query.get("_fields")
    return only_fields(value, [str(f) for f in as_list(wanted)]) if wanted else value


def run_batch(
    call: Call,
    create: Callable[[Doc], Doc],
    update: Callable[[Doc], Doc],
    delete: Callable[[int], Doc],
) -> Answer:
    """Run a batch: each item by itself, in order, errors in its place, 200 whatever happens."""
    asked = {verb: call.body.get(verb) for verb in ("create", "update", "delete")}
    lists = {verb: items for verb, items in asked.items() if isinstance(items, list) and items}
    if sum(map(len, lists.values())) > BATCH_LIMIT:
        raise RestError(
            413,
            "woocommerce_rest_request_entity_too_large",
            f"Kan inte acceptera fler än {BATCH_LIMIT} objekt för denna begäran.",
        )
    results: Doc = {}
    for verb, items in lists.items():
        results[verb] = [_one(verb, item, create, update, delete) for item in items]
    return Answer(results or [])


def _one(
    verb: str,
    item: Any,
    create: Callable[[Doc], Doc],
    update: Callable[[Doc], Doc],
    delete: Callable[[int], Doc],
) -> Doc:
    given = item if isinstance(item, dict) else {}
    record_id: Any = {"create": 0, "update": given.get("id")}.get(verb, item)
    try:
        if verb == "create":
            return create(given)
        if verb == "update":
            return update(given)
        return delete(int(item) if str(item).isdigit() else 0)
    except RestError as error:
        return {"id": record_id, "error": error.body()}
