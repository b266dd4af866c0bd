"""`brygga flow preset`: what another preset would change, shown first and done when somebody says yes."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from brygga.app.commands.output import (
    JsonOption,
    TenantOption,
    YesOption,
    answer,
    confirm,
    emit,
    in_words,
    language,
    table,
    text,
)

if TYPE_CHECKING:
    from brygga.app.services.presets import PresetPlan
    from brygga.domain.refs import Kind

PRESET_HELP = text("help_flow_preset")


def preset(
    name: Annotated[str, typer.Argument(help=text("help_preset_flow"), show_default=False)],
    number: Annotated[
        str, typer.Argument(metavar="[1|2|3]", help=text("help_preset"), show_default=False)
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=text("help_preset_dry"))] = False,
    yes: YesOption = False,
    because: Annotated[str, typer.Option("--because", help=text("help_because"))] = "",
    tenant: TenantOption = "",
    json_wanted: JsonOption = False,
) -> None:
    """Show what would change, and change it."""
    from brygga.app.commands.lookup import the_flow
    from brygga.app.commands.session import at_work, who

    with at_work(tenant), in_words(json_wanted):
        from brygga.app.services import presets

        if not number:  # with one flow its name may be left out
            name, number = "", name
        found = the_flow(name, json_wanted)
        plan = presets.plan_preset(found.pk, int(number) if number.isascii() and number.isdigit() else 0)
        same = plan.before == plan.after
        if not json_wanted:
            _show(plan)
        changed = not (same or dry_run)
        if changed:
            confirm(text("preset_sure", name=found.name), "--yes", yes=yes)
            presets.change_preset(found.pk, plan.after, who=who(), why=because)
        if json_wanted:
            emit({"flow": found.name, **_data(plan), "changed": changed})
        elif changed:
            answer(text("preset_changed", name=found.name))
        else:
            answer(text("preset_same" if same else "preset_not_changed", name=found.name))


def _show(plan: "PresetPlan") -> None:
    from brygga.flows.presets import PRESETS

    before, after = (PRESETS[number].title[language()] for number in (plan.before, plan.after))
    answer(f"{before} → {after}")
    moved = [(text("preset_begins"), one, text("preset_known", count=one.known or 0)) for one in plan.begins]
    moved += [(text("preset_ends"), one, text("preset_open", count=one.open)) for one in plan.ends]
    rows = [[what, _kind_words(one.kind), more if one.known or one.open else ""] for what, one, more in moved]
    rows += [[text("preset_stays"), _kind_words(kind), ""] for kind in plan.stays]
    table("", [text("col_what"), text("col_kind"), ""], rows)
    if plan.led:
        columns = [text("col_field"), text("col_now"), text("col_then")]
        table(text("preset_led"), columns, [[one.field, one.before, one.after] for one in plan.led])
    answer(text("preset_kept", orders=plan.orders, articles=plan.articles))


def _kind_words(kind: "Kind") -> str:
    return text(f"kind_{kind.value}")


def _data(plan: "PresetPlan") -> dict[str, Any]:
    return {
        "before": plan.before,
        "after": plan.after,
        "begins": [{"kind": one.kind.value, "known": one.known, "open": one.open} for one in plan.begins],
        "ends": [{"kind": one.kind.value, "open": one.open} for one in plan.ends],
        "stays": [kind.value for kind in plan.stays],
        "leads": [
            {"field": one.field, "before": str(one.before), "after": str(one.after)} for one in plan.led
        ],
        "links": {"orders": plan.orders, "articles": plan.articles},
    }
