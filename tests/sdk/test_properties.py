"""The promises of docs/FIDELITY.md on random photos: any size, mode, orientation, format, tile size and engine."""

import json

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from quantised_toys import FACTS, TILE, toys
from random_photos import ORIENTATION, random_photos

from amirnet import ModelBundle, OnnxEngine, Restorer
from amirnet.cli import cli
from amirnet.engines.registry import make_engine
from amirnet_export.formats.tflite.encoder import write_encoder
from amirnet_export.formats.tflite.restorer import write_restorer

LOSSLESS = (".png", ".tif")
TILES = (32, 36, 44, 56, 120)
ENGINES = (*TILES, "fixed")
outputs = st.sampled_from([".png", ".jpg", ".webp", ".tif"])


class Fixed(OnnxEngine):
    """Takes tiles of the bundle's size only, as models for phones do."""

    def __init__(self, bundle):
        super().__init__(bundle, threads=1)
        self.fixed_tile = bundle.manifest.tile.size


def restorers_of(path):
    """By tile size, and one of a single size."""
    bundle = ModelBundle.open(path)
    flexible = OnnxEngine(bundle, threads=1)
    return {**{size: Restorer(bundle, flexible, size) for size in TILES}, "fixed": Restorer(bundle, Fixed(bundle))}


@pytest.fixture(scope="module")
def restorers(toy_bundle):
    return restorers_of(toy_bundle)


@pytest.fixture(scope="module")
def idle_restorers(null_bundle):
    return restorers_of(null_bundle)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """folder() is a new one as often as it is called: fixtures are made once for all examples."""
    return lambda: tmp_path_factory.mktemp("photos")


def restored_both_ways(restorer, photo, suffix, place):
    """Writes the photo, restores it by both ways, holds that they agree and that nothing else was touched. Returns the
    photo's own numbers, what Restorer says, and the file."""
    source, whole, streamed = place / f"photo{photo.suffix}", place / f"whole{suffix}", place / f"streamed{suffix}"
    own = photo.write(source)
    before = source.read_bytes()
    result = restorer.restore(source)
    losses = result.save(whole)
    found = restorer.restore_file(source, streamed)
    assert whole.read_bytes() == streamed.read_bytes()
    assert found.warnings == (*result.warnings, *losses)
    assert (found.diagnosis.path, found.tiles, found.change_psnr) == (
        result.diagnosis.path, result.tiles, result.change_psnr
    )  # fmt: skip
    assert source.read_bytes() == before
    assert set(place.iterdir()) == {source, whole, streamed}
    return own, result, streamed


def decoded(path):
    """The file's numbers, HWC, 8 or 16 bits, alpha last, by decoders that are not the SDK's; and its orientation."""
    with Image.open(path) as image:
        tag = image.getexif().get(ORIENTATION, 1)
        array = np.asarray(image)
    deep = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if deep is not None and deep.dtype == np.uint16:
        array = deep if deep.ndim == 2 else deep[..., [2, 1, 0, 3][: deep.shape[2]]]
    return (array if array.ndim == 3 else array[..., None]), tag


def to_8_bits(samples):
    return np.rint(samples / 257).astype(np.uint8) if samples.dtype == np.uint16 else samples


def brightness(rgb):
    red, green, blue = (rgb[..., place].astype(int) for place in range(3))
    return ((19595 * red + 38470 * green + 7471 * blue + 32768) // 65536)[..., None]


def check(photo, own, result, path):
    """What is promised of the written file, from the photo's own numbers and the restored pixels."""
    found, tag = decoded(path)
    alpha, gray, deep = own.shape[2] in (2, 4), own.shape[2] < 3, photo.deep and path.suffix in LOSSLESS
    assert tag == 1
    assert found.shape[:2] == own.shape[:2] == result.image.shape[:2]
    assert found.dtype == (np.uint16 if deep else np.uint8)
    own = own if deep else to_8_bits(own)
    # WebP has no gray; TIFF none with alpha at 16 bits, and of such a PNG OpenCV repeats the gray.
    color = 1 if gray and path.suffix != ".webp" and not (alpha and deep) else 3
    kept = alpha and path.suffix != ".jpg"
    if path.suffix == ".webp" and kept and (own[..., -1] == 255).all():
        kept = found.shape[2] == 4  # the encoder leaves out an alpha that says nothing
    assert found.shape[2] == color + kept
    if kept:
        np.testing.assert_array_equal(found[..., -1], own[..., -1])
    if path.suffix in LOSSLESS:
        check_numbers(found[..., :color], own, result, deep)


def check_numbers(found, own, result, deep):
    """The change, and nothing else, was carried over to the visible colours."""
    seen, restored, plain, visible = result.photo.pixels, result.image, own, np.ones(own.shape[:2], bool)
    if own.shape[2] in (2, 4):
        plain, visible = own[..., :-1], own[..., -1] > 0
    if own.shape[2] < 3:
        seen, restored = brightness(seen), brightness(restored)
    np.testing.assert_array_equal(seen[visible], to_8_bits(plain)[visible])
    wanted, change = plain.astype(int), restored.astype(int) - seen
    wanted[visible] = np.clip(wanted + (257 if deep else 1) * change, 0, 65535 if deep else 255)[visible]
    np.testing.assert_array_equal(found, np.broadcast_to(wanted, found.shape))
    error = (change[visible] ** 2).mean() if visible.any() else 0
    assert result.change_psnr == pytest.approx(min(100, 10 * np.log10(255**2 / error)) if error else 100)


@settings(max_examples=60, derandomize=True)
@given(random_photos(), outputs, st.sampled_from(ENGINES))
def test_what_is_promised_is_kept(restorers, folder, photo, suffix, engine):
    check(photo, *restored_both_ways(restorers[engine], photo, suffix, folder()))


@settings(max_examples=30, derandomize=True)
@given(random_photos(), st.sampled_from(LOSSLESS), st.sampled_from(ENGINES))
def test_where_the_network_changes_nothing_the_file_keeps_its_numbers(idle_restorers, folder, photo, suffix, engine):
    own, result, path = restored_both_ways(idle_restorers[engine], photo, suffix, folder())
    np.testing.assert_array_equal(result.image, result.photo.pixels)
    assert (result.change_psnr, result.left_alone) == (100, True)
    check(photo, own, result, path)


@settings(max_examples=20, derandomize=True)
@given(random_photos(), st.sampled_from(ENGINES))
def test_any_tile_gives_the_same_photo(restorers, folder, photo, engine):
    path = folder() / f"photo{photo.suffix}"
    photo.write(path)
    one, other = (restorers[key].restore(path) for key in (120, engine))
    assert one.tiles == 1
    assert one.diagnosis.path == other.diagnosis.path
    assert np.abs(one.image.astype(int) - other.image).max() <= 1


@settings(max_examples=8, derandomize=True)
@given(random_photos(), outputs, st.sampled_from(TILES))
def test_the_command_writes_the_same_bytes(restorers, toy_bundle, folder, photo, suffix, tile):
    place = folder()
    _, result, path = restored_both_ways(restorers[tile], photo, suffix, place)
    source, out = place / f"photo{photo.suffix}", place / f"command{suffix}"
    options = ["--model", str(toy_bundle), "--tile", str(tile), "--json"]
    done = CliRunner().invoke(cli, ["restore", str(source), "-o", str(out), *options])
    assert done.exit_code == 0, done.output
    assert out.read_bytes() == path.read_bytes()
    said = json.loads(done.stdout)
    assert (said["tiles"], said["change_psnr"]) == (result.tiles, result.change_psnr)


@pytest.mark.parametrize("precision", ["float32", "int8"])
def test_litert_keeps_the_promises_too(toy_copy, reseal, folder, precision):
    pytest.importorskip("ai_edge_litert.interpreter")
    kind = "int8" if precision == "int8" else "float"
    (toy_copy / "encoder.tflite").write_bytes(write_encoder(toys().network, 64, FACTS))
    (toy_copy / "restorer.tflite").write_bytes(write_restorer(toys().program(kind), TILE, FACTS))

    def edit(manifest):
        manifest["geometry"]["tile"]["size"] = TILE
        manifest["models"]["encoder"]["tflite"] = {"float32": "encoder.tflite"}
        manifest["models"]["restorer"]["tflite"] = {precision: "restorer.tflite"}

    bundle = ModelBundle.open(reseal(edit))
    restorer = Restorer(bundle, make_engine(bundle, "tflite", precision, threads=1))

    @settings(max_examples=6, derandomize=True)
    @given(random_photos(), outputs)
    def kept(photo, suffix):
        check(photo, *restored_both_ways(restorer, photo, suffix, folder()))

    kept()
