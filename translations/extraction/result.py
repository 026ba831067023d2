"""What an extraction found: the automaton, how, at what cost, and how sure it is."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from automata_rnn.alphabet import Word
from automata_rnn.checks import check_type

GuaranteeKind: TypeAlias = Literal["proof", "length", "pac", "none"]


@dataclass(frozen=True)
class Guarantee:
    """What is known about an automaton and its network on words that were not tried.

    Attributes:
        kind: "proof", they agree on all words; "length", on all words up to `length`;
            "pac", with probability at least 1 - `delta` they differ on words of
            probability at most `epsilon`; "none", nothing is known.
        length: L, where all words up to it were compared, also beside "pac".
        epsilon, delta: of "pac" only, strictly between 0 and 1.
        reason: what was proved, in which arithmetic, from which distribution, or why
            there is no guarantee.

    Raises ValueError where a bound is missing, superfluous or out of range.

    >>> str(Guarantee("length", length=9))
    'all words up to length 9'
    >>> str(Guarantee("pac", epsilon=0.01, delta=0.05, reason="uniform, length 20"))
    'PAC epsilon 0.01 delta 0.05 (uniform, length 20)'
    """

    kind: GuaranteeKind
    length: int | None = None
    epsilon: float | None = None
    delta: float | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(GuaranteeKind):
            raise ValueError(
                f"Guarantee.kind: wanted one of {get_args(GuaranteeKind)}, "
                f"got {self.kind!r}"
            )
        needs_length, takes_length = self.kind == "length", self.kind != "proof"
        if self.length is None and needs_length:
            raise ValueError("Guarantee.length: wanted a length, got None")
        if self.length is not None and not (takes_length and self.length >= 0):
            raise ValueError(
                f"Guarantee.length: wanted at least 0, and None beside a proof, got "
                f"{self.length}"
            )
        for name in ("epsilon", "delta"):
            bound = getattr(self, name)
            if (bound is None) == (self.kind == "pac"):
                wanted = "a number" if self.kind == "pac" else f"None for {self.kind}"
                raise ValueError(f"Guarantee.{name}: wanted {wanted}, got {bound}")
            if bound is not None and not 0 < bound < 1:
                raise ValueError(
                    f"Guarantee.{name}: wanted a number between 0 and 1, got {bound}"
                )

    def __str__(self) -> str:
        parts: list[str] = []
        if self.kind in ("proof", "none"):
            parts.append(self.kind)
        if self.kind == "pac":
            parts.append(f"PAC epsilon {self.epsilon:g} delta {self.delta:g}")
        if self.length is not None:
            parts.append(f"all words up to length {self.length}")
        text = ", ".join(parts)
        return f"{text} ({self.reason})" if self.reason else text


@dataclass(frozen=True)
class Hypothesis:
    """One automaton on the way to the result.

    Attributes:
        num_states: its size.
        counterexample: the word that refuted it, or None where none was found.
        automaton: automata-lib's DFA, a WFA, or None where it was not kept.
    """

    num_states: int
    counterexample: Word | None
    automaton: Any = None


@dataclass(frozen=True, eq=False)
class Extraction:
    """An automaton read off a network, by any method.

    Attributes:
        automaton: automata-lib's DFA, or a WFA.
        method: the extractor's name, e.g. "lstar".
        queries: words whose value the network was asked for; 0 where only its weights
            were read.
        seconds: wall-clock time.
        guarantee: what is known on words not tried.
        disagreement: the shortest known word on which automaton and network differ, or
            None where none is known.
        hypotheses: the automata on the way, in order.
        notes: what a user should know, one sentence each: why this method was chosen,
            which budget ended the search, singular values, bounds on the size.

    Raises ValueError for negative numbers, and where a disagreement contradicts the
    guarantee.
    """

    automaton: Any
    method: str
    queries: int
    seconds: float
    guarantee: Guarantee
    disagreement: Word | None = None
    hypotheses: tuple[Hypothesis, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_type("Extraction.guarantee", self.guarantee, Guarantee)
        for name in ("queries", "seconds"):
            if not getattr(self, name) >= 0:
                raise ValueError(
                    f"Extraction.{name}: wanted at least 0, got {getattr(self, name)}"
                )
        word, sure = self.disagreement, self.guarantee
        if word is None:
            return
        within = sure.length is not None and len(word) <= sure.length
        if sure.kind in ("proof", "pac") or within:
            raise ValueError(
                f"Extraction.disagreement: wanted None beside the guarantee {sure}, "
                f"got {word!r}"
            )

    @property
    def num_states(self) -> int:
        """States of the automaton."""
        states = getattr(self.automaton, "states", None)
        size: int = self.automaton.num_states if states is None else len(states)
        return size

    def __str__(self) -> str:
        lines = [
            f"{self.method}: {self.num_states} states, {self.queries} queries, "
            f"{self.seconds:.2f} s",
            f"guarantee: {self.guarantee}",
        ]
        if self.disagreement is not None:
            lines.append(f"differs from the network on {self.disagreement!r}")
        return "\n".join([*lines, *self.notes])
