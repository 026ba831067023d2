"""The CUDA C++ of a program, put together from these texts:

macros, common.cu, algebra.cu, the file of the action and walk.cu, or tiles.cu.
"""

from functools import lru_cache
from importlib.resources import files

from automata_rnn.scan.gpu.programs import C_TYPES, Program

ENTRY = "walk_rows"


@lru_cache(maxsize=16)
def _text(name: str) -> str:
    package = files("automata_rnn.scan") / "kernels" / name
    return package.read_text(encoding="utf-8")


def macros(program: Program) -> dict[str, str]:
    """What is fixed when the kernel is compiled."""
    family = program.family
    scaled = family.action == "maps" and len(family.dtypes) == 2
    indexed = family.action == "maps"
    values: dict[str, str | int] = {
        "ALGEBRA": family.algebra,
        "N": family.n,
        "BIAS": family.bias,
        "SCALED": int(scaled),
        "INDEX": C_TYPES[family.dtypes[0]] if indexed else "int",
        "CODED": int(bool(program.code)),
        "CODE": C_TYPES[program.code or "uint8"],
        "STATES": int(program.states),
        "EVERY": int(program.every),
        "SHARED_TABLE": int(program.shared_table),
        "LANES": program.lanes,
        "THREADS": program.threads,
        "STAGE": program.stage,
        "GROUPS": program.groups,
        "WORD": program.word,
    }
    if family.modulus:
        values["MODULUS"] = f"{family.modulus}ULL"
    return {name: str(value) for name, value in values.items()}


def source(program: Program, entry: str = ENTRY) -> str:
    """CUDA C++ of the program, without includes; the kernel is called `entry`."""
    action = program.family.action
    ending = ["tiles.cu"] if action == "tiles" else [f"{action}.cu", "walk.cu"]
    values = {"ENTRY": entry, **macros(program)}
    defines = [f"#define {name} {value}" for name, value in values.items()]
    texts = [_text(name) for name in ("common.cu", "algebra.cu", *ending)]
    return "\n".join([*defines, "", *texts])
