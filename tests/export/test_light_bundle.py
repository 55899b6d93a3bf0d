"""Light from checkpoint to photo: the manifest holds the head, and the SDK brightens and restores as torch does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import KINDS, make_model
from quantised_toys import codes, tiles

from amirnet import ModelBundle, Restorer
from amirnet.engines.registry import make_engine
from amirnet.runtime.padding import to_tensor
from amirnet.runtime.probe_plan import ProbePlan
from amirnet_export.as_written import as_written
from amirnet_export.bundle_writer import seal
from amirnet_export.exporter import make_manifest
from amirnet_export.formats import model_files
from amirnet_export.memory_files import memory_bundle
from amirnet_export.model_facts import ModelFacts
from amirnet_training.checkpoint import TrainedModel
from amirnet_training.network.light import level_statistics, lift, to_levels
from amirnet_training.quantization.calibrate import calibrate


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    """Brightens what is dark: the first hidden number falls with the photo's mean red level."""
    made = make_model("tiny")
    head = made.network.light
    with torch.no_grad():
        head.hidden.weight[0], head.hidden.bias[0] = 0.0, 0.3
        head.hidden.weight[0, 7 + 7] = -1.0  # the mean of red follows its seven percentiles
        head.output.weight[:, 1:] *= 0.05
        head.output.weight[:, 0] = torch.tensor([4.0, 5.0, 6.0, 1.0, 1.5, 2.0])
        head.output.bias.fill_(-0.1)
    quantised = calibrate(made.network.restorer, [(tiles(2, seed), codes(2, seed)) for seed in range(3)], 64)
    return replace(made, quantised=quantised)


@pytest.fixture(scope="module")
def bundle(model) -> ModelBundle:
    manifest = make_manifest(model)
    tile = manifest["geometry"]["tile"]
    tile["size"] = 2 * tile["halo"] + 64
    facts = ModelFacts("toy", "a toy", "Apache-2.0", manifest["identity"])
    made = model_files(model.network, model.quantised, 64, tile["size"], facts)
    whole = {**manifest, "models": made.models, "quantization": made.quantization}
    return memory_bundle("toy", seal(whole, made.files))


def photo(dark: int) -> np.ndarray:
    """uint8 (136, 168, 3): smooth colours with noise, ``dark`` times darker than they could be; some of it is black."""
    levels = (tiles(1, seed=4, size=168)[0, :, :136] * 255).round().permute(1, 2, 0).numpy()
    levels[:20, :30] = 0
    return (levels / dark).astype(np.uint8)


def test_head_and_kinds_are_in_the_manifest(model, bundle) -> None:
    found, head = bundle.spec.light, model.network.light
    assert bundle.manifest.schema == "1.2" and found is not None
    for read, layer in ((found.hidden, head.hidden), (found.output, head.output)):
        for numbers, wanted in ((read.weights, layer.weight), (read.bias, layer.bias)):
            assert np.array_equal(np.array(numbers), wanted.detach().double().numpy()), "to the bit, through JSON"
    assert tuple(dict(node.kinds) for node in bundle.tree.nodes) == KINDS


def test_a_model_without_light_has_none_in_its_manifest(model) -> None:
    manifest = make_manifest(model)
    assert "light" in manifest
    model.network.light, head = None, model.network.light
    try:
        assert "light" not in make_manifest(replace(model, quantised=None))
    finally:
        model.network.light = head


@pytest.mark.parametrize("dark", [1, 6])
@pytest.mark.parametrize("precision", [None, "int8"])
def test_a_whole_photo_is_restored_as_torch_does(model, bundle, precision, dark: int) -> None:
    pixels = photo(dark)
    engine = make_engine(bundle, "onnx", precision)
    result = Restorer(bundle, engine, tile=2 * bundle.spec.tile.halo + 168).restore(pixels)
    image = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255
    plan = ProbePlan(pixels.shape[1], pixels.shape[0], bundle.spec.probe.size, bundle.spec.probe.probes_per_side)
    code, network = torch.from_numpy(result.diagnosis.code)[None], model.network
    with torch.no_grad():
        probes = torch.from_numpy(to_tensor(plan.gather(lambda top, bottom: pixels[top:bottom])))
        curves = network.light(code, level_statistics(probes[None]))
        lifted = to_levels(lift(image, curves))
        restorer = network.restorer if precision is None else as_written(model.quantised)
        wanted = restorer(lifted, code[:, :, None, None])[0].permute(1, 2, 0).clamp(0, 1).numpy()
    light = result.diagnosis.light
    assert np.abs(np.array(light.gain + light.bend) - curves[0].numpy()).max() <= 1e-5
    brighter = float(lifted.mean() / image.mean())
    assert brighter > 1.8 if dark == 6 else brighter < 1.2
    assert np.array_equal(light.applied(pixels), (lifted[0] * 255).round().permute(1, 2, 0).numpy())
    radius = bundle.spec.tile.radius  # at its border torch pads with zeros, the runtime with what it mirrors
    inside = np.s_[radius:-radius, radius:-radius]
    apart = np.abs(result.image[inside] - np.rint(wanted[inside] * 255))
    assert apart.size > 1000 and apart.max() <= 1, f"{(apart > 0).mean():.2%} differ"
    assert precision == "int8" or (apart == 0).mean() > 0.99
    changed = np.abs(result.image[inside].astype(int) - light.applied(pixels)[inside])
    assert changed.mean() > 1, "the restorer should do something"


def test_light_is_the_same_in_tiles(bundle) -> None:
    pixels, engine = photo(6), make_engine(bundle, "onnx", "int8")
    halo = bundle.spec.tile.halo
    whole, tiled = (Restorer(bundle, engine, tile=2 * halo + side).restore(pixels) for side in (168, 64))
    assert tiled.tiles > whole.tiles == 1
    assert np.array_equal(whole.image, tiled.image) and whole.diagnosis.light == tiled.diagnosis.light


def test_kept_light_is_the_restorer_alone(bundle) -> None:
    engine = make_engine(bundle, "onnx", None)
    pixels = photo(6)
    kept, free = (Restorer(bundle, engine).restore(pixels, light=light) for light in ("keep", "auto"))
    assert kept.diagnosis.light.is_identity and not free.diagnosis.light.is_identity
    assert free.image.mean() > 1.5 * kept.image.mean()
