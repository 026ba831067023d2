"""Exact linear algebra over ℚ and finite fields, on python-flint and galois."""

from automata_rnn.exact.diagonalize import (
    NotDiagonalizable,
    Obstruction,
    check_diagonalizable,
    check_eigenvalues,
    separating_combination,
    smallest_field,
)
from automata_rnn.exact.factors import Factorization, factorize
from automata_rnn.exact.finite import (
    FiniteField,
    finite_field,
    invariant_rows,
    prime_field,
    random_prime,
)
from automata_rnn.exact.rank_one import rank_one_off_diagonal
from automata_rnn.exact.rational import from_flint, to_flint
from automata_rnn.exact.solve import solve_rows
from automata_rnn.exact.spaces import RowSpace, invariant_row_space, require_field

__all__ = [
    "Factorization",
    "FiniteField",
    "NotDiagonalizable",
    "Obstruction",
    "RowSpace",
    "check_diagonalizable",
    "check_eigenvalues",
    "factorize",
    "finite_field",
    "from_flint",
    "invariant_row_space",
    "invariant_rows",
    "prime_field",
    "random_prime",
    "rank_one_off_diagonal",
    "require_field",
    "separating_combination",
    "smallest_field",
    "solve_rows",
    "to_flint",
]
