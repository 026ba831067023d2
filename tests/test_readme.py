"""The README says what is true: its code runs, its table is the registry."""

import re
from pathlib import Path

import pytest

from translations import pairs

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_examples_run(block: str) -> None:
    exec(compile(block, "README.md", "exec"), {})


def test_the_table_of_translations_is_the_registry() -> None:
    table = README.split("<!-- pairs -->")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (\w+) \| (\w+) \|", table, flags=re.MULTILINE)
    listed = [f"{source} → {target}" for source, target in rows if source != "from"]
    assert listed == [str(pair) for pair in pairs()]


def test_there_are_exactly_two_set_up_commands() -> None:
    commands = re.findall(r"```sh\n(.*?)\n```", README, flags=re.DOTALL)
    assert len(commands) == 2
    assert all(c.startswith("python3 -m venv .venv && ") for c in commands)
    assert commands[0].endswith("automata-rnn demo")
    assert commands[1].endswith("pytest")
