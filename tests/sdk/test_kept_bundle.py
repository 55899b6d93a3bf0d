"""A bundle written by the release of schema 1.1: every later one opens it and restores the same (CONTRACT V1)."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from amirnet import ModelBundle, Restorer

KEPT = Path(__file__).parent / "bundles" / "written_1_1.zip"


def test_it_opens():
    manifest = ModelBundle.open(KEPT).manifest
    assert (manifest.schema, manifest.name, manifest.probe.trim) == ("1.1", "kept", 4)
    assert manifest.models["restorer"]["onnx"] == {"float32": "restorer.onnx", "int8": "restorer_int8.onnx"}
    assert len(manifest.tree.nodes) == 5


@pytest.mark.parametrize(("precision", "node", "path"), [("float", None, (0, 1, 4)), ("int8", 1, (0, 1))])
def test_it_restores_as_it_did(toy_photo, precision, node, path):
    photo = toy_photo
    result = Restorer.from_bundle(KEPT, precision=precision).restore(photo, node=node)
    with Image.open(KEPT.with_name(f"{KEPT.stem}_{precision}.png")) as kept:
        wanted = np.asarray(kept).astype(int)
    assert result.diagnosis.path == path
    assert np.abs(result.image - wanted).max() <= 1, "another processor may round a float the other way"
    assert np.abs(wanted - photo).mean() > 1.5, "and it does something"
