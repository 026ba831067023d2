"""CUDA's own compiler takes every kernel that can be chosen."""

import shutil
import subprocess

import numpy as np
import pytest

from automata_rnn.scan.gpu.families import bits_family, family_for
from automata_rnn.scan.gpu.programs import CODES, choose
from tests.cuda_on_cpu import bundle
from tests.scan_cases import CASES

COMPILER = shutil.which("nvcc")
ARCHITECTURES = ("80", "90")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="nvcc is not installed")
LETTERS = 4


def families():
    """One for each case, with the sizes of these; packed Boolean matrices."""
    rng = np.random.default_rng(0)
    for case in CASES:
        yield family_for(case.monoid, case.elements(rng, (1,)), max(1, case.rows))
    yield bits_family(64)


def programs(family):
    """All that the schedule can ask for, with each dtype of codes once."""
    scaled = family.action == "maps" and len(family.dtypes) == 2
    tasks = [(False, True), (False, False), (True, True), (True, False)]
    for index, (states, every) in enumerate(tasks[: 2 if scaled else 4]):
        for code in ("", CODES[index % 3]):
            yield choose(family, code, states, every, LETTERS)
    if family.action != "tiles":
        yield choose(family, "uint8", False, False, LETTERS + LETTERS**2, 2)


def compile_check(folder, chosen):
    path = folder / "kernels.cu"
    path.write_text(bundle(chosen, "kernel"), encoding="utf-8")
    codes = [f"-gencode=arch=compute_{a},code=sm_{a}" for a in ARCHITECTURES]
    flags = ["-std=c++17", "-fatbin", "-Werror", "all-warnings", *codes]
    target = str(folder / "kernels.fatbin")
    subprocess.run([COMPILER, *flags, "-o", target, str(path)], check=True)


ALGEBRAS = {}
for _family in families():
    ALGEBRAS.setdefault((_family.action, _family.algebra), _family)


def test_one_size_of_each_algebra(tmp_path):
    """One kernel for each action and algebra; `-m slow` takes all of them."""
    chosen = [list(programs(f))[-1 - i % 4] for i, f in enumerate(ALGEBRAS.values())]
    compile_check(tmp_path, chosen)


@pytest.mark.slow
@pytest.mark.parametrize(
    "family", dict.fromkeys(families()), ids=lambda f: f"{f.action}-{f.algebra}-{f.n}"
)
def test_every_kernel(tmp_path, family):
    compile_check(tmp_path, dict.fromkeys(programs(family)))
