"""The demo's photos: small, credited, and degraded as their table says."""

import io

import numpy as np
import pytest
from PIL import Image

from amirnet_benchmarks.degrade_photos import degrade_photo
from amirnet_benchmarks.demo_photos import DEMO_PHOTOS, FOLDER, DemoPhoto

every_photo = pytest.mark.parametrize("photo", DEMO_PHOTOS, ids=lambda photo: photo.name)


def test_folders_hold_the_demo_photos_and_nothing_else() -> None:
    names = {photo.name for photo in DEMO_PHOTOS}
    assert {path.stem for path in (FOLDER / "clean").iterdir()} == names
    assert {path.stem for path in (FOLDER / "degraded").iterdir()} == names


def test_five_photos_five_troubles() -> None:
    kinds = {photo.degradation.split(":")[0] for photo in DEMO_PHOTOS}
    assert kinds == {"noise", "lowlight", "defocus", "motion", "jpeg"}


@every_photo
def test_the_credits_name_each_photo(photo: DemoPhoto) -> None:
    rows = [line for line in (FOLDER / "CREDITS.md").read_text().splitlines() if f"`clean/{photo.name}.jpg`" in line]
    assert len(rows) == 1
    assert f"| {photo.author} | {photo.licence} |" in rows[0]


@every_photo
def test_photos_are_small(photo: DemoPhoto) -> None:
    with Image.open(photo.clean) as clean, Image.open(photo.degraded) as degraded:
        assert clean.size == degraded.size
        assert clean.mode == degraded.mode == "RGB"
        assert max(clean.size) <= 640
    assert photo.clean.stat().st_size < 300_000
    assert photo.degraded.stat().st_size < 700_000


@every_photo
def test_degraded_copies_are_made_by_the_script(photo: DemoPhoto) -> None:
    """The stored copy is what the script makes today, but for a level where libraries round or decode differently."""
    content = degrade_photo(photo)
    assert content == degrade_photo(photo), "the same seed must give the same bytes"
    with Image.open(io.BytesIO(content)) as made, Image.open(photo.degraded) as stored:
        difference = np.abs(np.asarray(made).astype(int) - np.asarray(stored))
    assert difference.mean() < 0.05
