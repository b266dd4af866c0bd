"""The shop's own lists: global attributes with their terms, categories, tax classes. Read once a session.

Names are found whatever their case, as the shop itself compares them. What is missing is made; when
somebody else was first, the list is read anew.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial

from brygga.connectors.woocommerce import wire_goods
from brygga.connectors.woocommerce.client import WooClient
from brygga.connectors.woocommerce.lists import Page, rows_by_id
from brygga.connectors.woocommerce.mapping_products import Range
from brygga.connectors.woocommerce.values import id_text, text, title
from brygga.domain.errors import RecordRejected
from brygga.domain.goods import Attribute
from brygga.domain.message import message

_DEEPER = ">"
_STANDARD = "standard"


class Terms:
    """What of the shop's lists was read, and what was made."""

    def __init__(self, client: WooClient) -> None:
        self._client = client
        self._attributes: list[wire_goods.GlobalAttribute] | None = None
        self._terms: dict[str, dict[str, wire_goods.Term]] = {}  # by attribute, by name without case
        self._categories: list[wire_goods.Term] | None = None

    def attribute(self, name: str, values: Sequence[str], order: Sequence[str]) -> Attribute:
        """Find or make an attribute and its values. See `TakesProducts.attribute`."""
        found = self._attribute(name)
        attribute_id = id_text(found.id)
        terms = self._terms_of(attribute_id)
        ranks = {value.casefold(): rank for rank, value in enumerate(order)}
        for value in values:
            if value.casefold() not in terms:
                rank = ranks.get(value.casefold(), len(ranks))
                terms = self._make_term(attribute_id, value, rank)
        kept = tuple(title(terms[value.casefold()].name) for value in values)
        return Attribute(attribute_id, title(found.name), kept, slug=text(found.slug))

    def category(self, path: str, *, make: bool) -> str:
        """Find or make a category. See `TakesProducts.category`."""
        names = [name.strip() for name in path.split(_DEEPER) if name.strip()]
        if len(names) == 1 and names[0].isascii() and names[0].isdigit():
            known = {id_text(row.id) for row in self._all_categories()}
            return names[0] if names[0] in known else ""
        parent = ""
        for depth, name in enumerate(names):
            found = self._category(name, parent if depth or len(names) > 1 else None)
            if found is None:
                if not make:
                    return ""
                found = self._make_category(name, parent)
            parent = id_text(found.id)
        return parent

    def tax_classes(self, shop: Range) -> Mapping[Decimal, Sequence[str]]:
        """Return the classes by the percent each has in the shop's own country."""
        classes: dict[Decimal, list[str]] = {}
        slugs = [text(row.slug) for row in self._client.tax_classes()]
        for slug in sorted(slugs, key=lambda one: one != _STANDARD):  # the standard class first
            own = "" if slug == _STANDARD else slug
            percent = shop.percent_of(own)
            if percent is not None:
                classes.setdefault(percent.normalize(), []).append(own)
        return classes

    def _attribute(self, name: str) -> wire_goods.GlobalAttribute:
        wanted, refusal = name.casefold(), ""
        for again in (False, True):
            if self._attributes is None or again:
                self._attributes = self._client.attributes()
            for row in self._attributes:
                if title(row.name).casefold() == wanted:
                    return row
            if not again:
                try:
                    made = self._client.create_attribute(name)
                except RecordRejected as error:
                    if error.for_merchant.code != "woocommerce.refused":
                        raise
                    refusal = error.for_us
                    continue
                self._attributes.append(made)
                return made
        raise RecordRejected(message("woocommerce.attribute_refused", name=name), refusal)

    def _terms_of(self, attribute_id: str, *, again: bool = False) -> dict[str, wire_goods.Term]:
        if again or attribute_id not in self._terms:
            read: Callable[[dict[str, str]], Page[wire_goods.Term]] = partial(
                self._client.terms, attribute_id
            )
            rows = rows_by_id(read, f"products/attributes/{attribute_id}/terms")
            self._terms[attribute_id] = {title(row.name).casefold(): row for row in rows}
        return self._terms[attribute_id]

    def _make_term(self, attribute_id: str, value: str, rank: int) -> dict[str, wire_goods.Term]:
        try:
            made = self._client.create_term(attribute_id, value, rank)
        except RecordRejected as error:
            terms = self._terms_of(attribute_id, again=True)
            if value.casefold() in terms:  # somebody else was first
                return terms
            raise RecordRejected(message("woocommerce.term_refused", value=value), error.for_us) from error
        terms = self._terms_of(attribute_id)
        terms[value.casefold()] = made
        return terms

    def _all_categories(self) -> list[wire_goods.Term]:
        if self._categories is None:
            self._categories = list(rows_by_id(self._client.categories, "products/categories"))
        return self._categories

    def _category(self, name: str, parent: str | None) -> wire_goods.Term | None:
        """Find a category by name; below a parent, or (None) wherever it is, the highest first."""
        named = [row for row in self._all_categories() if title(row.name).casefold() == name.casefold()]
        if parent is not None:
            named = [row for row in named if id_text(row.parent) == parent]
        return min(named, key=lambda row: id_text(row.parent) != "", default=None)

    def _make_category(self, name: str, parent: str) -> wire_goods.Term:
        try:
            made = self._client.create_category(name, parent)
        except RecordRejected as error:
            self._categories = None
            found = self._category(name, parent)
            if found is not None:
                return found
            raise RecordRejected(message("woocommerce.category_refused", name=name), error.for_us) from error
        self._all_categories().append(made)
        return made
