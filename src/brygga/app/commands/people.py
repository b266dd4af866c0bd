"""Tenants and the people who may see them: `brygga tenant`, `brygga user`."""

import secrets
import sys
from typing import Annotated

import typer

from brygga.app.commands.output import (
    USAGE,
    JsonOption,
    TenantOption,
    answer,
    ask,
    emit,
    fail,
    show,
    table,
    text,
)

tenant_app = typer.Typer(no_args_is_help=True, help=text("help_tenants"))
user_app = typer.Typer(no_args_is_help=True, help=text("help_users"))


@tenant_app.command("create", help=text("help_tenant_create"))
def create_tenant(
    slug: Annotated[str, typer.Argument(help=text("help_slug"))],
    name: Annotated[str, typer.Option("--name", help=text("help_tenant_name"))] = "",
    language: Annotated[str, typer.Option("--language", help=text("help_tenant_language"))] = "sv",
    json_wanted: JsonOption = False,
) -> None:
    """Make a tenant."""
    from django.core.exceptions import ValidationError

    from brygga.app.commands.session import start

    start()
    from brygga.app.tenancy.models import Tenant

    if language not in {"sv", "en"}:
        fail(text("bad_language", language=language), code=USAGE, json_wanted=json_wanted)
    tenant = Tenant(slug=slug, name=name or slug, language=language)
    try:
        tenant.full_clean()
    except ValidationError as error:
        fail("; ".join(error.messages), code=USAGE, json_wanted=json_wanted, kind="cli.bad_tenant")
    tenant.save()
    data = {"slug": tenant.slug, "name": tenant.name, "language": tenant.language}
    show(data, json_wanted, lambda: answer(text("tenant_made", name=tenant.slug)))


@tenant_app.command("list", help=text("help_tenant_list"))
def list_tenants(json_wanted: JsonOption = False) -> None:
    """List all tenants."""
    from brygga.app.commands.session import start

    start()
    from brygga.app.tenancy.models import Tenant

    rows = [
        {"slug": t.slug, "name": t.name, "language": t.language, "people": t.memberships.count()}
        for t in Tenant.objects.order_by("slug")
    ]
    columns = [text("col_tenant"), text("col_name"), text("col_language"), text("col_people")]
    show(rows, json_wanted, lambda: table("", columns, [list(row.values()) for row in rows]))


@user_app.command("create", help=text("help_user_create"))
def create_user(
    email: Annotated[str, typer.Option("--email", help=text("help_email"))] = "",
    password: Annotated[
        str, typer.Option("--password", envvar="BRYGGA_USER_PASSWORD", help=text("help_password"))
    ] = "",
    role: Annotated[str, typer.Option("--role", help=text("help_role"))] = "owner",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Make a person who may log in, or give one a role in another tenant."""
    from brygga.app.commands.session import at_work

    with at_work(tenant) as found:
        from django.contrib.auth import get_user_model
        from django.contrib.auth.password_validation import validate_password
        from django.core.exceptions import ValidationError
        from django.core.validators import validate_email

        from brygga.app.tenancy.models import Membership, Role

        if role not in Role.values:
            fail(
                text("bad_role", role=role, roles=", ".join(Role.values)), code=USAGE, json_wanted=json_wanted
            )
        email = (email or ask("--email", text("email"))).lower()
        user = get_user_model().objects.filter(email__iexact=email).first()
        made = user is None
        try:
            validate_email(email)
            if user is None:
                password = _password(password)
                validate_password(password)
        except ValidationError as error:
            fail("; ".join(error.messages), code=USAGE, json_wanted=json_wanted, kind="cli.bad_user")
        if user is None:
            user = get_user_model().objects.create_user(username=email, email=email, password=password)
        Membership.objects.update_or_create(user=user, tenant=found, defaults={"role": role})
        data = {"email": email, "tenant": found.slug, "role": role, "made": made}
        if json_wanted:
            emit(data)
        else:
            answer(text("user_made" if made else "user_joined", email=email, tenant=found.slug, role=role))


def _password(given: str) -> str:
    if given == "-":
        return sys.stdin.readline().strip()
    return given or ask("--password", text("password"), secret=True)


def demo_login(*tenant_slugs: str) -> tuple[str, str]:
    """Make the demo's login in its own data folder, for all its tenants; return e-mail and password."""
    from django.contrib.auth import get_user_model

    from brygga.app.tenancy.models import Membership, Role, Tenant

    email, password = "demo@brygga.example", secrets.token_urlsafe(9)
    user, _ = get_user_model().objects.get_or_create(username=email, defaults={"email": email})
    user.set_password(password)
    user.save()
    for tenant in Tenant.objects.filter(slug__in=tenant_slugs):
        Membership.objects.update_or_create(user=user, tenant=tenant, defaults={"role": Role.OWNER})
    return email, password
