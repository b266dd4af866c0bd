"""The shop itself in JSON as it truly is: site, settings, errors, tax rates and webhooks."""

from typing import Any

import msgspec

from brygga.connectors.woocommerce.wire import Loose


class Index(msgspec.Struct):
    """/wp-json/: who the site is. `timezone_string` is empty when a fixed offset was chosen."""

    name: Loose = None
    url: Loose = None
    home: Loose = None
    timezone_string: Loose = None
    gmt_offset: Loose = None
    namespaces: Loose = None


class Setting(msgspec.Struct):
    """One setting of a group."""

    id: Loose = None
    value: Loose = None


class Environment(msgspec.Struct):
    """The part of the system status that we read."""

    version: Loose = None
    language: Loose = None


class System(msgspec.Struct):
    """/system_status, cut down by `_fields`."""

    environment: Environment = msgspec.field(default_factory=Environment)


class ErrorBody(msgspec.Struct):
    """What an error answer holds. `message` is translated by the shop: decide on `code`."""

    code: Loose = None
    message: Loose = None
    data: Loose = None


class TaxRate(msgspec.Struct):
    """A rate of the shop. `class` 'standard' is the class '' of products."""

    id: Loose = None
    country: Loose = None
    state: Loose = None
    postcode: Loose = None
    city: Loose = None
    postcodes: Loose = None
    cities: Loose = None
    rate: Loose = None
    priority: Loose = None
    tax_class: Loose = msgspec.field(default=None, name="class")


class Webhook(msgspec.Struct):
    """A webhook; its secret is never returned."""

    id: Loose = None
    status: Loose = None
    topic: Loose = None
    delivery_url: Loose = None


class Delivery(msgspec.Struct):
    """The part of a delivered body that is read: which record it speaks of."""

    id: Loose = None
    type: Loose = None
    parent_id: Loose = None


class Gateway(msgspec.Struct):
    """A payment method with its plugin's own settings, each an object with `value`."""

    id: Loose = None
    enabled: Loose = None
    settings: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
