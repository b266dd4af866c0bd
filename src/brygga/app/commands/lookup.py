"""Finds what a name on the command line means: a flow, a connection, an order."""

from typing import TYPE_CHECKING

from brygga.app.commands.output import USAGE, fail, text

if TYPE_CHECKING:
    from brygga.app.services.lists import WorkRow
    from brygga.app.store.models import Connection, Flow


def the_flow(name: str, json_wanted: bool = False) -> "Flow":
    """Return the flow of a name, or the only one there is."""
    from brygga.app.store.models import Flow

    flows = Flow.objects.select_related("shop", "erp").order_by("name")
    if name:
        found = flows.filter(name=name).first()
        if found is None:
            known = ", ".join(flow.name for flow in flows[:20]) or "-"
            fail(
                text("no_flow", name=name, known=known),
                code=USAGE,
                json_wanted=json_wanted,
                kind="cli.no_flow",
            )
        return found
    few = list(flows[:2])
    if len(few) != 1:
        known = ", ".join(flow.name for flow in flows[:20]) or "-"
        sentence = text("which_flow", known=known) if few else text("no_flows")
        fail(sentence, code=USAGE, json_wanted=json_wanted, kind="cli.which_flow")
    return few[0]


def the_connection(name: str, json_wanted: bool = False) -> "Connection":
    """Return the connection of a name."""
    from brygga.app.store.models import Connection

    found = Connection.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Connection.objects.order_by("name").values_list("name", flat=True)[:20]) or "-"
        sentence = text("no_connection", name=name, known=known)
        fail(sentence, code=USAGE, json_wanted=json_wanted, kind="cli.no_connection")
    return found


def the_work(order: str, flow: str = "", json_wanted: bool = False) -> "WorkRow":
    """Return the one record that a number, id or ERP number means; orders go before products."""
    from brygga.app.services import lists

    found = [row for row in lists.find(order) if not flow or row.flow_name == flow]
    exact = [row for row in found if row.key.lstrip("#") == order.lstrip("#")]
    for narrowed in (exact, found):
        found = [row for row in narrowed if row.kind == "order"] or list(narrowed)
        if found:
            break
    if not found:
        fail(text("no_order", order=order), code=USAGE, json_wanted=json_wanted, kind="cli.no_order")
    if len(found) > 1:
        flows = ", ".join(sorted({row.flow_name for row in found}))
        fail(text("which_order", order=order, flows=flows), code=USAGE, json_wanted=json_wanted)
    return found[0]
