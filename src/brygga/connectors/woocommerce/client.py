"""Speaks HTTP with a shop: one method per endpoint, wire models back, nothing decided here.

`dp` is never sent: the shop then rounds to its own decimals, which are the ones its total is made
of. GET answers may hold noise around the JSON; that is logged once per conversation.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
import structlog

from brygga.connectors.contract.http import Answer, HttpClient, Request
from brygga.connectors.woocommerce import wire, wire_goods, wire_shelf, wire_shop
from brygga.connectors.woocommerce.answers import Asked, error_body, error_for, not_json, unreadable
from brygga.connectors.woocommerce.auth import OAuth1, Signer
from brygga.connectors.woocommerce.decoding import NotJson, WrongShape, decode
from brygga.connectors.woocommerce.lists import HasId, Page

T = TypeVar("T")
R = TypeVar("R", bound=HasId)

API = "/wp-json/wc/v3/"
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip", "Cache-Control": "no-cache"}
_ORDER_HEAD = "id,number,status,date_created_gmt,date_modified_gmt,total,currency,transaction_id,refunds"
_CUSTOMER = "id,role,date_created_gmt,date_modified_gmt,email,first_name,last_name,billing,shipping"
_PRODUCT_HEAD = "id,name,sku,status,date_modified_gmt"
_HOLDING = "id,number,status,date_modified_gmt,line_items"
_ITEM = ",".join(name for name in wire_shelf.Item.__struct_fields__ if name != "error")

_GOODS = ",".join(name for name in wire_goods.Goods.__struct_fields__ if name != "error")
_ATTRIBUTES = "products/attributes"
_CATEGORIES = "products/categories"

_log = structlog.get_logger(__name__)


class WooClient:
    """The endpoints we use. Raises what `answers.py` says, and the contract's transport errors."""

    def __init__(self, site: str, signer: Signer, http: HttpClient) -> None:
        self._site = site
        self._host = urlsplit(site).netloc
        self._signer = signer
        self._http = http
        self.signed = isinstance(signer, OAuth1)
        self.noisy = False  # something stood around the JSON of an answer

    def signed_by(self, signer: Signer) -> "WooClient":
        """Return a client that signs in another way over the same sockets."""
        return WooClient(self._site, signer, self._http)

    def index(self) -> wire_shop.Index:
        """Read who the site is. Needs no key."""
        asked = Asked("wp-json", self._host)
        answer = self._send(
            "GET", "/wp-json/", {"_fields": "name,url,home,timezone_string,gmt_offset,namespaces"}, asked
        )
        return self._read(answer, wire_shop.Index, asked)

    def system(self) -> wire_shop.System:
        """Read version and language. Only for keys whose user manages the shop."""
        fields = "environment.version,environment.language"
        return self._get("system_status", wire_shop.System, {"_fields": fields})

    def settings(self, group: str) -> list[wire_shop.Setting]:
        """Read a group of settings; `_fields` keeps the long lists of choices away."""
        return self._get(f"settings/{group}", list[wire_shop.Setting], {"_fields": "id,value"})

    def order(self, order_id: str) -> wire.Order:
        """Read an order, also one in the trash."""
        return self._get(f"orders/{order_id}", wire.Order, kind="order", record=order_id)

    def orders(self, query: Mapping[str, str]) -> Page[wire.OrderHead]:
        """Read a page of order heads."""
        return self._page("orders", list[wire.OrderHead], {**query, "_fields": _ORDER_HEAD})

    def refunds(self, order_id: str, query: Mapping[str, str]) -> Page[wire.Refund]:
        """Read a page of an order's refunds."""
        return self._page(
            f"orders/{order_id}/refunds", list[wire.Refund], query, kind="order", record=order_id
        )

    def order_statuses(self) -> list[wire.StatusName]:
        """Read the statuses that the shop and its plugins know."""
        return self._get("orders/statuses", list[wire.StatusName])

    def notes(self, order_id: str) -> list[wire.Note]:
        """Read all notes of an order; the shop does not page them."""
        fields = {"_fields": "id,note,customer_note"}
        return self._get(f"orders/{order_id}/notes", list[wire.Note], fields, kind="order", record=order_id)

    def add_note(self, order_id: str, text: str, to_customer: bool) -> wire.Note:
        """Write a note on an order."""
        body = {"note": text, "customer_note": to_customer}
        return self._write("POST", f"orders/{order_id}/notes", wire.Note, body, kind="order", record=order_id)

    def put_order(self, order_id: str, change: Mapping[str, Any]) -> wire.Order:
        """Change an order; the answer is the order as it then is."""
        return self._write("PUT", f"orders/{order_id}", wire.Order, change, kind="order", record=order_id)

    def write_nothing(self) -> None:
        """Ask for a batch of no changes: leaves no trace, but a key that may only read is refused."""
        asked = Asked("orders/batch", self._host, signed=self.signed)
        self._send("POST", API + "orders/batch", {}, asked, b"{}")

    def customers(self, query: Mapping[str, str]) -> Page[wire.Customer]:
        """Read a page of customer heads, whatever their role. The list knows no filter by date."""
        return self._page("customers", list[wire.Customer], {**query, "role": "all", "_fields": _CUSTOMER})

    def customer(self, customer_id: str) -> wire.Customer:
        """Read one customer."""
        return self._get(f"customers/{customer_id}", wire.Customer, kind="customer", record=customer_id)

    def products(self, query: Mapping[str, str]) -> Page[wire.ProductHead]:
        """Read a page of product heads."""
        return self._page("products", list[wire.ProductHead], {**query, "_fields": _PRODUCT_HEAD})

    def product(self, product_id: str) -> wire.Product:
        """Read a product, or a variation in the shape of a product."""
        return self._get(f"products/{product_id}", wire.Product, kind="product", record=product_id)

    def variations(self, product_id: str, query: Mapping[str, str]) -> Page[wire.Product]:
        """Read a page of a product's variations."""
        path = f"products/{product_id}/variations"
        return self._page(path, list[wire.Product], query, kind="product", record=product_id)

    def items(self, query: Mapping[str, str]) -> Page[wire_shelf.Item]:
        """Read a page of products, cut down to what is bought; variations if asked for by SKU."""
        return self._page("products", list[wire_shelf.Item], {**query, "_fields": _ITEM})

    def item_variations(self, product_id: str, query: Mapping[str, str]) -> Page[wire_shelf.Item]:
        """Read a page of a product's variations, cut down likewise."""
        path = f"products/{product_id}/variations"
        return self._page(
            path, list[wire_shelf.Item], {**query, "_fields": _ITEM}, kind="product", record=product_id
        )

    def orders_holding(self, query: Mapping[str, str]) -> Page[wire_shelf.HoldingOrder]:
        """Read a page of orders with their goods."""
        return self._page("orders", list[wire_shelf.HoldingOrder], {**query, "_fields": _HOLDING})

    def change_items(self, parent_id: str, changes: Sequence[Mapping[str, Any]]) -> list[wire_shelf.Item]:
        """Change up to 100 products, or variations of one parent, each for itself; 200 whatever happens.

        `_fields` is not sent: what it does to a batch was not measured.
        """
        path = f"products/{parent_id}/variations/batch" if parent_id else "products/batch"
        kind = "product" if parent_id else ""
        asked = Asked(path, self._host, kind, parent_id, changes=True, signed=self.signed)
        body = msgspec.json.encode({"update": list(changes)})
        answer = self._send("POST", API + path, {}, asked, body)
        found = self._read(answer, wire_shelf.Batch, asked)
        if not found.update:
            if error_body(answer):  # an error object under a status that says all is well
                raise error_for(answer, asked, datetime.now(UTC))
            raise unreadable(asked, f"{asked.what}: no updates in {answer.body[:120]!r}")
        return found.update

    def gateways(self) -> list[wire_shop.Gateway]:
        """Read the payment methods with their plugins' settings."""
        return self._get("payment_gateways", list[wire_shop.Gateway], {"_fields": "id,enabled,settings"})

    def goods(self, product_id: str) -> wire_goods.Goods:
        """Read a product for comparing, also one in the trash."""
        path = f"products/{product_id}"
        return self._get(path, wire_goods.Goods, {"_fields": _GOODS}, kind="product", record=product_id)

    def goods_variations(self, product_id: str, query: Mapping[str, str]) -> Page[wire_goods.Goods]:
        """Read a page of a product's variations for comparing."""
        path = f"products/{product_id}/variations"
        return self._page(
            path, list[wire_goods.Goods], {**query, "_fields": _GOODS}, kind="product", record=product_id
        )

    def goods_list(self, query: Mapping[str, str]) -> Page[wire_goods.Goods]:
        """Read a page of products for comparing; variations if asked for by SKU."""
        return self._page("products", list[wire_goods.Goods], {**query, "_fields": _GOODS})

    def batch_goods(
        self, parent_id: str, made: Sequence[Mapping[str, Any]], changed: Sequence[Mapping[str, Any]]
    ) -> wire_goods.GoodsBatch:
        """Make and change up to 100 products, or variations of one, each for itself; 200 whatever happens."""
        path = f"products/{parent_id}/variations/batch" if parent_id else "products/batch"
        kind = "product" if parent_id else ""
        asked = Asked(path, self._host, kind, parent_id, changes=True, signed=self.signed)
        body = msgspec.json.encode({"create": list(made), "update": list(changed)})
        answer = self._send("POST", API + path, {}, asked, body)
        found = self._read(answer, wire_goods.GoodsBatch, Asked(path, self._host, changes=True))
        if not (found.create or found.update) and error_body(answer):
            raise error_for(answer, asked, datetime.now(UTC))  # under a status that says all is well
        return found

    def attributes(self) -> list[wire_goods.GlobalAttribute]:
        """Read all global attributes; the shop does not page them."""
        return self._get(_ATTRIBUTES, list[wire_goods.GlobalAttribute], {"_fields": "id,name,slug"})

    def create_attribute(self, name: str) -> wire_goods.GlobalAttribute:
        """Make a global attribute whose terms stand in an order of their own."""
        body = {"name": name, "type": "select", "order_by": "menu_order", "has_archives": False}
        return self._write("POST", _ATTRIBUTES, wire_goods.GlobalAttribute, body)

    def terms(self, attribute_id: str, query: Mapping[str, str]) -> Page[wire_goods.Term]:
        """Read a page of an attribute's terms."""
        path = f"{_ATTRIBUTES}/{attribute_id}/terms"
        return self._page(path, list[wire_goods.Term], {**query, "_fields": "id,name,slug,menu_order"})

    def create_term(self, attribute_id: str, name: str, menu_order: int) -> wire_goods.Term:
        """Make a term of an attribute, at its place."""
        path = f"{_ATTRIBUTES}/{attribute_id}/terms"
        return self._write("POST", path, wire_goods.Term, {"name": name, "menu_order": menu_order})

    def categories(self, query: Mapping[str, str]) -> Page[wire_goods.Term]:
        """Read a page of categories."""
        return self._page(_CATEGORIES, list[wire_goods.Term], {**query, "_fields": "id,name,slug,parent"})

    def create_category(self, name: str, parent_id: str) -> wire_goods.Term:
        """Make a category, below another if one is given."""
        body = {"name": name, **({"parent": int(parent_id)} if parent_id else {})}
        return self._write("POST", _CATEGORIES, wire_goods.Term, body)

    def tax_classes(self) -> list[wire_goods.TaxClass]:
        """Read the tax classes; the shop does not page them."""
        return self._get("taxes/classes", list[wire_goods.TaxClass])

    def taxes(self, query: Mapping[str, str]) -> Page[wire_shop.TaxRate]:
        """Read a page of tax rates."""
        return self._page("taxes", list[wire_shop.TaxRate], query)

    def webhooks(self, query: Mapping[str, str]) -> Page[wire_shop.Webhook]:
        """Read a page of webhooks, whoever made them."""
        return self._page(
            "webhooks", list[wire_shop.Webhook], {**query, "_fields": "id,status,topic,delivery_url"}
        )

    def create_webhook(self, topic: str, url: str, secret: str) -> wire_shop.Webhook:
        """Make a webhook; the shop sends a ping to the address before it answers."""
        body = {
            "name": f"Brygga {topic}",
            "topic": topic,
            "delivery_url": url,
            "secret": secret,
            "status": "active",
        }
        shown = msgspec.json.encode({**body, "secret": "***"})
        return self._write("POST", "webhooks", wire_shop.Webhook, body, shown=shown)

    def delete_webhook(self, webhook_id: str) -> None:
        """Delete a webhook; without `force` the shop answers 501."""
        asked = Asked(f"webhooks/{webhook_id}", self._host, "webhook", webhook_id, changes=True)
        self._send("DELETE", API + asked.what, {"force": "true"}, asked)

    def _get(
        self,
        path: str,
        kind_of: type[T],
        query: Mapping[str, str] | None = None,
        *,
        kind: str = "",
        record: str = "",
    ) -> T:
        asked = Asked(path, self._host, kind, record, signed=self.signed)
        return self._read(self._send("GET", API + path, query or {}, asked), kind_of, asked)

    def _page(
        self, path: str, kind_of: type[list[R]], query: Mapping[str, str], *, kind: str = "", record: str = ""
    ) -> Page[R]:
        asked = Asked(path, self._host, kind, record, signed=self.signed)
        answer = self._send("GET", API + path, query, asked)
        rows: Sequence[R] = self._read(answer, kind_of, asked)
        total = answer.headers.get("x-wp-total", "")
        return Page(rows, int(total) if total.isdigit() else None)

    def _write(
        self,
        method: str,
        path: str,
        kind_of: type[T],
        body: Mapping[str, Any],
        *,
        kind: str = "",
        record: str = "",
        shown: bytes | None = None,
    ) -> T:
        asked = Asked(path, self._host, kind, record, changes=True, signed=self.signed)
        answer = self._send(method, API + path, {}, asked, msgspec.json.encode(body), shown)
        return self._read(answer, kind_of, asked)

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        asked: Asked,
        body: bytes | None = None,
        shown: bytes | None = None,
    ) -> Answer:
        signed = self._signer.sign(method, self._site + path, query)
        content = {"Content-Type": "application/json"} if body is not None else {}
        answer = self._http.send(
            Request(
                method=method,
                url=signed.url,
                label=f"{method} {asked.what}",
                changes=asked.changes,
                headers={**_HEADERS, **content, **signed.headers},
                body=body,
                # A status write may draw money at the payment provider inside the answer (domain 15).
                slow=asked.changes,
                shown_url=signed.shown_url,
                shown_body=shown,
            )
        )
        if not 200 <= answer.status < 300:
            raise error_for(answer, asked, datetime.now(UTC))
        return answer

    def _read(self, answer: Answer, kind: type[T], asked: Asked) -> T:
        try:
            found, noise = decode(answer.body, kind)
        except NotJson as error:
            raise not_json(asked, f"{asked.what}: {error} {answer.body[:120]!r}") from error
        except WrongShape as error:
            if error_body(answer):  # an error object under a status that says all is well
                raise error_for(answer, asked, datetime.now(UTC)) from error
            raise unreadable(asked, f"{asked.what}: {error}") from error
        if asked.kind and getattr(found, "id", "") is None:
            if error_body(answer):
                raise error_for(answer, asked, datetime.now(UTC))
            raise unreadable(asked, f"{asked.what}: no id")
        if noise and not self.noisy:
            self.noisy = True
            _log.warning("noise around the JSON of a shop", host=self._host, what=asked.what)
        return found
