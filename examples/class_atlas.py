"""Which network types hold which languages: compiled sizes, or the reason why not.

python examples/class_atlas.py
"""

from typing import Any

import numpy as np
from automata.fa.dfa import DFA

from automata_rnn import Alphabet
from automata_rnn.automata import (
    DFATable,
    dfa_from_regex,
    dfa_from_table,
    table_from_dfa,
    wfa_from_dfa,
)
from automata_rnn.membership import Report, classify
from automata_rnn.rnns import (
    PDRNN,
    RWKV7,
    DeltaProduct,
    DiagonalNetwork,
    DiagonalRNN,
    Network,
    run,
)
from automata_rnn.system import evaluate
from translations import NotDiagonalizable, compare, translate


def word_problem(*letters: list[int]) -> DFA:
    """Words of permutations that send point 0 to itself."""
    points = np.arange(len(letters[0]))
    symbols = Alphabet("abc"[: len(letters)])
    return dfa_from_table(DFATable(symbols, 0, np.array(letters), points == 0))


LANGUAGES: dict[str, DFA] = {
    "first letter a": dfa_from_regex("a(a|b)*"),
    "last letter a": dfa_from_regex("(a|b)*a"),
    "ends with abb": dfa_from_regex("(a|b)*abb"),
    "a*b": dfa_from_regex("a*b"),
    "no b": dfa_from_regex("a*", "ab"),
    "(ab)*": dfa_from_regex("(ab)*"),
    "contains aa": dfa_from_regex("(a|b)*aa(a|b)*"),
    "an a, later a b": dfa_from_regex("(a|b)*a(a|b)*b(a|b)*"),
    "Dyck, depth 2": dfa_from_regex("(a(ab)*b)*"),
    "even length": dfa_from_regex("((a|b)(a|b))*"),
    "even blocks of a": dfa_from_regex("(aa|b)*"),
    "parity of a": dfa_from_regex("(b*ab*a)*b*"),
    "a's modulo 3": dfa_from_regex("(b*ab*ab*a)*b*"),
    "a's modulo 4": dfa_from_regex("(b*ab*ab*ab*a)*b*"),
    "S3": word_problem([1, 0, 2], [1, 2, 0]),
    "S4": word_problem([1, 0, 2, 3], [1, 2, 3, 0]),
    "A5": word_problem([1, 2, 0, 3, 4], [1, 2, 3, 4, 0]),
    "S5": word_problem([1, 0, 2, 3, 4], [1, 2, 3, 4, 0]),
}

DEEP = {
    "≥ 0": ("positive", "diagonal layers, gates ≥ 0"),
    "±": ("signed", "diagonal layers, gates of either sign"),
    "ℂ": ("complex", "diagonal layers, complex gates"),
}


def circuit_class(report: Report) -> str:
    """The smallest class that is known of the language."""
    if report["star-free (aperiodic)"].verdict == "yes":
        return "FO[<]"
    if report["in AC⁰"].verdict == "yes":
        return "AC⁰"
    return "ACC⁰" if report["NC¹-complete"].verdict == "no" else "NC¹-c."


def one_layer(dfa: DFA, target: type, reasons: list[str]) -> Any:
    """The network, proved equal to the DFA, or None and why there is none."""
    try:
        source = wfa_from_dfa(dfa) if target is DiagonalRNN else dfa
        network: Any = translate(source, target).rnn
    except NotDiagonalizable as error:
        reasons.append(f"one diagonal layer: {error.obstruction.kind}")
        return None
    except ValueError:
        reasons.append("one layer of RWKV-7: states as units, a letter does not fit")
        return None
    if network.semiring.exact or target is not DiagonalRNN:
        assert compare(dfa, network).equal
        return network
    for length in range(8):  # complex gates are rounded: values, closely
        for code in range(len(dfa.input_symbols) ** length):
            word = spelled(dfa, code, length)
            assert abs(evaluate(network, word) - dfa.accepts_input(word)) < 1e-9
    return network


def spelled(dfa: DFA, code: int, length: int) -> str:
    symbols = sorted(dfa.input_symbols)
    digits = [code // len(symbols) ** i % len(symbols) for i in range(length)]
    return "".join(symbols[d] for d in digits)


def deep_layers(dfa: DFA) -> int:
    """Layers of an RWKV-7 network that accepts exactly the right prefixes of a word."""
    network = translate(dfa, Network, heads="rwkv7").rnn
    assert isinstance(network, Network)
    table = table_from_dfa(dfa)
    codes = np.random.default_rng(0).integers(0, len(table.alphabet), 60)
    word = table.alphabet.decode(codes)
    state, accepted = table.initial, [table.output(table.initial)]
    for symbol in word:
        state = table.step(state, symbol)
        accepted.append(table.output(state))
    assert run(network, word).tolist() == accepted
    return len(network.layers)


def diagonal_stack(dfa: DFA, gates: str) -> int | None:
    """Layers of a stack with such gates that is right on all short words, or None."""
    try:
        stack = translate(dfa, DiagonalNetwork, gates=gates)
    except ValueError:
        return None
    for length in range(7):
        for code in range(len(dfa.input_symbols) ** length):
            word = spelled(dfa, code, length)
            assert (evaluate(stack.rnn, word) > 0.5) == dfa.accepts_input(word)
    return int(stack.plan.layers)


def row(name: str, dfa: DFA, reasons: list[str]) -> tuple[str, ...]:
    """The cells of one language; refusals go to `reasons`."""
    report = classify(dfa)
    cells = [name, str(report.facts["elements of the syntactic monoid"])]
    cells.append(circuit_class(report))
    for short, (gates, line) in DEEP.items():
        found, layers = report[line], diagonal_stack(dfa, gates)
        assert (found.verdict == "yes") == (layers is not None)
        assert found.data.get("layers") in (None, layers)
        cells.append("✗" if layers is None else str(layers))
        if layers is None:
            reasons.append(f"gates {short}: {found.reason}")
    diagonal = one_layer(dfa, DiagonalRNN, reasons)
    predicted = report["one diagonal layer, linear readout"]
    assert (diagonal is not None) == (predicted.verdict == "yes")
    cells.append("✗" if diagonal is None else f"{diagonal.hidden_size}")
    inputs = report["one diagonal layer with inputs"]
    assert diagonal is None or inputs.verdict == "yes"
    cells.append("✗" if inputs.verdict == "no" else f"≤ {inputs.data['units']}")
    if inputs.verdict == "no":
        reasons.append(f"inputs: {inputs.reason}")
    pd = one_layer(dfa, PDRNN, reasons)
    assert pd.hidden_size == report["PD, one layer"].data["units"]
    cells.append(str(pd.hidden_size))
    product = one_layer(dfa, DeltaProduct, reasons)
    assert report["DeltaProduct, one head"].data["least"] <= product.num_factors
    cells.append(f"{product.hidden_size} × {product.num_factors}")
    rwkv7 = one_layer(dfa, RWKV7, reasons)
    cells.append("✗" if rwkv7 is None else str(rwkv7.hidden_size))
    cells.append(f"{deep_layers(dfa)} layers")
    return tuple(cells)


HEADINGS = (
    *("language", "|M|", "class", "≥ 0", "±", "ℂ"),
    *("1 diag", "+ b", "PD", "DeltaProduct", "RWKV-7", "RWKV-7 deep"),
)


INTRODUCTION = """\
Layers of diagonal stacks by their gates (≥ 0, ±, ℂ). Then units of one
layer with value 1 on the language and 0 elsewhere: diagonal h ⊙ a, the same with
inputs + b, PD, DeltaProduct (× steps a token), RWKV-7 with states as units (another
basis may fit where this one does not); then layers of RWKV-7, which hold every
language. ✗: none does, see below.
"""


def main() -> None:
    atlas: dict[str, tuple[str, ...]] = {}
    refusals: dict[str, list[str]] = {}
    for name, dfa in LANGUAGES.items():
        reasons: list[str] = []
        atlas[name] = row(name, dfa, reasons)
        for reason in reasons:
            refusals.setdefault(reason, []).append(name)
    rows = [HEADINGS, *atlas.values()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    print(INTRODUCTION)
    for cells in rows:
        padded = (cell.ljust(w) for cell, w in zip(cells, widths, strict=True))
        print("  ".join(padded).rstrip())
    print("\nWhy not:")
    for reason, names in refusals.items():
        print(f"  {reason}\n    {', '.join(names)}")

    # What the table must say, whatever is printed.
    deep = {name: [c != "✗" for c in cells[3:6]] for name, cells in atlas.items()}
    assert all(deep["(ab)*"])
    assert all(deep["Dyck, depth 2"])
    assert deep["parity of a"] == deep["a's modulo 4"] == [False, True, True]
    assert deep["a's modulo 3"] == deep["S3"] == deep["S4"] == [False, False, True]
    assert not any(deep["A5"])
    assert not any(deep["S5"])
    classes = {name: cells[2] for name, cells in atlas.items()}
    assert classes["even length"] == classes["even blocks of a"] == "AC⁰"
    assert classes["S4"] == "ACC⁰"
    assert classes["S5"] == "NC¹-c."

    # Negative controls: a network of another language is not proved equal, and the
    # refused word really turns states.
    wrong = translate(LANGUAGES["parity of a"], PDRNN).rnn
    verdict = compare(LANGUAGES["even length"], wrong)
    print(f"\nparity of a is not even length: they differ on {verdict.counterexample}")
    assert not verdict.equal
    turning = classify(LANGUAGES["S3"])["star-free (aperiodic)"].data
    table = table_from_dfa(LANGUAGES["S3"])
    state = turning["cycle"][0]
    for symbol in turning["word"]:
        state = table.step(state, symbol)
    assert state == turning["cycle"][1] != turning["cycle"][0]
    shown = "".join(turning["word"])
    print(f"S3 is not star-free: {shown} turns states {turning['cycle']}")


if __name__ == "__main__":
    main()
