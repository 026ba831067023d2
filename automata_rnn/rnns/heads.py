"""One token of each recurrent head, as diagonal plus low-rank steps.

Every head here is S ↦ S A + B with A a product of factors diag(w) - lᵀ r, in the rows
convention S_t = S_{t-1} A_t + B_t of `automata_rnn.scan.dplr`, read after the update
(o_t = S_t q_t). Definition 4 prints left products and reads S_{t-1}; all constructions
of the paper use these conventions. The functions take the parameters of one token, of
a table of tokens or of a whole sequence: leading axes are kept. Entries are floats or
exact rationals in object arrays.
"""

from typing import Any

import numpy as np

from automata_rnn.scan import Element, affine, prefix_products
from automata_rnn.scan.dplr import Steps
from automata_rnn.semiring import Array, Semiring


def rwkv7_step(
    decay: Array,
    removal: Array,
    rate: Array,
    values: Array,
    keys: Array,
    strength: Any = 1,
) -> Steps:
    """RWKV-7: S ↦ S (diag(w) - λ κ (a ⊙ κ)ᵀ) + v k̃ᵀ.

    Args:
        decay, removal, rate: w, κ and a, (*batch, n).
        values, keys: v, (*batch, d), and k̃, (*batch, n).
        strength: λ, a number or (*batch,).

    l = λ κ and r = a ⊙ κ. Source: section 2.4 of the paper; as shipped λ = 1.
    """
    scale = np.asarray(strength)[..., None]
    return Steps(decay, scale * removal, rate * removal, values, keys)


def delta_step(beta: Any, keys: Array, values: Array) -> Steps:
    """DeltaNet: S ↦ S (I - β k kᵀ) + β v kᵀ.

    Args:
        beta: β, (*batch,).
        keys, values: k, (*batch, n), and v, (*batch, d).

    l = β k and r = k. Source: equation 4 of the paper, which its constructions use;
    its section 2.3 has no β before v.
    """
    return gated_delta_step(np.ones_like(beta), beta, keys, values)


def gated_delta_step(gate: Any, beta: Any, keys: Array, values: Array) -> Steps:
    """Gated DeltaNet: S ↦ g S (I - β k kᵀ) + β v kᵀ.

    Args:
        gate, beta: g and β, (*batch,).
        keys, values: k, (*batch, n), and v, (*batch, d).

    w = g, l = g β k and r = k, as shipped: the gate comes first, so that β v kᵀ is not
    scaled.
    """
    g, b = np.asarray(gate)[..., None], np.asarray(beta)[..., None]
    return Steps(g * np.ones_like(keys), g * b * keys, keys, b * values, keys)


def delta_product_steps(
    beta: Array, keys: Array, values: Array, gate: Any = 1
) -> Steps:
    """DeltaProduct: n_h delta steps for each token, the first of them gated.

    Args:
        beta: β, (*batch, n_h).
        keys, values: k, (*batch, n_h, n), and v, (*batch, n_h, d).
        gate: g, a number or (*batch,).

    The factors are the last axis but one, in the order in which they act.
    """
    gates = np.ones_like(beta)
    if beta.shape[-1]:
        gates[..., 0] = gate
    return gated_delta_step(gates, beta, keys, values)


def act(state: Array, steps: Steps) -> Array:
    """S (diag(w) - lᵀ r) + vᵀ k in O(d n): states (*batch, d, n), steps (*batch, n)."""
    removed = (state * steps.left[..., None, :]).sum(-1, keepdims=True)
    written = steps.values[..., :, None] * steps.keys[..., None, :]
    return (
        state * steps.decay[..., None, :]
        - removed * steps.right[..., None, :]
        + (written)
    )


def dense(steps: Steps) -> Element:
    """Each step's A = diag(w) - lᵀ r, (*batch, n, n), and B = vᵀ k, (*batch, d, n)."""
    n = steps.left.shape[-1]
    diagonal = np.zeros_like(steps.left, shape=(*steps.left.shape, n))
    diagonal[..., range(n), range(n)] = steps.decay
    matrices = diagonal - steps.left[..., :, None] * steps.right[..., None, :]
    return matrices, steps.values[..., :, None] * steps.keys[..., None, :]


def dense_product(steps: Steps, semiring: Semiring) -> Element:
    """(A, B) of the product of steps along the last axis but one: (*batch, n_h, n)."""
    monoid = affine(semiring, 2)
    product: Element = prefix_products(dense(steps), monoid, reduce=True)
    return product
