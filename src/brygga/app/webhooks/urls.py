"""The door's address."""

from django.urls import URLPattern, URLResolver, path

from brygga.app.webhooks.door import knock

urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:token>/", knock, name="door"),
    path("<str:token>", knock),
]
