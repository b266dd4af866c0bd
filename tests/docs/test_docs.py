"""Documentation that fails when it is wrong: settings, generated pages, commands and links."""

import importlib
import importlib.util
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args, get_type_hints

import pytest

from brygga.domain.message import LANGUAGES
from brygga.flows.settings import KEYS, FlowSettings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "tests" / "README.md"])
SETTINGS = tomllib.loads((ROOT / "src/brygga/flows/settings.toml").read_text("utf-8"))


def script(name: str) -> ModuleType:
    """Load one of the project's scripts, which are no package."""
    spec = importlib.util.spec_from_file_location(f"scripts_{name}", ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def code_lines(page: Path) -> Iterator[str]:
    """Yield the command lines of a page's code blocks, those broken by `\\` joined."""
    for block in re.findall(r"```[a-z]*\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            yield line.split(" #")[0].strip()


def commands_in_docs() -> list[tuple[str, list[str]]]:
    """Return every `brygga …` line of the documentation, as words, with the page it stands on."""
    return [
        (page.relative_to(ROOT).as_posix(), words[words.index("brygga") + 1 :])
        for page in PAGES
        for words in (shlex.split(line.replace(".venv/bin/", "")) for line in code_lines(page))
        if "brygga" in words[:1] or ("brygga" in words and "=" in words[0])
    ]


def test_every_flow_setting_is_explained_and_nothing_else_is():
    assert list(SETTINGS) == list(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_a_setting_has_label_and_help_in_each_language(key):
    for part in ("label", "help"):
        assert set(SETTINGS[key][part]) == set(LANGUAGES)
        for text in SETTINGS[key][part].values():
            assert text == " ".join(text.split())
            assert text
            assert text.endswith(".") is (part == "help")


@pytest.mark.parametrize("key", KEYS)
def test_a_setting_explains_exactly_the_values_that_can_be_chosen(key):
    kind = get_type_hints(FlowSettings)[key]
    enums = [part for part in (kind, *get_args(kind)) if hasattr(part, "__members__")]
    choices = SETTINGS[key].get("choices", {})
    assert set(choices) == {member.value for enum in enums for member in enum}
    assert all(set(said) == set(LANGUAGES) for said in choices.values())


def test_generated_reference_pages_are_up_to_date():
    stale = [
        file.name for file, text in script("reference").pages().items() if file.read_text("utf-8") != text
    ]
    assert not stale, f"run `make docs`: {stale}"


def test_commands_in_the_documentation_exist():
    if importlib.util.find_spec("brygga.app.commands") is None:
        return
    import typer

    from brygga.app.commands.main import app

    unknown = []
    for page, words in commands_in_docs():
        command, rest = typer.main.get_command(app), list(words)
        while rest and rest[0] in getattr(command, "commands", {}):
            command = command.commands[rest.pop(0)]
        if hasattr(command, "commands") and rest != ["--help"]:
            unknown.append(f"{page}: brygga {' '.join(words)}")
        options = {opt for param in command.params for opt in (*param.opts, *param.secondary_opts)} | {
            "--help"
        }
        unknown += [
            f"{page}: {word} of {command.name}"
            for word in rest
            if word.startswith("--") and word not in options
        ]
    assert not unknown


def test_make_commands_in_the_documentation_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    used = {
        words[1]
        for page in PAGES
        for words in map(str.split, code_lines(page))
        if words[:1] == ["make"] and words[1:]
    }
    assert used <= targets


def test_links_between_pages_lead_somewhere():
    broken = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in PAGES
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
        if "://" not in link and not link.startswith("mailto:") and not (page.parent / link).exists()
    ]
    assert not broken


def test_compiled_translations_are_up_to_date():
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import read_mo
    from babel.messages.pofile import read_po

    def plain(text: object) -> object:
        if isinstance(text, bytes):
            return text.decode()  # contexts, as babel reads them
        return tuple(text) if isinstance(text, list | tuple) else text  # plurals

    def said(catalogue: Catalog) -> dict[object, object]:
        kept = (m for m in catalogue if m.id and m.string and not m.fuzzy)
        return {(plain(m.context), plain(m.id)): plain(m.string) for m in kept}

    for po in (ROOT / "src").rglob("*.po"):
        with po.open("rb") as source, po.with_suffix(".mo").open("rb") as compiled:
            assert said(read_mo(compiled)) == said(read_po(source)), (
                f"run `make messages`: {po.relative_to(ROOT)}"
            )


def test_the_map_names_every_package_with_a_sentence():
    rows = [row for top in ("brygga", "brygga_simulators") for row in script("map").tree(ROOT / "src" / top)]
    assert [name for name, sentence in rows if not sentence and name.strip() != "apps.py"] == []


def test_the_scaffold_makes_a_connector_with_a_whole_card(tmp_path, monkeypatch):
    import brygga.connectors
    from brygga.connectors.contract.connector import Connector
    from brygga.domain.message import Texts

    script("new_connector").write("acme_erp", tmp_path / "acme_erp")
    monkeypatch.setattr(brygga.connectors, "__path__", [*brygga.connectors.__path__, str(tmp_path)])
    card = importlib.import_module("brygga.connectors.acme_erp.connector").connector
    assert isinstance(card, Connector)
    assert (card.key, card.title, card.secret_fields) == ("acme_erp", "Acme Erp", ("key",))
    assert set(Texts([tmp_path / "acme_erp" / card.texts]).codes()) == {"acme_erp.key_refused"}
    assert "__" not in (tmp_path / "acme_erp" / "quality.toml").read_text("utf-8")
