"""Vectors of engines and errors, replayed (CONTRACT G, B7)."""

import numpy as np
from replay import refused_as, replay

from amirnet import Concurrency, ModelBundle, errors
from amirnet.engines.graph_engine import GraphEngine
from amirnet.runtime.engine import check_encoded, check_restored


class Idle(GraphEngine):
    """An engine whose graphs do nothing."""

    title, backend, concurrency = "idle", "onnx", Concurrency.IN_TURN

    def _load(self, graph):
        return graph

    def _encode(self, graph, probes):
        self._graph(graph)
        answer = np.zeros((len(probes), self.bundle.tree.size), np.float32)
        return answer, answer

    def _restore(self, graph, tile, code):
        self._graph(graph)
        return tile


@replay("engines", "life")
def test_life(given, expected, toy_bundle):
    engine = Idle(ModelBundle.open(toy_bundle), "float32")
    assert engine.state.value == "unloaded"
    states = []
    for call in given["calls"]:
        if call == "encode":
            engine.encode(np.zeros((1, 64, 64, 3), np.uint8))
        elif call == "restore":
            engine.restore(np.zeros((56, 56, 3), np.uint8), engine.bundle.tree.code_for(0))
        else:
            getattr(engine, call)()
        states.append(engine.state.value)
    assert states == expected["states"]


@replay("engines", "encoded")
def test_encoded(given, expected):
    mask, value = (np.zeros(given[key], np.float32) for key in ("mask", "value"))
    with refused_as(expected):
        check_encoded("toy", mask, value, given["count"], given["size"])


@replay("engines", "restored")
def test_restored(given, expected):
    with refused_as(expected):
        check_restored("toy", np.zeros(given["restored"], given["type"]), np.zeros(given["tile"], np.uint8))


@replay("errors", "errors")
def test_errors(given, expected):
    base = errors.AmirnetError if expected["base"] is None else getattr(errors, expected["base"])
    assert getattr(errors, given["error"]).__bases__ == (base,)
