"""What users do to an ONNX file first: simplify it. There is nothing to simplify, and the bytes computed are the same.

A proof for our users, not a step of the export: files are written from the program, and no tool goes over them.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import pytest
import torch
from quantised_toys import CODE_GRID, FACTS, codes, tile_bytes, tiles, toys

from amirnet.engines.onnx import load_onnxruntime
from amirnet.runtime.int8 import code_bytes
from amirnet_export.formats.onnx.encoder import write_encoder
from amirnet_export.formats.onnx.restorer import write_restorer
from amirnet_training.network import AMIRNet, build

onnxsim = pytest.importorskip("onnxsim", reason="onnxsim is not installed: pip install -e '.[dev]' brings it")
PROBE = 64


def network(levels: int, grown: int) -> AMIRNet:
    """A phone network with that many levels, of whose nodes the first ``grown`` exist."""
    torch.manual_seed(3)
    made = build("tiny", levels).eval()
    made.heads.exists[:grown] = True
    return made


GROWN = ((2, 3), (3, 5), (4, 7), (4, 15), (5, 31))
"""Trees: whole ones, one that lacks leaves, and one whose last level was never grown."""


def graphs() -> dict[str, tuple[bytes, dict[str, np.ndarray]]]:
    """Name -> a file and what it is run on."""
    probes = {"probes": tiles(3, size=PROBE).numpy()}
    made = {f"encoder {tree}": (write_encoder(network(*tree), PROBE, FACTS), probes) for tree in GROWN}
    tile, code = tiles(size=104).numpy(), codes().numpy()
    made["float"] = write_restorer(toys().program("float"), FACTS), {"tile": tile, "code": code}
    integers = {"tile": tile_bytes(tile), "code": code_bytes(code, CODE_GRID)}
    made["int8"] = write_restorer(toys().program("int8"), FACTS), integers
    made["folded"] = write_restorer(toys().program("folded"), FACTS), {"tile": integers["tile"]}
    return made


GRAPHS = graphs()


def run(content: bytes, feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
    runtime = load_onnxruntime()
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    return runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"]).run(None, feeds)


@pytest.mark.parametrize("name", GRAPHS)
def test_there_is_nothing_left_to_simplify(name: str) -> None:
    content, feeds = GRAPHS[name]
    model = onnx.load_from_string(content)
    simplified, passed = onnxsim.simplify(model)
    assert passed
    kinds = [Counter(node.op_type for node in each.graph.node) for each in (model, simplified)]
    assert kinds[0] == kinds[1] and sum(kinds[0].values()) > 10
    before, after = run(content, feeds), run(simplified.SerializeToString(), feeds)
    assert len(before) == len(after) and all(map(np.array_equal, before, after)), "to the bit"


def test_the_simplifier_does_find_what_could_go() -> None:
    """The proof above can fail: of a graph with an idle step it leaves less."""
    model = onnx.load_from_string(GRAPHS["float"][0])
    last = model.graph.node[-1]
    last.output[0] = "before"
    model.graph.node.append(onnx.helper.make_node("Identity", ["before"], ["restored"]))
    simplified, _ = onnxsim.simplify(model)
    assert len(simplified.graph.node) < len(model.graph.node)
