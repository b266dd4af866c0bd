"""Keeps a shop knocking: makes our webhooks, and makes them anew when the shop has switched them off.

A disabled hook is not switched on again but replaced: its counter of failures stays, and a single
failure more would disable it at once (measured). The new one is made before the old is deleted, so
nothing is missed in between. The secret can't be read back, so an old hook is never re-used for it.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from brygga.connectors.contract.connector import HintDoor
from brygga.connectors.woocommerce import wire_shop
from brygga.connectors.woocommerce.client import WooClient
from brygga.connectors.woocommerce.lists import rows_by_id
from brygga.connectors.woocommerce.values import id_text, text
from brygga.connectors.woocommerce.webhooks import TOPICS
from brygga.domain.errors import RecordGone
from brygga.domain.message import Message, message

_PORTS = (None, 80, 443, 8080)  # WordPress sends to no other, and does not say so


def ensure_hooks(client: WooClient, door: HintDoor, site: str) -> tuple[Message, ...]:
    """See to it that each topic has exactly one active hook at the door; say what was done."""
    ours = [hook for hook in rows_by_id(client.webhooks, "webhooks") if _is_ours(hook, door)]
    made: list[str] = []
    healed: list[str] = []
    said: list[Message] = []
    surplus = 0
    for topic in TOPICS:
        hooks = [hook for hook in ours if text(hook.topic) == topic]
        active = [
            hook for hook in hooks if text(hook.status) == "active" and text(hook.delivery_url) == door.url
        ]
        if not active:
            said += _make(client, topic, door)
            (healed if hooks else made).append(topic)
        dead = [hook for hook in hooks if hook not in active[:1]]
        surplus += len(dead) if active else 0
        _delete(client, dead)
    strays = [hook for hook in ours if text(hook.topic) not in TOPICS]
    _delete(client, strays)
    if made:
        said.append(message("woocommerce.hooks_made", topics=", ".join(made)))
    if healed:
        said.append(message("woocommerce.hooks_healed", topics=", ".join(healed)))
    if surplus or strays:
        said.append(message("woocommerce.hooks_removed", count=surplus + len(strays)))
    if remark := _port_remark(door, site):
        said.append(remark)
    return tuple(said)


def _is_ours(hook: wire_shop.Webhook, door: HintDoor) -> bool:
    url = text(hook.delivery_url)
    return url == door.url or url.startswith((f"{door.url.rstrip('/')}/", f"{door.url}?"))


def _make(client: WooClient, topic: str, door: HintDoor) -> Iterable[Message]:
    hook = client.create_webhook(topic, door.url, door.secret)
    asked = (topic, door.url, "active")
    if (text(hook.topic), text(hook.delivery_url), text(hook.status)) != asked:
        return [message("woocommerce.hook_not_as_asked", topic=topic, status=text(hook.status))]
    return []


def _delete(client: WooClient, hooks: Iterable[wire_shop.Webhook]) -> None:
    for hook in hooks:
        try:
            client.delete_webhook(id_text(hook.id))
        except RecordGone:
            continue  # somebody was faster


def _port_remark(door: HintDoor, site: str) -> Message | None:
    port = urlsplit(door.url).port
    if port in _PORTS or port == urlsplit(site).port:
        return None
    return message("woocommerce.hook_port", port=port)
