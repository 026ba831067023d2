"""Three machines for one language: what examples say of them, and what they do not.

The language: brackets that match, nested at most three deep.

python examples/validate_membership.py
"""

from automata_rnn.automata import dfa_from_regex
from automata_rnn.membership import validate
from automata_rnn.rnns import DiagonalNetwork
from translations import translate

EXAMPLES = [
    ("", True),
    ("()", True),
    ("()()", True),
    ("(())", True),
    ("(()())()", True),
    ("((()))", True),
    ("(", False),
    (")(", False),
    ("())", False),
    ("(()", False),
    ("(((())))", False),
]
reference = dfa_from_regex(r"(\((\((\(\))*\))*\))*")
print(f"reference: {len(reference.states)} states; {len(EXAMPLES)} examples")

# 1. A stack of diagonal layers with gates 0 and 1, as Mamba could have them.
stack = translate(reference, DiagonalNetwork, gates="positive").rnn
# 2. An automaton that somebody wrote for two levels of brackets.
shallow = dfa_from_regex(r"(\((\(\))*\))*")


# 3. A function that counts brackets, and stops counting at three.
def counts(word: str) -> bool:
    depth = 0
    for symbol in word:
        depth = min(depth + 1, 3) if symbol == "(" else depth - 1
        if depth < 0:
            return False
    return depth == 0


# The second fails an example. The other two pass all of them, but eleven words that are
# right say little: the bound on the error is what they are worth.
on_examples = {}
for name, machine in (("stack", stack), ("shallow", shallow), ("counts", counts)):
    on_examples[name] = validate(machine, EXAMPLES, alphabet="()")
    print(f"\n{name}, on the examples\n{on_examples[name]}")
assert on_examples["stack"].agree
assert on_examples["counts"].agree
assert [d.word for d in on_examples["shallow"].disagreements] == [tuple("((()))")]
bound = on_examples["stack"].checks[0].error
assert bound is not None
assert 0.34 < bound < 0.35

# Against the reference: all words up to length 12, a thousand random ones, a thousand
# at the border, and the W-method, which decides where the states are at most 8.
print("\nstack, against the reference")
full = validate(stack, against=reference, max_length=12, max_states=8)
print(full)
assert full.agree
assert [check.method for check in full.checks] == ["exhaustive", "random", "near", "w"]
assert full.checks[-1].guarantee == "equal if the machine has at most 8 states"

# Exploring the stack shows how many states it has, so that this is a proof.
back = translate(stack, type(reference)).automaton
proof = validate(back, against=reference)
print(f"\nread back, the stack has {len(back.states)} states\n{proof}")
assert proof.proved

print("\nshallow, against the reference")
found = validate(shallow, against=reference)
print(found)
assert not found.agree
assert found.disagreements[0].word == tuple("((()))")

# The function was right on all examples, and is on nearly all random words. All words
# up to length 12 show its error, and so does the W-method, with far fewer.
print("\ncounts, against the reference")
found = validate(counts, against=reference, max_length=12, max_states=6)
print(found)
assert not found.agree
assert found.disagreements[0].word == tuple("(((()))")
by_method = {check.method: check for check in found.checks}
assert by_method["w"].failures > 0
assert by_method["w"].words < by_method["exhaustive"].words / 10
