"""A shop's registered customer as the domain's ShopCustomer: pure functions, no calls."""

import hashlib
from dataclasses import replace

import msgspec

from brygga.connectors.woocommerce import wire
from brygga.connectors.woocommerce.finds import language, organisation_no, vat_no
from brygga.connectors.woocommerce.mapping_orders import NamedKeys, address_from_wire
from brygga.connectors.woocommerce.mapping_rows import first_by_key, metas_from_wire
from brygga.connectors.woocommerce.values import id_text, moment, text
from brygga.domain.party import CustomerHead, ShopCustomer
from brygga.domain.refs import Version

STAFF = frozenset({"administrator", "editor", "author", "contributor", "shop_manager"})


def head_from_wire(row: wire.Customer) -> CustomerHead:
    """Map a row of the list; its mark tells changes of the same second apart. Raises BadValue.

    A customer that was never changed has no time of change.
    """
    changed = row.date_modified_gmt or row.date_created_gmt
    shown = msgspec.json.encode([row.email, row.first_name, row.last_name, row.billing, row.shipping])
    mark = hashlib.sha256(shown).hexdigest()[:16]
    return CustomerHead(id_text(row.id), Version(moment(changed, "date_modified_gmt"), mark))


def customer_from_wire(customer: wire.Customer, keys: NamedKeys) -> ShopCustomer:
    """Map a customer. The account's own name and e-mail stand in for empty ones of the address."""
    by_key = first_by_key(metas_from_wire(customer.meta_data))
    billing = address_from_wire(customer.billing)
    if not billing.full_name:
        billing = replace(billing, first_name=text(customer.first_name), last_name=text(customer.last_name))
    billing = replace(billing, email=billing.email or text(customer.email))
    return ShopCustomer(
        id=id_text(customer.id),
        billing=billing,
        shipping=address_from_wire(customer.shipping),
        version=head_from_wire(customer).version,
        organisation_no=organisation_no(keys.organisation_no, by_key, billing.company),
        vat_no=vat_no(keys.vat_no, by_key),
        language=language(None, by_key),
        erased=billing.email.lower().endswith(".invalid"),
    )
