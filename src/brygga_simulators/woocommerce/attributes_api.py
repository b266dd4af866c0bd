"""/products/attributes and their terms: list, get, create, change, delete and batch."""

from brygga_simulators.woocommerce import terms
from brygga_simulators.woocommerce.api import Answer, Call, created, cut_fields, run_batch
from brygga_simulators.woocommerce.errors import RestError
from brygga_simulators.woocommerce.params import INTEGER, STRING, check
from brygga_simulators.woocommerce.product_rules import simple_slug
from brygga_simulators.woocommerce.rendering import item_links
from brygga_simulators.woocommerce.site import Doc, Site
from brygga_simulators.woocommerce.terms_api import change_term, find_term, list_of, must_force

_NAMES = {"name": STRING, "slug": STRING, "description": STRING}
_TERM = {**_NAMES, "menu_order": INTEGER}


def attribute_view(site: Site, attribute: Doc) -> Doc:
    """Show an attribute."""
    return {**attribute, "_links": item_links(site, "products/attributes", attribute["id"])}


def term_view(site: Site, term: Doc) -> Doc:
    """Show an attribute's term."""
    attribute_id = term["_attribute"]
    return {
        "id": term["id"],
        "name": term["name"],
        "slug": term["slug"],
        "description": term.get("description", ""),
        "menu_order": term.get("menu_order", 0),
        "count": site.index.options[(attribute_id, term["name"])],
        "_links": item_links(site, f"products/attributes/{attribute_id}/terms", term["id"]),
    }


def list_attributes(call: Call) -> Answer:
    """List all attributes by name; they are not paged."""
    rows = sorted(call.site.records["attributes"].values(), key=lambda a: a["name"].lower())
    pages = str(1 if rows else 0)
    headers = [("X-WP-Total", str(len(rows))), ("X-WP-TotalPages", pages)]
    return Answer(cut_fields(call, [attribute_view(call.site, a) for a in rows]), headers=headers)


def get_attribute(call: Call) -> Answer:
    """Return one attribute."""
    return Answer(attribute_view(call.site, _attribute(call.site, int(call.ids[0]))))


def create_attribute(call: Call) -> Answer:
    """Create an attribute."""
    made = _create_attribute(call.site, check(call.params, {**_NAMES, "order_by": STRING}))
    return created(call, attribute_view(call.site, made), made["id"])


def update_attribute(call: Call) -> Answer:
    """Change an attribute; products keep its old name until they are saved."""
    body = check(call.params, {**_NAMES, "order_by": STRING})
    attribute = _attribute(call.site, int(call.ids[0]))
    return Answer(attribute_view(call.site, _change_attribute(call.site, attribute, body)))


def delete_attribute(call: Call) -> Answer:
    """Delete an attribute with its terms; that needs force."""
    attribute = _attribute(call.site, int(call.ids[0]))
    must_force(call, "Resurser")
    return Answer(_delete_attribute(call.site, attribute))


def batch_attributes(call: Call) -> Answer:
    """Run a batch of attributes."""
    site = call.site
    return run_batch(
        call,
        lambda item: attribute_view(site, _create_attribute(site, item)),
        lambda item: attribute_view(
            site, _change_attribute(site, _attribute(site, int(item.get("id") or 0)), item)
        ),
        lambda attribute_id: _delete_attribute(site, _attribute(site, attribute_id)),
    )


def list_terms(call: Call) -> Answer:
    """List an attribute's terms."""
    attribute = _attribute(call.site, int(call.ids[0]))
    return list_of(call, terms.terms_of(call.site, attribute["id"]), term_view)


def get_term(call: Call) -> Answer:
    """Return one term."""
    return Answer(term_view(call.site, _term(call, call.id)))


def create_term(call: Call) -> Answer:
    """Create a term."""
    attribute = _attribute(call.site, int(call.ids[0]))
    made = _create_term(call.site, attribute, check(call.params, _TERM))
    return created(call, term_view(call.site, made), made["id"])


def update_term(call: Call) -> Answer:
    """Change a term; products and variations are not touched."""
    changed = change_term(call.site, "terms", _term(call, call.id), check(call.params, _NAMES))
    return Answer(term_view(call.site, changed))


def delete_term(call: Call) -> Answer:
    """Delete a term; that needs force."""
    term = _term(call, call.id)
    must_force(call, "Termer")
    view = term_view(call.site, term)
    call.site.remove("terms", term["id"])
    return Answer(view)


def batch_terms(call: Call) -> Answer:
    """Run a batch of one attribute's terms."""
    site, attribute = call.site, _attribute(call.site, int(call.ids[0]))

    def delete(term_id: int) -> Doc:
        view = term_view(site, _term(call, term_id))
        site.remove("terms", term_id)
        return view

    return run_batch(
        call,
        lambda item: term_view(site, _create_term(site, attribute, item)),
        lambda item: term_view(site, change_term(site, "terms", _term(call, int(item.get("id") or 0)), item)),
        delete,
    )


def _attribute(site: Site, attribute_id: int) -> Doc:
    attribute = site.records["attributes"].get(attribute_id)
    if attribute is None:
        raise RestError(404, "woocommerce_rest_taxonomy_invalid", "Resursen finns inte.")
    return attribute


def _term(call: Call, term_id: int) -> Doc:
    attribute = _attribute(call.site, int(call.ids[0]))
    term = find_term(call.site.records["terms"], term_id)
    return find_term({term_id: term} if term["_attribute"] == attribute["id"] else {}, term_id)


def _create_attribute(site: Site, body: Doc) -> Doc:
    name = str(body.get("name") or "")
    if not name:
        raise RestError(400, "rest_missing_callback_param", "Saknade parametrar: name", params=["name"])
    slug = str(body.get("slug") or simple_slug(name)).removeprefix("pa_")
    if any(a["slug"] == f"pa_{slug}" for a in site.records["attributes"].values()):
        raise RestError(400, "woocommerce_rest_cannot_create", f"Slug ”{slug}” används redan. Ändra den.")
    return terms.add_attribute(site, name, slug, str(body.get("order_by") or "menu_order"))


def _change_attribute(site: Site, attribute: Doc, body: Doc) -> Doc:
    attribute |= {field: str(body[field]) for field in ("name", "order_by") if body.get(field) is not None}
    if body.get("slug"):
        attribute["slug"] = f"pa_{str(body['slug']).removeprefix('pa_')}"
    site.save("attributes", attribute)
    return attribute


def _delete_attribute(site: Site, attribute: Doc) -> Doc:
    for term in terms.terms_of(site, attribute["id"]):
        site.remove("terms", term["id"])
    site.remove("attributes", attribute["id"])
    return attribute_view(site, attribute)


def _create_term(site: Site, attribute: Doc, body: Doc) -> Doc:
    name = str(body.get("name") or "")
    if not name:
        raise RestError(400, "rest_missing_callback_param", "Saknade parametrar: name", params=["name"])
    for term in terms.terms_of(site, attribute["id"]):
        if term["name"].lower() == name.lower():
            text = "En term med namnet som angavs existerar redan med denna överordnad."
            raise RestError(400, "term_exists", text, resource_id=term["id"])
    made = terms.add_attribute_term(site, attribute["id"], name, str(body.get("slug") or ""))
    if body.get("menu_order") is not None:
        made["menu_order"] = int(body["menu_order"])
        site.save("terms", made)
    return made
