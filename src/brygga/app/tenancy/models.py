"""Tenant, and the people who may see and do things in it."""

from django.conf import settings
from django.db import models


class Role(models.TextChoices):
    """What a person may do in a tenant."""

    OWNER = "owner", "Ägare"  # everything, also people and keys
    MEMBER = "member", "Medlem"  # everything but people
    VIEWER = "viewer", "Läsare"  # looks, changes nothing


class Tenant(models.Model):
    """A customer organisation and all that it owns."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="sv")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug


class Membership(models.Model):
    """One person's role in one tenant."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "tenant"], name="one_role_per_tenant"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.tenant_id}"

    @property
    def may_change(self) -> bool:
        """Say that this person may start, stop, edit and send again."""
        return self.role in {Role.OWNER, Role.MEMBER}
