"""Readable versions of the multilayer kernels: dense supra-matrices, all paths, loops over chains.

They take layers as an array ``a[layer, i, j]`` and share no code with the package.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from tests.oracles.reference import ROLES, role

# --- versatility ----------------------------------------------------------------------------------


def spectral_radius(a):
    return np.abs(np.linalg.eigvals(a)).max()


def scaled(layers):
    return np.array([a / spectral_radius(a) if a.any() else a for a in layers])


def coupling_array(omega, layers):
    return omega * (1 - np.eye(layers)) if np.isscalar(omega) else np.asarray(omega, dtype=float)


def supra_matrix(layers, omega, *, scale=True):
    """Blocks of the scaled layers on the diagonal, ω times the identity off it."""
    layers = scaled(layers) if scale else layers
    n, omega = layers.shape[1], coupling_array(omega, len(layers))
    blocks = [
        [layers[x] if x == y else omega[x, y] * np.eye(n) for y in range(len(layers))] for x in range(len(layers))
    ]
    return np.block(blocks)


def by_actor(x, layers):
    v = np.abs(x).reshape(len(layers), -1).sum(axis=0)
    return v / v.sum()


def eigenvector(layers, omega):
    values, vectors = np.linalg.eig(supra_matrix(layers, omega).T)
    return by_actor(vectors[:, values.real.argmax()].real, layers)


def katz(layers, omega, attenuation):
    m = supra_matrix(layers, omega)
    step = attenuation / spectral_radius(m)
    return by_actor(np.linalg.inv(np.eye(len(m)) - step * m.T) @ np.ones(len(m)), layers)


def pagerank(layers, omega, damping):
    """The leading vector of the full Google matrix of the supra-graph."""
    m = supra_matrix(layers, omega)
    size = len(m)
    walk = np.array([row / row.sum() if row.sum() else np.full(size, 1 / size) for row in m])
    google = damping * walk + (1 - damping) / size
    values, vectors = np.linalg.eig(google.T)
    return by_actor(vectors[:, values.real.argmax()].real, layers)


def betweenness(layers, omega):
    """By enumeration of every path that visits no actor twice, with every choice of a layer for each of its ties."""
    layers = scaled(layers)
    number, n, _ = layers.shape
    omega = coupling_array(omega, number)
    change = np.full((number, number), math.inf)
    for x, y in itertools.product(range(number), repeat=2):
        for size in range(number):
            for between in itertools.permutations([z for z in range(number) if z not in (x, y)], size):
                route = [x, *between, y]
                cost = sum(1 / omega[p, q] if omega[p, q] else math.inf for p, q in itertools.pairwise(route) if p != q)
                change[x, y] = min(change[x, y], cost)
    score = np.zeros(n)
    for s, t in itertools.permutations(range(n), 2):
        found = []
        for size in range(n - 1):
            for between in itertools.permutations([k for k in range(n) if k not in (s, t)], size):
                ties = list(itertools.pairwise([s, *between, t]))
                for chosen in itertools.product(range(number), repeat=len(ties)):
                    weights = [layers[x, i, j] for x, (i, j) in zip(chosen, ties, strict=True)]
                    if min(weights) > 0:
                        changes = sum(change[x, y] for x, y in itertools.pairwise(chosen))
                        found.append((sum(1 / w for w in weights) + changes, between))
        if found:
            shortest = min(length for length, _ in found)
            best = [between for length, between in found if length <= shortest * (1 + 1e-9)]
            for i in range(n):
                score[i] += sum(i in between for between in best) / len(best)
    return score / max((n - 1) * (n - 2), 1)


def halu(first, second, damping, beta, gamma):
    """Multiplex PageRank of `second` given `first`, iterated as equation by equation; dead ends restart."""
    n = len(first)

    def iterate(a, pull, restart):
        x = np.full(n, 1 / n)
        for _ in range(2000):
            new = np.zeros(n)
            lost = 0.0
            for j in range(n):
                g = sum(a[j, r] * pull[r] for r in range(n))
                if g == 0:
                    lost += damping * x[j]
                for i in range(n):
                    if g:
                        new[i] += damping * x[j] * a[j, i] * pull[i] / g
            x = new + (1 - damping + lost) * restart / restart.sum()
        return x

    x = iterate(first, np.ones(n), np.ones(n))
    return iterate(second, x**beta, x**gamma)


# --- reducibility ---------------------------------------------------------------------------------


def entropy(a):
    """Von Neumann entropy of a symmetric network, in bits, from its density matrix."""
    rho = (np.diag(a.sum(axis=1)) - a) / a.sum()
    values = np.linalg.eigvalsh(rho)
    return -sum(v * math.log2(v) for v in values if v > 1e-15)


def divergence(a, b):
    """Quantum Jensen–Shannon divergence."""
    return entropy(a / a.sum() + b / b.sum()) - (entropy(a) + entropy(b)) / 2


# --- brokerage across layers ----------------------------------------------------------------------


def closed(ties, x, y, i, k, closure):
    """Whether a tie from i to k makes a chain through the layers x and y void."""
    if closure == "any":
        return any(t[i, k] for t in ties)
    if closure == "same":
        return bool(ties[x][i, k] or ties[y][i, k])
    if closure == "all":
        return all(t[i, k] for t in ties)
    return False


def cross_layer_chains(ties, x, y, closure):
    """All i → j in layer x, j → k in layer y, with i ≠ k, that no tie closes."""
    n = ties.shape[-1]
    for i, j, k in itertools.permutations(range(n), 3):
        if ties[x][i, j] and ties[y][j, k] and not closed(ties, x, y, i, k, closure):
            yield i, j, k


def cross_layer(ties, groups, x, y, closure, credit="unit"):
    """Counts by broker and role, shape (n, 5)."""
    counts = np.zeros((ties.shape[-1], 5))
    chains = list(cross_layer_chains(ties, x, y, closure))
    for i, j, k in chains:
        brokers = sum(a == i and c == k for a, _, c in chains) if credit == "shared" else 1
        counts[j, ROLES.index(role(groups[i], groups[j], groups[k]))] += 1 / brokers
    return counts
