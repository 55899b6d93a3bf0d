"""Core ML packages: what torch computes, by the saved file itself, which the reference executor runs."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
import torch
from quantised_toys import FACTS, TILE, check_levels, codes, tiles, toys

from amirnet_export.errors import ExportError
from amirnet_export.formats.coreml import reference as coreml_reference
from amirnet_export.formats.coreml.encoder import write_encoder
from amirnet_export.formats.coreml.package import load_spec
from amirnet_export.formats.coreml.reading import read_grid
from amirnet_export.formats.coreml.reference import CoremlReference
from amirnet_export.formats.coreml.restorer import step_name, write_restorer
from amirnet_export.formats.format import HALF_MAX
from amirnet_export.model_facts import UNITS
from amirnet_training.program.restorer import restore

pytest.importorskip("coremltools")
KINDS = ("float", "int8", "folded")
PROBE = 64


@pytest.fixture(scope="module")
def packages() -> dict[str, dict[str, bytes]]:
    return {kind: write_restorer(toys().program(kind), TILE, FACTS) for kind in KINDS}


@pytest.fixture(scope="module")
def programs(packages) -> dict[str, CoremlReference]:
    return {kind: CoremlReference(files) for kind, files in packages.items()}


def feeds(kind: str, sign: int = 1) -> dict[str, np.ndarray]:
    inputs = {"tile": tiles().numpy(), "code": sign * codes().numpy()}
    return {"tile": inputs["tile"]} if kind == "folded" else inputs


@pytest.mark.parametrize("sign", [1, -1])
def test_float_is_torchs_within_half_precision(programs, sign: int) -> None:
    found = programs["float"].run(feeds("float", sign))["restored"]
    apart = np.abs(found - toys().expected("float", tiles(), sign * codes()))
    assert 0 < apart.max() < 1 / 255, "float16 is stored, and it is enough"
    assert found.dtype == np.float32 and not programs["float"].overflows


@pytest.mark.parametrize("kind", ["int8", "folded"])
@pytest.mark.parametrize("sign", [1, -1])
def test_int8_is_the_quantised_restorers(programs, kind: str, sign: int) -> None:
    check_levels(programs[kind].run(feeds(kind, sign))["restored"], toys().expected(kind, tiles(), sign * codes()))


@pytest.mark.parametrize("kind", ["int8", "folded"])
def test_the_grid_is_in_the_package(packages, kind: str) -> None:
    assert read_grid(packages[kind]) == toys().program(kind).grid


def test_a_float_package_has_no_grid(packages) -> None:
    with pytest.raises(ExportError, match="Core ML: holds no int8 grid"):
        read_grid(packages["float"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_operations(packages, kind: str) -> None:
    functions = load_spec(packages[kind]).mlProgram.functions["main"]
    (block,) = functions.block_specializations.values()
    found = Counter(operation.type for operation in block.operations)
    del found["const"]
    common = {"conv", "add", "mul", "upsample_nearest_neighbor"} - ({"mul"} if kind == "folded" else set())
    own = {"cast", "relu"} if kind == "float" else {"quantize", "dequantize", "constexpr_affine_dequantize"}
    assert set(found) == common | own
    if kind != "float":
        steps = len(toys().program(kind).grid.activations)
        assert found["quantize"] == found["dequantize"] == steps
        assert found["constexpr_affine_dequantize"] == found["conv"]


def test_intermediate_values_bear_the_steps_names(programs) -> None:
    programs["int8"].run(feeds("int8"), keep=True)
    kept = {step_name(name) for name in programs["int8"].kept}
    steps = toys().quantized.steps(keep=True)
    with torch.no_grad():
        restore(steps, tiles(), codes())
    assert set(steps.kept) <= kept
    found, wanted = programs["int8"].kept["encode0_sum"], steps.kept["encode0/sum"].numpy()
    scale = toys().quantized.grid.activations["encode0/sum"].scale
    assert np.abs(found - wanted).max() <= 2.01 * scale


def test_names_and_metadata(packages) -> None:
    for kind in KINDS:
        about = load_spec(packages[kind]).description
        inputs = ["tile"] if kind == "folded" else ["tile", "code"]
        assert [value.name for value in about.input] == inputs
        assert [value.name for value in about.output] == ["restored"]
        assert {v.name: v.shortDescription for v in about.input} == {name: UNITS[name] for name in inputs}
        assert dict(about.metadata.userDefined) == FACTS.entries()
        assert about.metadata.license == FACTS.license and about.metadata.versionString == FACTS.identity
        assert FACTS.description in about.metadata.shortDescription and about.metadata.author


def test_the_package_is_ios_17_and_whole(packages) -> None:
    files = packages["int8"]
    spec = load_spec(files)
    assert spec.specificationVersion == 8 and spec.WhichOneof("Type") == "mlProgram"
    manifest = json.loads(files["Manifest.json"])
    paths = {f"Data/{entry['path']}" for entry in manifest["itemInfoEntries"].values()}
    assert paths == {"Data/com.apple.CoreML/model.mlmodel", "Data/com.apple.CoreML/weights"}
    assert manifest["rootModelIdentifier"] in manifest["itemInfoEntries"]
    model, weights = sorted(paths)
    assert set(files) == {"Manifest.json", model, f"{weights}/weight.bin"}


def test_two_exports_are_the_same_bytes(packages) -> None:
    assert write_restorer(toys().program("folded"), TILE, FACTS) == packages["folded"]


def test_the_encoder_is_torchs() -> None:
    network = toys().network
    program = CoremlReference(write_encoder(network, PROBE, FACTS))
    probes = tiles(2, size=PROBE)
    with torch.no_grad():
        place = network.place(probes)
    for index, probe in enumerate(probes.numpy()):
        found = program.run({"probes": probe[None]})
        assert np.abs(found["mask"] - place.mask[index].numpy()).max() <= 1e-5
        assert np.abs(found["value"] - place.value[index].numpy()).max() <= 1e-5
        assert not found["mask"][0, 5:].any(), "nodes that do not exist"


def test_what_float16_cannot_hold_is_named(packages) -> None:
    small = CoremlReference(packages["folded"], half=True)
    small.run(feeds("folded"))
    assert not small.overflows
    large = {"tile": np.full((1, 3, TILE, TILE), 1e6, dtype=np.float32), "code": codes().numpy()}
    program = CoremlReference(packages["float"])
    program.run(large)
    assert "tile_half" in program.overflows
    assert all(not size <= HALF_MAX for size in program.overflows.values())


def test_an_unknown_operation_is_named(packages, monkeypatch) -> None:
    monkeypatch.delitem(coreml_reference.OPERATIONS, "upsample_nearest_neighbor")
    with pytest.raises(ExportError, match="reference executor has no upsample_nearest_neighbor"):
        CoremlReference(packages["folded"])


def test_an_input_of_another_shape_is_refused(programs) -> None:
    with pytest.raises(ExportError, match="input 'code' must have the shape"):
        programs["int8"].run({"tile": tiles().numpy()})


def test_a_folder_opens_and_an_empty_one_is_refused(packages, programs, tmp_path) -> None:
    for name, content in packages["folded"].items():
        file = tmp_path / "toy.mlpackage" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    found = CoremlReference.open(tmp_path / "toy.mlpackage").run(feeds("folded"))["restored"]
    assert np.array_equal(found, programs["folded"].run(feeds("folded"))["restored"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ExportError, match="holds no model"):
        CoremlReference.open(tmp_path / "empty")
