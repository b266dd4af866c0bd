"""/customers: list, get, create, change, delete. The list has no filter by date."""

import hashlib
import re
from collections.abc import Callable

from brygga_simulators.woocommerce import listing, metas
from brygga_simulators.woocommerce.api import Answer, Call, created, cut_fields, listed, run_batch
from brygga_simulators.woocommerce.errors import RestError, invalid_id, trash_not_supported
from brygga_simulators.woocommerce.order_writes import BILLING_FIELDS, SHIPPING_FIELDS
from brygga_simulators.woocommerce.params import (
    ARRAY,
    EMAIL,
    OBJECT,
    STRING,
    check,
    check_billing,
    check_list,
    one_of,
    truth,
)
from brygga_simulators.woocommerce.rendering import item_links
from brygga_simulators.woocommerce.site import Doc, Site

_KINDS = {
    "email": STRING,
    "first_name": STRING,
    "last_name": STRING,
    "username": STRING,
    "password": STRING,
    "billing": OBJECT,
    "shipping": OBJECT,
    "meta_data": ARRAY,
}
_LIST_KINDS = {
    "orderby": one_of("id", "include", "name", "registered_date"),
    "role": one_of(
        "all", "administrator", "editor", "author", "contributor", "subscriber", "customer", "shop_manager"
    ),
    "include": ARRAY,
    "exclude": ARRAY,
}


def customer_view(site: Site, customer: Doc) -> Doc:
    """Show a customer."""
    view = {k: v for k, v in customer.items() if not k.startswith("_")}
    digest = hashlib.sha256(str(customer["email"]).strip().lower().encode()).hexdigest()
    view["avatar_url"] = f"https://secure.gravatar.com/avatar/{digest}?s=96&d=mm&r=g"
    metas_last = view.pop("meta_data")
    view["meta_data"] = metas_last
    view["_links"] = item_links(site, "customers", customer["id"])
    return view


def list_customers(call: Call) -> Answer:
    """List customers; people with another role only with role=all or their own."""
    query = check_list(call.query, _LIST_KINDS, call.site.settings)
    role = query.get("role") or "customer"
    tests: list[Callable[[Doc], bool]] = [*listing.id_tests(query)]
    if role != "all":
        tests.append(lambda c: c["role"] == role)
    if query.get("email"):
        tests.append(lambda c: c["email"].lower() == str(query["email"]).lower())
    if query.get("search"):
        needle = str(query["search"]).lower()
        tests.append(
            lambda c: needle in f"{c['email']} {c['username']} {c['first_name']} {c['last_name']}".lower()
        )
    rows = listing.select(call.site.customers.values(), tests)
    descending = query.get("order") == "desc"
    if query.get("orderby") in {"id", "registered_date", "include"}:
        rows.sort(key=lambda c: c["id"], reverse=descending)
    else:
        rows.sort(key=lambda c: (c["username"], c["id"]), reverse=descending)
    page = listing.page_of(rows, query)
    return listed(call, page, cut_fields(call, [customer_view(call.site, c) for c in page.rows]))


def get_customer(call: Call) -> Answer:
    """Return one customer."""
    return Answer(cut_fields(call, customer_view(call.site, _find(call.site, call.id))))


def create_customer(call: Call) -> Answer:
    """Create a customer; user name and password are made if not given."""
    check_billing(call.params)
    customer = create(call.site, check(call.params, _KINDS))
    return created(call, customer_view(call.site, customer), customer["id"])


def update_customer(call: Call) -> Answer:
    """Change a customer. Orders already placed keep their own addresses."""
    check_billing(call.params)
    body = check(call.params, _KINDS)
    customer = _find(call.site, call.id, 400)
    return Answer(customer_view(call.site, update(call.site, customer, body)))


def delete_customer(call: Call) -> Answer:
    """Delete a customer; that needs force."""
    if not truth(call.params.get("force")):
        raise trash_not_supported("Kunderna")
    return Answer(_delete(call.site, call.id))


def batch_customers(call: Call) -> Answer:
    """Run a batch of customers."""
    site = call.site
    return run_batch(
        call,
        lambda item: customer_view(site, create(site, item)),
        lambda item: customer_view(site, update(site, _find(site, int(item.get("id") or 0), 400), item)),
        lambda customer_id: _delete(site, customer_id),
    )


def create(site: Site, body: Doc) -> Doc:
    """Create a customer and tell the webhooks."""
    email = str(body.get("email") or "")
    if not EMAIL.match(email):
        raise RestError(400, "registration-error-invalid-email", "Ange en giltig e-postadress.")
    if any(c["email"].lower() == email.lower() for c in site.customers.values()):
        raise RestError(
            400,
            "registration-error-email-exists",
            f"An account is already registered with {email}. Please log in or use a different email address.",
        )
    username = str(body.get("username") or "")
    taken = {c["username"] for c in site.customers.values()}
    if username in taken:
        raise RestError(
            400,
            "registration-error-username-exists",
            "Ett konto är redan registrerat med det användarnamnet. Välj ett annat.",
        )
    customer = {"id": site.next_id("user"), **blank()}
    site.set_date(customer, "date_created")
    site.set_date(customer, "date_modified")
    customer |= {"email": email, "username": username or _username(email, taken)}
    if not body.get("password"):
        metas.set_meta(site, "user_meta", customer["meta_data"], "default_password_nag", "1")
    _fill(site, customer, body)
    site.save("customers", customer)
    site.happened("customer", "created", customer["id"])
    return customer


def blank() -> Doc:
    """Make a customer without anything."""
    return {
        "date_created": "",
        "date_created_gmt": "",
        "date_modified": "",
        "date_modified_gmt": "",
        "email": "",
        "first_name": "",
        "last_name": "",
        "role": "customer",
        "username": "",
        "billing": dict.fromkeys(BILLING_FIELDS, ""),
        "shipping": dict.fromkeys(SHIPPING_FIELDS, ""),
        "is_paying_customer": False,
        "avatar_url": "",
        "meta_data": [],
    }


def update(site: Site, customer: Doc, body: Doc) -> Doc:
    """Change a customer and tell the webhooks."""
    if body.get("email") is not None:
        email = str(body["email"])
        others = (c for c in site.customers.values() if c["id"] != customer["id"])
        if any(c["email"].lower() == email.lower() for c in others):
            raise RestError(400, "woocommerce_rest_customer_invalid_email", "E-postadressen är ogiltig.")
        customer["email"] = email
    _fill(site, customer, body)
    site.set_date(customer, "date_modified")
    site.save("customers", customer)
    site.happened("customer", "updated", customer["id"])
    return customer


def _fill(site: Site, customer: Doc, body: Doc) -> None:
    for field in ("first_name", "last_name"):
        if body.get(field) is not None:
            customer[field] = str(body[field])
    for block, fields in (("billing", BILLING_FIELDS), ("shipping", SHIPPING_FIELDS)):
        given = body.get(block)
        if isinstance(given, dict):
            customer[block] |= {f: str(given[f]) for f in fields if given.get(f) is not None}
    metas.merge(site, "user_meta", customer["meta_data"], body.get("meta_data"))


def _username(email: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9._-]", "", email.split("@", maxsplit=1)[0].lower()) or "kund"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}{number}", number + 1
    return name


def _find(site: Site, customer_id: int, status: int = 404) -> Doc:
    customer = site.customers.get(customer_id)
    if customer is None:
        if status == 404:
            raise RestError(404, "wc_user_invalid_id", "Invalid user ID.")
        raise RestError(status, "woocommerce_rest_invalid_id", "Ogiltigt resurs-ID.")
    return customer


def _delete(site: Site, customer_id: int) -> Doc:
    customer = site.customers.get(customer_id)
    if customer is None:
        raise invalid_id("customer", 400)
    view = customer_view(site, customer)
    site.remove("customers", customer_id)
    site.happened("customer", "deleted", customer_id)
    return view
