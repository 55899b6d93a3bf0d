"""What of a batch is done: a file in the output folder, one line a photo, so that a run can go on where one ended.

`.amirnet/done.jsonl` is only ever appended to, a whole line at a time. Each line says that the photo with these bytes
(`input`), restored by this recipe (`recipe`), lies in `output` with those bytes (`sha256`). Names of inputs are not in
it: a photo that was renamed is still known. A line that a kill or a full disk tore is no line.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path, PurePath

from amirnet.batch.recipe import sha256_of
from amirnet.errors import OutputError

HIDDEN = ".amirnet"
_FIELDS = ("input", "recipe", "output", "sha256")


class Ledger:
    """The ledger of one output folder, read when it is made; makes nothing until the first photo is recorded.

    Raises OutputError when there is a ledger that cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / HIDDEN / "done.jsonl"
        self._done: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        self._torn = False
        try:
            content = b""
            if self.file.exists():
                if not self.file.is_file():  # a pipe waits for ever, a device has no end
                    remedy = "remove it, or choose another -o"
                    raise OutputError(f"{self.file}: cannot be read (not a plain file); {remedy}")
                content = self.file.read_bytes()
        except OSError as error:
            raise OutputError(f"{self.file}: cannot be read ({error.strerror}); choose another -o") from error
        for line in content.splitlines():
            self._take(line)
        self._torn = content != b"" and not content.endswith(b"\n")

    def find(self, photo: str, recipe: str, output: str) -> tuple[str, str] | None:
        """An intact output of this photo (SHA-256 of its bytes) by this recipe, as (name, SHA-256); None if there is
        none. `output`, the name that it should have, is asked for first, then any other of the same suffix."""
        known = self._done.get((photo, recipe), {})
        suffix = PurePath(output).suffix.lower()
        for name in sorted(known, key=lambda name: (name != output, name)):
            if PurePath(name).suffix.lower() == suffix and self._intact(name, known[name]):
                return name, known[name]
        return None

    def record(self, photo: str, recipe: str, output: str, sha256: str) -> None:
        """Append one line. Raises OutputError."""
        fields = dict(zip(_FIELDS, (photo, recipe, output, sha256), strict=True))
        line = ("\n" if self._torn else "") + json.dumps(fields) + "\n"
        content = line.encode()
        self._torn = True
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("ab", buffering=0) as stream:  # one write: two runs do not mix their lines
                written = stream.write(content)
        except OSError as error:
            raise OutputError(f"{self.file}: cannot be written ({error.strerror}); make room and run again") from error
        if written != len(content):
            raise OutputError(f"{self.file}: cannot be written (the disk is full); make room and run again")
        self._torn = False
        self._done[photo, recipe][output] = sha256

    def _take(self, line: bytes) -> None:
        try:
            fields = json.loads(line)
            photo, recipe, output, sha256 = (fields[name] for name in _FIELDS)
        except (ValueError, TypeError, KeyError, RecursionError):
            return
        if all(isinstance(value, str) for value in (photo, recipe, output, sha256)):
            self._done[photo, recipe][output] = sha256

    def _intact(self, name: str, sha256: str) -> bool:
        try:
            return sha256_of(self.folder / name) == sha256
        except (OSError, ValueError):  # gone, no permission, or no name at all
            return False
