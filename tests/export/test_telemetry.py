"""Nothing phones home: no command leaves a device's id or a database of events in a fresh home folder."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

LOADERS = {
    "the SDK": "from amirnet.engines.onnx import load_onnxruntime as load; load()",
    "a package before the SDK's own engine": "import amirnet; import onnxsim, onnxruntime",
    "export": "import amirnet_export.formats.registry; import onnxruntime",
    "training": "import amirnet_training; import onnxruntime",
    "benchmarks": "import amirnet_benchmarks; import onnxruntime",
}
SESSION = """
import sys
from pathlib import Path
import onnxruntime
session = onnxruntime.InferenceSession(Path(sys.argv[1]).read_bytes(), providers=["CPUExecutionProvider"])
"""


def at_home(home: Path, *words: str) -> list[str]:
    """Runs Python with a fresh home and without the variable; the files that are in the home afterwards."""
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment |= {"HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path), "XDG_CACHE_HOME": str(home / "cache")}
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [str(path) for path in home.rglob("*") if path.is_file()]


@pytest.mark.parametrize("how", LOADERS)
def test_a_fresh_home_stays_empty(how: str, tmp_path: Path, toy_bundle: Path) -> None:
    assert at_home(tmp_path / "home", "-c", LOADERS[how] + SESSION, str(toy_bundle / "encoder.onnx")) == []


def test_parity_leaves_nothing_behind(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)).save(photos / "a.png")
    words = ("-m", "amirnet", "parity", "mobile", "--engines", "onnx,tflite", "--photos", str(photos))
    left = at_home(tmp_path / "home", *words)
    assert not [name for name in left if "onnxruntime" in name.lower() or "deviceid" in name.lower()]


def test_events_are_switched_off_by_the_api_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from amirnet.engines.onnx import load_onnxruntime

    asked = []
    monkeypatch.setattr(load_onnxruntime(), "disable_telemetry_events", lambda: asked.append(True))
    load_onnxruntime()
    assert asked == [True]
