"""What a person does with one record: try again, let be, fill in, link, release; each with a reason."""

from collections.abc import Callable
from typing import Annotated

import typer

from brygga.app.commands.lookup import the_work
from brygga.app.commands.objects import FlowOption, OrderArgument, row_data
from brygga.app.commands.output import (
    USAGE,
    JsonOption,
    TenantOption,
    answer,
    ask,
    fail,
    in_words,
    said,
    show,
    text,
)

BecauseOption = Annotated[str, typer.Option("--because", help=text("help_because"))]


def retry(
    orders: Annotated[
        list[str] | None, typer.Argument(help=text("help_orders_again"), show_default=False)
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help=text("help_retry_reason"))] = "",
    because: BecauseOption = "",
    force: Annotated[bool, typer.Option("--force", help=text("help_force"))] = False,
    flow: FlowOption = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Try orders again, some or all that are held for one reason."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work, who

    if bool(orders) == bool(reason):
        fail(text("orders_or_reason"), code=USAGE, json_wanted=json_wanted)
    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import works

        because = reason_given(because)
        if orders:
            ids = [the_work(order, flow, json_wanted).id for order in orders]
            count = works.retry(ids, who=who(), why=because, force=force)
        else:
            only = the_flow(flow, json_wanted).pk if flow else None
            count = works.retry(who=who(), why=because, reason_code=reason, flow=only, force=force)
        show({"retried": count}, json_wanted, lambda: answer(text("retried", count=count)))


def ignore(
    order: OrderArgument,
    because: BecauseOption = "",
    flow: FlowOption = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Let an order be, until it changes in the shop."""

    def act(work: int, who: str, why: str) -> None:
        from brygga.app.services import works

        works.ignore(work, who=who, why=why)

    _by_hand(order, because, flow, tenant, json_wanted, act)


def edit(
    order: OrderArgument,
    values: Annotated[list[str] | None, typer.Option("--set", help=text("help_edit_set"))] = None,
    because: BecauseOption = "",
    flow: FlowOption = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Fill in a value for one order alone, and try it again."""
    from brygga.app.commands.card_options import pairs

    if not values:
        fail(text("options_needed", options="--set"), code=USAGE, json_wanted=json_wanted)
    given = pairs(values, "--set", json_wanted)

    def act(work: int, who: str, why: str) -> None:
        from brygga.app.services import works

        works.edit(work, given, who=who, why=why)

    _by_hand(order, because, flow, tenant, json_wanted, act)


def link(
    order: OrderArgument,
    number: Annotated[str, typer.Argument(help=text("help_erp_number"), show_default=False)],
    because: BecauseOption = "",
    flow: FlowOption = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Say that an order is that order in the ERP; it is not sent."""

    def act(work: int, who: str, why: str) -> None:
        from brygga.app.services import works

        works.link_by_hand(work, number, who=who, why=why)

    _by_hand(order, because or text("linked_by_hand"), flow, tenant, json_wanted, act)


def release(
    order: OrderArgument,
    because: BecauseOption = "",
    flow: FlowOption = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Say that an order held as another's twin is an order of its own, and send it."""

    def act(work: int, who: str, why: str) -> None:
        from brygga.app.services import works

        works.release(work, who=who, why=why)

    _by_hand(order, because, flow, tenant, json_wanted, act)


def _by_hand(
    order: str,
    because: str,
    flow: str,
    tenant: str,
    json_wanted: bool,
    act: Callable[[int, str, str], None],
) -> None:
    from brygga.app.commands.session import at_work, who

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import lists

        work = the_work(order, flow, json_wanted)
        act(work.id, who(), reason_given(because))
        row = lists.order_detail(work.id).row
        sentence = f"{row.key}: {text(f'state_{row.state}')}. {said(row.reason)}"
        show(row_data(row), json_wanted, lambda: answer(sentence))


def reason_given(because: str) -> str:
    """Return why something is done by hand; a person is asked, a script must have said it."""
    return because or ask("--because", text("because"))
