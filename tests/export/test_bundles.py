"""Bundles: what `export` writes is what the SDK takes, the same every time, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import make_model
from PIL import Image
from quantised_toys import toys

from amirnet import ModelBundle, Restorer
from amirnet.engines.registry import make_engine
from amirnet.errors import BundleError, OutputError
from amirnet_export import bundle_writer, exchange
from amirnet_export.errors import ExportError
from amirnet_export.exporter import CORE, LARGE, export_bundle, make_manifest
from amirnet_training.checkpoint import load_model, model_identity, weights_identity
from amirnet_training.network.receptive_field import measure
from amirnet_training.quantization.grid import QuantParams


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_the_manifest_is_the_checkpoints(bundle_folder, checkpoint) -> None:
    model, manifest = load_model(checkpoint), ModelBundle.open(bundle_folder).manifest
    assert (manifest.schema, manifest.name) == ("1.2", "toy")
    assert manifest.identity == model_identity(model.network, None)
    assert len(manifest.tree.nodes) == 5 and manifest.tree.conditioning == "soft"
    assert manifest.license and "10 steps" in manifest.description
    tile = manifest.tile
    assert tile.radius == measure(model.network) <= tile.halo and tile.flexible
    assert tile.halo % tile.alignment == 0 and tile.halo - tile.radius < tile.alignment
    assert (tile.size - 2 * tile.halo, tile.preferred - 2 * tile.halo, manifest.probe.size) == (CORE, LARGE, 64)
    assert manifest.metrics["parameters"] == sum(p.numel() for p in model.network.parameters())
    whole = {"manifest.json", "parity.json", "encoder.onnx", "restorer.onnx", "encoder.tflite", "restorer.tflite"}
    assert {name for name in files(bundle_folder) if ".mlpackage/" not in name} == whole
    assert manifest.models["restorer"] == {"onnx": {"float32": "restorer.onnx"},
                                           "tflite": {"float32": "restorer.tflite"},
                                           "coreml": {"float16": "restorer.mlpackage"}}  # fmt: skip
    assert json.loads((bundle_folder / "parity.json").read_text())["passed"]


@pytest.mark.parametrize("preset", ["mobile", "tiny"])
def test_a_halo_is_what_the_network_sees_in_whole_alignment_steps(preset: str) -> None:
    tile = make_manifest(make_model(preset))["geometry"]["tile"]
    assert tile["alignment"] == 8 and tile["halo"] % 8 == 0 and tile["size"] == CORE + 2 * tile["halo"]
    assert tile["radius"] <= tile["halo"] < tile["radius"] + 8 and tile["halo"] <= 64


def test_fixed_models_take_the_tile_that_was_asked_for(checkpoint, tmp_path) -> None:
    halo = make_manifest(load_model(checkpoint))["geometry"]["tile"]["halo"]
    export_bundle(checkpoint, tmp_path / "small", tile=2 * halo + 64)
    bundle = ModelBundle.open(tmp_path / "small")
    assert (bundle.manifest.tile.size, bundle.manifest.tile.preferred) == (2 * halo + 64, 2 * halo + 488)
    engine, free = make_engine(bundle, "tflite", threads=1), make_engine(bundle, "onnx", threads=1)
    assert engine.fixed_tile == 2 * halo + 64 and free.fixed_tile is None
    photo = np.random.default_rng(1).integers(0, 256, (70, 90, 3), dtype=np.uint8)
    found, wanted = (Restorer(bundle, each).restore(photo) for each in (engine, free))
    assert (found.tile, wanted.tile) == (2 * halo + 64, 2 * halo + 488) and found.tiles > wanted.tiles == 1
    assert np.abs(found.image.astype(int) - wanted.image).max() <= 1
    huge = make_manifest(load_model(checkpoint), 2 * halo + 640)["geometry"]["tile"]
    assert huge["size"] == huge["preferred"] == 2 * halo + 640
    with pytest.raises(ExportError, match=f"tile {2 * halo + 1}: must be a multiple of|its core would be empty"):
        export_bundle(checkpoint, tmp_path / "bad", tile=2 * halo + 1)
    assert not (tmp_path / "bad").exists()


def test_two_exports_are_the_same_bytes(bundle_folder, checkpoint, tmp_path) -> None:
    export_bundle(checkpoint.parent, tmp_path / "again")
    assert files(tmp_path / "again") == files(bundle_folder)


def test_the_zip_holds_what_the_folder_holds(bundle_folder, tmp_path) -> None:
    content = files(bundle_folder)
    manifest = json.loads(content.pop("manifest.json"))
    for name in ("one.zip", "two.zip"):
        bundle_writer.write_bundle(tmp_path / name, manifest, content)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files(bundle_folder)
    assert ModelBundle.open(tmp_path / "one.zip").manifest == ModelBundle.open(bundle_folder).manifest
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.zip", "two.zip"]


def test_identity_follows_weights_and_grid(checkpoint) -> None:
    network = load_model(checkpoint).network
    first = model_identity(network, None)
    assert first == weights_identity(network)
    assert model_identity(network.to(memory_format=torch.channels_last), None) == first
    quantized = toys().quantized
    in_int8 = model_identity(network, quantized)
    grid = replace(quantized.grid, activations={**quantized.grid.activations, "head": QuantParams(0.5, 0)})
    assert len({first, in_int8, model_identity(network, replace(quantized, grid=grid))}) == 3
    with torch.no_grad():
        network.restorer.head.bias[0] += 1e-3
    assert model_identity(network, None) != first and model_identity(network, quantized) != in_int8


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.integers(0, 256, (150, 211, 3)).astype(np.uint8)


@pytest.mark.parametrize("core", [8, 64, 104])
def test_tiled_equals_untiled(bundle_folder, photo, core: int) -> None:
    halo = ModelBundle.open(bundle_folder).manifest.tile.halo
    whole, tiled = (Restorer.from_bundle(bundle_folder, tile=2 * halo + side) for side in (256, core))
    code = np.random.default_rng(2).uniform(-1, 1, 7).astype(np.float32)
    cut = photo[:40, :60] if core == 8 else photo
    ((_, wanted),) = whole.cores(cut, code)
    count = 0
    for tile, found in tiled.cores(cut, code):
        inside = found[: max(0, len(cut) - tile.y), : max(0, cut.shape[1] - tile.x)]
        expected = wanted[tile.y : tile.y + inside.shape[0], tile.x : tile.x + inside.shape[1]]
        assert np.abs(inside - expected).max() <= 1e-4
        count += 1
    assert count > 1


def test_a_photo_is_restored_by_the_bundle_as_by_torch(bundle_folder, checkpoint, photo) -> None:
    """Of a photo of whole alignment steps: no padding at the far sides, so the network alone gives the inside.
    `test_light_bundle` does the same with light."""
    network = load_model(checkpoint).network
    cut = photo[:144, :208]
    result = Restorer.from_bundle(bundle_folder).restore(cut, light="keep")
    image = torch.from_numpy(cut).permute(2, 0, 1)[None].float() / 255
    with torch.no_grad():
        code = torch.from_numpy(result.diagnosis.code)[None]
        wanted = network.restore(image, code)[0].permute(1, 2, 0).clamp(0, 1).numpy()
    radius = measure(network)
    inside = np.s_[radius:-radius, radius:-radius]
    assert np.abs(result.image[inside] / 255.0 - wanted[inside]).max() <= 0.51 / 255
    assert result.diagnosis.path[0] == 0 and result.diagnosis.node in range(5)


def test_an_export_that_fails_leaves_nothing(checkpoint, tmp_path, monkeypatch) -> None:
    def refuse(path: Path) -> None:
        assert Path(path).exists(), "it is verified under its temporary name"
        raise BundleError("refused")

    monkeypatch.setattr(bundle_writer.ModelBundle, "open", refuse)
    for name in ("folder", "zipped.zip"):
        with pytest.raises(BundleError, match="refused"):
            bundle_writer.write_bundle(tmp_path / name, {"schema": "1.0"}, {"a.onnx": b"1", "b/c.bin": b"2"})
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["toy", "toy.zip"])
def test_a_kill_leaves_no_bundle_under_the_name(tmp_path, name: str) -> None:
    code = """
import os, signal, sys
from pathlib import Path
from amirnet_export import bundle_writer, exchange
bundle_writer.ModelBundle.open = lambda path: os.kill(os.getpid(), signal.SIGKILL)
bundle_writer.write_bundle(Path(sys.argv[1]), {"schema": "1.0"}, {"a.onnx": b"1"})
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / name)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / name).exists()
    assert list(tmp_path.iterdir()), "what it had written"
    bundle_writer.check_target(tmp_path / name, overwrite=False)  # nothing is in the way of another attempt
    assert not list(tmp_path.iterdir()), "which the next attempt sweeps away"


def test_a_bad_manifest_is_not_written(tmp_path, bundle_folder) -> None:
    manifest = json.loads((bundle_folder / "manifest.json").read_text())
    del manifest["tree"]
    graphs = {name: content for name, content in files(bundle_folder).items() if name != "manifest.json"}
    with pytest.raises(BundleError, match="tree"):
        bundle_writer.write_bundle(tmp_path / "x", manifest, graphs)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["toy", "toy.zip"])
def test_overwriting(bundle_folder, tmp_path, name: str) -> None:
    content = files(bundle_folder)
    manifest = json.loads(content.pop("manifest.json"))
    target = tmp_path / name
    bundle_writer.write_bundle(target, manifest, content)
    with pytest.raises(ExportError, match="add --overwrite"):
        bundle_writer.check_target(target, overwrite=False)
    bundle_writer.check_target(target, overwrite=True)
    bundle_writer.write_bundle(target, {**manifest, "name": "newer"}, content)
    assert ModelBundle.open(target).manifest.name == "newer"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_behind_a_link_the_bundle_is_replaced_and_the_link_stays(bundle_folder, tmp_path) -> None:
    content = files(bundle_folder)
    manifest = json.loads(content.pop("manifest.json"))
    bundle_writer.write_bundle(tmp_path / "real", manifest, content)
    (tmp_path / "link").symlink_to("real")
    bundle_writer.write_bundle(tmp_path / "link", {**manifest, "name": "newer"}, content)
    assert (tmp_path / "link").is_symlink() and ModelBundle.open(tmp_path / "real").manifest.name == "newer"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_a_failed_overwrite_keeps_the_old_bundle(bundle_folder, tmp_path, monkeypatch) -> None:
    content = files(bundle_folder)
    manifest = json.loads(content.pop("manifest.json"))
    target = tmp_path / "toy"
    bundle_writer.write_bundle(target, manifest, content)

    def refuse(source: Path, destination: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exchange, "exchange", refuse)
    with pytest.raises(OutputError, match="No space left"):
        bundle_writer.write_bundle(target, {**manifest, "name": "newer"}, content)
    assert ModelBundle.open(target).manifest.name == "toy"
    assert [path.name for path in tmp_path.iterdir()] == ["toy"]


def test_seals_are_the_files(bundle_folder) -> None:
    manifest = json.loads((bundle_folder / "manifest.json").read_text())
    for name, seal in manifest["files"].items():
        content = (bundle_folder / name).read_bytes()
        assert seal == {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def test_the_sdks_command_takes_the_bundle(bundle_folder, photo, tmp_path) -> None:
    Image.fromarray(photo).save(tmp_path / "a.png")
    result = Restorer.from_bundle(bundle_folder).restore(tmp_path / "a.png")
    assert result.image.shape == photo.shape and result.tiles == 1
