"""/products/categories, /tags, /shipping_classes and /brands: list, get, create, change, delete."""

import html
from collections.abc import Callable

from brygga_simulators.woocommerce import listing, terms
from brygga_simulators.woocommerce.api import Answer, Call, created, cut_fields, listed, run_batch
from brygga_simulators.woocommerce.errors import RestError, trash_not_supported
from brygga_simulators.woocommerce.params import ARRAY, INTEGER, STRING, check, check_list, truth
from brygga_simulators.woocommerce.product_rules import simple_slug
from brygga_simulators.woocommerce.rendering import item_links
from brygga_simulators.woocommerce.site import Doc, Site

_NAMES = {"name": STRING, "slug": STRING, "description": STRING}


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
        "count": site.index.categories[term["id"]],
        "_links": item_links(site, "products/categories", term["id"], **more),
    }


def tag_view(site: Site, term: Doc) -> Doc:
    """Show a tag."""
    return {
        "id": term["id"],
        "name": term["name"],
        "slug": term["slug"],
        "description": term.get("description", ""),
        "count": site.index.tags[term["id"]],
        "_links": item_links(site, "products/tags", term["id"]),
    }


def list_of(call: Call, rows: list[Doc], view: Callable[[Site, Doc], Doc]) -> Answer:
    """Answer a page of terms by name, or by id if asked to."""
    query = check_list(call.query, {"search": STRING, "slug": STRING, "include": ARRAY}, call.site.settings)
    tests = listing.id_tests(query)
    if query.get("slug"):
        tests.append(lambda t: t["slug"] == query["slug"])
    if query.get("search"):
        tests.append(lambda t: str(query["search"]).lower() in t["name"].lower())
    if query.get("parent") is not None:
        tests.append(lambda t: str(t.get("parent", 0)) == str(query["parent"]))
    by_id = query.get("orderby") == "id"
    chosen = sorted(
        listing.select(rows, tests),
        key=lambda t: ("" if by_id else t["name"].lower(), t["id"]),
        reverse=query.get("order") == "desc",
    )
    page = listing.page_of(chosen, query)
    return listed(call, page, cut_fields(call, [view(call.site, t) for t in page.rows]))


def find_term(rows: dict[int, Doc], term_id: int) -> Doc:
    """Return a term."""
    term = rows.get(term_id)
    if term is None:
        raise RestError(404, "woocommerce_rest_term_invalid", "Resursen finns inte.")
    return term


def list_categories(call: Call) -> Answer:
    """List categories by name."""
    return list_of(call, list(call.site.records["categories"].values()), category_view)


def list_tags(call: Call) -> Answer:
    """List tags by name."""
    return list_of(call, list(call.site.records["tags"].values()), tag_view)


def get_category(call: Call) -> Answer:
    """Return one category."""
    return Answer(category_view(call.site, find_term(call.site.records["categories"], call.id)))


def get_tag(call: Call) -> Answer:
    """Return one tag."""
    return Answer(tag_view(call.site, find_term(call.site.records["tags"], call.id)))


def _create_term(site: Site, kind: str, body: Doc) -> Doc:
    name = str(body.get("name") or "")
    if not name:
        raise RestError(400, "rest_missing_callback_param", "Saknade parametrar: name", params=["name"])
    parent = int(body.get("parent") or 0)
    slug = str(body.get("slug") or simple_slug(name))
    if parent and parent not in site.records[kind]:
        raise RestError(404, "woocommerce_rest_term_invalid", "Den överordnade resursen finns inte.")
    wanted = html.escape(html.unescape(name), quote=False).lower()
    same_slug = False
    for term in site.records[kind].values():
        same_slug = same_slug or term["slug"] == slug
        is_sibling = term.get("parent", 0) == parent
        if is_sibling and (term["slug"] == slug or term["name"].lower() == wanted):
            text = "En term med namnet som angavs existerar redan med denna överordnad."
            raise RestError(400, "term_exists", text, resource_id=term["id"])
    if same_slug and parent:
        # Two categories of one name below different parents differ by their parent's address.
        slug = f"{slug}-{site.records[kind][parent]['slug']}"
    fields = {"parent": parent} if kind == "categories" else {}
    made = terms.add_term(site, kind, name, slug, **fields)
    made["description"] = str(body.get("description") or "")
    site.save(kind, made)
    return made


def change_term(site: Site, kind: str, term: Doc, body: Doc) -> Doc:
    """Change a term's own fields."""
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
    term = find_term(site.records["categories"], call.id)
    return Answer(category_view(site, change_term(site, "categories", term, check(call.params, _NAMES))))


def update_tag(call: Call) -> Answer:
    """Change a tag."""
    site = call.site
    term = find_term(site.records["tags"], call.id)
    return Answer(tag_view(site, change_term(site, "tags", term, check(call.params, _NAMES))))


def must_force(call: Call, plural: str) -> None:
    """Refuse a deletion without force."""
    if not truth(call.params.get("force")):
        raise trash_not_supported(plural)


def delete_category(call: Call) -> Answer:
    """Delete a category; that needs force."""
    term = find_term(call.site.records["categories"], call.id)
    must_force(call, "Termer")
    view = category_view(call.site, term)
    call.site.remove("categories", term["id"])
    return Answer(view)


def delete_tag(call: Call) -> Answer:
    """Delete a tag; that needs force."""
    term = find_term(call.site.records["tags"], call.id)
    must_force(call, "Termer")
    view = tag_view(call.site, term)
    call.site.remove("tags", term["id"])
    return Answer(view)


def batch_categories(call: Call) -> Answer:
    """Run a batch of categories."""
    return _batch(call, "categories", category_view)


def batch_tags(call: Call) -> Answer:
    """Run a batch of tags."""
    return _batch(call, "tags", tag_view)


def _batch(call: Call, kind: str, view: Callable[[Site, Doc], Doc]) -> Answer:
    site, rows = call.site, call.site.records[kind]

    def update(item: Doc) -> Doc:
        return view(site, change_term(site, kind, find_term(rows, int(item.get("id") or 0)), item))

    def delete(term_id: int) -> Doc:
        gone = view(site, find_term(rows, term_id))
        site.remove(kind, term_id)
        return gone

    return run_batch(call, lambda item: view(site, _create_term(site, kind, item)), update, delete)


def list_nothing(call: Call) -> Answer:
    """List something this shop has none of: shipping classes, brands."""
    check_list(call.query, {}, call.site.settings)
    return Answer([], headers=[("X-WP-Total", "0"), ("X-WP-TotalPages", "0")])
