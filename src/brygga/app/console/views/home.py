"""The front door: to the only tenant, or a choice between several."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from brygga.app.tenancy.models import Membership


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Go to the member's tenant, or let a member of several choose."""
    assert request.user.pk
    memberships = list(
        Membership.objects.select_related("tenant")
        .filter(user_id=request.user.pk)
        .order_by("tenant__name", "tenant_id")
    )
    if len(memberships) == 1:
        return redirect("console:overview", slug=memberships[0].tenant.slug)
    return render(request, "console/home.html", {"memberships": memberships})
