"""Formulas from text, and through Barrington and Ben-Or and Cleve into networks.

What "every formula of depth up to 3" is here: over three variables there are 5 · 10¹¹
of them, so they are not listed one by one. Each is a tree of `tests.formula_trees`,
where every leaf has its own variable, with some variables made equal, and programs do
not depend on names. Negations at leaves change nothing but the values of variables, so
that trees without "not" are all formulas in negation normal form: 7,204 up to depth 3,
all of which are tried at all assignments (the largest of the tests are slow).

Beyond that, correctness goes from operands to formulas of any depth. A program uses the
programs of its operands only through their products, of which there are two, a 5-cycle
and 1 (Barrington), or one, the matrix I + f E_ij (Ben-Or and Cleve). So it is enough
that each operator is right for every 5-cycle, and in every pair of registers with each
sign, on operands that are right: fast tests try all formulas up to depth 2, negations
anywhere, in every such role. For Ben-Or and Cleve these are identities of polynomials:
with a variable for each leaf, both sides are linear in each variable, so that -1, 0 and
1 decide. Networks get all words up to depth 2, one word of each formula of depth 3, and
in `test_network_translations` all their steps; there their twins, which read matrices
by columns, are proved to multiply any matrices.
"""

import operator
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automata_rnn import BOOLEAN, INTEGER, MAX_PLUS, REAL, evaluate, galois_field
from automata_rnn.circuits import (
    CYCLE,
    S5,
    Constant,
    Formula,
    FormulaError,
    Operation,
    Variable,
    barrington,
    barrington_length,
    ben_or_cleve,
    ben_or_cleve_length,
    circuit_outputs,
    formula_circuit,
    formula_depth,
    formula_value,
    formula_variables,
    matrix_word,
    parse_arithmetic,
    parse_boolean,
    permutation_codes,
    permutation_word,
    register_matrices,
)
from automata_rnn.rnns import run_all
from automata_rnn.scan import prefix_products
from tests.formula_trees import formulas, named
from translations import MatrixProduct
from translations.formula_networks import (
    arithmetic_reduction,
    boolean_reduction,
    matrix_product_network,
    permutation_network,
    reduction_value,
    reduction_word,
)

AND_OR_XOR = ("and", "or", "xor")
NEGATED_TOO = (*AND_OR_XOR, *(f"not {name}" for name in AND_OR_XOR))
RING = ("+", "-", "*")
MEANING: dict[str, Callable[..., Any]] = {
    "and": np.logical_and,
    "or": np.logical_or,
    "xor": np.logical_xor,
    "not": np.logical_not,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "negative": operator.neg,
}


def assignments(formula: Formula, values: tuple[int, ...]) -> npt.NDArray[Any]:
    """All of them, (values ** variables, variables)."""
    count = len(formula_variables(formula))
    rows = np.array(list(product(values, repeat=count)), dtype=int)
    return rows.reshape(len(values) ** count, count)


def by_columns(formula: Formula, table: npt.NDArray[Any]) -> Any:
    """The formula's values at all assignments, by NumPy's operators."""
    columns = dict(zip(formula_variables(formula), table.T, strict=True))

    def value(part: Formula) -> Any:
        if isinstance(part, Variable):
            return columns[part.name]
        if isinstance(part, Constant):
            return np.full(len(table), part.value)
        return MEANING[part.operator](*(value(x) for x in part.operands))

    return value(formula)


# Boolean formulas


def decided(batch: list[npt.NDArray[np.uint8]]) -> npt.NDArray[np.bool_]:
    """What the PD network says of words over S₅, filled up with the identity."""
    longest = max(codes.shape[1] for codes in batch)
    padded = [np.pad(c, [(0, 0), (0, longest - c.shape[1])]) for c in batch]
    network = permutation_network(REAL)
    states = prefix_products(
        network.table,
        network.monoid,
        codes=np.concatenate(padded),
        initial=network.initial,
        reduce=True,
    )
    found: npt.NDArray[np.bool_] = (states * network.readout).sum(axis=1) > 0
    return found


def check_through_the_pd_network(every: list[Formula]) -> int:
    """All assignments of all formulas; how many words that were."""
    words = 0
    for start in range(0, len(every), 500):
        batch, wanted = [], []
        for formula in every[start : start + 500]:
            program = barrington(formula)
            assert len(program) == barrington_length(formula)
            table = assignments(formula, (0, 1))
            batch.append(permutation_codes(program, table))
            wanted.append(by_columns(formula, table).astype(bool))
        expected = np.concatenate(wanted)
        assert np.array_equal(decided(batch), expected)
        words += len(expected)
    return words


def test_every_boolean_formula_of_depth_2_into_the_pd_network() -> None:
    """295 formulas with negations anywhere, 4,058 words."""
    every = list(formulas(2, NEGATED_TOO))
    assert len(every) == 1 + 6 * (1 + 6) ** 2
    assert check_through_the_pd_network(every) == 2 + 6 * (2 + 6 * 4) ** 2


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_boolean_formula_of_depth_3_into_the_pd_network() -> None:
    """7,204 formulas in negation normal form, 1,044,302 words of up to 125 symbols."""
    every = list(formulas(3, AND_OR_XOR))
    assert len(every) == 1 + 3 * (1 + 3 * (1 + 3) ** 2) ** 2
    words = 2 + 3 * (2 + 3 * (2 + 3 * 4) ** 2) ** 2
    assert check_through_the_pd_network(every) == words


def some_formulas(
    count: int, operators: tuple[str, ...], seed: int, leaves: str = ""
) -> list[Formula]:
    """Random full trees of depth 3; with names of leaves, over those variables."""
    rng = np.random.default_rng(seed)

    def build(depth: int) -> Formula:
        if depth == 0 and leaves:
            return Variable(str(rng.choice(list(leaves))))
        if depth == 0:
            return Variable(f"x{rng.integers(10**9):09}")
        name = str(rng.choice(operators))
        pair = (build(depth - 1), build(depth - 1))
        made = Operation(name.removeprefix("not "), pair)
        return Operation("not", (made,)) if name.startswith("not ") else made

    return [build(3) for _ in range(count)]


def test_boolean_formulas_of_depth_3_into_the_pd_network() -> None:
    """Samples: each leaf its own variable, and over three variables."""
    assert check_through_the_pd_network(some_formulas(150, NEGATED_TOO, 1)) == 38_400
    check_through_the_pd_network(some_formulas(400, NEGATED_TOO, 2, "xyz"))


def test_programs_do_not_depend_on_names() -> None:
    """x ⊕ (y ∧ x) has the words of a ⊕ (b ∧ c) with a = c."""
    once = parse_boolean("a xor (b and c) or not (c or b)")
    twice = named(once, {"a": Variable("x"), "b": Variable("y"), "c": Variable("x")})
    for x, y in product([False, True], repeat=2):
        word = permutation_word(barrington(twice), {"x": x, "y": y})
        assert word == permutation_word(barrington(once), {"a": x, "b": y, "c": x})


def test_programs_for_every_cycle() -> None:
    """The product itself is the cycle or 1: 24 cycles, 295 formulas of depth ≤ 2.

    Among them are operands of different lengths on either side, which ⊕ tells apart.
    """
    cycles = [p for p in S5 if sorted(orbit(p)) == [0, 1, 2, 3, 4]]
    assert len(cycles) == 24
    for formula in formulas(2, NEGATED_TOO):
        table = assignments(formula, (0, 1))
        true = by_columns(formula, table).astype(bool)
        programs = [barrington(formula, cycle=cycle) for cycle in cycles]
        codes = np.array([permutation_codes(p, table) for p in programs])
        points = np.broadcast_to(np.arange(5), (24, len(table), 5))
        for step in range(codes.shape[-1]):  # then the next permutation
            points = np.take_along_axis(np.array(S5)[codes[..., step]], points, 2)
        for cycle, found in zip(cycles, points, strict=True):
            assert np.all(found == np.where(true[:, None], cycle, range(5)))


def orbit(permutation: tuple[int, ...]) -> list[int]:
    points = [0]
    while permutation[points[-1]] != 0:
        points.append(permutation[points[-1]])
    return points


def test_lengths_of_programs() -> None:
    """At most 4^depth without exclusive or, and 5^depth with it; reached."""
    for depth in range(4):
        full = [f for f in formulas(min(depth, 2), AND_OR_XOR)]
        for formula in full:
            assert barrington_length(formula) <= 5 ** formula_depth(formula)
        chain = " and ".join(f"x{i}" for i in range(2**depth))
        assert barrington_length(parse_boolean(chain)) == 4**depth
        chain = " xor ".join(f"x{i}" for i in range(2**depth))
        assert barrington_length(parse_boolean(chain)) == 5**depth


# Arithmetic formulas


def registers_after(program: Any, table: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The three unit rows after the program, (3, 3, B), by its definition."""
    batch = len(table)
    values = [*table.T.astype(np.int64), np.ones(batch, np.int64)]
    rows = np.zeros((3, 3, batch), np.int64)
    rows[range(3), range(3)] = 1
    steps = zip(
        program.which.tolist(),
        program.sign.tolist(),
        program.source.tolist(),
        program.target.tolist(),
        strict=True,
    )
    for which, sign, source, target in steps:
        rows[:, target] += sign * values[which] * rows[:, source]
    return rows


def check_registers(formula: Formula, **options: int) -> int:
    """r_target += ± f r_source and nothing else, at every assignment."""
    program = ben_or_cleve(formula, **options)
    assert len(program) == ben_or_cleve_length(formula)
    table = assignments(formula, (-1, 0, 1))
    rows = registers_after(program, table)
    wanted = np.zeros_like(rows)
    wanted[range(3), range(3)] = 1
    source, target = options.get("source", 0), options.get("target", 1)
    sign = options.get("sign", 1)
    wanted[source, target] = sign * by_columns(formula, table)
    assert np.array_equal(rows, wanted)
    return len(table)


def test_every_arithmetic_formula_of_depth_2_in_every_role() -> None:
    """49 formulas × 12 pairs of registers and signs × all assignments."""
    for formula in formulas(2, RING):
        for source, target in product(range(3), repeat=2):
            if source != target:
                for sign in (1, -1):
                    check_registers(formula, source=source, target=target, sign=sign)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_arithmetic_formula_of_depth_3() -> None:
    """7,204 formulas at all assignments of -1, 0, 1: 21,918,630 words."""
    every = list(formulas(3, RING))
    assert len(every) == 7_204
    words = sum(check_registers(formula) for formula in every)
    assert words == 3 + 3 * (3 + 3 * (3 + 3 * 9) ** 2) ** 2


def test_arithmetic_formulas_of_depth_3() -> None:
    for formula in some_formulas(40, RING, 3):
        check_registers(formula)
    for formula in some_formulas(200, RING, 4, "xyz"):
        check_registers(formula)


def test_matrices_are_the_instructions() -> None:
    """Products of the 3×3 matrices, and the word read by `MatrixProduct`."""
    machine = MatrixProduct(entry=(0, 0))
    for formula in some_formulas(6, RING, 5, "xyz"):
        program = ben_or_cleve(formula)
        table = assignments(formula, (-1, 0, 1))
        matrices = register_matrices(program, table).astype(np.int64)
        assert set(np.unique(matrices)) <= {-1, 0, 1}
        total = np.broadcast_to(np.eye(3, dtype=np.int64), (len(table), 3, 3))
        for step in range(len(program)):
            total = total @ matrices[:, step]
        assert np.array_equal(np.moveaxis(total, 0, 2), registers_after(program, table))
        chosen = dict(zip(program.variables, table[5].tolist(), strict=True))
        word = matrix_word(program, chosen)
        assert evaluate(machine, word) == formula_value(formula, chosen)


def words_of(every: list[Formula]) -> dict[tuple[int, ...], int]:
    """The distinct words of all assignments, and the values they should have."""
    found: dict[tuple[int, ...], int] = {}
    for formula in every:
        program = ben_or_cleve(formula)
        table = assignments(formula, (-1, 0, 1))
        values = by_columns(formula, table)
        for row, value in zip(table.tolist(), values.tolist(), strict=True):
            chosen = dict(zip(program.variables, row, strict=True))
            word = matrix_word(program, chosen)
            assert found.setdefault(word, value) == value
    return found


def check_networks(heads: str, words: dict[tuple[int, ...], int]) -> None:
    network = matrix_product_network(heads)
    runs = run_all(network, list(words), method="sequential")
    for (word, value), outputs in zip(words.items(), runs, strict=True):
        assert outputs[-1] == value, word


@pytest.mark.parametrize("heads", ["rwkv7", "deltanet"])
def test_every_arithmetic_formula_of_depth_1_into_networks(heads: str) -> None:
    """21 distinct words of 4 formulas; and one word of 33 matrices, depth 3."""
    words = words_of(list(formulas(1, RING)))
    assert len(words) == 21
    check_networks(heads, words)
    deep = some_formulas(1, RING, 7, "xyz")[0]
    reduction = arithmetic_reduction(deep, heads=heads)
    chosen = {"x": 1, "y": -1, "z": 1}
    assert reduction_value(reduction, chosen) == formula_value(deep, chosen)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("heads", ["rwkv7", "deltanet"])
def test_every_arithmetic_formula_of_depth_2_into_networks(heads: str) -> None:
    """All 842 distinct words of 49 formulas; and 100 random words of depth 3."""
    words = words_of(list(formulas(2, RING)))
    assert len(words) == 842
    rng = np.random.default_rng(8)
    for formula in some_formulas(100, RING, 8, "xyz"):
        every = list(words_of([formula]).items())
        word, value = every[rng.integers(len(every))]
        words[word] = value
    check_networks(heads, words)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(8))
@pytest.mark.parametrize("heads", ["rwkv7", "deltanet"])
def test_every_arithmetic_formula_of_depth_3_into_networks(
    heads: str, part: int
) -> None:
    """Each of the 7,204 formulas at one assignment of -1, 0, 1, at random."""
    rng = np.random.default_rng(part)
    words = {}
    for formula in list(formulas(3, RING))[part::8]:
        program = ben_or_cleve(formula)
        values = rng.integers(-1, 2, len(program.variables)).tolist()
        chosen = dict(zip(program.variables, values, strict=True))
        words[matrix_word(program, chosen)] = formula_value(formula, chosen)
    check_networks(heads, words)


# Text, circuits, reductions

letters = st.sampled_from("xyz").map(Variable)


def trees(operators: tuple[str, ...], unary: str, constants: Any) -> Any:
    def extend(inner: Any) -> Any:
        pairs = st.tuples(inner, inner)
        binary = st.builds(Operation, st.sampled_from(operators), pairs)
        return binary | st.builds(Operation, st.just(unary), st.tuples(inner))

    return st.recursive(letters | constants.map(Constant), extend, max_leaves=12)


def text_of(formula: Formula) -> str:
    """With parentheses round everything."""
    if isinstance(formula, Variable):
        return formula.name
    if isinstance(formula, Constant):
        return str(formula.value).lower()
    parts = [f"({text_of(part)})" for part in formula.operands]
    name = {"negative": "-"}.get(formula.operator, formula.operator)
    return f"{name} {parts[0]}" if len(parts) == 1 else f" {name} ".join(parts)


@given(trees(AND_OR_XOR, "not", st.booleans()))
def test_boolean_text_comes_back(formula: Formula) -> None:
    assert parse_boolean(text_of(formula)) == formula


@given(trees(RING, "negative", st.integers(0, 50)))
def test_arithmetic_text_comes_back(formula: Formula) -> None:
    assert parse_arithmetic(text_of(formula)) == formula


@settings(max_examples=100)
@given(st.lists(st.sampled_from("xyz"), min_size=1, max_size=9), st.data())
def test_chains_mean_what_python_says(names: list[str], data: st.DataObject) -> None:
    """Python's own precedence of + - * and of & ^ |, on text without parentheses."""
    values = {"x": 5, "y": -3, "z": 2}
    signs = [data.draw(st.sampled_from("+-*")) for _ in names[1:]]
    text = names[0] + "".join(s + n for s, n in zip(signs, names[1:], strict=True))
    assert formula_value(parse_arithmetic(text), values) == eval(text, {}, values)
    signs = [data.draw(st.sampled_from("&^|")) for _ in names[1:]]
    text = names[0] + "".join(s + n for s, n in zip(signs, names[1:], strict=True))
    for bits in product([False, True], repeat=3):
        truth = dict(zip("xyz", bits, strict=True))
        assert formula_value(parse_boolean(text), truth) == eval(text, {}, truth)


def test_long_chains_are_shallow() -> None:
    text = " - ".join(f"x{i}" for i in range(1000))
    formula = parse_arithmetic(text)
    assert formula_depth(formula) == 10
    values = {f"x{i}": i for i in range(1000)}
    assert formula_value(formula, values) == -sum(range(1000))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x and", "wanted a variable, a constant or '(' at position 5, got the end"),
        ("(x or y", "wanted ')' at position 7, got the end"),
        ("x $ y", "wanted a name or an operator at position 2, got '$'"),
        ("x y", "wanted an operator or the end at position 2, got 'y'"),
        ("x - y", "wanted an operator or the end at position 2, got '-'"),
        ("7", "wanted a truth value or a short integer at position 0, got '7'"),
        ("", "wanted a variable, a constant or '(' at position 0, got the end"),
        ("(" * 200 + "x" + ")" * 200, "at most 100 parentheses"),
        ("not " * 200 + "x", "at most 100 parentheses"),
    ],
)
def test_bad_text_says_where(text: str, message: str) -> None:
    with pytest.raises(FormulaError) as error:
        parse_boolean(text)
    assert message in str(error.value)


@settings(max_examples=40)
@given(trees(AND_OR_XOR, "not", st.booleans()))
def test_boolean_formulas_are_circuits(formula: Formula) -> None:
    circuit = formula_circuit(formula)
    table = assignments(formula, (0, 1))
    found = circuit_outputs(circuit, table.astype(bool))
    assert np.array_equal(found, by_columns(formula, table).astype(bool))


@settings(max_examples=40)
@given(trees(RING, "negative", st.integers(-9, 9)))
def test_arithmetic_formulas_are_circuits_and_programs(formula: Formula) -> None:
    """Over ℤ, over GF(7) modulo 7, and through Ben-Or and Cleve with constants."""
    table = assignments(formula, (-1, 0, 1))
    values = by_columns(formula, table.astype(object))
    found = circuit_outputs(formula_circuit(formula, INTEGER), table)
    assert found.tolist() == values.tolist()
    modular = circuit_outputs(formula_circuit(formula, galois_field(7)), table % 7)
    assert modular.tolist() == (values % 7).tolist()
    if ben_or_cleve_length(formula) < 300:
        check_registers(formula)


def test_reductions_for_users() -> None:
    text = "x and not (y or z) xor (y and z)"
    reduction = boolean_reduction(text)
    assert reduction.variables == ("x", "y", "z")
    for bits in product([False, True], repeat=3):
        x, y, z = bits
        chosen = dict(zip("xyz", bits, strict=True))
        word = reduction_word(reduction, chosen)
        assert len(word) == len(reduction.program)
        assert set(word) <= set(S5)
        wanted = (x and not (y or z)) != (y and z)
        assert reduction_value(reduction, chosen) == wanted
    total = arithmetic_reduction("(x + y) * (x - 2) + 1", heads="deltanet")
    assert reduction_value(total, {"x": 1, "y": 1}) == -1


def test_what_is_refused() -> None:
    boolean, arithmetic = parse_boolean("x and y"), parse_arithmetic("x * y")
    with pytest.raises(ValueError, match="wanted a Boolean one"):
        barrington(arithmetic)
    with pytest.raises(ValueError, match="wanted an arithmetic one"):
        ben_or_cleve(boolean)
    with pytest.raises(ValueError, match="max_length: wanted at least 4"):
        barrington(boolean, max_length=3)
    with pytest.raises(ValueError, match="max_length: wanted at least 4"):
        ben_or_cleve(arithmetic, max_length=3)
    with pytest.raises(ValueError, match="wanted a 5-cycle"):
        barrington(boolean, cycle=(1, 0, 2, 3, 4))
    with pytest.raises(ValueError, match="source, target, sign"):
        ben_or_cleve(arithmetic, source=1)
    with pytest.raises(ValueError, match="wanted values for x, y, none for y"):
        formula_value(boolean, {"x": True})
    with pytest.raises(ValueError, match="wanted x in -1, 0, 1, got 2"):
        matrix_word(ben_or_cleve(arithmetic), {"x": 2, "y": 0})
    with pytest.raises(ValueError, match="wanted x in False, True, got 'no'"):
        permutation_word(barrington(boolean), {"x": "no", "y": True})
    assert formula_value(boolean, {"x": 1, "y": 1}) is True
    with pytest.raises(ValueError, match="wanted a ring"):
        formula_circuit(parse_arithmetic("x - y"), MAX_PLUS)
    with pytest.raises(ValueError, match="wanted an arithmetic one for integer"):
        formula_circuit(boolean, INTEGER)
    with pytest.raises(ValueError, match="wanted a Boolean one for boolean"):
        formula_circuit(arithmetic, BOOLEAN)
    with pytest.raises(ValueError, match=r"Operation\.operator"):
        Operation("nand", (Variable("x"), Variable("y")))
    with pytest.raises(ValueError, match=r"Operation\.operands"):
        Operation("and", (Variable("x"),))
    assert CYCLE[0] == 1


def test_what_is_no_formula_or_no_table_of_values_is_refused() -> None:
    for use in (barrington, ben_or_cleve, formula_depth, formula_variables):
        with pytest.raises(TypeError, match="parse_boolean and parse_arithmetic read"):
            use("x and y")  # type: ignore[operator]
    with pytest.raises(TypeError, match="formula: wanted a tree"):
        Operation("and", ("x", "y"))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"Constant\.value: wanted int, got float"):
        Constant(1.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"Variable\.name: wanted str"):
        Variable(3)  # type: ignore[arg-type]
    permutations = barrington(parse_boolean("x and y"))
    registers = ben_or_cleve(parse_arithmetic("x * y"))
    for shape in [(2,), (1, 1), (1, 3)]:
        for use in (
            lambda table: permutation_codes(permutations, table),
            lambda table: register_matrices(registers, table),
        ):
            with pytest.raises(ValueError, match=r"values: wanted shape \(B, 2\)"):
                use(np.ones(shape, int))
    with pytest.raises(ValueError, match="values: wanted -1, 0, 1"):
        register_matrices(registers, [[1, 300]])
