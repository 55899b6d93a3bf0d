"""The training log: JSON lines for people and plots, TensorBoard for looking while it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from torch.utils.tensorboard import SummaryWriter

from amirnet.photo.atomic_file import write_file


class RunLog:
    """Appends records with a `step`; on resume, records from steps that will be trained again are dropped."""

    def __init__(self, folder: Path, resume_step: int) -> None:
        self.path = folder / "log.jsonl"
        kept = [record for record in read(self.path) if record["step"] <= resume_step]
        text = "".join(json.dumps(record) + "\n" for record in kept)
        write_file(self.path, text.encode())
        self._board = SummaryWriter(str(folder / "tensorboard"), purge_step=resume_step + 1)

    def write(self, record: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        for name, value in record.items():
            scalars = value if isinstance(value, dict) else {"": value}
            for key, number in scalars.items():
                if isinstance(number, int | float) and name != "step":
                    self._board.add_scalar(f"{name}/{key}" if key else name, number, record["step"])

    def close(self) -> None:
        self._board.close()


def read(path: Path) -> list[dict[str, Any]]:
    """All whole records of a log; a line cut short by a kill is left out."""
    if not path.exists():
        return []
    records = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            records.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return records
