"""Copy the scaffold of a connector and say what is left to do: `new_connector.py acme`."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCAFFOLD = ROOT / "scaffold" / "connector"


def write(name: str, folder: Path) -> list[Path]:
    """Write the scaffold into a folder with the connector's name filled in; return the files."""
    title = name.replace("_", " ").title()
    folder.mkdir(parents=True)
    files = []
    for source in sorted(path for path in SCAFFOLD.iterdir() if path.is_file()):
        text = source.read_text("utf-8")
        for mark, value in (("__NAME__", name), ("__TITLE__", title), ("__CLASS__", title.replace(" ", ""))):
            text = text.replace(mark, value)
        files.append(folder / source.name)
        files[-1].write_text(text, "utf-8")
    return files


def main() -> int:
    """Make the connector named on the command line. Returns 2 when the name can't be used."""
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    folder = ROOT / "src" / "brygga" / "connectors" / name
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or folder.exists():
        print(f"the name must be new, in small letters, digits and _: {name!r}", file=sys.stderr)
        return 2
    for file in write(name, folder):
        print(f"wrote {file.relative_to(ROOT)}")
    print(f"""
Left to do:
  pyproject.toml   under project.entry-points."brygga.connectors":
                       {name} = "brygga.connectors.{name}.connector:connector"
                   and the name in the import-linter contracts that name the connectors
  make setup       makes the entry point known; `make fix` sorts the imports
  brygga_simulators/{name}   a small simulator, so that everything can be tried without the system""")
    return 0


if __name__ == "__main__":
    sys.exit(main())
