"""Command line: `python -m brygga_simulators.specter --port 8102 --data-dir DIR`."""

import argparse
from typing import Any

from brygga_simulators.common.clock import Clock
from brygga_simulators.common.server import add_server_arguments, plan_from, serve, store_path
from brygga_simulators.common.storage import DocumentStore
from brygga_simulators.specter.app import build_app
from brygga_simulators.specter.options import Options, changed, describe
from brygga_simulators.specter.seed import seed
from brygga_simulators.specter.world import DEFAULT_ACCOUNTS, World, account_from


def main(argv: list[str] | None = None) -> None:
    """Read the command line and serve until stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m brygga_simulators.specter",
        description="A simulated Specter for tests and trials.",
        epilog="Options:\n" + "\n".join(_line(o) for o in describe()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_server_arguments(parser, default_port=8102)
    parser.add_argument(
        "--account",
        action="append",
        metavar="SBMID:VERSION:APIUSERID:INNER:OUTER",
        help=f"account to open; repeatable; without any: {' and '.join(DEFAULT_ACCOUNTS)}",
    )
    parser.add_argument(
        "--option", action="append", default=[], metavar="KEY=VALUE", help="behaviour; repeatable"
    )
    parser.add_argument(
        "--seed-articles",
        type=int,
        default=0,
        metavar="N",
        help="fill the first account with a made-up range",
    )
    arguments = parser.parse_args(argv)
    accounts = arguments.account or DEFAULT_ACCOUNTS
    try:
        wishes = dict(_pair(text) for text in arguments.option)
        changed(Options(), wishes)  # complain before anything is opened
        for text in accounts:
            account_from(text)
        world = World(DocumentStore(store_path(arguments, "specter")), Clock(), accounts, wishes)
        _fill(world, arguments.seed_articles)
    except ValueError as error:
        parser.error(str(error))
    serve(build_app(world, plan_from(arguments)), arguments)


def _fill(world: World, articles: int) -> None:
    books = world.account()
    if articles and books is not None:
        seed(books, articles)
        books.events.clear()  # nobody listens yet
        world.commit()


def _line(option: dict[str, Any]) -> str:
    known = " (invented)" if option["invented"] else ""
    return f"  {option['name']}={option['default']}  {option['help']}{known}"


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"an option is key=value, not {text!r}")
    return name, value


if __name__ == "__main__":
    main()
