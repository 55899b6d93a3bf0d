"""The demo's photos: real ones first, small, credited, and the synthetic ones degraded as their table says."""

import io

import numpy as np
import pytest
from PIL import Image

from amirnet_benchmarks.degrade_photos import degrade_photo
from amirnet_benchmarks.demo_photos import DEMO_PHOTOS, FOLDER, LISTED, REAL, SYNTHETIC, DemoPhoto, listed

every_photo = pytest.mark.parametrize("photo", DEMO_PHOTOS, ids=lambda photo: photo.name)
every_real_photo = pytest.mark.parametrize("photo", listed(), ids=lambda photo: photo.name)
every_synthetic_photo = pytest.mark.parametrize("photo", SYNTHETIC, ids=lambda photo: photo.name)


def test_folders_hold_the_demo_photos_and_nothing_else() -> None:
    names = {photo.name for photo in SYNTHETIC}
    assert {path.stem for path in (FOLDER / "clean").iterdir()} == names
    assert {path.stem for path in (FOLDER / "degraded").iterdir()} == names
    real = {f"{photo.name}{end}.webp" for photo in listed() for end in ("", "_target")}
    assert {path.name for path in REAL.iterdir()} == real | {LISTED.name, "CREDITS.md"}


def test_real_photos_come_first_and_the_worst_are_among_them() -> None:
    groups = [photo.group for photo in DEMO_PHOTOS]
    assert groups == sorted(groups, key=["real", "worst", "synthetic"].index)
    assert groups.count("real") >= 3 and groups.count("worst") >= 1
    assert {photo.kind for photo in listed()} >= {"noise", "defocus", "motion"}


@every_synthetic_photo
def test_the_credits_name_each_photo(photo: DemoPhoto) -> None:
    rows = [line for line in (FOLDER / "CREDITS.md").read_text().splitlines() if f"`clean/{photo.name}.jpg`" in line]
    assert len(rows) == 1
    assert f"| {photo.author} | {photo.licence} |" in rows[0]


@every_real_photo
def test_the_credits_name_each_real_photo(photo: DemoPhoto) -> None:
    rows = [line for line in (REAL / "CREDITS.md").read_text().splitlines() if f"`{photo.name}.webp`" in line]
    assert len(rows) == 1 and rows[0].endswith(f"| {photo.origin} | {photo.author} | {photo.licence} |")
    assert photo.origin.startswith(("SIDD", "DPDD", "REDS")), "sets whose single photos may be passed on"


@every_real_photo
def test_real_photos_are_small_and_show_a_difference(photo: DemoPhoto) -> None:
    with Image.open(photo.clean) as clean, Image.open(photo.degraded) as degraded:
        assert clean.format == degraded.format == "WEBP" and max(clean.size) <= 256
        difference = np.asarray(clean.convert("RGB")).astype(float) - np.asarray(degraded.convert("RGB"))
    assert np.sqrt((difference**2).mean()) > 2
    assert photo.clean.stat().st_size < 150_000 and photo.degraded.stat().st_size < 150_000


@every_photo
def test_photos_are_small(photo: DemoPhoto) -> None:
    with Image.open(photo.clean) as clean, Image.open(photo.degraded) as degraded:
        assert clean.size == degraded.size
        assert clean.mode == degraded.mode == "RGB"
        assert max(clean.size) <= 640
    assert photo.clean.stat().st_size < 300_000
    assert photo.degraded.stat().st_size < 700_000


@every_synthetic_photo
def test_degraded_copies_are_made_by_the_script(photo: DemoPhoto) -> None:
    """The stored copy is what the script makes today, but for a level where libraries round or decode differently."""
    content = degrade_photo(photo)
    assert content == degrade_photo(photo), "the same seed must give the same bytes"
    with Image.open(io.BytesIO(content)) as made, Image.open(photo.degraded) as stored:
        difference = np.abs(np.asarray(made).astype(int) - np.asarray(stored))
    assert difference.mean() < 0.05
