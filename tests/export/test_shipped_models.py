"""What is shipped belongs together: the checkpoint below models/ and the bundle in the wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from amirnet import ModelBundle
from amirnet_export.exporter import LICENSE
from amirnet_export.formats.onnx.restorer import write_restorer
from amirnet_export.model_facts import ModelFacts
from amirnet_export.program.restorer_program import RestorerProgram
from amirnet_training.checkpoint import load_model, model_identity
from amirnet_training.config import SHIPPED, load, portable

MODELS = Path(__file__).parents[2] / "models"


@pytest.mark.parametrize("name", sorted(path.name for path in MODELS.iterdir() if path.is_dir()))
def test_a_shipped_bundle_is_its_checkpoints(name: str) -> None:
    bundle, model = ModelBundle.open(name), load_model(MODELS / name)
    manifest = bundle.manifest
    assert manifest.identity == model_identity(model.network, model.quantised)
    facts = ModelFacts(manifest.name, manifest.description, LICENSE, manifest.identity)
    float_restorer = write_restorer(RestorerProgram.in_float(model.network.restorer), facts)
    assert bundle.read(manifest.models["restorer"]["onnx"]["float32"]) == float_restorer
    assert model.quantised is not None
    assert bundle.read(manifest.models["restorer"]["onnx"]["int8"]) == write_restorer(
        RestorerProgram.in_int8(model.quantised), facts
    )


@pytest.mark.parametrize("name", sorted(path.name for path in MODELS.iterdir() if path.is_dir()))
def test_a_shipped_checkpoint_was_trained_by_a_configuration_of_its_name(name: str) -> None:
    finished = name + "_finish" if (SHIPPED / f"{name}_finish.yaml").exists() else name
    assert load_model(MODELS / name).config == portable(load(finished))
