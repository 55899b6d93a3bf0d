"""What is shipped belongs together: the checkpoint below models/ and the bundle in the wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from amirnet import ModelBundle
from amirnet_export.exporter import LICENSE, PARITY
from amirnet_export.formats.model_files import model_files
from amirnet_export.model_facts import ModelFacts
from amirnet_training.checkpoint import load_model, model_identity
from amirnet_training.config import SHIPPED, load, portable

MODELS = Path(__file__).parents[2] / "models"


@pytest.mark.parametrize("name", sorted(path.name for path in MODELS.iterdir() if path.is_dir()))
def test_a_shipped_bundle_is_its_checkpoints(name: str) -> None:
    """Every file of it, in every format, to the byte."""
    pytest.importorskip("coremltools")
    pytest.importorskip("ai_edge_litert")
    bundle, model = ModelBundle.open(name), load_model(MODELS / name)
    manifest = bundle.manifest
    assert manifest.identity == model_identity(model.network, model.quantized)
    facts = ModelFacts(manifest.name, manifest.description, LICENSE, manifest.identity)
    assert model.quantized is not None
    made = model_files(model.network, model.quantized, manifest.probe.size, manifest.tile.size, facts)
    assert made.models == manifest.models and made.files.keys() == manifest.files.keys() - {PARITY}
    assert [name for name, content in made.files.items() if bundle.read(name) != content] == []


@pytest.mark.parametrize("name", sorted(path.name for path in MODELS.iterdir() if path.is_dir()))
def test_a_shipped_checkpoint_was_trained_by_a_configuration_of_its_name(name: str) -> None:
    finished = name + "_finish" if (SHIPPED / f"{name}_finish.yaml").exists() else name
    wanted = portable(load(finished))
    if (SHIPPED / f"{name}_int8.yaml").exists():  # trained on in 8 bits, maybe with a wider light head
        last = load(f"{name}_int8")
        wanted = wanted.model_copy(update={"quantize": last.quantize, "network": last.network})
    assert load_model(MODELS / name).config == wanted
