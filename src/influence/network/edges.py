"""The one door through which ties enter: an edge table is checked, sorted and parted into ties and evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from influence.errors import DataError, Problem

_LARGE = 100_000  # ties from which two copies of a table would tell
STATUS = ("present", "absent", "refused", "proposed", "unknown")
TIES = ["layer", "source", "target", "kind", "start", "end", "year", "weight", "status", "mutual", "evidence_id"]
EVIDENCE = [
    "table",
    "key",
    "source_id",
    "locator",
    "rule",
    "evidence_kind",
    "presence_confidence",
    "value_confidence",
    "note",
]


def coded(frame: pd.DataFrame) -> pd.DataFrame:
    """The edge table with layer, source and target as categoricals: names are compared once, not once a tie."""
    need_columns(frame)
    return frame.reset_index(drop=True).assign(**{c: _coded(frame[c]) for c in ("layer", "source", "target")})


def read_edges(
    frame: pd.DataFrame,
    actors: Iterable[str],
    organizations: Iterable[str],
    two_mode: Iterable[str],
    undirected: Iterable[str],
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Check an edge table and part it into ties and evidence.

    Parameters
    ----------
    frame : pandas.DataFrame
        See `MultilayerNetwork.from_edges`; as `coded` returns it.
    actors, organizations : iterable of str
        Who may stand in source and target; in a two-mode layer the target is an organization.
    two_mode, undirected : iterable of str
        The names of the layers that are.

    Returns
    -------
    ties : pandas.DataFrame
        Columns `TIES`, sorted, names as categoricals (`plain` undoes it), with evidence_id as a key into
    evidence : pandas.DataFrame or None
        Columns `EVIDENCE`, indexed by evidence_id. None if the edge table tells nothing of it: each tie is its own
        evidence then, and evidence_id is its row.

    Raises
    ------
    DataError
        All problems at once, each with row, column and value (row 1 is the first row of the frame).
    """
    layer, n = frame["layer"].array, len(frame)
    ties = pd.DataFrame({c: frame[c] for c in ("layer", "source", "target")})
    own = pd.Categorical.from_codes(layer.codes, categories=layer.categories.astype(str))
    ties["kind"] = _coded(frame["kind"].astype(str)) if "kind" in frame else own
    for column in ("start", "end"):
        never = np.full(n, "NaT", dtype="datetime64[s]")
        ties[column] = pd.to_datetime(frame[column]).astype("datetime64[s]") if column in frame else never
    ties["year"] = frame["year"].astype("Int64") if "year" in frame else pd.array([pd.NA] * n, dtype="Int64")
    ties["weight"] = pd.to_numeric(frame["weight"]).astype(float) if "weight" in frame else 1.0
    everywhere = pd.Categorical.from_codes(np.zeros(n, dtype=np.int8), categories=pd.Index(["present"]))
    ties["status"] = _coded(frame["status"].fillna("present")) if "status" in frame else everywhere
    ties["mutual"] = _among(layer, undirected)
    if "mutual" in frame:
        ties["mutual"] |= frame["mutual"].fillna(False).astype(bool)
    evidence = None
    if "evidence_id" in frame:
        ties["evidence_id"] = frame["evidence_id"]
    else:
        ties["evidence_id"] = np.arange(1, n + 1, dtype=np.int32)
        if any(column in frame for column in EVIDENCE):
            ties["evidence_id"] = numbered(ties["evidence_id"], n)
    problems = list(_problems(ties, set(actors), set(organizations), set(two_mode)))
    if problems:
        raise DataError(sorted(problems, key=lambda p: (p.row or 0, p.column or "")))
    if "evidence_id" in frame or any(c in frame for c in EVIDENCE):
        known = {c: frame[c] if c in frame else None for c in EVIDENCE}
        evidence = pd.DataFrame({"evidence_id": ties["evidence_id"], **known}).drop_duplicates("evidence_id")
        evidence = evidence.set_index("evidence_id").sort_index()
    absent = (ties["status"] != "present").to_numpy()
    if absent.any():
        ties.loc[absent, "weight"] = np.nan
    return _sorted(ties), evidence


def numbered(rows: pd.Series, n: int) -> list[str]:
    """The evidence ids of ties whose only evidence is their row in an edge table of n rows."""
    digits = len(str(max(n, 1)))
    return [f"edge-{k:0{digits}d}" for k in rows]


def plain(ties: pd.DataFrame) -> pd.DataFrame:
    """Ties with names as values instead of categoricals."""
    names = {c: ties[c].cat.categories.dtype for c in TIES if isinstance(ties[c].dtype, pd.CategoricalDtype)}
    return ties.astype(names)


def joined(ties: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Two tables of ties as one, in the order and with the categories of a table read at once."""
    both = pd.concat([plain(ties), plain(more)], ignore_index=True)
    names = [c for c in TIES if isinstance(ties[c].dtype, pd.CategoricalDtype)]
    return _sorted(both.assign(**{c: _coded(both[c]) for c in names}))


def resorted(ties: pd.DataFrame) -> pd.DataFrame:
    """A table of ties with changed names or dates, in the order and with the categories of a table read at once."""
    return _sorted(ties.assign(**{c: _coded(ties[c]) for c in ("layer", "source", "target", "kind", "status")}))


def _coded(column: pd.Series) -> pd.Categorical:
    """A column as a categorical whose categories are sorted and all in use."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        used = column.array.remove_unused_categories()
        return used.set_categories(used.categories.sort_values(), ordered=False)
    # Where pandas keeps text as Python objects, factorizing these themselves takes half the time.
    values = column.to_numpy() if getattr(column.dtype, "storage", None) == "python" else column
    codes, names = pd.factorize(values, sort=True)
    return pd.Categorical.from_codes(codes, categories=pd.Index(names, dtype=column.dtype))


def _among(column: pd.Categorical, known: Iterable[str]) -> np.ndarray:
    """Which values are known; what is missing is not."""
    return np.append(column.categories.isin(list(known)), False)[column.codes]


def _sorted(ties: pd.DataFrame) -> pd.DataFrame:
    """By layer, kind, source, target, year, start and evidence, what is missing last; else as they came."""
    columns = ["layer", "kind", "source", "target", "year", "start", "evidence_id"]
    # An empty column has nothing to sort, and rows are numbered as they came.
    columns = [c for c in columns if (c != "evidence_id" or ties[c].dtype != np.int32) and ties[c].notna().any()]
    bits = len(ties).bit_length()
    key, size = np.zeros(len(ties), dtype=np.int64), 1
    for column in columns:
        codes = _ranks(ties[column])
        span = int(codes.max(initial=-1)) + 2
        size *= span
        if size.bit_length() + bits > 62:
            break
        key *= span
        key += np.where(codes < 0, codes.dtype.type(span - 1), codes)
    else:
        # One number a tie, its row in the last digits: sorting numbers is many times faster than sorting columns.
        if (key[1:] >= key[:-1]).all():
            return ties[TIES]
        key <<= bits
        key |= np.arange(len(ties))
        key.sort()
        key &= (1 << bits) - 1
        # Column by column; of a large table each is let go before the next: never two whole ones at a time.
        order = {c: slice(None) if _all_alike(ties[c]) else key for c in TIES}
        taken = ties.pop if len(ties) > _LARGE else ties.__getitem__
        return pd.DataFrame({c: taken(c).array[order[c]] for c in TIES}, copy=False)
    return ties[TIES].sort_values(columns, kind="stable", ignore_index=True)


def _all_alike(column: pd.Series) -> bool:
    """Whether a column says the same of every tie, where that is quickly told: it need not be sorted."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.array.codes
        return bool((codes == codes[:1]).all())
    if column.dtype == bool:
        return not column.to_numpy().any()
    return column.dtype.kind == "M" and bool(column.isna().all())


def _ranks(column: pd.Series) -> np.ndarray:
    """Integers in the order of the values; −1 where one is missing."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.array.codes
    return pd.factorize(column, sort=True)[0].astype(np.int32)


def need_columns(frame: pd.DataFrame) -> None:
    """A table of ties has at least layer, source and target."""
    lost = [c for c in ("layer", "source", "target") if c not in frame.columns]
    if lost:
        raise DataError([Problem("edges", None, c, None, "this column is missing") for c in lost])


def _problems(ties: pd.DataFrame, actors: set[str], organizations: set[str], two_mode: set[str]) -> Iterable[Problem]:
    def each(mask: np.ndarray, column: str, message: str) -> Iterable[Problem]:
        for k in np.flatnonzero(mask):
            yield Problem("edges", int(k) + 1, column, str(ties.at[k, column]), message)

    layer, source, target, status = (ties[c].array for c in ("layer", "source", "target", "status"))
    affiliation = _among(layer, two_mode)
    yield from each(~_among(source, actors), "source", "not an actor; add it to the actors or mend the name")
    yield from each(
        ~affiliation & ~_among(target, actors), "target", "not an actor; add it to the actors or mend the name"
    )
    yield from each(
        affiliation & ~_among(target, organizations), "target", "not an organization; a two-mode tie ends in one"
    )
    yield from each(~_among(status, STATUS), "status", f"must be one of {', '.join(STATUS)}")
    weight = ties["weight"].to_numpy()
    yield from each(
        _among(status, ["present"]) & ~((weight >= 0) & (weight < np.inf)),
        "weight",
        "a present tie has a weight of 0 or more; what is missing has status unknown",
    )
    yield from each((ties["end"] < ties["start"]).to_numpy(), "end", "the tie ends before it starts")
    spell = (ties["start"].notna() | ties["end"].notna()).to_numpy()
    yield from each(ties["year"].notna().to_numpy() & spell, "year", "give a year or a spell")


def places(names: pd.Series, at: np.ndarray, index: pd.Index) -> np.ndarray:
    """Where the names in these rows stand in the index; −1 for those that do not."""
    return np.append(index.get_indexer(names.array.categories), -1)[names.array.codes[at]]


def told(ties: pd.DataFrame, at: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which of these ties are present, which unknown, and how much each counts."""
    status, said = ties["status"].array.codes[at], ties["status"].array.categories
    present, hidden = (status == (said.get_loc(one) if one in said else -2) for one in ("present", "unknown"))
    return present, hidden, share * np.nan_to_num(ties["weight"].to_numpy()[at])


@dataclass(frozen=True)
class Calendar:
    """Where the ties of each year stand in a table of ties.

    Attributes
    ----------
    yearly : numpy.ndarray
        The places of ties of one year, year by year.
    bounds : dict of int to slice
        Which of them are of a year.
    spells : numpy.ndarray
        The places of all other ties.
    """

    yearly: np.ndarray
    bounds: dict[int, slice]
    spells: np.ndarray

    @classmethod
    def of(cls, ties: pd.DataFrame) -> Calendar:
        dated = ties["year"].notna().to_numpy()
        only = ties["year"].to_numpy(dtype=np.int64, na_value=0)
        yearly = np.flatnonzero(dated)
        near = only[yearly]
        if (np.abs(near) < 2**15).all():  # numpy sorts short integers many times faster
            near = near.astype(np.int16)
        yearly = yearly[np.argsort(near, kind="stable")]
        years, firsts = np.unique(only[yearly], return_index=True)
        ends = [*firsts, len(yearly)][1:]
        bounds = {int(y): slice(int(k), int(end)) for y, k, end in zip(years, firsts, ends, strict=True)}
        return cls(yearly.astype(np.int32), bounds, np.flatnonzero(~dated))

    def counting(
        self, ties: pd.DataFrame, years: Sequence[int], rule: str
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One row for each year in which a tie counts: the place of the year, that of the tie, how much counts."""
        _check_rule(rule)
        spells = ties.iloc[self.spells] if len(self.spells) else ties[:0]
        at, share = [], []
        for year in years:
            of_year = self.yearly[self.bounds.get(year, slice(0))]
            if not len(spells):
                at.append(of_year)
                share.append(np.ones(len(of_year)))
                continue
            force = in_force(spells, year, rule)
            found = np.concatenate([of_year, self.spells[force > 0]])
            order = np.argsort(found, kind="stable")
            at.append(found[order])
            share.append(np.concatenate([np.ones(len(of_year)), force[force > 0]])[order])
        return np.repeat(np.arange(len(years)), [len(a) for a in at]), np.concatenate(at), np.concatenate(share)


def in_force(ties: pd.DataFrame, year: int, rule: str) -> np.ndarray:
    """How much of each tie counts in a year: 0 or 1, or with ``rule="share"`` the share of the year's days.

    A snapshot is the state on 31 December. An end is the first day without the tie: what ends on or before that day
    has ended. A tie of a year counts in that year; a tie without any date always.
    """
    _check_rule(rule)
    only = ties["year"].to_numpy(dtype=float, na_value=np.nan)
    first, last = np.datetime64(f"{year:04d}-01-01", "s"), np.datetime64(f"{year:04d}-12-31", "s")
    start = ties["start"].to_numpy(dtype="datetime64[s]")
    end = ties["end"].to_numpy(dtype="datetime64[s]")
    start = np.where(np.isnat(start), np.datetime64("0001-01-01", "s"), start)
    end = np.where(np.isnat(end), np.datetime64("9999-12-31", "s"), end)
    if rule == "31 December":
        spell = ((start <= last) & (end > last)).astype(float)
    elif rule == "any":
        spell = ((start <= last) & (end > first)).astype(float)
    else:
        following = last + np.timedelta64(1, "D")
        spell = np.clip((np.minimum(end, following) - np.maximum(start, first)) / (following - first), 0.0, None)
    return np.where(np.isnan(only), spell, only == year)


def _check_rule(rule: str) -> None:
    if rule not in ("31 December", "any", "share"):
        raise ValueError(f'rule must be "31 December", "any" or "share", not {rule!r}')
