"""The demo end to end with the toy bundle: a page that loads nothing, numbers that match it, no half-written file.

Its export is a stand-in that takes no torch; test_demo_whole runs the real one.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from amirnet import ModelBundle
from amirnet_benchmarks import classical_tools, interleave
from amirnet_benchmarks import demo as demo_module
from amirnet_benchmarks.demo import main, picture_path
from amirnet_benchmarks.demo_photos import DEMO_PHOTOS
from amirnet_benchmarks.report import GROUPS
from amirnet_training.evaluation.quality import measure_quality


def run(*arguments: object) -> Result:
    """The demo, with as few timed runs as it takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_module, "LIMIT", 0.0)
        patch.setattr(interleave, "FEWEST", 2)
        patch.setattr(classical_tools, "TOOLS", tuple(tool for tool in classical_tools.TOOLS if not tool.slow))
        return CliRunner().invoke(main, [*map(str, arguments)])


@pytest.fixture(scope="module")
def demo(toy_bundle: Path, fake_export: Any, fake_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that one run of the demo left."""
    folder = tmp_path_factory.mktemp("demo") / "not" / "there yet"
    result = run("-o", folder, "--model", toy_bundle, "--checkpoint", fake_checkpoint)
    assert result.exit_code == 0, result.output
    assert str(folder / "report.html") in result.output
    assert f"{folder / 'mobile'}   the exported bundle (parity passed)" in result.output
    return folder


@pytest.fixture(scope="module")
def report(demo: Path) -> dict[str, Any]:
    return dict(json.loads((demo / "report.json").read_text(encoding="utf-8")))


class References(HTMLParser):
    """Collects what a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.images: list[str] = []
        self.others: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if tag == "img" and name == "src":
                self.images.append(value or "")
            elif name in {"src", "href", "srcset", "data", "poster", "action", "xlink:href"}:
                self.others.append((tag, value or ""))


def test_the_page_loads_nothing(demo: Path, report: dict[str, Any]) -> None:
    page = (demo / "report.html").read_text(encoding="utf-8")
    references = References()
    references.feed(page)
    beside = sum(len(photo["others"]) for photo in report["photos"])
    assert beside >= len(DEMO_PHOTOS) - 1, "only for JPEG there is no tool"
    assert len(references.images) == 3 * len(DEMO_PHOTOS) + beside
    assert all(source.startswith("data:image/") for source in references.images)
    assert references.others == []
    assert not re.search(r"https?:|@import|url\(", re.sub(r'"data:[^"]*"', "", page))


def test_the_page_is_whole(demo: Path, report: dict[str, Any]) -> None:
    page = (demo / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    assert page.count('type="range"') == len(DEMO_PHOTOS)
    assert page.count("<svg") == len(DEMO_PHOTOS) + 4
    for photo in report["photos"]:
        assert f"{photo['psnr']['after']:.2f}" in page
        assert photo["credit"] in page and photo["what"] in page
        for other in photo["others"]:
            assert f"{other['name']}: {other['psnr']:.2f} dB" in page
    assert report["model"]["identity"] in page
    headings = [page.index(heading) for heading, _ in GROUPS.values()]
    assert headings == sorted(headings), "real photos first, then the worst of them"
    assert report["summary"]["real"] == sum(photo.real for photo in DEMO_PHOTOS)


def test_the_numbers_are_the_bundles_and_the_pictures(demo: Path, report: dict[str, Any], toy_bundle: Path) -> None:
    restoring = {"schema", "made_by", "model", "machine", "summary", "photos"}
    assert set(report) == restoring | {"export", "parity", "sizes", "latency"}
    manifest = ModelBundle.open(toy_bundle).manifest
    assert (report["model"]["name"], report["model"]["identity"]) == (manifest.name, manifest.identity)
    assert [photo["name"] for photo in report["photos"]] == [photo.name for photo in DEMO_PHOTOS]
    for photo, entry in zip(DEMO_PHOTOS, report["photos"], strict=True):
        with Image.open(photo.clean) as clean, Image.open(picture_path(demo, photo, "restored")) as restored:
            quality = measure_quality(np.asarray(clean), np.asarray(restored))
            assert (entry["width"], entry["height"]) == restored.size
        assert entry["psnr"]["after"] == pytest.approx(quality.psnr, abs=1e-4)
        assert entry["ssim"]["after"] == pytest.approx(quality.ssim, abs=1e-4)
        assert picture_path(demo, photo, "degraded").read_bytes() == photo.degraded.read_bytes()
        assert entry["path"][0] == 0 and entry["path"][-1] == entry["node"]
        assert {"decode", "encode", "restore", "total"} == set(entry["seconds"])
        assert (
            sum(entry["seconds"][stage] for stage in ("decode", "encode", "restore"))
            <= entry["seconds"]["total"] + 1e-3
        )
    after = [entry["psnr"]["after"] for entry in report["photos"]]
    assert report["summary"]["psnr_after"] == pytest.approx(sum(after) / len(after), abs=1e-3)


def test_nothing_unfinished_is_left(demo: Path) -> None:
    names = sorted(path.relative_to(demo).as_posix() for path in demo.rglob("*") if path.is_file())
    pictures = [f"photos/{photo.name}_degraded{photo.degraded.suffix}" for photo in DEMO_PHOTOS]
    pictures += [f"photos/{photo.name}_restored.png" for photo in DEMO_PHOTOS]
    made = ["mobile.made_from.json", *(f"mobile/{name}" for name in ModelBundle.open(demo / "mobile").manifest.files)]
    assert names == sorted([*pictures, *made, "mobile/manifest.json", "report.html", "report.json"])


def test_an_unknown_model_is_refused(tmp_path: Path) -> None:
    result = run("-o", tmp_path / "out", "--model", tmp_path / "no-such-bundle")
    assert result.exit_code == 2
    assert result.output.startswith("error: ") and result.output.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be_written_is_refused(toy_bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    result = run("-o", tmp_path / "file", "--model", toy_bundle)
    assert result.exit_code == 2
    assert "choose another place" in result.output
    assert (tmp_path / "file").read_text() == "in the way"
