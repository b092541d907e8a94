"""Readable versions of the fast kernels: loops that follow the definitions word for word.

They are slow, take one graph as a square array (``a[i, j]`` from i to j), and share no code with the package.
"""

from __future__ import annotations

import heapq
import itertools
import math
from fractions import Fraction

import numpy as np

ROLES = ("coordinator", "itinerant", "representative", "gatekeeper", "liaison")


# --- brokerage ------------------------------------------------------------------------------------


def role(a, b, c):
    """The role of a broker of group b between groups a and c."""
    if a == b == c:
        return "coordinator"
    if a == c:
        return "itinerant"
    if a == b:
        return "representative"
    if b == c:
        return "gatekeeper"
    return "liaison"


def open_chains(a, *, directed, closure="direct"):
    """All a → b → c with a ≠ c that no tie closes; on undirected graphs with a before c."""
    n = len(a)
    for i, j, k in itertools.permutations(range(n), 3):
        if not directed and i > k:
            continue
        closed = {"direct": a[i, k] > 0, "either": a[i, k] > 0 or a[k, i] > 0, "none": False}[closure]
        if a[i, j] > 0 and a[j, k] > 0 and not closed:
            yield i, j, k


def gould_fernandez(a, groups, *, directed, credit="unit", closure="direct"):
    """Counts by role, shape (n, 5). Undirected: gatekeeper and representative are one, gatekeeper."""
    found = list(open_chains(a, directed=directed, closure=closure))
    brokers = {}
    for i, _, k in found:
        brokers[i, k] = brokers.get((i, k), 0) + 1
    counts = np.zeros((len(a), 5))
    for i, j, k in found:
        name = role(groups[i], groups[j], groups[k])
        if not directed and name == "representative":
            name = "gatekeeper"
        counts[j, ROLES.index(name)] += 1 if credit == "unit" else 1 / brokers[i, k]
    return counts


def possible_roles(groups):
    """Which roles each actor could hold if every tie were possible, shape (n, 5)."""
    n = len(groups)
    possible = np.zeros((n, 5), dtype=bool)
    for i, j, k in itertools.permutations(range(n), 3):
        possible[j, ROLES.index(role(groups[i], groups[j], groups[k]))] = True
    return possible


# --- structural holes -----------------------------------------------------------------------------


def dyadic_constraint(a):
    """Burt's c_ij, NaN where there is no tie."""
    n = len(a)
    z = a + a.T
    p = np.array([[z[i, j] / z[i].sum() if z[i].sum() else 0.0 for j in range(n)] for i in range(n)])
    c = np.full((n, n), np.nan)
    for i, j in itertools.permutations(range(n), 2):
        if z[i, j] > 0:
            c[i, j] = (p[i, j] + sum(p[i, q] * p[q, j] for q in range(n) if q not in (i, j))) ** 2
    return c


def hierarchy(a):
    """Coleman and Theil's disorder of the dyadic constraints, NaN with fewer than two contacts."""
    values = []
    for row in dyadic_constraint(a):
        c = row[~np.isnan(row)]
        if len(c) < 2:
            values.append(np.nan)
            continue
        relative = c / c.mean()
        values.append(sum(r * math.log(r) for r in relative) / (len(c) * math.log(len(c))))
    return np.array(values)


def effective_size(a):
    """Burt's general formula, NaN for isolates."""
    n = len(a)
    z = a + a.T
    values = np.full(n, np.nan)
    for i in range(n):
        contacts = [j for j in range(n) if z[i, j] > 0]
        if contacts:
            values[i] = sum(
                1 - sum(z[i, q] / z[i].sum() * z[j, q] / z[j].max() for q in range(n) if q not in (i, j))
                for j in contacts
            )
    return values


# --- paths, in rational numbers -------------------------------------------------------------------


def paths_from(a, source):
    """Distance and number of shortest paths from one actor to all others: exact, no rounding, ties seen."""
    n = len(a)
    distance = [None] * n
    count = [0] * n
    count[source] = 1
    queue = [(Fraction(0), source)]
    best = {source: Fraction(0)}
    while queue:
        d, v = heapq.heappop(queue)
        if distance[v] is not None:
            continue
        distance[v] = d
        for w in range(n):
            if a[v, w] > 0 and distance[w] is None:
                new = d + 1 / Fraction(float(a[v, w]))
                if w not in best or new < best[w]:
                    best[w], count[w] = new, count[v]
                    heapq.heappush(queue, (new, w))
                elif new == best[w]:
                    count[w] += count[v]
    return distance, count


def betweenness(a, *, directed):
    """Freeman's, over ordered pairs, ÷ (n − 1)(n − 2); undirected pairs are seen from both ends."""
    n = len(a)
    found = [paths_from(a, s) for s in range(n)]
    total = [Fraction(0)] * n
    for s, t, v in itertools.permutations(range(n), 3):
        d, count = found[s]
        d_v, count_v = found[v]
        if d[t] is not None and d[v] is not None and d_v[t] is not None and d[v] + d_v[t] == d[t]:
            total[v] += Fraction(count[v] * count_v[t], count[t])
    return np.array([float(t / max((n - 1) * (n - 2), 1)) for t in total])


def edge_betweenness(a):
    """Share of the shortest paths between ordered pairs that run along i → j, by (i, j)."""
    n = len(a)
    found = [paths_from(a, s) for s in range(n)]
    shares = {}
    for i, j in zip(*np.nonzero(a), strict=True):
        total, length = Fraction(0), 1 / Fraction(float(a[i, j]))
        for s, t in itertools.permutations(range(n), 2):
            (d, count), (d_j, count_j) = found[s], found[j]
            if d[i] is not None and d_j[t] is not None and d[i] + length + d_j[t] == d[t]:
                total += Fraction(count[i] * count_j[t], count[t])
        shares[int(i), int(j)] = float(total / (n * (n - 1)))
    return shares


def closeness(a):
    """Incoming, Wasserman and Faust's correction."""
    n = len(a)
    values = []
    for i in range(n):
        d = [x for x in (paths_from(a, j)[0][i] for j in range(n) if j != i) if x is not None]
        values.append(float(Fraction(len(d), n - 1) * len(d) / sum(d)) if d else 0.0)
    return np.array(values)


def harmonic(a):
    """Incoming, mean over n − 1."""
    n = len(a)
    found = [paths_from(a, j)[0] for j in range(n)]
    return np.array(
        [
            float(sum(1 / found[j][i] for j in range(n) if j != i and found[j][i] is not None)) / (n - 1)
            for i in range(n)
        ]
    )


# --- spectra --------------------------------------------------------------------------------------


def eigenvector(a):
    """The dense solver's leading left vector, summing to one (for graphs on which it is unique)."""
    values, vectors = np.linalg.eig(np.asarray(a, dtype=float).T)
    x = np.abs(vectors[:, values.real.argmax()].real)
    return x / x.sum()


def pagerank(a, damping=0.85):
    """The stationary vector of the Google matrix, written out."""
    n = len(a)
    google = np.empty((n, n))
    for i in range(n):
        walk = a[i] / a[i].sum() if a[i].sum() > 0 else np.full(n, 1 / n)
        google[i] = damping * walk + (1 - damping) / n
    return eigenvector(google)
