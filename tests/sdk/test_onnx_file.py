"""ONNX models that name other files for their weights, wherever in the model: refused before a runtime sees them."""

from contextlib import suppress

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from amirnet import ModelBundle
from amirnet.bundle.onnx_file import check_complete
from amirnet.errors import BundleError, ExternalDataError


def outside(name="w", *, listed=True, located=True):
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[2])
    if listed:
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", "../secret.bin"
    if located:
        tensor.data_location = TensorProto.EXTERNAL
    return tensor


def inside():
    return numpy_helper.from_array(np.ones(2, np.float32), "w")


def in_graph(tensor):
    return helper.make_graph([helper.make_node("Identity", ["w"], ["y"])], "g", [], [], [tensor])


def places(tensor):
    """Name -> a model with the tensor there."""
    constant = helper.make_node("Constant", [], ["y"], value=tensor)
    several = helper.make_node("Constant", [], ["y"])
    several.attribute.append(helper.make_attribute("many", [tensor]))
    branch = helper.make_node("If", ["c"], ["y"], then_branch=in_graph(tensor), else_branch=in_graph(inside()))
    sparse = onnx.SparseTensorProto(values=tensor, indices=inside(), dims=[2])
    loose = helper.make_graph([], "g", [], [])
    loose.sparse_initializer.append(sparse)
    function = helper.make_function("own", "f", [], ["y"], [constant], [helper.make_opsetid("", 18)])
    default = helper.make_function(
        "own", "f", [], ["y"], [], [helper.make_opsetid("", 18)], attribute_protos=[helper.make_attribute("w", tensor)]
    )
    return {
        "initializer": helper.make_model(in_graph(tensor)),
        "constant": helper.make_model(helper.make_graph([constant], "g", [], [])),
        "several": helper.make_model(helper.make_graph([several], "g", [], [])),
        "branch": helper.make_model(helper.make_graph([branch], "g", [], [])),
        "sparse": helper.make_model(loose),
        "function": helper.make_model(helper.make_graph([], "g", [], []), functions=[function]),
        "default": helper.make_model(helper.make_graph([], "g", [], []), functions=[default]),
    }


@pytest.mark.parametrize("place", list(places(inside())))
@pytest.mark.parametrize("how", [{}, {"listed": False}, {"located": False}])
def test_data_outside_is_found_wherever_it_stands(place, how):
    check_complete(places(inside())[place].SerializeToString(), "m")
    with pytest.raises(ExternalDataError, match=r"m: reads its weights from other files.*export the model"):
        check_complete(places(outside(**how))[place].SerializeToString(), "m")


def test_what_engines_read_over_hides_nothing():
    graph = in_graph(outside()).SerializeToString()
    sized = bytes([len(graph) & 0x7F | 0x80, len(graph) >> 7]) + graph
    assert onnx.load_from_string(b"\x3a" + sized).graph.initializer[0].external_data, "field 7, as it is written"
    with pytest.raises(ExternalDataError):
        check_complete(b"\x3a" + sized, "m")
    with pytest.raises(ExternalDataError):
        check_complete(b"\xba\x80\x80\x80\x10" + sized, "m")  # field 7 in 32 bits
    with pytest.raises(BundleError, match=r"m: has a group of fields, which no model has"):
        check_complete(b"\xa3\x06\xa4\x06\x3a" + sized, "m")  # an unknown group before it


def test_a_bundle_with_such_a_model_is_refused(toy_copy, reseal, form):
    model = onnx.load(toy_copy / "restorer.onnx")
    model.graph.initializer[0].CopyFrom(outside(model.graph.initializer[0].name))
    (toy_copy / "restorer.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ExternalDataError, match=r"restorer\.onnx: reads its weights"):
        ModelBundle.open(form(reseal(lambda manifest: None)))


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(0, 255))
def test_whatever_is_no_model_is_left_to_the_engine(noise, at, byte):
    content = bytearray(places(inside())["branch"].SerializeToString())
    content[at % len(content)] = byte
    for broken in (noise, noise[:1] + b"\x00", bytes(content), bytes(content[: at % len(content)])):
        with suppress(BundleError):  # a changed byte may well say so
            check_complete(broken, "m")


def test_a_file_of_endless_small_parts_is_refused_soon():
    with pytest.raises(BundleError, match=r"m: has more than 500000 parts"):
        check_complete(b"\x08\x01" * 600_000, "m")
    check_complete(bytes(10**6), "m")
