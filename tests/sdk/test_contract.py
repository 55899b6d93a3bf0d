"""CONTRACT.md's tables, read from the document and derived by the code; and the clauses the code cites exist."""

import re
from pathlib import Path

import numpy as np
import pytest
from contract_tables import CONTRACT, integers, numbers, table, tree

import amirnet
from amirnet import Blender, ProbePlan, TilePlan, errors
from amirnet.runtime.blender import axis_weights, fixed_point, rounded
from amirnet.runtime.change import LEFT_ALONE, Change
from amirnet.runtime.input_window import row_span
from amirnet.runtime.padding import source_coordinates
from amirnet.runtime.probe_plan import average
from amirnet.runtime.tile_plan import Axis, tile_sizes

SOURCE = Path(amirnet.__file__).parent


@pytest.mark.parametrize("row", table("padding"), ids=str)
def test_padding(row):
    at = integers(row["coordinates"])
    assert at == list(range(at[0], at[-1] + 1))
    assert source_coordinates(at[0], at[-1] + 1, int(row["n"])).tolist() == integers(row["read from"])


@pytest.mark.parametrize("row", table("probe_plan"), ids=str)
def test_probe_plan(row):
    plan = ProbePlan(*(int(row[key]) for key in ("width", "height", "size", "grid")))
    assert list(plan.columns) == integers(row["x"])
    assert list(plan.rows) == integers(row["y"])


@pytest.mark.parametrize("row", table("trimmed"), ids=str)
def test_trimmed(row):
    products = np.array(numbers(row["products"]), np.float32)[:, None]
    _, code = average(np.ones_like(products), products, int(row["trim"]))
    assert code.tolist() == [float(row["code"])]


@pytest.mark.parametrize("row", table("walk"), ids=str)
def test_walk(row):
    walk = tree().walk(np.array(numbers(row["averaged mask"])))
    assert list(walk.path) == integers(row["path"])
    assert list(walk.confidences) == numbers(row["probabilities"])
    assert walk.confidence == float(row["confidence"])


@pytest.mark.parametrize("row", table("code"), ids=str)
def test_code(row):
    code = tree().code_for(int(row["node"]), np.array(numbers(row["soft code"])))
    assert code.tolist() == numbers(row["code"])


@pytest.mark.parametrize("row", table("tile_plan"), ids=str)
def test_tile_plan(row):
    sizes = (int(row[key]) for key in ("width", "height", "size", "halo", "overlap", "alignment"))
    plan = TilePlan(*sizes, flexible={"yes": True, "no": False}[row["flexible"]])
    assert [plan.horizontal.core, plan.vertical.core] == integers(row["core"])
    assert [plan.horizontal.padded, plan.vertical.padded] == integers(row["padded"])
    assert list(plan.horizontal.positions) == integers(row["x"])
    assert list(plan.vertical.positions) == integers(row["y"])


@pytest.mark.parametrize("row", table("stream"), ids=str)
def test_stream(row):
    height, *sizes = (int(row[key]) for key in ("height", "size", "halo", "overlap", "alignment"))
    plan = TilePlan(50, height, *sizes, flexible={"yes": True, "no": False}[row["flexible"]])
    assert list(plan.vertical.positions) == integers(row["y"])
    reads = [row_span(plan, place) for place in range(len(plan.vertical.positions))]
    assert [f"{first}-{end}" for first, end in reads] == row["reads"].split()
    ends, final = [], []
    blender = Blender(plan, lambda top, left, levels: ends.append(top + len(levels)))
    for tile in plan:
        blender.add(tile, np.zeros((tile.height, tile.width, 3), np.float32))
        if tile.column == len(plan.horizontal.positions) - 1:
            final.append(max(ends, default=0))
    assert final == integers(row["final to"])


@pytest.mark.parametrize("row", table("tile_sizes"), ids=str)
def test_tile_sizes(row):
    size, halo, alignment = (int(row[key]) for key in ("size", "halo", "alignment"))
    flexible = {"yes": True, "no": False}[row["flexible"]]
    sizes = tile_sizes(size, halo, alignment, flexible)
    assert list(sizes) == integers(row["sizes"])


@pytest.mark.parametrize("row", table("weights"), ids=str)
def test_weights(row):
    core, begins, padded, overlap = (int(row[key]) for key in ("core", "begins", "padded", "overlap"))
    assert axis_weights(Axis(core, padded, ()), begins, overlap).tolist() == integers(row["weights"])


@pytest.mark.parametrize("row", table("blend"), ids=str)
def test_blend(row):
    weights = np.array(integers(row["weights"]))
    q = fixed_point(np.array(numbers(row["numbers"]), np.float32))
    assert q.tolist() == integers(row["q"])
    assert rounded((weights * q).sum(), weights.sum()) == int(row["level"])


@pytest.mark.parametrize("row", table("change"), ids=str)
def test_change(row):
    photo, result = (np.array(integers(row[key]), np.uint8).reshape(1, -1, 3) for key in ("photo", "result"))
    visible = np.array([integers(row["alpha"])]) > 0 if row["alpha"] else None
    change = Change()
    change.add(photo, result, {"yes": True, "no": False}[row["gray"]], visible)
    assert (change.squares, change.numbers) == (int(row["D"]), int(row["n"]))


@pytest.mark.parametrize("row", table("left_alone"), ids=str)
def test_left_alone(row):
    change = Change()
    change.squares, change.numbers = int(row["D"]), int(row["n"])
    assert round(change.psnr, 3) == float(row["change_psnr"])
    assert change.psnr >= LEFT_ALONE if row["left alone"] == "yes" else change.psnr < LEFT_ALONE


def test_every_error_in_the_contract_exists_and_the_other_way_round():
    listed = {row["error"] for row in table("errors")}
    defined = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    # These two are Python's own: the common base, and the optional installs.
    assert listed == defined - {"AmirnetError", "MissingExtraError"}


def test_every_clause_the_code_cites_exists_and_none_is_defined_twice():
    defined = re.findall(r"\*\*([A-Z]\d+)\*\*", CONTRACT)
    assert len(defined) == len(set(defined))
    cited = set()
    for file in SOURCE.rglob("*.py"):
        for passage in re.findall(r"CONTRACT ((?:[A-Z]\d+(?:-[A-Z]\d+)?(?:, )?)+)", file.read_text(encoding="utf-8")):
            for part in passage.rstrip(", ").split(", "):
                first, _, last = part.partition("-")
                span = range(int(first[1:]), int((last or first)[1:]) + 1)
                cited |= {f"{first[0]}{number}" for number in span}
    assert len(cited) > 25
    assert cited <= set(defined)
