"""Reads the recordings of a real shop and finds in them the records that each one needs."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

REPO = Path(__file__).parents[3]
RECORDED_URL = "http://127.0.0.1:8090"


def folder() -> Path | None:
    """Return the folder of recordings: below BRYGGA_SHARED, or ../shared beside the repository."""
    shared = Path(os.environ.get("BRYGGA_SHARED") or REPO.parent / "shared")
    found = shared / "woocommerce-recordings"
    return found if found.is_dir() else None


@dataclass(frozen=True)
class Recording:
    name: str
    request: dict[str, Any]
    response: dict[str, Any]

    @property
    def body(self) -> Any:
        return self.response["body"]


@cache
def all_recordings() -> dict[str, Recording]:
    """Return every recording of one request with its answer, by name."""
    where = folder()
    if where is None:
        return {}
    found = {}
    for path in sorted(where.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(data, dict) and "response" in data and "request" in data:
            found[path.stem] = Recording(path.stem, data["request"], data["response"])
    return found


@cache
def deliveries() -> dict[str, dict[str, Any]]:
    """Return the recorded webhook deliveries by name."""
    where = folder()
    if where is None:
        return {}
    names = sorted(where.glob("webhook-delivery-*.json"))
    loaded = {p.stem: json.loads(p.read_text(encoding="utf-8")) for p in names}
    return {name: data for name, data in loaded.items() if "request" in data}


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a JSON value."""
    if isinstance(value, dict):
        yield value
        for entry in value.values():
            yield from walk(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from walk(entry)


@cache
def world() -> dict[str, dict[int, dict[str, Any]]]:
    """Return the records that recordings show in full, by kind and id."""
    kinds: dict[str, dict[int, dict[str, Any]]] = {
        k: {} for k in ("products", "variations", "orders", "refunds", "customers", "coupons", "webhooks")
    }
    preferred = sorted(all_recordings().values(), key=lambda r: (not r.name.endswith(_FIRST), r.name))
    for recording in preferred:
        for doc in walk(recording.body):
            kind = _kind_of(doc)
            if kind:
                kinds[kind].setdefault(doc["id"], doc)
    # Variations read one by one lack what /products shows of them; the simulator fills it in.
    kinds["variations"] = {i: v for i, v in kinds["variations"].items() if i not in kinds["products"]}
    return kinds


_FIRST = ("-get-simple", "-get-variable", "-get-mixed", "-page1", "-from-real-checkout", "variations-list")


def _kind_of(doc: dict[str, Any]) -> str | None:
    if "permalink" in doc and "price_html" in doc and doc["type"] != "variation":
        return "products"
    if "permalink" in doc and doc.get("type") == "variation" and "price_html" not in doc:
        return "variations"
    if "order_key" in doc and "line_items" in doc:
        return "orders"
    if "refunded_by" in doc and "parent_id" in doc:
        return "refunds"
    if "avatar_url" in doc and "billing" in doc:
        return "customers"
    if "discount_type" in doc and "usage_count" in doc:
        return "coupons"
    return None
