"""Which products and variants become articles, and what stands in the way of each."""

from collections import Counter
from dataclasses import dataclass

from brygga.domain.message import Message, message
from brygga.domain.outcome import Outcome, State
from brygga.domain.product import Product, Variant
from brygga.flows.context import RunContext
from brygga.flows.products.articles import article_name
from brygga.flows.settings import FlowSettings, ProductMode

_NEVER = frozenset({"grouped", "external"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The variants to bring over, or why none is; `faults` are variants left behind."""

    variants: tuple[Variant, ...] = ()
    faults: tuple[Message, ...] = ()
    outcome: Outcome | None = None


def choose(product: Product, ctx: RunContext) -> Chosen:
    """Choose a product's variants. A fault of one variant stops that variant alone."""
    reason = _left_out(product, ctx.settings)
    if reason is not None:
        return Chosen(outcome=Outcome(State.IGNORED, reason))
    variants, faults = [], []
    twice = {sku for sku, times in Counter(v.sku for v in product.variants if v.sku).items() if times > 1}
    for variant in product.variants:
        if variant.status not in ctx.settings.product_statuses:
            continue
        fault = _fault(product, variant, twice, ctx)
        if fault is None:
            variants.append(variant)
        else:
            faults.append(fault)
    if not variants and faults:
        return Chosen(faults=tuple(faults), outcome=Outcome(State.HELD, faults[0], warnings=tuple(faults)))
    if not variants:
        return Chosen(outcome=Outcome(State.IGNORED, message("product.no_variants", product=product.name)))
    return Chosen(tuple(variants), tuple(faults))


def _left_out(product: Product, settings: FlowSettings) -> Message | None:
    if settings.products is ProductMode.OFF:
        return message("product.off", product=product.name)
    if product.type in _NEVER:
        return message("product.type_never", product=product.name, type=product.type)
    if product.status not in settings.product_statuses:
        return message("product.status", product=product.name, status=product.status)
    if settings.product_categories and not set(settings.product_categories) & set(product.categories):
        return message("product.category", product=product.name)
    if product.translation_of:
        return message("product.translation", product=product.name, original=product.translation_of)
    return None


def _fault(product: Product, variant: Variant, twice: set[str], ctx: RunContext) -> Message | None:
    if not variant.sku.strip():
        return message("product.no_sku", product=article_name(product, variant, ctx.settings), id=variant.id)
    if variant.sku in twice:
        return message("product.sku_twice", product=product.name, sku=variant.sku)
    unfit = ctx.erp.unfit(variant.sku)
    if unfit:
        return message(
            "product.unfit_sku",
            product=product.name,
            sku=variant.sku,
            unfit=visible(unfit),
            proposal=proposed(variant.sku, unfit),
        )
    return None


def visible(characters: str) -> str:
    """Write characters one by one so that a space can be seen too."""
    return " ".join("␣" if character.isspace() else character for character in characters)


def proposed(sku: str, unfit: str) -> str:
    """Propose a fit article number; it is shown, never used by itself."""
    swedish = str.maketrans("åäöÅÄÖéü", "aaoAAOeu")
    plain = sku.strip().translate(swedish)
    return "".join("-" if c in unfit or c.isspace() else c for c in plain)
