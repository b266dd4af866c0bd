"""Tenancy as a Django app."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """Tenants and memberships."""

    name = "brygga.app.tenancy"
    label = "tenancy"
