"""Formulas decided and computed by networks, and automata as circuits of low depth.

python examples/formulas.py
"""

from itertools import product

from automata_rnn.automata import dfa_from_regex
from automata_rnn.circuits import (
    arithmetic_circuit,
    boolean_circuit,
    boolean_depth,
    evaluate_word,
    evaluate_words,
    formula_depth,
    formula_value,
    parallel_cost,
    simplify,
    unrolled_circuit,
)
from automata_rnn.rnns import PDRNN
from translations import (
    arithmetic_reduction,
    boolean_reduction,
    matrix_product_wfa,
    reduction_value,
    reduction_word,
    translate,
)

# 1. A Boolean formula is a word over S5 (Barrington), and a PD network of five units,
#    the same for all formulas, decides it.
text = "(x xor y) and not (z or x and y)"
boolean = boolean_reduction(text)
depth = formula_depth(boolean.formula)
print(f"{text}: depth {depth}, a word of {len(boolean.program)} permutations")
assert len(boolean.program) <= 5**depth
for bits in product([False, True], repeat=3):
    values = dict(zip(boolean.variables, bits, strict=True))
    decided = reduction_value(boolean, values)
    assert decided == formula_value(boolean.formula, values)
    if decided:
        print(f"  true for {values}")

# 2. An arithmetic formula is a product of 3×3 matrices over {-1, 0, 1} (Ben-Or and
#    Cleve), which four layers of RWKV-7 or DeltaNet heads multiply.
text = "(x + y) * (y - z) - x * z"
for heads in ("rwkv7", "deltanet"):
    arithmetic = arithmetic_reduction(text, heads=heads)
    values = {"x": 1, "y": 1, "z": -1}
    symbols = reduction_word(arithmetic, values)
    found = reduction_value(arithmetic, values)
    print(f"{text} = {found} by {heads}: {len(symbols) // 9} matrices")
    assert found == formula_value(arithmetic.formula, values) == 5

# 3. The depth of circuits: a log T + b for the Boolean circuit of a DFA and for the
#    arithmetic one of its PD network, over the reals; 2T for symbol after symbol.
dfa = dfa_from_regex("a+(-a+)*@a+(-a+)+")  # like an e-mail address
network = translate(dfa, PDRNN).rnn
print("\n      T   steps  Boolean  arithmetic   gates (simplified)")
for length in (16, 64, 256):
    steps = simplify(unrolled_circuit(dfa, length))
    drawn = boolean_circuit(dfa, length)
    tree = simplify(drawn)
    assert drawn.depth <= boolean_depth(dfa, length)
    ring = arithmetic_circuit(network, length)
    print(
        f"{length:7}{steps.depth:8}{tree.depth:9}{ring.depth:12}"
        f"{drawn.size:9} ({tree.size})"
    )
    address = "a" * (length - 4) + "@a-a"
    assert evaluate_words(tree, [address, "a" * length]).tolist() == [True, False]
    assert evaluate_words(steps, [address, "a" * length]).tolist() == [True, False]
    assert evaluate_word(ring, address) == 1

# 4. What a designer reads: work, depth and rounds of each way to run a machine.
cost = parallel_cost(matrix_product_wfa((0, 0)), 2**16)
print(f"\n{cost}")
scan = next(row for row in cost.rows if row.method == "scan")
assert scan.rounds == 32
