"""Print what lives where: each package and module with the first line of its docstring."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / "src"
HIDDEN = {"__pycache__", "migrations"}


def first_line(file: Path) -> str:
    """Return the first line of a module's docstring, or an empty text."""
    lines = (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").splitlines()
    return lines[0] if lines else ""


def tree(folder: Path, indent: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name, indented, and the sentence of everything below a package."""
    yield f"{indent}{folder.name}/", first_line(folder / "__init__.py")
    inner = indent + "    "
    for file in sorted(folder.glob("*.py")):
        if file.stem != "__init__":
            yield f"{inner}{file.name}", first_line(file)
    for package in sorted(
        p for p in folder.iterdir() if (p / "__init__.py").is_file() and p.name not in HIDDEN
    ):
        yield from tree(package, inner)


def main() -> None:
    """Print the packages, or the part of them that is named: `scripts/map.py brygga/flows`."""
    tops = [SOURCES / name for name in sys.argv[1:]] or sorted(
        p.parent for p in SOURCES.glob("*/__init__.py")
    )
    rows = [row for top in tops for row in tree(top)]
    width = max(len(name) for name, _ in rows) + 2
    for name, sentence in rows:
        print(f"{name:<{width}}{sentence}".rstrip())


if __name__ == "__main__":
    main()
