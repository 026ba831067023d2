"""Products of 3×3 matrices, entry by entry, in four layers of linear attention.

python examples/iterated_matrix_product.py
"""

import numpy as np

from automata_rnn.rnns import Network, run
from automata_rnn.rnns.compiled import is_compiled
from translations import MatrixProduct, translate

# 1. Forty invertible matrices with entries -1, 0 and 1, as one stream of symbols.
rng = np.random.default_rng(3)
matrices: list[np.ndarray] = []
while len(matrices) < 40:
    matrix = rng.integers(-1, 2, (3, 3))
    if round(np.linalg.det(matrix)):
        matrices.append(matrix)
stream = [int(entry) for matrix in matrices for entry in matrix.ravel()]

# 2. The product after each matrix, directly, in Python integers.
products = [np.eye(3, dtype=object)]
for matrix in matrices:
    products.append(products[-1] @ matrix.astype(object))
bits = max(abs(int(v)).bit_length() for v in products[-1].ravel())
print(f"{len(stream)} symbols; the product has entries of up to {bits} bits")

# 3. RWKV-7 and DeltaNet heads: all nine entries at the end of every matrix.
for heads in ("rwkv7", "deltanet"):
    network = translate(MatrixProduct(), Network, heads=heads).rnn
    assert isinstance(network, Network)
    assert is_compiled(network)
    units = [sum(p.units for p in layer.feedforward) for layer in network.layers]
    outputs = run(network, stream, method="sequential")[::9]
    same = all(
        out.tolist() == product.ravel().tolist()
        for out, product in zip(outputs, products, strict=True)
    )
    print(
        f"{heads}: {len(network.layers)} layers, rectified units {units}, equal: {same}"
    )
    assert same
    assert len(network.layers) == 4

# 4. Is entry (0, 0) positive? That question is complete for PNC¹ (Proposition 3).
decider = translate(MatrixProduct(entry=(0, 0)), Network).rnn
assert isinstance(decider, Network)
decisions = run(decider, stream, method="sequential")[::9] > 0
positive = [bool(product[0, 0] > 0) for product in products]
print(f"entry (0, 0) is positive after {sum(positive)} of {len(positive)} prefixes")
assert decisions.tolist() == positive
