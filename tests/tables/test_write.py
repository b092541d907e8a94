"""Writing: nine digits, sorted, whole or not at all."""

import numpy as np
import pandas as pd
import pytest

from influence.tables import write_table
from influence.tables.write import round_significant, write_text


def test_nine_significant_digits_and_no_negative_zero():
    frame = pd.DataFrame({"x": [1 / 3, 123456789012.0, -0.0, np.nan, 1e-20 / 3]})
    assert round_significant(frame)["x"].tolist()[:3] == [0.333333333, 123456789000.0, 0.0]
    assert str(round_significant(frame)["x"][2]) == "0.0"
    assert np.isnan(round_significant(frame)["x"][3])


def test_the_last_bits_of_a_processor_change_no_byte(tmp_path):
    frame = pd.DataFrame({"actor": ["B", "A"], "value": [0.1 + 0.2, 2.0]})
    other = frame.assign(value=frame["value"] * (1 + 2e-16))[::-1]
    one = write_table(frame, tmp_path / "one.csv", sort=["actor"]).read_bytes()
    two = write_table(other, tmp_path / "two.csv", sort=["actor"]).read_bytes()
    assert one == two == b"actor,value\nA,2\nB,0.3\n"


def test_missing_and_booleans(tmp_path):
    frame = pd.DataFrame({"x": [1.5, None], "ok": [True, False]})
    assert write_table(frame, tmp_path / "t.csv").read_text() == "x,ok\n1.5,true\n,false\n"


def test_nothing_is_half_written(tmp_path, monkeypatch):
    path = tmp_path / "t.txt"
    path.write_text("before")
    monkeypatch.setattr("influence.tables.write.os.replace", lambda *a: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_text("after", path)
    assert path.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["t.txt"]
