"""What can be wrong with data, said so that it can be mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what stands there, and what may stand there."""

    file: str
    row: int | None
    column: str | None
    value: str | None
    message: str

    def __str__(self) -> str:
        where = self.file
        if self.row is not None:
            where += f", row {self.row}"
        if self.column:
            where += f", column {self.column}"
        found = f": found {self.value!r}" if self.value is not None else ""
        return f"{where}{found}: {self.message}"


class DataError(ValueError):
    """Data that break a rule. All problems are listed at once, each with file, row, column, value and what is allowed.

    Attributes
    ----------
    problems : list of Problem
        Row numbers count the header as row 1, as a spreadsheet shows them.
    """

    SHOWN = 25

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        lines = [str(p) for p in self.problems[: self.SHOWN]]
        if len(self.problems) > self.SHOWN:
            lines.append(f"... and {len(self.problems) - self.SHOWN} more")
        noun = "problem" if len(self.problems) == 1 else "problems"
        super().__init__(f"{len(self.problems)} {noun} in the data\n" + "\n".join(lines))


class MissingExtra(ImportError):
    """A part of the package needs libraries that are installed on request only."""

    def __init__(self, extra: str, what: str) -> None:
        super().__init__(f"{what} needs the extra {extra!r}: pip install 'influence[{extra}]'")
