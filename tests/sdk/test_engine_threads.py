"""Every engine from eight threads at once: each photo comes out as it does alone; and its life, and its own threads."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from quantised_toys import FACTS, TILE, toys

from amirnet import Concurrency, EngineState, ModelBundle, Restorer
from amirnet.engines.processors import available_processors
from amirnet.engines.registry import make_engine

THREADS = 8


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """A bundle with every format."""
    pytest.importorskip("ai_edge_litert.interpreter")
    pytest.importorskip("coremltools")
    from amirnet_export.bundle_writer import write_bundle
    from amirnet_export.formats.model_files import model_files

    made = model_files(toys().network, toys().quantized, 64, TILE, FACTS)
    root = {"id": 0, "level": 0, "index": 0, "parent": None, "children": [], "confidence": 0.0, "code": [0.25] * 7,
            "share": 1.0, "label": ""}  # fmt: skip
    manifest = {
        "schema": "1.1", "name": "threads", "identity": "ab" * 32, "models": made.models,
        "quantization": made.quantization,
        "geometry": {
            "probe": {"size": 64, "grid": 2},
            "tile": {"size": TILE, "halo": 24, "overlap": 8, "alignment": 8, "radius": 24, "flexible": True},
        },
        "tree": {"levels": 3, "grid": 64, "conditioning": "soft", "nodes": [root]},
    }  # fmt: skip
    folder = tmp_path_factory.mktemp("bundle") / "threads"
    write_bundle(folder, manifest, made.files)
    return ModelBundle.open(folder)


ENGINES = [(backend, precision) for backend in ("onnx", "tflite", "coreml") for precision in ("float", "int8")]


def photos(count):
    """Photos of the same tiles, so that a tile in a wrong place is no error of shapes."""
    return np.random.default_rng(6).integers(0, 256, (count, 30, 40, 3), dtype=np.uint8)


@pytest.mark.parametrize(("backend", "precision"), ENGINES)
def test_eight_threads_get_their_own_pixels(bundle, backend, precision):
    restorer = Restorer(bundle, make_engine(bundle, backend, precision, threads=1))
    given = photos(THREADS)
    alone = [restorer.restore(photo) for photo in given]
    together = Barrier(THREADS)

    def restored(place):
        together.wait()
        return [restorer.restore(given[(place + turn) % THREADS]) for turn in range(2)]

    with ThreadPoolExecutor(THREADS) as pool:
        for place, results in enumerate(pool.map(restored, range(THREADS))):
            for turn, result in enumerate(results):
                wanted = alone[(place + turn) % THREADS]
                np.testing.assert_array_equal(result.image, wanted.image)
                np.testing.assert_array_equal(result.diagnosis.mask, wanted.diagnosis.mask)
    assert len({result.image.tobytes() for result in alone}) == THREADS, "the photos differ"


def test_litert_without_its_turns_mixes_them_up(bundle):
    """The check above can fail: while one thread is in the graph another writes to its input."""
    engine = make_engine(bundle, "tflite", "int8", threads=1)
    graph = engine._models.restorer(engine._root_code)
    first, second = photos(2)[:, :1, :1].repeat(TILE, 1).repeat(TILE, 2)
    wanted = engine.restore(first, engine._root_code)
    model = engine._graph(graph)
    invoke = model.interpreter.invoke

    def interrupted():
        model.write("tile", lambda place: np.bitwise_xor(second, 128, out=place.view(np.uint8)))
        invoke()

    model.interpreter.invoke = interrupted
    assert (engine._restore(graph, first, engine._root_code) != wanted).any()


@pytest.mark.parametrize(("backend", "precision"), ENGINES)
def test_an_engines_life(bundle, backend, precision):
    engine = make_engine(bundle, backend, precision, threads=1)
    assert engine.concurrency is (Concurrency.PARALLEL if backend == "onnx" else Concurrency.IN_TURN)
    assert engine.state is EngineState.UNLOADED
    engine.load()
    assert engine.state is EngineState.LOADED
    engine.prewarm()
    assert engine.state is EngineState.READY and engine.graph_seconds > 0
    tile = photos(1)[0][:1, :1].repeat(TILE, 0).repeat(TILE, 1)
    before = engine.restore(tile, bundle.tree.code_for(0))
    kept = before.copy()
    engine.unload()
    assert engine.state is EngineState.UNLOADED
    np.testing.assert_array_equal(engine.restore(tile, bundle.tree.code_for(0)), before)
    assert engine.state is EngineState.LOADED, "it is loaded again when it is needed"
    engine.restore(255 - tile, bundle.tree.code_for(0))
    np.testing.assert_array_equal(before, kept, "an answer is the caller's to keep")


def test_eight_threads_load_once(bundle, monkeypatch):
    engine, loads = make_engine(bundle, "onnx", threads=1), []
    load = engine._load
    monkeypatch.setattr(engine, "_load", lambda graph: (loads.append(graph.path), load(graph))[1])
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: engine.load(), range(THREADS)))
    assert sorted(loads) == ["encoder.onnx", "restorer.onnx"]


def test_an_engine_has_a_thread_for_each_processor_it_may_use(bundle):
    assert make_engine(bundle, "onnx").threads == make_engine(bundle, "tflite").threads == available_processors()
    assert make_engine(bundle, "onnx", threads=3).threads == 3
    if hasattr(os, "sched_setaffinity"):
        allowed = os.sched_getaffinity(0)
        try:
            os.sched_setaffinity(0, {min(allowed)})
            assert available_processors() == 1
        finally:
            os.sched_setaffinity(0, allowed)


@pytest.mark.parametrize(
    ("own", "files", "most"),
    [
        ("0::/", {"cpu.max": "max 100000"}, None),
        ("0::/", {"cpu.max": "100000 100000"}, 1),
        ("0::/a/b", {"a/cpu.max": "50000 100000", "a/b/cpu.max": "max 100000"}, 1),
        ("0::/gone", {"cpu.max": "90000 100000"}, 1),  # seen from within, the container's group is the top
        ("4:cpu,cpuacct:/a", {"cpu/a/cpu.cfs_quota_us": "100000", "cpu/a/cpu.cfs_period_us": "100000"}, 1),
        ("4:cpu:/a", {"cpu/a/cpu.cfs_quota_us": "-1", "cpu/a/cpu.cfs_period_us": "100000"}, None),
        ("4:memory:/a", {"a/cpu.max": "1000 100000"}, None),
        ("nonsense", {"cpu.max": "what"}, None),
        (None, {}, None),
    ],
)
def test_a_containers_quota(tmp_path, own, files, most):
    if own is not None:
        (tmp_path / "own").write_text(own + "\n")
    for name, content in files.items():
        (tmp_path / "groups" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "groups" / name).write_text(content + "\n")
    unlimited = available_processors(tmp_path / "none", tmp_path / "none")
    assert available_processors(tmp_path / "own", tmp_path / "groups") == (most or unlimited)


def test_a_quota_is_rounded_up(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(16)), raising=False)
    (tmp_path / "own").write_text("0::/\n")
    (tmp_path / "cpu.max").write_text("250000 100000\n")
    assert available_processors(tmp_path / "own", tmp_path) == 3


@pytest.mark.parametrize("wrong", [np.zeros((1, 3, TILE, TILE), np.float32), np.zeros((TILE, TILE, 4), np.uint8)])
def test_what_is_no_camera_bytes_is_refused(bundle, wrong):
    from amirnet.errors import EngineError

    engine = make_engine(bundle, "onnx", threads=1)
    with pytest.raises(EngineError, match=r"restorer\.onnx: takes a tile of uint8 \(H, W, 3\), not .*; give pixels"):
        engine.restore(wrong, bundle.tree.code_for(0))
    with pytest.raises(EngineError, match=r"encoder\.onnx: takes probes of uint8 \(N, S, S, 3\), not"):
        engine.encode(wrong)
