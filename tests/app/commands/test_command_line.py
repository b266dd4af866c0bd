"""The command line as a whole: quick, complete in both languages, and the same for docs and people."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from brygga.domain.message import LANGUAGES

COMMANDS = Path(__file__).resolve().parents[3] / "src/brygga/app/commands"
TEXTS = tomllib.loads((COMMANDS / "texts.toml").read_text("utf-8"))["cli"]


def test_help_comes_without_loading_the_product():
    program = (
        "import sys; from brygga.app.commands.main import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'django', 'dbos', 'lxml', 'granian', 'aiohttp', 'urllib3', 'sqlalchemy'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=60)


def test_every_sentence_is_there_in_each_language_with_the_same_facts():
    for name, said in TEXTS.items():
        assert set(said) == set(LANGUAGES), name
        facts = [sorted(re.findall(r"\{(\w+)\}", said[language])) for language in LANGUAGES]
        assert facts[0] == facts[1], name


def test_every_sentence_that_is_asked_for_exists():
    asked = {
        name
        for module in COMMANDS.glob("*.py")
        for name in re.findall(r'\btext\(\s*"(\w+)"', module.read_text("utf-8"))
    }
    assert asked <= set(TEXTS)
    every_module = "".join(module.read_text("utf-8") for module in COMMANDS.glob("*.py"))
    parts = (
        "state_",
        "flow_state_",
        "kind_",
        "level_",
        "col_",
        "aim_",
        "found_",
        "key_use_",
        "reconcile_",
        "first_sync_",
        "phase_",
        "way_",
    )  # asked for by part of their name
    unused = {n for n in TEXTS if not n.startswith(parts) and not re.search(rf"[\"']{n}[\"']", every_module)}
    assert unused == set()
