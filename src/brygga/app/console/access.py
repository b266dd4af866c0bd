"""Who may see a page and press its buttons: every view runs as a `Visit` in one tenant's scope.

A stranger is sent to the sign-in page; a member of another tenant meets 404, as if nothing were
there; a viewer who presses a button meets 403.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from brygga.app.console.kinds import menu
from brygga.app.console.queries.works import to_do_count
from brygga.app.store.models.flows import Flow
from brygga.app.store.models.works import Work
from brygga.app.tenancy.models import Membership, Role, Tenant
from brygga.app.tenancy.scope import scope
from brygga.domain.refs import Kind
from brygga.flows.presets import PRESETS

P = ParamSpec("P")
READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Visit:
    """One request by one member in one tenant."""

    request: HttpRequest
    membership: Membership
    moved: frozenset[Kind] = frozenset()  # what any flow brings over; customers once there is one

    @property
    def tenant(self) -> Tenant:
        """The tenant whose pages these are."""
        return self.membership.tenant

    @property
    def may_change(self) -> bool:
        """Say that this person may start, stop, edit and send again."""
        return self.membership.may_change

    @property
    def is_owner(self) -> bool:
        """Say that this person may read raw messages."""
        return self.membership.role == Role.OWNER.value

    @property
    def who(self) -> str:
        """The name that histories and journals keep."""
        user = cast(AbstractBaseUser, self.request.user)
        return str(getattr(user, "email", "") or user.get_username())

    def render(
        self, template: str, context: Mapping[str, Any], *, to_do: int | None = None, status: int = 200
    ) -> HttpResponse:
        """Render a page. `to_do` spares the count in the menu when the page knows it already."""
        shared = {
            "visit": self,
            "tenant": self.tenant,
            "may_change": self.may_change,
            "is_owner": self.is_owner,
            "to_do_count": to_do_count() if to_do is None else to_do,
            "menu": menu(self.moved),
        }
        return render(self.request, template, {**shared, **context}, status=status)

    def render_part(self, template: str, context: Mapping[str, Any]) -> HttpResponse:
        """Render a fragment for htmx: no menu, so nothing is counted for it."""
        shared = {"visit": self, "tenant": self.tenant, "may_change": self.may_change}
        return render(self.request, template, {**shared, **context})


View = Callable[Concatenate[Visit, P], HttpResponse]
Routed = Callable[..., HttpResponse]


def page(view: View[P]) -> Routed:
    """Make a page that any member may read."""
    return _in_tenant(view, READS)


def form_page(view: View[P]) -> Routed:
    """Make a page with a form: any member may read it, only who may change things may post it."""
    return _in_tenant(view, READS | {"POST"})


def action(view: View[P]) -> Routed:
    """Make a button: POST only, and only for who may change things."""
    return _in_tenant(view, frozenset({"POST"}))


def owner_page(view: View[P]) -> Routed:
    """Make a page that only owners may read."""
    return _in_tenant(view, READS, owners_only=True)


def _in_tenant(view: View[P], methods: frozenset[str], *, owners_only: bool = False) -> Routed:
    @wraps(view)
    def routed(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in methods:
            return HttpResponseNotAllowed(sorted(methods))
        if not request.user.is_authenticated:
            return _to_login(request)
        membership = (
            Membership.objects.select_related("tenant")
            .filter(user=request.user, tenant__slug=slug)
            .annotate(**_in_use())
            .first()
        )
        if membership is None:
            raise Http404
        visit = Visit(request, membership, _moved(membership))
        if (request.method not in READS and not visit.may_change) or (owners_only and not visit.is_owner):
            raise PermissionDenied
        with scope(membership.tenant_id):
            response = view(visit, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return routed


def _in_use() -> dict[str, Exists]:
    """Return what asks what a tenant's flows bring over, in one query with the membership itself."""
    flows = Flow.unscoped.filter(tenant_id=OuterRef("tenant_id"))
    customers = Work.unscoped.filter(tenant_id=OuterRef("tenant_id"), kind=Kind.CUSTOMER.value)
    presets = {f"preset_{number}": Exists(flows.filter(preset=number)) for number in PRESETS}
    return {**presets, "has_customers": Exists(customers)}


def _moved(membership: Membership) -> frozenset[Kind]:
    used = [preset for number, preset in PRESETS.items() if getattr(membership, f"preset_{number}")]
    moved = {movement.kind for preset in used for movement in preset.movements} - {Kind.CUSTOMER}
    if getattr(membership, "has_customers", False):
        moved.add(Kind.CUSTOMER)
    return frozenset(moved)


def _to_login(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        # A fragment must not be replaced by a sign-in form: reload the page around it.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect_to_login(request.get_full_path() if request.method in READS else "/")
