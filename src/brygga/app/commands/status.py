"""`brygga status` and `brygga doctor`: how it goes, and what an operator should know."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from brygga.app.commands.output import (
    FAILED,
    JsonOption,
    TenantOption,
    answer,
    emit,
    said,
    show,
    table,
    text,
)

if TYPE_CHECKING:
    from datetime import datetime

    from brygga.app.services.doctor import Finding
    from brygga.app.services.status import Status

_STATES = ("done", "waiting", "unknown", "held", "ignored")


def status(tenant: TenantOption = "", json_wanted: JsonOption = False) -> None:
    """Show how everything is doing."""
    from brygga.app.commands.session import at_work

    with at_work(tenant):
        from brygga.app.services.status import status as look
        from brygga.app.services.tasks import open_count

        found, questions = look(), open_count()
    if json_wanted:
        emit({**_data(found), "tasks": questions})
        return
    _print(found)
    if questions:
        answer(text("tasks_wait", count=questions))


def _data(found: "Status") -> dict[str, Any]:
    names = {flow.id: flow.name for flow in found.flows}
    return {
        "connections": [
            {**asdict(one), "reason": one.reason.code if one.reason else "", "sentence": said(one.reason)}
            for one in found.connections
        ],
        "flows": [
            {
                "name": flow.name,
                "state": flow.state,
                "reason": said(flow.reason),
                "orders": dict(flow.counts.get("order", {})),
                "products": dict(flow.counts.get("product", {})),
                "oldest_due_at": flow.oldest_due_at,
                "lag_seconds": round(flow.lag.total_seconds(), 1),
            }
            for flow in found.flows
        ],
        "held": [
            {
                "flow": names.get(cause.flow, ""),
                "kind": cause.kind,
                "reason": cause.reason_code,
                "count": cause.count,
                "example": said(cause.example),
            }
            for cause in found.causes
        ],
        "notices": [
            {
                "at": n.at,
                "last_at": n.last_at,
                "count": n.count,
                "over_at": n.over_at,
                "sentence": said(n.message),
            }
            for n in found.notices
        ],
    }


def _print(found: "Status") -> None:
    if not found.connections:
        answer(text("nothing_connected"))
        return
    table(
        text("connections"),
        [text(f"col_{name}") for name in ("name", "state", "last_success", "reason")],
        [
            [c.name, text(f"state_{c.state}"), _time(c.last_success_at), said(c.reason)]
            for c in found.connections
        ],
    )
    rows = [
        [
            flow.name,
            text(f"flow_state_{flow.state}"),
            text(f"kind_{kind}"),
            *(counts.get(s, 0) for s in _STATES),
        ]
        for flow in found.flows
        for kind, counts in flow.counts.items()
    ]
    columns = [text("col_flow"), text("col_state"), "", *(text(f"state_{state}") for state in _STATES)]
    table(text("flows"), columns, rows)
    for flow in found.flows:
        if flow.reason:
            answer(f"{flow.name}: {said(flow.reason)}")
    if found.causes:
        causes = [[c.count, text(f"kind_{c.kind}"), c.reason_code, said(c.example)] for c in found.causes]
        table(text("held"), ["", "", text("col_code"), text("col_example")], causes)
    fresh = [notice for notice in found.notices if notice.over_at is None][:10]
    for notice in fresh:
        answer(f"{notice.at:%Y-%m-%d %H:%M} {said(notice.message)}")


def doctor(tenant: TenantOption = "", json_wanted: JsonOption = False) -> None:
    """Look the installation over; ends with 1 when something is wrong."""
    from brygga.app.commands.session import at_work

    with at_work(tenant):
        from brygga.app.services.doctor import Level
        from brygga.app.services.doctor import doctor as look

        findings = look()
    wrong = any(finding.level is Level.FAULT for finding in findings)
    data = [
        {
            "code": finding.code,
            "level": finding.level.value,
            "detail": finding.detail,
            "assumptions": [asdict(assumption) for assumption in finding.assumptions],
        }
        for finding in findings
    ]
    show(data, json_wanted, lambda: _print_findings(findings), code=FAILED if wrong else 0)


def _print_findings(findings: "list[Finding]") -> None:
    rows = [[text(f"level_{f.level.value}"), f.code, f.detail] for f in findings]
    table("", ["", text("col_code"), text("col_detail")], rows)
    for finding in findings:
        if finding.assumptions:
            columns = [text(f"col_{name}") for name in ("entry", "value", "meaning")]
            assumed = [[a.key, a.value, a.meaning] for a in finding.assumptions]
            table(text("assumptions_of", what=finding.detail.split(":")[0]), columns, assumed)


def _time(moment: "datetime | None") -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"
