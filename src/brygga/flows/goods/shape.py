"""The choices a variable product offers: kept in step with its variations, the merchant's own left alone."""

from collections.abc import Sequence

from brygga.domain.goods import Attribute, Fields, ShopProduct
from brygga.domain.order import OptionValue
from brygga.flows.context import RunContext
from brygga.flows.goods.grouping import in_order
from brygga.flows.goods.wish import ItemWish


def offered(
    items: Sequence[ItemWish], product: ShopProduct | None, ours: set[str], ctx: RunContext
) -> tuple[Attribute, ...]:
    """Return all attributes of a product: what its items vary by, and what else it has.

    `ours` are the variations that are items of the group; of the others those that are shown count
    as well, for they are the merchant's and are not to become unreachable.
    """
    own = {one.name.casefold(): one for one in product.attributes} if product is not None else {}
    wanted: dict[str, tuple[str, dict[str, str]]] = {}
    for item in items:
        for option in item.options:
            _, values = wanted.setdefault(option.name.casefold(), (option.name, {}))
            values.setdefault(option.value.casefold(), option.value)
    for key, (_, values) in wanted.items():
        for value in _strangers_values(product, ours, own.get(key)):
            values.setdefault(value.casefold(), value)
    made: dict[str, Attribute] = {}
    for key, (name, values) in wanted.items():
        order = ctx.settings.goods_term_order
        sorted_values = in_order(list(values.values()), order)
        kept = own.get(key)
        if kept is not None and not kept.id:
            made[key] = Attribute("", kept.name, tuple(sorted_values), visible=kept.visible)
            continue
        found = ctx.shop.attribute(name, sorted_values, order)
        visible = kept.visible if kept is not None else True
        made[key] = Attribute(found.id, found.name, found.values, visible=visible, slug=found.slug)
    others = [made.pop(key, one) for key, one in own.items()]
    return (*others, *made.values())


def changed_offer(product: ShopProduct, wanted: tuple[Attribute, ...]) -> Fields:
    """Return what of the offer is to be written: attributes that differ, defaults that are offered no more."""
    fields = Fields()
    if {_said(one) for one in product.attributes} != {_said(one) for one in wanted}:
        values = {one.name.casefold(): {value.casefold() for value in one.values} for one in wanted}
        defaults = tuple(one for one in product.defaults if _is_offered(one, values))
        fields = Fields(attributes=wanted, defaults=defaults if defaults != product.defaults else None)
    return fields


def _strangers_values(product: ShopProduct | None, ours: set[str], attribute: Attribute | None) -> list[str]:
    if product is None or attribute is None:
        return []
    values: list[str] = []
    for variation in product.variations:
        if variation.id in ours or variation.status != "publish":
            continue
        named = [one.value for one in variation.options if one.name.casefold() == attribute.name.casefold()]
        # One that leaves the choice open is sold in every value the product offers.
        values += named if any(named) else attribute.values
    return values


def _said(attribute: Attribute) -> tuple[str, frozenset[str], bool]:
    values = frozenset(value.casefold() for value in attribute.values)
    return attribute.id or attribute.name.casefold(), values, attribute.varies


def _is_offered(default: OptionValue, values: dict[str, set[str]]) -> bool:
    offered_values = values.get(default.name.casefold())
    if offered_values is None:
        return True
    value = default.value.casefold()
    return value in offered_values or value in {one.replace(" ", "-") for one in offered_values}
