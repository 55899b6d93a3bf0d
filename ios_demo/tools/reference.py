"""What the Python SDK makes of the photos that the tests of ios_demo restore too: `python reference.py FOLDER`.

Writes FOLDER/NAME.ppm and FOLDER/reference.json: of each photo and precision what `amirnet restore --json` says of it,
and the SHA-256 of the restored pixels. What is there already, of the same bundle and library, stays.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from amirnet import ModelBundle, Restorer
from amirnet.batch.recipe import facts_of
from amirnet.engines.onnx import load_onnxruntime

PHOTOS = Path(__file__).parents[2] / "benchmarks" / "amirnet_benchmarks" / "photos"
SMALL = {"chelsea_cat": "degraded/chelsea_cat.png", "pumpkin": "real/pumpkin.webp", "station": "real/station.webp"}
LARGE = (3000, 4000)
"""Height and width of the photo of 12 megapixels, `large`: the others side by side, again and again."""
PRECISIONS = ("float", "int8")


def main(folder: Path) -> None:
    bundle = ModelBundle.open("mobile")
    script, library = sha256(Path(__file__).read_bytes()), load_onnxruntime().__version__
    made_of = {"bundle": bundle.fingerprint, "library": library, "script": script}
    target = folder / "reference.json"
    if target.exists() and json.loads(target.read_text())["made_of"] == made_of:
        return
    folder.mkdir(parents=True, exist_ok=True)
    photos = {name: np.asarray(Image.open(PHOTOS / path).convert("RGB")) for name, path in SMALL.items()}
    photos["large"] = tiled(list(photos.values()))
    results = []
    for precision in PRECISIONS:
        restorer = Restorer.from_bundle("mobile", precision=precision)
        for name, pixels in photos.items():
            Image.fromarray(pixels).save(folder / f"{name}.ppm")
            found = restorer.restore(pixels)
            facts = facts_of(found)
            del facts["seconds"]
            sums = sha256(found.image.tobytes())
            results.append({"photo": name, "precision": precision, "facts": facts, "sha256": sums})
    target.write_text(json.dumps({"made_of": made_of, "results": results}, indent=1) + "\n")


def tiled(photos: list[np.ndarray]) -> np.ndarray:
    """Bands of the photos in turn, each repeated from left to right."""
    height, width = LARGE
    bands, rows = [], 0
    while rows < height:
        photo = photos[len(bands) % len(photos)]
        bands.append(np.tile(photo, (1, -(-width // photo.shape[1]), 1))[:, :width])
        rows += len(photo)
    return np.ascontiguousarray(np.concatenate(bands)[:height])


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
