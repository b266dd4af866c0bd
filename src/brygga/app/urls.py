"""Every address of this server: the door, accounts and the console."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("door/", include("brygga.app.webhooks.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("brygga.app.console.urls")),
]
