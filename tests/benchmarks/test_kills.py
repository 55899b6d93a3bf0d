"""The command that kills: a few real ones of each kind here, all that are asked for when it is run."""

import pytest
from click.testing import CliRunner

from amirnet_benchmarks import kills


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_is_left() -> None:
    found = CliRunner().invoke(kills.main, ["--export", "4", "--restore", "3", "--train", "2"])
    lines = found.output.splitlines()
    assert found.exit_code == 0, found.output
    for line, what in zip(lines, ("export: 4 kills", "restore: 3 kills", "train: 2 kills"), strict=True):
        assert line.startswith(f"{what}, 0 lost, 0 left something behind")


def test_a_loss_is_told_and_counted(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(kills, "kill", lambda words, most, rng: (tmp_path / "bundle.zip").write_bytes(b"half"))
    monkeypatch.setattr(kills, "export_once", lambda target, number: (tmp_path / ".bundle.1.part").touch())
    assert kills.exports(1, tmp_path, None) == ("export", 1, 1, 1)
