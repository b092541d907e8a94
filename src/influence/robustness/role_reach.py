"""How much a row of evidence can change brokerage counts at most, whatever else is changed: it rules sets out."""

from __future__ import annotations

import numpy as np

from influence.metrics._roles import ROLES, role_names
from influence.robustness.finding import Finding

# Of the chains of a role seen from both ends of an undirected pair, those that count.
_UNDIRECTED = {"coordinator": 0.5, "itinerant": 0.5, "representative": 0.0, "gatekeeper": 1.0, "liaison": 0.5}


def most_change(finding: Finding, holds: bool, cost: np.ndarray) -> np.ndarray | None:
    """By how much each row can lessen the gap to each rival at most, shape (rivals, m); None where that is not known.

    A row that falls takes its legs with it, and opens chains that its ties closed; one that is added does the
    opposite. All ties that are recorded or could be added are taken to be there: no setting has more chains.
    """
    switches = finding.switches
    roles = ROLES if finding.metric.id == "brokerage" else (finding.metric.id,)
    plain = switches.projected or switches.spec.binarise == "positive"
    if finding.groups is None or finding.options or not plain or not set(roles) <= set(ROLES) or switches.projected:
        return None
    n = len(switches.labels)
    tied = switches.matrices(~switches.recorded[None])[0] > 0
    if finding.b is not None:
        tied[[finding.a, finding.b], [finding.b, finding.a]] = False
    pairs = [np.stack([e.row, np.repeat(e.cells, np.diff([*e.starts, len(e.row)]))]) for e in switches.entries.values()]
    row, cell = np.unique(np.concatenate(pairs, axis=1), axis=1)
    free = ~np.eye(n, dtype=bool)

    def reach(broker: int) -> tuple[np.ndarray, np.ndarray]:
        """Chains that use a tie of each row as a leg, and chains that it closes."""
        own = finding.groups == finding.groups[broker]  # type: ignore[index]
        alike = finding.groups[:, None] == finding.groups[None, :]  # type: ignore[index]
        names = role_names(own[:, None] & free, own[None, :] & free, alike)
        share = np.zeros((n, n))
        for role in roles:
            share += (names == role) * (1.0 if switches.directed else _UNDIRECTED[role])
        share *= free
        share[broker, :] = share[:, broker] = 0.0
        legs, closing = np.zeros((n, n)), share * np.outer(tied[:, broker], tied[broker])
        legs[:, broker] = share @ tied[broker]
        legs[broker, :] = tied[:, broker] @ share
        if finding.b is not None:
            legs[[finding.a, finding.b], [finding.b, finding.a]] = 0.0
        by_row = (np.bincount(row, m.ravel()[cell], minlength=len(switches.ids)) for m in (legs, closing))
        return tuple(by_row)  # type: ignore[return-value]

    legs_a, closing_a = reach(finding.a)
    rivals = [finding.b] if finding.b is not None else [k for k in range(n) if k != finding.a]
    found = []
    for rival in rivals:
        legs_b, closing_b = reach(rival)
        falls, rises = legs_a + closing_b, closing_a + legs_b
        lost, gained = (falls, rises) if holds else (rises, falls)
        either = np.where(cost < 0, lost + gained, np.where(switches.recorded, lost, gained))
        found.append(either)
    return np.array(found) if holds else np.max(found, axis=0, keepdims=True)
