"""Ways to find products without looking through them all: by number, by address, by term."""

from collections import Counter
from typing import Any

Doc = dict[str, Any]


class ProductIndex:
    """What is looked up often about a shop's products, kept right at every save."""

    def __init__(self) -> None:
        self._skus: dict[str, dict[int, bool]] = {}
        """Who holds an SKU, each with whether it is in the trash; several only by import."""
        self._gtins: dict[str, dict[int, bool]] = {}
        self.slugs: dict[str, int] = {}
        self._next_number: dict[str, int] = {}
        """The number from which to look for a free address, by what stands before the number."""
        self.listed: dict[int, None] = {}
        """Ids of everything but variations, in the order they came."""
        self.categories: Counter[int] = Counter()
        """How many published products a category has; the same for tags and attributes' options."""
        self.tags: Counter[int] = Counter()
        self.options: Counter[tuple[int, str]] = Counter()
        self.members = 0
        """Goes up whenever a list by type and status may hold other products than before."""
        self._known: dict[int, tuple[Any, ...]] = {}
        self._docs: dict[int, Doc] = {}

    def put(self, record_id: int, doc: Doc) -> None:
        """Take up a product as it is now."""
        identity = _identity(doc)
        known = self._known.get(record_id)
        if self._docs.get(record_id) is not doc:
            self._docs[record_id] = doc
            self.members += 1
        if known == identity:
            return
        if known is not None:
            self._forget(record_id, known)
        if known is None or known[:2] != identity[:2]:
            self.members += 1
        self._known[record_id] = identity
        kind, status, sku, gtin, slug, categories, tags, options = identity
        if sku:
            self._skus.setdefault(sku, {})[record_id] = status == "trash"
        if gtin:
            self._gtins.setdefault(gtin, {})[record_id] = status == "trash"
        if kind != "variation":
            self.listed.setdefault(record_id)
            if slug:
                self.slugs[slug] = self.slugs.get(slug, 0) + 1
        self.categories.update(categories)
        self.tags.update(tags)
        self.options.update(options)

    def drop(self, record_id: int) -> None:
        """Forget a product."""
        known = self._known.pop(record_id, None)
        if known is not None:
            self._forget(record_id, known)
            self.members += 1
        self.listed.pop(record_id, None)
        self._docs.pop(record_id, None)

    def holders(self, sku: str) -> list[int]:
        """Return who holds an SKU, those in the trash last."""
        held = self._skus.get(sku, {})
        return sorted(held, key=lambda i: (held[i], i))

    def holder(self, sku: str) -> int:
        """Return the product an SKU means, or 0."""
        return next(iter(self.holders(sku)), 0) if sku else 0

    def gtin_holder(self, gtin: str) -> int:
        """Return who holds a GTIN outside the trash, or 0."""
        return next((i for i, trashed in self._gtins.get(gtin, {}).items() if not trashed), 0)

    def free_slug(self, base: str, own: str = "") -> str:
        """Return an address like this one that no other product has."""
        if self.slugs.get(base, 0) - (base == own) <= 0:
            return base
        number = self._next_number.get(base, 2)
        slug = f"{base}-{number}"
        while self.slugs.get(slug, 0) - (slug == own) > 0:
            number += 1
            slug = f"{base}-{number}"
        self._next_number[base] = number
        return slug

    def _forget(self, record_id: int, known: tuple[Any, ...]) -> None:
        kind, _, sku, gtin, slug, categories, tags, options = known
        for held, number in ((self._skus, sku), (self._gtins, gtin)):
            if number in held:
                held[number].pop(record_id, None)
                if not held[number]:
                    del held[number]
        if kind != "variation" and slug:
            self.slugs[slug] -= 1
            if not self.slugs[slug]:
                del self.slugs[slug]
                self._next_number.clear()
        self.categories.subtract(categories)
        self.tags.subtract(tags)
        self.options.subtract(options)


def _identity(doc: Doc) -> tuple[Any, ...]:
    """Return everything a product is found by."""
    kind, status = doc["type"], doc["status"]
    is_shown = kind != "variation" and status == "publish"
    return (
        kind,
        status,
        str(doc.get("sku") or ""),
        str(doc.get("global_unique_id") or ""),
        str(doc.get("slug") or ""),
        tuple(t["id"] for t in doc.get("categories", ())) if is_shown else (),
        tuple(t["id"] for t in doc.get("tags", ())) if is_shown else (),
        tuple((a.get("id", 0), o) for a in doc.get("attributes", ()) for o in a.get("options", ()))
        if kind != "variation" and status != "trash"
        else (),
    )
