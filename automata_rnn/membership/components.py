"""Strongly connected components of a graph of few arcs for each vertex."""

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.intp]


def components(successors: Indices) -> Indices:
    """The component of each vertex, numbered so that arcs never go to higher ones.

    `successors` has shape (N, k): the targets of k arcs of each vertex. Tarjan's
    algorithm (1972), without recursion, in O(N k).
    """
    size, arcs = successors.shape
    targets = successors.tolist()
    order = [-1] * size  # of discovery
    low = [0] * size
    component = [-1] * size
    path: list[int] = []  # vertices whose component is not known yet
    time = found = 0
    for root in range(size):
        if order[root] >= 0:
            continue
        order[root] = low[root] = time
        time += 1
        path.append(root)
        stack = [(root, 0)]
        while stack:
            vertex, arc = stack.pop()
            descended = False
            while arc < arcs:
                target = targets[vertex][arc]
                arc += 1
                if order[target] < 0:
                    order[target] = low[target] = time
                    time += 1
                    path.append(target)
                    stack += [(vertex, arc), (target, 0)]
                    descended = True
                    break
                if component[target] < 0 and order[target] < low[vertex]:
                    low[vertex] = order[target]
            if descended:
                continue
            if low[vertex] == order[vertex]:
                while component[vertex] < 0:
                    component[path.pop()] = found
                found += 1
            if stack:
                above = stack[-1][0]
                low[above] = min(low[above], low[vertex])
    return np.array(component, dtype=np.intp)
