"""/products/attributes with terms, /products/categories, /tags, /shipping_classes and /brands."""

from collections.abc import Callable

from brygga_simulators.woocommerce import listing, terms
from brygga_simulators.woocommerce.api import Answer, Call, created, cut_fields, listed, run_batch
from brygga_simulators.woocommerce.errors import RestError, trash_not_supported
from brygga_simulators.woocommerce.params import ARRAY, INTEGER, STRING, check, check_list, truth
from brygga_simulators.woocommerce.product_rules import simple_slug
from brygga_simulators.woocommerce.rendering import item_links
from brygga_simulators.woocommerce.site import Doc, Site

_NAMES = {"name": STRING, "slug": STRING, "description": STRING}


def _count(site: Site, kind: str, term_id: int) -> int:
    live = (p for p in site.products.values() if p["status"] == "publish" and p["type"] != "variation")
    return sum(any(t["id"] == term_id for t in p[kind]) for p in live)


def category_view(site: Site, term: Doc) -> Doc:
    """Show a category."""
    parent = term.get("parent", 0)
    more = {"up": f"products/categories/{parent}"} if parent else {}
    return {
        "id": term["id"],
        "name": term["name"],
        "slug": term["slug"],
        "parent": parent,
        "description": term.get("description", ""),
        "display": "default",
        "image": None,
        "menu_order": term.get("menu_order", 0),
        "count": _count(site, "categories", term["id"]),
        "_links": item_links(site, "products/categories", term["id"], **more),
    }


def tag_view(site: Site, term: Doc) -> Doc:
    """Show a tag."""
    return {
        "id": term["id"],
        "name": term["name"],
        "slug": term["slug"],
        "description": term.get("description", ""),
        "count": _count(site, "tags", term["id"]),
        "_links": item_links(site, "products/tags", term["id"]),
    }


def attribute_view(site: Site, attribute: Doc) -> Doc:
    """Show an attribute."""
    return {**attribute, "_links": item_links(site, "products/attributes", attribute["id"])}


def term_view(site: Site, term: Doc) -> Doc:
    """Show an attribute's term."""
    attribute_id = term["_attribute"]
    count = sum(
        any(a["id"] == attribute_id and term["name"] in a.get("options", []) for a in p["attributes"])
        for p in site.products.values()
        if p["type"] != "variation" and p["status"] != "trash"
    )
    return {
        "id": term["id"],
        "name": term["name"],
        "slug": term["slug"],
        "description": term.get("description", ""),
        "menu_order": term.get("menu_order", 0),
        "count": count,
        "_links": item_links(site, f"products/attributes/{attribute_id}/terms", term["id"]),
    }


def _list(call: Call, rows: list[Doc], view: Callable[[Site, Doc], Doc]) -> Answer:
    query = check_list(call.query, {"search": STRING, "slug": STRING, "include": ARRAY}, call.site.settings)
    tests = listing.id_tests(query)
    if query.get("slug"):
        tests.append(lambda t: t["slug"] == query["slug"])
    if query.get("search"):
        tests.append(lambda t: str(query["search"]).lower() in t["name"].lower())
    if query.get("parent") is not None:
        tests.append(lambda t: str(t.get("parent", 0)) == str(query["parent"]))
    chosen = sorted(listing.select(rows, tests), key=lambda t: (t["name"].lower(), t["id"]))
    page = listing.page_of(chosen, query)
    return listed(call, page, cut_fields(call, [view(call.site, t) for t in page.rows]))


def _find(rows: dict[int, Doc], term_id: int) -> Doc:
    term = rows.get(term_id)
    if term is None:
        raise RestError(404, "woocommerce_rest_term_invalid", "Resursen finns inte.")
    return term


def list_categories(call: Call) -> Answer:
    """List categories by name."""
    return _list(call, list(call.site.records["categories"].values()), category_view)


def list_tags(call: Call) -> Answer:
    """List tags by name."""
    return _list(call, list(call.site.records["tags"].values()), tag_view)


def get_category(call: Call) -> Answer:
    """Return one category."""
    return Answer(category_view(call.site, _find(call.site.records["categories"], call.id)))


def get_tag(call: Call) -> Answer:
    """Return one tag."""
    return Answer(tag_view(call.site, _find(call.site.records["tags"], call.id)))


def _create_term(site: Site, kind: str, body: Doc) -> Doc:
    name = str(body.get("name") or "")
    if not name:
        raise RestError(400, "rest_missing_callback_param", "Saknade parametrar: name", params=["name"])
    parent = int(body.get("parent") or 0)
    slug = str(body.get("slug") or simple_slug(name))
    for term in site.records[kind].values():
        if term["slug"] == slug and term.get("parent", 0) == parent:
            text = "En term med namnet som angavs existerar redan med denna överordnad."
            raise RestError(400, "term_exists", text, resource_id=term["id"])
    fields = {"parent": parent} if kind == "categories" else {}
    made = terms.add_term(site, kind, name, slug, **fields)
    made["description"] = str(body.get("description") or "")
    site.save(kind, made)
    return made


def _change_term(site: Site, kind: str, term: Doc, body: Doc) -> Doc:
    for field in ("name", "slug", "description"):
        if body.get(field) is not None:
            term[field] = str(body[field])
    if body.get("parent") is not None and kind == "categories":
        term["parent"] = int(body["parent"])
    site.save(kind, term)
    return term


def create_category(call: Call) -> Answer:
    """Create a category."""
    body = check(call.params, {**_NAMES, "parent": INTEGER})
    made = _create_term(call.site, "categories", body)
    return created(call, category_view(call.site, made), made["id"])


def create_tag(call: Call) -> Answer:
    """Create a tag."""
    made = _create_term(call.site, "tags", check(call.params, _NAMES))
    return created(call, tag_view(call.site, made), made["id"])


def update_category(call: Call) -> Answer:
    """Change a category; products keep its old name until they are saved."""
    site = call.site
    term = _find(site.records["categories"], call.id)
    return Answer(category_view(site, _change_term(site, "categories", term, check(call.params, _NAMES))))


def update_tag(call: Call) -> Answer:
    """Change a tag."""
    site = call.site
    term = _find(site.records["tags"], call.id)
    return Answer(tag_view(site, _change_term(site, "tags", term, check(call.params, _NAMES))))


def _forced(call: Call, plural: str) -> None:
    if not truth(call.params.get("force")):
        raise trash_not_supported(plural)


def delete_category(call: Call) -> Answer:
    """Delete a category; that needs force."""
    term = _find(call.site.records["categories"], call.id)
    _forced(call, "Termer")
    view = category_view(call.site, term)
    call.site.remove("categories", term["id"])
    return Answer(view)


def delete_tag(call: Call) -> Answer:
    """Delete a tag; that needs force."""
    term = _find(call.site.records["tags"], call.id)
    _forced(call, "Termer")
    view = tag_view(call.site, term)
    call.site.remove("tags", term["id"])
    return Answer(view)


def batch_categories(call: Call) -> Answer:
    """Run a batch of categories."""
    site, rows = call.site, call.site.records["categories"]

    def delete(term_id: int) -> Doc:
        view = category_view(site, _find(rows, term_id))
        site.remove("categories", term_id)
        return view

    return run_batch(
        call,
        lambda item: category_view(site, _create_term(site, "categories", item)),
        lambda item: category_view(
            site, _change_term(site, "categories", _find(rows, int(item.get("id") or 0)), item)
        ),
        delete,
    )


def list_attributes(call: Call) -> Answer:
    """List all attributes by name; they are not paged."""
    rows = sorted(call.site.records["attributes"].values(), key=lambda a: a["name"].lower())
    pages = str(1 if rows else 0)
    headers = [("X-WP-Total", str(len(rows))), ("X-WP-TotalPages", pages)]
    return Answer(cut_fields(call, [attribute_view(call.site, a) for a in rows]), headers=headers)


def _attribute(call: Call) -> Doc:
    attribute = call.site.records["attributes"].get(int(call.ids[0]))
    if attribute is None:
        raise RestError(404, "woocommerce_rest_taxonomy_invalid", "Resursen finns inte.")
    return attribute


def get_attribute(call: Call) -> Answer:
    """Return one attribute."""
    return Answer(attribute_view(call.site, _attribute(call)))


def create_attribute(call: Call) -> Answer:
    """Create an attribute."""
    body = check(call.params, {**_NAMES, "order_by": STRING})
    name = str(body.get("name") or "")
    if not name:
        raise RestError(400, "rest_missing_callback_param", "Saknade parametrar: name", params=["name"])
    slug = str(body.get("slug") or simple_slug(name)).removeprefix("pa_")
    if any(a["slug"] == f"pa_{slug}" for a in call.site.records["attributes"].values()):
        raise RestError(400, "woocommerce_rest_cannot_create", f"Slug ”{slug}” används redan. Ändra den.")
    made = terms.add_attribute(call.site, name, slug, str(body.get("order_by") or "menu_order"))
    return created(call, attribute_view(call.site, made), made["id"])


def list_terms(call: Call) -> Answer:
    """List an attribute's terms."""
    return _list(call, terms.terms_of(call.site, _attribute(call)["id"]), term_view)


def get_term(call: Call) -> Answer:
    """Return one term."""
    _attribute(call)
    return Answer(term_view(call.site, _find(call.site.records["terms"], call.id)))


def create_term(call: Call) -> Answer:
    """Create a term."""
    attribute = _attribute(call)
    body = check(call.params, _NAMES)
    name = str(body.get("name") or "")
    for term in terms.terms_of(call.site, attribute["id"]):
        if term["name"].lower() == name.lower():
            text = "En term med namnet som angavs existerar redan med denna överordnad."
            raise RestError(400, "term_exists", text, resource_id=term["id"])
    made = terms.add_attribute_term(call.site, attribute["id"], name, str(body.get("slug") or ""))
    return created(call, term_view(call.site, made), made["id"])


def update_term(call: Call) -> Answer:
    """Change a term; products and variations are not touched."""
    _attribute(call)
    term = _find(call.site.records["terms"], call.id)
    return Answer(term_view(call.site, _change_term(call.site, "terms", term, check(call.params, _NAMES))))


def list_nothing(call: Call) -> Answer:
    """List something this shop has none of: shipping classes, brands."""
    check_list(call.query, {}, call.site.settings)
    return Answer([], headers=[("X-WP-Total", "0"), ("X-WP-TotalPages", "0")])
