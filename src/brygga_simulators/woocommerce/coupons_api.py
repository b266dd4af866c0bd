"""/coupons: list, get, create and delete."""

from brygga_simulators.woocommerce import listing, metas
from brygga_simulators.woocommerce.api import Answer, Call, created, cut_fields, listed
from brygga_simulators.woocommerce.errors import RestError, invalid_id
from brygga_simulators.woocommerce.money import dec, shown
from brygga_simulators.woocommerce.params import (
    ARRAY,
    BOOLEAN,
    INTEGER,
    STRING,
    as_ids,
    check,
    check_list,
    one_of,
    truth,
)
from brygga_simulators.woocommerce.product_rules import clean_price
from brygga_simulators.woocommerce.rendering import item_links
from brygga_simulators.woocommerce.site import Doc, Site

_KINDS = {
    "code": STRING,
    "amount": STRING,
    "discount_type": one_of("percent", "fixed_cart", "fixed_product"),
    "description": STRING,
    "individual_use": BOOLEAN,
    "product_ids": ARRAY,
    "excluded_product_ids": ARRAY,
    "usage_limit": INTEGER,
    "free_shipping": BOOLEAN,
    "meta_data": ARRAY,
}


def coupon_view(site: Site, coupon: Doc) -> Doc:
    """Show a coupon."""
    view = {k: v for k, v in coupon.items() if not k.startswith("_")}
    for field in ("amount", "minimum_amount", "maximum_amount"):
        view[field] = shown(view[field], 2)
    view["_links"] = item_links(site, "coupons", coupon["id"])
    return view


def list_coupons(call: Call) -> Answer:
    """List coupons, newest first; `code` finds one."""
    query = check_list(call.query, {"code": STRING, "include": ARRAY}, call.site.settings)
    tests = [*listing.date_tests(call.site, query), *listing.id_tests(query)]
    if query.get("code"):
        tests.append(lambda c: c["code"] == str(query["code"]).lower())
    tests.append(lambda c: c["status"] != "trash")
    rows = listing.order_rows(listing.select(call.site.coupons.values(), tests), query)
    page = listing.page_of(rows, query)
    return listed(call, page, cut_fields(call, [coupon_view(call.site, c) for c in page.rows]))


def get_coupon(call: Call) -> Answer:
    """Return one coupon."""
    return Answer(coupon_view(call.site, _find(call)))


def create_coupon(call: Call) -> Answer:
    """Create a coupon; its code is kept in lower case."""
    coupon = create(call.site, check(call.params, _KINDS))
    return created(call, coupon_view(call.site, coupon), coupon["id"])


def delete_coupon(call: Call) -> Answer:
    """Put a coupon in the trash, or with force delete it."""
    coupon = _find(call)
    view = coupon_view(call.site, coupon)
    if truth(call.params.get("force")):
        call.site.remove("coupons", coupon["id"])
    else:
        coupon["status"] = "trash"
        call.site.save("coupons", coupon)
        call.site.happened("coupon", "deleted", coupon["id"])
    return Answer(view)


def blank() -> Doc:
    """Make a coupon without anything."""
    return {
        "code": "",
        "amount": "0",
        "status": "publish",
        "date_created": "",
        "date_created_gmt": "",
        "date_modified": "",
        "date_modified_gmt": "",
        "discount_type": "fixed_cart",
        "description": "",
        "date_expires": None,
        "date_expires_gmt": None,
        "usage_count": 0,
        "individual_use": False,
        "product_ids": [],
        "excluded_product_ids": [],
        "usage_limit": None,
        "usage_limit_per_user": None,
        "limit_usage_to_x_items": None,
        "free_shipping": False,
        "product_categories": [],
        "excluded_product_categories": [],
        "exclude_sale_items": False,
        "minimum_amount": "0",
        "maximum_amount": "0",
        "email_restrictions": [],
        "used_by": [],
        "meta_data": [],
    }


def create(site: Site, body: Doc) -> Doc:
    """Create a coupon and tell the webhooks."""
    code = str(body.get("code") or "").lower()
    if not code:
        raise RestError(400, "woocommerce_rest_empty_coupon_code", "Rabattkoden kan inte vara tom.")
    if any(c["code"] == code and c["status"] != "trash" for c in site.coupons.values()):
        raise RestError(400, "woocommerce_rest_coupon_code_already_exists", "Rabattkoden finns redan")
    coupon = {"id": site.next_id("post"), **blank()}
    site.set_date(coupon, "date_created")
    site.set_date(coupon, "date_modified")
    coupon |= {
        "code": code,
        "amount": str(dec(clean_price(body.get("amount") or "0"))),
        "discount_type": str(body.get("discount_type") or "fixed_cart"),
        "description": str(body.get("description") or ""),
        "individual_use": truth(body.get("individual_use", False)),
        "product_ids": as_ids(body.get("product_ids") or []),
        "excluded_product_ids": as_ids(body.get("excluded_product_ids") or []),
        "usage_limit": body.get("usage_limit"),
        "free_shipping": truth(body.get("free_shipping", False)),
    }
    metas.merge(site, "post_meta", coupon["meta_data"], body.get("meta_data"))
    site.save("coupons", coupon)
    site.happened("coupon", "created", coupon["id"])
    return coupon


def _find(call: Call) -> Doc:
    coupon = call.site.coupons.get(call.id)
    if coupon is None:
        raise invalid_id("shop_coupon")
    return coupon
