"""The training log: what a resumed run keeps, and what a kill leaves of the last line."""

import json

from amirnet_training.curves import draw
from amirnet_training.runlog import RunLog, read


def test_records_come_back(tmp_path) -> None:
    log = RunLog(tmp_path, 0)
    log.write({"step": 1, "loss": 0.5, "psnr_by_kind": {"noise": 20.5}})
    log.write({"step": 2, "growth": ["node 0: split"], "purity": 1.0})
    log.close()
    assert read(tmp_path / "log.jsonl") == [
        {"step": 1, "loss": 0.5, "psnr_by_kind": {"noise": 20.5}},
        {"step": 2, "growth": ["node 0: split"], "purity": 1.0},
    ]
    assert list((tmp_path / "tensorboard").iterdir())


def test_resuming_drops_what_will_be_done_again(tmp_path) -> None:
    log = RunLog(tmp_path, 0)
    for step in range(1, 7):
        log.write({"step": step})
    log.close()
    RunLog(tmp_path, 4).close()
    assert [record["step"] for record in read(tmp_path / "log.jsonl")] == [1, 2, 3, 4]
    RunLog(tmp_path, 0).close()
    assert read(tmp_path / "log.jsonl") == []


def test_a_line_cut_by_a_kill_is_left_out(tmp_path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text(json.dumps({"step": 1}) + "\n" + json.dumps({"step": 2, "loss": 0.25})[:-3])
    assert read(file) == [{"step": 1}]
    log = RunLog(tmp_path, 2)
    log.write({"step": 2})
    log.close()
    assert read(file) == [{"step": 1}, {"step": 2}], "the next record begins a line of its own"


def test_no_log_yet(tmp_path) -> None:
    assert read(tmp_path / "log.jsonl") == []


def test_the_log_as_a_picture() -> None:
    records = [{"step": step, "loss": 1 / step, "psnr_by_kind": {"noise": 20 + step, "none": 50}} for step in (1, 2, 3)]
    records += [{"step": 2, "level": 1, "growth": ["x"]}, {"step": 3, "validation": {}}]
    records += [{"step": 3, "validation": {"noise": 25.0, "input_noise": 20.0, "none": 40.0, "input_none": 100.0}}]
    assert draw(records).startswith(b"\x89PNG") and draw(records) == draw(records)
    assert draw(records[:1]).startswith(b"\x89PNG")
