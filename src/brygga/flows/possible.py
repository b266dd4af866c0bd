"""Says before settings are kept what the flow's ERP can't do, so that no order finds out later."""

from brygga.connectors.contract.connector import Limits
from brygga.domain.document import DocumentKind
from brygga.domain.errors import SetupWrong
from brygga.domain.message import message
from brygga.flows.settings import FlowSettings, Trigger


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
