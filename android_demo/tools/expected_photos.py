"""expected_photos.py FOLDER: photos for the Kotlin tests as raw files, and what the Python SDK makes of them.

Writes FOLDER/NAME.ppm for each of the project's degraded demo photos and for one of 12 megapixels that is made of them,
and FOLDER/expected.json: for each photo and precision the SHA-256 of the restored pixels (RGB, 8 bits, row by row), the
node and the tile. Once: a stamp remembers the bundle, the photos, the SDK and the version of ONNX Runtime.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "sdk"))

from amirnet import Restorer  # noqa: E402
from amirnet.engines.onnx import load_onnxruntime  # noqa: E402
from amirnet.photo.image_io import load  # noqa: E402
from amirnet.runtime.arrays import Pixels  # noqa: E402

PHOTOS = sorted((REPOSITORY / "benchmarks/amirnet_benchmarks/photos/degraded").glob("*.png"))
LARGE = "twelve_megapixels"
PRECISIONS = ("float32", "int8")


def stamp() -> str:
    """What the results follow from."""
    digest = hashlib.sha256(load_onnxruntime().__version__.encode())
    sources = sorted((REPOSITORY / "sdk/amirnet").rglob("*.py"))
    bundle = sorted((REPOSITORY / "sdk/amirnet/bundles/mobile").rglob("*"))
    for file in [Path(__file__), *PHOTOS, *sources, *(path for path in bundle if path.is_file())]:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def photos() -> dict[str, Pixels]:
    found = {path.stem: load(path) for path in PHOTOS}
    row = np.concatenate([photo[: min(len(other) for other in found.values())] for photo in found.values()], axis=1)
    down, across = -(-3000 // row.shape[0]), -(-4000 // row.shape[1])
    found[LARGE] = np.ascontiguousarray(np.tile(row, (down, across, 1))[:3000, :4000])
    return found


def write(folder: Path) -> None:
    pictures, expected = photos(), []
    for name, photo in pictures.items():
        header = f"P6\n{photo.shape[1]} {photo.shape[0]}\n255\n".encode()
        (folder / f"{name}.ppm").write_bytes(header + photo.tobytes())
    for precision in PRECISIONS:
        restorer = Restorer.from_bundle("mobile", precision=precision)
        for name, photo in pictures.items():
            result = restorer.restore(photo)
            expected.append({
                "photo": name, "precision": precision, "sha256": hashlib.sha256(result.image.tobytes()).hexdigest(),
                "node": result.diagnosis.node, "tile": result.tile, "tiles": result.tiles,
                "change_psnr": result.change_psnr,
            })  # fmt: skip
    version = load_onnxruntime().__version__
    text = json.dumps({"onnxruntime": version, "restored": expected}, indent=1) + "\n"
    (folder / "expected.json").write_text(text, encoding="utf-8")


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    known, now = folder / "stamp", stamp()
    if known.is_file() and known.read_text() == now:
        return
    print("kotlin: restoring the photos that Kotlin's must equal, with Python ...", file=sys.stderr)
    known.unlink(missing_ok=True)
    write(folder)
    known.write_text(now)


if __name__ == "__main__":
    main()
