"""`brygga keys`: which keys the installation has, a new one, what is old encrypted anew, one dropped."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from brygga.app.commands.output import (
    FAILED,
    USAGE,
    JsonOption,
    answer,
    emit,
    fail,
    progress,
    show,
    table,
    tell,
    text,
)

if TYPE_CHECKING:
    from brygga.app.vault.columns import Column
    from brygga.app.vault.renewal import Renewed

app = typer.Typer(no_args_is_help=True, help=text("help_keys"))
KeyArgument = Annotated[str, typer.Argument(metavar="ID", help=text("help_key_id"))]

# From encrypting something to storing it takes a worker moments; a lock may make them a minute.
_UNDER_WAY = timedelta(minutes=2)


@app.command("list", help=text("help_keys_list"))
def list_keys(json_wanted: JsonOption = False) -> None:
    """List keys, newest first, and those that rows name but nobody has."""
    from brygga.app.commands.session import start

    start()
    from brygga.app.vault.columns import uses
    from brygga.app.vault.keys import current_keys

    rows: dict[str, dict[str, int]] = defaultdict(dict)
    for use in uses():
        rows[use.key][str(use.column)] = use.rows
    keys = current_keys()
    known = [(key.id, key.made, "encrypts" if key is keys[0] else "reads") for key in keys]
    missing = [(key_id, None, "missing") for key_id in sorted(set(rows) - {key.id for key in keys})]
    data = [
        {
            "id": key_id,
            "use": use,
            "made": made,
            "age_days": (datetime.now(UTC) - made).days if made else None,
            "rows": sum(rows[key_id].values()),
            "columns": rows[key_id],
        }
        for key_id, made, use in [*known, *missing]
    ]
    show(data, json_wanted, lambda: _print(data))


def _print(data: list[dict[str, Any]]) -> None:
    columns = [text(f"col_{name}") for name in ("key", "use", "made", "age", "rows", "column")]
    table(
        "",
        columns,
        [
            [
                one["id"],
                text(f"key_use_{one['use']}"),
                f"{one['made']:%Y-%m-%d %H:%M}" if one["made"] else "-",
                text("key_age", days=one["age_days"]) if one["made"] else "-",
                one["rows"],
                "\n".join(f"{column}: {count}" for column, count in one["columns"].items()),
            ]
            for one in data
        ],
    )


@app.command("new", help=text("help_keys_new"))
def new(json_wanted: JsonOption = False) -> None:
    """Make a key; it is shown only to an operator who has to put it in place."""
    from brygga.app.commands.session import start

    start()
    from brygga.app.vault.keyring import add_key, key_file

    file = key_file()
    try:
        key = add_key()
    except OSError as error:
        _denied(error, json_wanted)
    if file is not None:
        data = {"id": key.id, "file": str(file)}
        show(data, json_wanted, lambda: answer(text("key_made", key=key.id, file=file)))
        return
    if json_wanted:
        emit({"id": key.id, "put_first": key.line})
        return
    tell(text("key_to_place"))
    answer(key.line)


@app.command("renew", help=text("help_keys_renew"))
def renew(json_wanted: JsonOption = False) -> None:
    """Encrypt anew; ends with 1 when rows are left on an older key."""
    from brygga.app.commands.session import start

    start()
    from brygga.app.vault.keys import current_keys
    from brygga.app.vault.renewal import renew as encrypt_anew

    done: dict[str, int] = defaultdict(int)
    with progress(json_wanted) as shown:

        def batch(column: "Column", rows: int) -> None:
            done[str(column)] += rows
            shown(text("renewing", column=column), done[str(column)], 0)

        found = encrypt_anew(batch)
    newest = current_keys()[0].id
    left = sum(one.left for one in found)
    data = {
        "key": newest,
        "renewed": sum(one.rows for one in found),
        "left": left,
        "unreadable": sum(one.unreadable for one in found),
        "columns": {
            str(one.column): {"renewed": one.rows, "left": one.left, "unreadable": one.unreadable}
            for one in found
        },
    }
    show(data, json_wanted, lambda: _print_renewed(found, newest), code=FAILED if left else 0)


def _print_renewed(found: "list[Renewed]", newest: str) -> None:
    columns = [text(f"col_{name}") for name in ("column", "renewed", "older", "unreadable")]
    table("", columns, [[one.column, one.rows, one.left, one.unreadable] for one in found])
    unreadable = sum(one.unreadable for one in found)
    left = sum(one.left for one in found) - unreadable
    if unreadable:
        answer(text("keys_unreadable", rows=unreadable))
    if left > 0:
        answer(text("keys_left", left=left, key=newest))
    if not unreadable and not left:
        answer(text("keys_renewed", key=newest, rows=sum(one.rows for one in found)))


@app.command("drop", help=text("help_keys_drop"))
def drop(key_id: KeyArgument, json_wanted: JsonOption = False) -> None:
    """Take a key away once nothing needs it."""
    from brygga.app.commands.session import start

    start()
    from brygga.app.vault.keyring import KeyInUse, NewestKey, NoSuchKey, drop_key, key_file
    from brygga.app.vault.keys import current_keys

    file = key_file()
    newest, *older = (key.id for key in current_keys())
    if key_id in older and (worker := _may_hold_an_older_key()):
        told = text("key_still_in_hand", key=key_id, newest=newest, worker=worker)
        fail(told, json_wanted=json_wanted, kind="cli.key_still_in_hand")
    try:
        drop_key(key_id)
    except NoSuchKey:
        known = ", ".join(key.id for key in current_keys())
        told = text("no_key", key=key_id, known=known)
        fail(told, code=USAGE, json_wanted=json_wanted, kind="cli.no_key")
    except NewestKey:
        fail(text("key_is_newest", key=key_id), json_wanted=json_wanted, kind="cli.key_is_newest")
    except KeyInUse as error:
        columns = ", ".join(f"{use.column}: {use.rows}" for use in error.found)
        told = text("key_in_use", key=key_id, rows=sum(use.rows for use in error.found), columns=columns)
        fail(told, json_wanted=json_wanted, kind="cli.key_in_use")
    except OSError as error:
        _denied(error, json_wanted)
    told = text("key_dropped", key=key_id, file=file) if file else text("key_may_go", key=key_id)
    show({"id": key_id, "dropped": file is not None}, json_wanted, lambda: answer(told))


def _may_hold_an_older_key() -> str:
    """Name a worker that began before the newest key was made, while that is news."""
    from brygga.app.settings import settings
    from brygga.app.store.models import WorkerNode
    from brygga.app.vault.keys import current_keys

    made, now = current_keys()[0].made, datetime.now(UTC)
    if made is None or now - made > _UNDER_WAY:
        return ""
    alive = WorkerNode.objects.filter(
        started_at__lt=made, stopped_at=None, seen_at__gte=now - timedelta(seconds=settings().node_stale)
    )
    return alive.values_list("pk", flat=True).first() or ""


def _denied(error: OSError, json_wanted: bool) -> NoReturn:
    from brygga.app.settings import settings

    told = text("key_file_denied", file=settings().key_source, why=error.strerror or error)
    fail(told, json_wanted=json_wanted, kind="cli.key_file_denied")
