"""Regular expression engines: does the whole of a text of bytes match?

Each compiles `pattern`, in the syntax that all of them share, anchored at both ends.
"""

import re
from typing import Any

from benchmarks.case import Run


def python_re(pattern: bytes, text: bytes) -> Run:
    compiled = re.compile(pattern)
    return lambda: compiled.fullmatch(text) is not None


def google_re2(pattern: bytes, text: bytes) -> Run:
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = 1 << 28
    compiled = re2.compile(pattern, options)
    return lambda: compiled.fullmatch(text) is not None


def rust_regex(pattern: bytes, text: bytes) -> Run:
    import rure

    compiled = rure.Rure(rb"\A(?:" + pattern + rb")\z", flags=0)
    return lambda: bool(compiled.is_match(text))


def hyperscan(pattern: bytes, text: bytes) -> Run:
    """In block mode, one match reported at most."""
    import hyperscan as engine

    database = engine.Database(mode=engine.HS_MODE_BLOCK)
    flags = (
        engine.HS_FLAG_SINGLEMATCH | engine.HS_FLAG_DOTALL | engine.HS_FLAG_ALLOWEMPTY
    )
    whole = rb"^(?:" + pattern + rb")\z"
    database.compile(expressions=[whole], ids=[0], elements=1, flags=[flags])

    def run() -> bool:
        found: list[int] = []
        database.scan(text, match_event_handler=lambda *match: found.append(1))
        return bool(found)

    return run


def automata_lib(machine: Any, text: str) -> Run:
    """automata-lib, a dictionary look-up for each letter."""
    return lambda: machine.accepts_input(text)
