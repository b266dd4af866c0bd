"""Makes and keeps products of one shop, and compares each answer with what was asked.

What was asked for one product stands for itself: what is not fit to be sent, what the shop refuses
and what it made otherwise is told of that one alone. Nothing is ever deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from brygga.connectors.woocommerce import wire_goods
from brygga.connectors.woocommerce.client import WooClient
from brygga.connectors.woocommerce.goods_batches import GoodsBatches
from brygga.connectors.woocommerce.goods_checks import differences
from brygga.connectors.woocommerce.lists import Page, parts_of, rows_of_few
from brygga.connectors.woocommerce.mapping_goods import (
    choices_json,
    json_from,
    product_from_wire,
    variation_from_wire,
)
from brygga.connectors.woocommerce.values import id_text, text
from brygga.domain.errors import BryggaError, DuplicateNumber, OutcomeUnknown, RecordGone, RecordRejected
from brygga.domain.goods import (
    Attribute,
    Fields,
    ProductAnswer,
    ProductWrite,
    ShopProduct,
    VariationAnswer,
    VariationWrite,
)
from brygga.domain.message import Message, message

_SKU_TAKEN = ("product_invalid_sku", "woocommerce_rest_product_not_created")
_BARCODE_TAKEN = "product_invalid_global_unique_id"
_TRASH = "trash"


@dataclass(slots=True)
class _Put:
    """One product or variation to be written: its body or why it has none, then the shop's row."""

    id: str
    fields: Fields
    body: dict[str, Any]
    row: wire_goods.Goods | None = None
    error: BryggaError | None = None
    remarks: tuple[Message, ...] = ()

    @property
    def name(self) -> str:
        """What a person knows it by."""
        return self.fields.sku or self.id or "-"


class GoodsDesk:
    """Reads and writes products. Raises what the client raises."""

    def __init__(self, client: WooClient, weight_unit: str) -> None:
        self._client = client
        self._unit = weight_unit
        self._batches = GoodsBatches(client)

    def product(self, product_id: str) -> ShopProduct:
        """Read a product with its variations."""
        return self._whole(self._client.goods(product_id))

    def products(self, product_ids: Sequence[str]) -> dict[str, ShopProduct]:
        """Read products by id, those in the trash without their variations. See `TakesProducts`."""
        asked = [one for one in dict.fromkeys(product_ids) if one.isascii() and one.isdigit()]
        rows = self._by_id(asked, {})
        rows |= self._by_id([one for one in asked if one not in rows], {"status": _TRASH})
        found: dict[str, ShopProduct] = {}
        for product_id, row in rows.items():
            try:
                found[product_id] = self._whole(row)
            except RecordGone:  # deleted since the list was read
                continue
        return found

    def change(self, product_id: str, fields: Fields) -> ProductAnswer:
        """Change a product at once."""
        (answer,) = self.put_products([ProductWrite(product_id, fields)])
        if answer.error is not None:
            raise answer.error
        return answer

    def put_products(self, writes: Sequence[ProductWrite]) -> list[ProductAnswer]:
        """Make and change products, and answer in order."""
        puts = [self._prepared(write.id, write.fields) for write in writes]
        for put in puts:
            if not put.id and not put.body.get("name"):  # an empty body makes a published product (measured)
                refused = message("woocommerce.product_bad_value", field="name", value="-")
                put.error = put.error or RecordRejected(refused)
        self._send("", puts)
        return [
            ProductAnswer(product_from_wire(put.row, (), self._unit), None, put.remarks)
            if put.row is not None
            else ProductAnswer(None, put.error, put.remarks)
            for put in puts
        ]

    def put_variations(
        self,
        product_id: str,
        writes: Sequence[VariationWrite],
        attributes: Sequence[Attribute] | None = None,
    ) -> list[VariationAnswer]:
        """Make and change variations of a product, and answer in order."""
        puts = [self._prepared(write.id, write.fields) for write in writes]
        choosing = [put for put in puts if put.error is None and put.fields.options is not None]
        if choosing and attributes is None:
            attributes = product_from_wire(self._client.goods(product_id), (), self._unit).attributes
        for put in choosing:
            put.body["attributes"] = choices_json(put.fields.options or (), attributes or ())
        self._send(product_id, puts)
        for put in puts:
            if isinstance(put.error, OutcomeUnknown):
                raise put.error
        return [self._variation(put) for put in puts]

    def _prepared(self, own_id: str, fields: Fields) -> _Put:
        """Put a wish into the shop's words, or say why it can't be sent."""
        put = _Put(own_id, fields, {})
        try:
            put.body = json_from(fields, self._unit)
        except RecordRejected as error:
            put.error = error
        return put

    def _send(self, parent: str, puts: Sequence[_Put], *, is_second: bool = False) -> None:
        """Write what can be sent; once more, without it, that whose bar code another product has."""
        sent = [put for put in puts if put.error is None]
        if not sent:
            return
        bodies = [{"id": int(put.id), **put.body} if put.id else put.body for put in sent]
        again: list[_Put] = []
        for put, row in zip(sent, self._batches.send(parent, bodies), strict=True):
            if isinstance(row, BryggaError):
                put.error = row
            elif row.error is None:
                put.row = row
                put.remarks += differences(put.body, row)
            elif text(row.error.code) == _BARCODE_TAKEN and not is_second:
                barcode = str(put.body.pop("global_unique_id", "-"))
                told = message("woocommerce.barcode_taken", sku=put.name, barcode=barcode)
                put.remarks += (told,)
                again.append(put)
            else:
                put.error = _refusal(put, row, parent)
        if again:
            self._send(parent, again, is_second=True)

    def _variation(self, put: _Put) -> VariationAnswer:
        if put.row is not None:
            return VariationAnswer(variation_from_wire(put.row, self._unit), remarks=put.remarks)
        assert put.error is not None
        return VariationAnswer(
            fault=put.error.for_merchant,
            remarks=put.remarks,
            gone=isinstance(put.error, RecordGone),
            sku_taken=isinstance(put.error, DuplicateNumber),
        )

    def _by_id(self, ids: Sequence[str], query: Mapping[str, str]) -> dict[str, wire_goods.Goods]:
        found: dict[str, wire_goods.Goods] = {}
        for part in parts_of(ids):
            read = partial(self._list, {"include": ",".join(part), **query})
            found |= {id_text(row.id): row for row in rows_of_few(read, "products")}
        return found

    def _list(self, query: Mapping[str, str], paging: Mapping[str, str]) -> Page[wire_goods.Goods]:
        return self._client.goods_list({**query, **paging})

    def _whole(self, row: wire_goods.Goods) -> ShopProduct:
        variations: Sequence[wire_goods.Goods] = ()
        if text(row.type).startswith("variable") and text(row.status) != _TRASH:
            own_id = id_text(row.id)
            read = partial(self._client.goods_variations, own_id)
            variations = rows_of_few(read, f"products/{own_id}/variations")
        return product_from_wire(row, variations, self._unit)


def _refusal(put: _Put, row: wire_goods.Goods, parent: str) -> BryggaError:
    """Return what the error in a product's place means."""
    assert row.error is not None
    code = text(row.error.code)
    status = row.error.data.get("status") if isinstance(row.error.data, dict) else None
    if code in _SKU_TAKEN:
        return DuplicateNumber(message("woocommerce.sku_taken", sku=put.name), code)
    if put.id and (code.endswith("_invalid_id") or status in (404, 410)):
        gone = message("woocommerce.item_gone", item=put.id)
        return RecordGone(gone if parent else message("woocommerce.product_gone", id=put.id), code)
    return RecordRejected(
        message("woocommerce.item_refused", item=put.name, cause=code or status or "-"), code
    )
