"""Says before a flow goes live what its two systems can't do, so that no order finds out later."""

from brygga.connectors.contract.connector import Limits
from brygga.connectors.contract.tracking import DrawsMoney
from brygga.domain.document import DocumentKind
from brygga.domain.errors import SetupWrong
from brygga.domain.message import message
from brygga.flows.settings import FlowSettings, Trigger
from brygga.flows.statuses.settings import Drawer


def refuse_impossible(settings: FlowSettings, limits: Limits) -> None:
    """Raise SetupWrong naming the first setting that the ERP can't follow."""
    if limits.makes_invoices:
        return
    for setting, chosen in (
        ("document", settings.document is DocumentKind.INVOICE),
        ("document_by_method", DocumentKind.INVOICE in settings.document_by_method.values()),
        ("statuses", Trigger.INVOICE in settings.statuses.values()),
    ):
        if chosen:
            raise SetupWrong(message("flow.no_invoices"), setting=setting)


def refuse_two_drawers(settings: FlowSettings, shop: DrawsMoney) -> None:
    """Raise SetupWrong when the ERP is to draw a payment that the shop's plugin draws as well.

    The shop is asked how its plugin is set; where that can't be read the merchant's word stands.
    """
    written = {*settings.status_by_fact.values(), settings.feedback_status}
    for method, drawer in settings.drawn_by.items():
        at = [status for status in shop.draws_at(method) if status in written]
        if drawer is Drawer.ERP and at and shop.draws_itself(method):
            raise SetupWrong(
                message("flow.two_drawers", method=method, status=", ".join(at)), setting="drawn_by"
            )
