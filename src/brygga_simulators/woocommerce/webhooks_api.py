"""/webhooks: list, get, create, change and delete. The secret is never shown."""

import re
import secrets

from brygga_simulators.woocommerce import listing
from brygga_simulators.woocommerce.api import Answer, Call, created, cut_fields, listed
from brygga_simulators.woocommerce.delivery import send_ping
from brygga_simulators.woocommerce.errors import RestError, invalid_id, trash_not_supported
from brygga_simulators.woocommerce.params import STRING, check, check_list, one_of, truth
from brygga_simulators.woocommerce.rendering import item_links
from brygga_simulators.woocommerce.site import Doc, Site

_HOOKS = {
    "order.created": ["woocommerce_new_order"],
    "order.updated": ["woocommerce_update_order", "woocommerce_order_refunded"],
    "order.deleted": ["wp_trash_post", "woocommerce_trash_order"],
    "order.restored": ["untrashed_post", "woocommerce_untrash_order"],
    "product.created": [
        "woocommerce_process_product_meta",
        "woocommerce_new_product",
        "woocommerce_new_product_variation",
    ],
    "product.updated": [
        "woocommerce_process_product_meta",
        "woocommerce_update_product",
        "woocommerce_update_product_variation",
    ],
    "product.deleted": ["wp_trash_post"],
    "product.restored": ["untrashed_post"],
    "customer.created": ["user_register", "woocommerce_created_customer", "woocommerce_new_customer"],
    "customer.updated": ["profile_update", "woocommerce_update_customer"],
    "customer.deleted": ["delete_user"],
    "coupon.created": ["woocommerce_process_shop_coupon_meta", "woocommerce_new_coupon"],
    "coupon.updated": ["woocommerce_process_shop_coupon_meta", "woocommerce_update_coupon"],
    "coupon.deleted": ["wp_trash_post"],
    "coupon.restored": ["untrashed_post"],
}
_KINDS = {
    "name": STRING,
    "status": one_of("active", "paused", "disabled"),
    "topic": STRING,
    "delivery_url": STRING,
    "secret": STRING,
}


def webhook_view(site: Site, webhook: Doc) -> Doc:
    """Show a webhook."""
    view = {k: v for k, v in webhook.items() if not k.startswith("_")}
    view["_links"] = item_links(site, "webhooks", webhook["id"])
    return view


def list_webhooks(call: Call) -> Answer:
    """List webhooks, newest first."""
    query = check_list(
        call.query, {"status": one_of("all", "active", "paused", "disabled")}, call.site.settings
    )
    status = query.get("status") or "all"
    chosen = [w for w in call.site.webhooks.values() if status in {"all", w["status"]}]
    page = listing.page_of(listing.order_rows(chosen, query, "id"), query)
    return listed(call, page, cut_fields(call, [webhook_view(call.site, w) for w in page.rows]))


def get_webhook(call: Call) -> Answer:
    """Return one webhook."""
    return Answer(cut_fields(call, webhook_view(call.site, _find(call.site, call.id))))


async def create_webhook(call: Call) -> Answer:
    """Create a webhook and ping its address. A ping that fails is no error."""
    site = call.site
    body = check(call.params, _KINDS)
    topic = _topic(body)
    url = _url(body.get("delivery_url"))
    webhook: Doc = {
        "id": site.next_id("webhook"),
        "name": str(body.get("name") or _made_name(site)),
        "status": str(body.get("status") or "active"),
        "topic": topic,
        "resource": topic.split(".", maxsplit=1)[0],
        "event": topic.partition(".")[2],
        "hooks": _HOOKS.get(topic, []),
        "delivery_url": url,
    }
    site.set_date(webhook, "date_created")
    # Right after creation the change date is not there yet; it is at the first reading.
    webhook |= {"date_modified": None, "date_modified_gmt": None}
    webhook["_secret"] = str(body.get("secret") or secrets.token_urlsafe(37))
    webhook["_failures"] = 0
    webhook["_ping_waits"] = True
    view = webhook_view(site, webhook)
    site.set_date(webhook, "date_modified")
    site.save("webhooks", webhook)
    await send_ping(site, webhook)
    return created(call, view, webhook["id"])


async def update_webhook(call: Call) -> Answer:
    """Change a webhook. Activating one does not set its count of failures back."""
    site = call.site
    body = check(call.params, _KINDS)
    webhook = _find(site, call.id, 400)
    if body.get("topic") is not None:
        topic = _topic(body)
        webhook |= {
            "topic": topic,
            "resource": topic.split(".", maxsplit=1)[0],
            "event": topic.partition(".")[2],
        }
        webhook["hooks"] = _HOOKS.get(topic, [])
    moved = False
    if body.get("delivery_url") is not None:
        url = _url(body["delivery_url"])
        moved = url != webhook["delivery_url"]
        webhook["delivery_url"] = url
    for field in ("name", "status"):
        if body.get(field):
            webhook[field] = body[field]
    if body.get("secret"):
        webhook["_secret"] = body["secret"]
    site.set_date(webhook, "date_modified")
    if moved:
        webhook["_ping_waits"] = True
    site.save("webhooks", webhook)
    if moved:
        await send_ping(site, webhook)
    return Answer(webhook_view(site, webhook))


def delete_webhook(call: Call) -> Answer:
    """Delete a webhook; that needs force."""
    webhook = _find(call.site, call.id)
    if not truth(call.params.get("force")):
        raise trash_not_supported("Webhooks")
    view = webhook_view(call.site, webhook)
    call.site.remove("webhooks", webhook["id"])
    return Answer(view)


def _find(site: Site, webhook_id: int, status: int = 404) -> Doc:
    webhook = site.webhooks.get(webhook_id)
    if webhook is None:
        raise invalid_id("shop_webhook", status)
    return webhook


def _topic(body: Doc) -> str:
    topic = str(body.get("topic") or "")
    if topic not in _HOOKS and not re.fullmatch(r"action\.\w+", topic):
        raise RestError(
            400,
            "woocommerce_rest_shop_webhook_invalid_topic",
            "Webhook-ämnet är obligatoriskt och måste vara giltigt.",
        )
    return topic


def _url(value: object) -> str:
    url = str(value or "")
    if not url.startswith(("http://", "https://")):
        raise RestError(
            400,
            "woocommerce_rest_shop_webhook_invalid_delivery_url",
            "Webbadressen för webhook-leverans måste vara en giltig webbadress som börjar med http:// eller https://.",
        )
    return url


def _made_name(site: Site) -> str:
    return f"Webhook skapad på {site.now().strftime('%b %d, %Y @ %I:%M %p')}"
