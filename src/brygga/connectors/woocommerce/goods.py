"""Makes and keeps products of one shop, and compares each answer with what was asked.

A create is never repeated here: whoever asked finds out by the SKU what became of it. Nothing is
ever deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from brygga.connectors.woocommerce import wire_goods
from brygga.connectors.woocommerce.client import WooClient
from brygga.connectors.woocommerce.goods_checks import differences
from brygga.connectors.woocommerce.lists import parts_of, rows_of_few
from brygga.connectors.woocommerce.mapping_goods import (
    choices_json,
    json_from,
    product_from_wire,
    variation_from_wire,
)
from brygga.connectors.woocommerce.values import id_text, text
from brygga.domain.errors import DuplicateNumber, RecordRejected
from brygga.domain.goods import (
    Fields,
    ProductAnswer,
    ShopProduct,
    VariationAnswer,
    VariationWrite,
)
from brygga.domain.message import Message, message

_SKU_TAKEN = ("product_invalid_sku", "woocommerce_rest_product_not_created")
_BARCODE_TAKEN = "product_invalid_global_unique_id"
_TOGETHER = 50  # variations a call: some 30 ms each


class GoodsDesk:
    """Reads and writes products. Raises what the client raises."""

    def __init__(self, client: WooClient, weight_unit: str) -> None:
        self._client = client
        self._unit = weight_unit

    def product(self, product_id: str) -> ShopProduct:
        """Read a product with its variations."""
        return self._whole(self._client.goods(product_id))

    def create(self, fields: Fields) -> ProductAnswer:
        """Make a product."""
        sent = json_from(fields, self._unit)
        if not sent.get("name"):  # an empty body makes a published product (measured)
            raise RecordRejected(message("woocommerce.product_bad_value", field="name", value="-"))
        return self._answered(sent, partial(self._client.create_product))

    def change(self, product_id: str, fields: Fields) -> ProductAnswer:
        """Change a product."""
        sent = json_from(fields, self._unit)
        return self._answered(sent, partial(self._client.change_product, product_id))

    def put_variations(self, product_id: str, writes: Sequence[VariationWrite]) -> list[VariationAnswer]:
        """Make and change variations of a product, and answer in order."""
        if not writes:
            return []
        attributes = product_from_wire(self._client.goods(product_id), (), self._unit).attributes
        answers: list[VariationAnswer] = []
        for part in parts_of(writes, _TOGETHER):
            bodies: list[dict[str, Any]] = []
            for write in part:
                body = json_from(write.fields, self._unit)
                if write.fields.options is not None:
                    body["attributes"] = choices_json(write.fields.options, attributes)
                bodies.append({"id": int(write.id), **body} if write.id else body)
            rows = self._batch(product_id, part, bodies)
            answers += [self._variation(*each) for each in zip(part, bodies, rows, strict=True)]
        return self._without_barcodes(product_id, writes, answers)

    def _without_barcodes(
        self, product_id: str, writes: Sequence[VariationWrite], answers: list[VariationAnswer]
    ) -> list[VariationAnswer]:
        """Write those again, without it, whose bar code another product has."""
        taken = [at for at, answer in enumerate(answers) if _is_barcode_fault(answer.fault)]
        if not taken:
            return answers
        again = [replace(writes[at], fields=replace(writes[at].fields, barcode=None)) for at in taken]
        for at, answer in zip(taken, self.put_variations(product_id, again), strict=True):
            fault = answers[at].fault
            assert fault is not None
            answers[at] = replace(answer, remarks=(fault, *answer.remarks))
        return answers

    def _batch(
        self, product_id: str, part: Sequence[VariationWrite], bodies: Sequence[Mapping[str, Any]]
    ) -> list[wire_goods.Goods | None]:
        made = [body for write, body in zip(part, bodies, strict=True) if not write.id]
        changed = [body for write, body in zip(part, bodies, strict=True) if write.id]
        answer = self._client.batch_variations(product_id, made, changed)
        created = list(answer.create) if len(answer.create) == len(made) else [None] * len(made)
        updated = list(answer.update) if len(answer.update) == len(changed) else [None] * len(changed)
        return [(updated if write.id else created).pop(0) for write in part]

    def _variation(
        self, write: VariationWrite, body: Mapping[str, Any], row: wire_goods.Goods | None
    ) -> VariationAnswer:
        name = write.fields.sku or write.id
        if row is None:
            return VariationAnswer(fault=message("woocommerce.item_not_answered", item=name))
        if row.error is not None:
            code = text(row.error.code)
            status = row.error.data.get("status") if isinstance(row.error.data, dict) else None
            if code in _SKU_TAKEN:
                return VariationAnswer(fault=message("woocommerce.sku_taken", sku=name), sku_taken=True)
            if code == _BARCODE_TAKEN:
                barcode = write.fields.barcode or "-"
                return VariationAnswer(fault=message("woocommerce.barcode_taken", sku=name, barcode=barcode))
            if write.id and (code.endswith("_invalid_id") or status in (404, 410)):
                return VariationAnswer(fault=message("woocommerce.item_gone", item=name), gone=True)
            return VariationAnswer(
                fault=message("woocommerce.item_refused", item=name, cause=code or status or "-")
            )
        variation = variation_from_wire(row, self._unit)
        return VariationAnswer(
            variation, remarks=differences({k: v for k, v in body.items() if k != "id"}, row)
        )

    def _answered(self, sent: dict[str, Any], write: Any) -> ProductAnswer:
        remarks: tuple[Message, ...] = ()
        try:
            row: wire_goods.Goods = write(sent)
        except RecordRejected as error:
            cause = error.for_merchant.facts.get("cause", "")
            sku = str(sent.get("sku") or "-")
            if cause in _SKU_TAKEN:
                raise DuplicateNumber(message("woocommerce.sku_taken", sku=sku), error.for_us) from error
            if cause != _BARCODE_TAKEN:
                raise
            barcode = str(sent.pop("global_unique_id", "-"))
            remarks = (message("woocommerce.barcode_taken", sku=sku, barcode=barcode),)
            row = write(sent)
        return ProductAnswer(self._whole(row), (*remarks, *differences(sent, row)))

    def _whole(self, row: wire_goods.Goods) -> ShopProduct:
        variations: Sequence[wire_goods.Goods] = ()
        if text(row.type).startswith("variable"):
            own_id = id_text(row.id)
            read = partial(self._client.goods_variations, own_id)
            variations = rows_of_few(read, f"products/{own_id}/variations")
        return product_from_wire(row, variations, self._unit)


def _is_barcode_fault(fault: Message | None) -> bool:
    return fault is not None and fault.code == "woocommerce.barcode_taken"
