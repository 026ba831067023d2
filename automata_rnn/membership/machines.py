"""Classes of counter and stack machines, by what they store."""

from automata_rnn.automata import CounterMachine, StackMachine
from automata_rnn.membership.classify import classifier
from automata_rnn.membership.report import Line, Report, unknown, yes

IN_L, IN_P = "in L", "in P"
CONTEXT_FREE = "deterministic context-free"
BITS = "bits of state after T symbols"
LOG, LINEAR = "O(log T) bits of state", "O(T) bits of state"


@classifier(CounterMachine)
def classify_counters(machine: CounterMachine) -> Report:
    """Real-time counters are at most T after T symbols."""
    k, n = machine.num_counters, machine.num_states
    held = f"{k} counters of at most T + O(1)"
    if k == 0:
        held = "no counters: only the state"
    lines = [
        yes(LOG, held, "one symbol moves a counter by at most 1"),
        yes(IN_L, held, "log precision, one symbol after the other (Corollary 1)"),
        yes(IN_P, held, "L ⊆ P"),
        _context_free(k, "a counter is a stack of one symbol"),
    ]
    facts: dict[str, int | str] = {"states": n, "counters": k}
    subject = f"CounterMachine over {len(machine.alphabet)} letters"
    return Report(subject, facts, tuple(lines))


@classifier(StackMachine)
def classify_stacks(machine: StackMachine) -> Report:
    """Real-time stacks hold O(T) bits, which polynomial time can use."""
    k, s = machine.num_stacks, len(machine.stack_symbols)
    held = f"{k} stacks of at most T + O(1) of {s} symbols"
    why = (
        "one stack is in LOGDCFL, not known to be in L"
        if k == 1
        else "two stacks decide P-complete languages (Theorem 1, Corollary 2), which "
        "are in L only if L is P"
    )
    lines = [
        yes(LINEAR, held, "one symbol pushes at most one on each stack"),
        yes(IN_P, held, "T steps of constant cost (Corollary 1)"),
        yes(IN_L, "no stacks: only the state", "finitely many configurations")
        if k == 0
        else unknown(IN_L, why),
        _context_free(k, "one stack, in real time"),
    ]
    facts: dict[str, int | str] = {"states": machine.num_states, "stacks": k}
    facts["stack symbols"] = s
    subject = f"StackMachine over {len(machine.alphabet)} letters"
    return Report(subject, facts, tuple(lines))


def _context_free(stores: int, reason: str) -> Line:
    if stores <= 1:
        return yes(CONTEXT_FREE, f"{stores} of them", reason)
    return unknown(CONTEXT_FREE, f"undecidable in general for {stores} of them")
