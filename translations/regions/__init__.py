"""What a ReLU network does on all its reachable states, by finitely many regions.

A region is a set of hidden vectors {base + Σ_j x_j step_j : x_j ∈ ℕ}. Regions are
found by following the network on them, each step an affine map once every ReLU has one
sign on the region, and the steps' directions by loops that move states by a constant.
The closed table of regions is a proof for all words.
"""

from translations.regions.network import Network, as_network
from translations.regions.placement import Region, place
from translations.regions.rays import NotCounters, Ray
from translations.regions.search import Closure, close

__all__ = [
    "Closure",
    "Network",
    "NotCounters",
    "Ray",
    "Region",
    "as_network",
    "close",
    "place",
]
