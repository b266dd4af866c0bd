"""Attributes with their terms, categories and tags: kept lists, and what a product says of them."""

import html
from typing import Any

from brygga_simulators.woocommerce.params import as_list, is_number, truth
from brygga_simulators.woocommerce.product_rules import simple_slug
from brygga_simulators.woocommerce.site import Doc, Site


def default_category(site: Site) -> Doc:
    """Return where products without a category land."""
    kept = find_by_slug(site, "categories", "okategoriserad") or add_term(
        site, "categories", "Okategoriserad"
    )
    return brief(kept)


def brief(term: Doc) -> Doc:
    """Return a term as a product lists it."""
    return {"id": term["id"], "name": term["name"], "slug": term["slug"]}


def add_term(site: Site, kind: str, name: str, slug: str = "", **fields: Any) -> Doc:
    """Make a category or tag; names are kept with HTML entities, as the shop does."""
    term: Doc = {
        "id": site.next_id("term"),
        "name": html.escape(html.unescape(name), quote=False),
        "slug": slug or simple_slug(name),
        "description": "",
        **fields,
    }
    site.save(kind, term)
    return term


def add_attribute(site: Site, name: str, slug: str = "", order_by: str = "menu_order") -> Doc:
    """Make a global attribute."""
    attribute: Doc = {
        "id": site.next_id("attribute"),
        "name": name,
        "slug": slug if slug.startswith("pa_") else f"pa_{slug or simple_slug(name)}",
        "type": "select",
        "order_by": order_by,
        "has_archives": False,
    }
    site.save("attributes", attribute)
    return attribute


def add_attribute_term(site: Site, attribute_id: int, name: str, slug: str = "") -> Doc:
    """Make a term of an attribute."""
    return add_term(site, "terms", name, slug, menu_order=0, _attribute=attribute_id)


def find_by_slug(site: Site, kind: str, slug: str) -> Doc | None:
    """Return a term by slug."""
    return next((t for t in site.records[kind].values() if t["slug"] == slug), None)


def terms_of(site: Site, attribute_id: int) -> list[Doc]:
    """Return an attribute's terms by name."""
    found = [t for t in site.records["terms"].values() if t["_attribute"] == attribute_id]
    return sorted(found, key=lambda t: str(t["name"]).lower())


def set_on_product(site: Site, product: Doc, body: Doc) -> None:
    """Set categories, tags and attributes; each given list replaces the whole one."""
    if product["type"] == "variation":
        if isinstance(body.get("attributes"), list):
            parent = site.products.get(product["parent_id"]) or {"attributes": []}
            chosen = (_own_choice(site, parent, x) for x in body["attributes"])
            product["attributes"] = [a for a in chosen if a]
            product["name"] = ", ".join(a["option"] for a in product["attributes"])
        return
    for kind in ("categories", "tags"):
        if isinstance(body.get(kind), list):
            product[kind] = _known(site, kind, body[kind])
    if isinstance(body.get("categories"), list) and not product["categories"]:
        product["categories"] = [default_category(site)]
    if isinstance(body.get("attributes"), list):
        product["attributes"] = [a for a in (_attribute(site, x) for x in body["attributes"]) if a]
    if isinstance(body.get("default_attributes"), list):
        product["default_attributes"] = [
            {"id": c["id"], "name": c["name"], "option": _slug_of_option(site, c)}
            for c in (_choice(site, x) for x in body["default_attributes"])
            if c
        ]
    product["has_options"] = product["type"] == "variable" and bool(product["attributes"])


def _known(site: Site, kind: str, given: list[Any]) -> list[Doc]:
    """Return the terms that exist; ids that do not are dropped in silence."""
    ids = [t.get("id") for t in given if isinstance(t, dict)]
    return [brief(site.records[kind][i]) for i in ids if i in site.records[kind]]


def _global(site: Site, given: Any) -> Doc | None:
    """Return the global attribute that is meant: only by its id, never by its name."""
    if not isinstance(given, dict):
        return None
    number = given.get("id")
    return site.records["attributes"].get(int(float(str(number)))) if is_number(number) else None


def _own_choice(site: Site, parent: Doc, given: Any) -> Doc | None:
    """Return a variation's choice; one that its parent does not vary by is dropped in silence."""
    if not isinstance(given, dict):
        return None
    number, name = given.get("id") or 0, simple_slug(str(given.get("name") or ""))
    for own in parent["attributes"]:
        meant = own["id"] == number if number else simple_slug(own.get("slug") or own["name"]) == name
        if meant and own["variation"]:
            return _choice(site, {**given, "id": own["id"], "name": own["name"]})
    return None


def _attribute(site: Site, given: Any) -> Doc | None:
    if not isinstance(given, dict):
        return None
    attribute = _global(site, given)
    options = [str(o) for o in _options(given.get("options")) if str(o) != ""]
    if given.get("id") and (attribute is None or not options):
        return None
    if attribute is not None:
        for option in options:
            if _term(site, attribute["id"], option) is None:
                add_attribute_term(site, attribute["id"], option)
        chosen = [_term(site, attribute["id"], option) for option in options]
        options = sorted((t["name"] for t in chosen if t), key=str.lower)
        name, slug, attribute_id = attribute["name"], attribute["slug"], attribute["id"]
    else:
        name = str(given.get("name") or "")
        if not name:
            return None
        slug, attribute_id = name, 0
    return {
        "id": attribute_id,
        "name": name,
        "slug": slug,
        "position": int(given.get("position") or 0),
        "visible": truth(given.get("visible", False)),
        "variation": truth(given.get("variation", False)),
        "options": options,
    }


def _options(given: Any) -> list[Any]:
    """Read options: a list, or as the shop stores them, text with bars between."""
    return [o.strip() for o in given.split("|")] if isinstance(given, str) else as_list(given or [])


def _choice(site: Site, given: Any) -> Doc | None:
    """Return a variation's choice; an option that is no term is kept in lower case, as a slug."""
    if not isinstance(given, dict) or given.get("option") is None:
        return None
    option = str(given["option"])
    attribute = _global(site, given)
    if attribute is None:
        name = str(given.get("name") or "")
        return {"id": 0, "name": name, "slug": name, "option": option} if name else None
    term = _term(site, attribute["id"], option)
    return {
        "id": attribute["id"],
        "name": attribute["name"],
        "slug": attribute["slug"],
        "option": term["name"] if term else simple_slug(option),
    }


def _term(site: Site, attribute_id: int, option: str) -> Doc | None:
    wanted = option.lower()
    for term in site.records["terms"].values():
        if term["_attribute"] == attribute_id and wanted in {str(term["name"]).lower(), term["slug"]}:
            return term
    return None


def _slug_of_option(site: Site, choice: Doc) -> str:
    term = _term(site, choice["id"], choice["option"])
    return str(term["slug"]) if term else str(choice["option"])
