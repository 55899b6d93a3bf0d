"""Items and crops: the same ones every time, held-out photos kept out, bad folders named."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from amirnet_training.data.counters import counter_rng
from amirnet_training.data.items import Item, Items
from amirnet_training.degradations.combined import Dimmed, Sequence
from amirnet_training.degradations.kinds import Clean, Jpeg
from amirnet_training.errors import DataError


def nothing(_: int) -> None:
    pass


def items_of(config, count: int = 60, seed: int = 3, **options) -> Items:
    return Items(config.data, count, seed, **options)


def test_the_seed_decides(make_config) -> None:
    config = make_config()
    assert items_of(config).items == items_of(config).items
    assert items_of(config).items != items_of(config, seed=4).items
    assert items_of(config, 60).items[:20] == items_of(config, 20).items, "more items begin with the same ones"


def test_crops_follow_their_generator(make_config) -> None:
    items = items_of(make_config())
    first, again = (items.crops(5, 3, counter_rng(1, 1, 9)) for _ in range(2))
    assert np.array_equal(first.degraded, again.degraded) and np.array_equal(first.clean, again.clean)
    assert first.clean.shape == first.degraded.shape == (3, 32, 32, 3) and first.clean.dtype == np.uint8
    assert not np.array_equal(first.clean[0], first.clean[1]), "each crop is another place"


def test_counters_are_independent() -> None:
    draws = {(s, t, i): counter_rng(s, t, i).random() for s in (0, 1) for t in (0, 1) for i in (0, 1)}
    assert len(set(draws.values())) == 8
    assert counter_rng(1, 2, 3).random() == counter_rng(1, 2, 3).random()


def test_the_mixture_is_as_configured(make_config) -> None:
    kinds = Counter(items_of(make_config(), 4000).kinds)
    shares = {kind: count / 4000 for kind, count in kinds.items()}
    wanted = {"lowlight": 0.3, "none": 0.14, "noise": 0.28, "defocus": 0.28}
    assert shares == pytest.approx(wanted, abs=0.03)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_blurs_are_noisy_as_often_as_configured(make_config, share: float) -> None:
    folder = next(source.clean[0] for source in make_config().data.sources if hasattr(source, "clean"))
    source = {"clean": [folder], "weight": 1, "degradations": {"motion": 1}, "after_blur_noise": share}
    drawn = [item.degradation for item in items_of(make_config(data={"sources": [source]}), 400).items]
    noisy = sum(isinstance(one, Sequence) for one in drawn) / 400
    assert noisy == pytest.approx(0.15 + 0.85 * share, abs=0.07), "beside those that suffer from several damages"


@pytest.mark.parametrize("holdout", [0.1, 0.2, 0.5, 1.0])
def test_held_out_photos_are_never_trained_on(make_config, holdout: float) -> None:
    config = make_config(data={"holdout": holdout})
    trained, held = items_of(config, 500), items_of(config, 500, validation=True)
    for items in (trained, held):
        assert items.files()
    assert not set(trained.files()) & set(held.files())
    everything = {path for items in (trained, held) for path in items.files()}
    assert len(everything) == 8 + 2 * 4, "and nothing is lost"


def test_a_lone_photo_serves_for_both(make_config, make_photo, write_photo, tmp_path) -> None:
    write_photo(tmp_path / "one" / "a.png", make_photo(1))
    source = {"clean": ["one"], "weight": 1, "degradations": {"noise": 1}}
    config = make_config(data={"root": str(tmp_path), "sources": [source]})
    assert items_of(config).files() == items_of(config, validation=True).files() == [tmp_path / "one" / "a.png"]


def test_pairs_are_cropped_alike(make_config) -> None:
    items = items_of(make_config())
    index = items.kinds.index("lowlight")
    crops = items.crops(index, 6, counter_rng(0, 0, 0))
    assert np.array_equal(crops.clean // 4, crops.degraded), "same place, same flip, same turn"


def test_crops_of_one_visit_are_turned_alike(make_config, write_photo, tmp_path) -> None:
    ramp = np.broadcast_to(np.arange(96, dtype=np.uint8)[None, :, None], (96, 96, 3))
    write_photo(tmp_path / "ramp" / "a.png", ramp)
    items, seen = items_of(clean_only(make_config, tmp_path, "ramp")), set()
    for index in range(30):
        crops = items.crops(0, 4, counter_rng(0, 0, index)).clean[..., 0].astype(int)
        ways = {(np.sign(np.diff(crop, axis=0).sum()), np.sign(np.diff(crop, axis=1).sum())) for crop in crops}
        assert len(ways) == 1
        seen |= ways
    assert seen == {(0, 1), (1, 0), (0, -1), (-1, 0)}


def test_clean_items_stay_clean_and_others_do_not(make_config) -> None:
    items = items_of(make_config())
    for kind in ("none", "noise", "defocus"):
        crops = items.crops(items.kinds.index(kind), 2, counter_rng(0, 0, 1))
        assert np.array_equal(crops.clean, crops.degraded) == (kind == "none")


def clean_only(make_config, root: Path, folder: str = "photos"):
    source = {"clean": [folder], "weight": 1, "degradations": {"none": 1}}
    return make_config(data={"root": str(root), "sources": [source], "holdout": 0})


def pairs_only(make_config, root: Path):
    source = {"inputs": "in", "targets": "out", "kind": "lowlight", "weight": 1}
    return make_config(data={"root": str(root), "sources": [source], "holdout": 0})


def test_missing_and_empty_folders(make_config, tmp_path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        items_of(clean_only(make_config, tmp_path))
    (tmp_path / "photos" / "folder.png").mkdir(parents=True)
    (tmp_path / "photos" / "notes.txt").write_text("x")
    with pytest.raises(DataError, match="holds no images"):
        items_of(clean_only(make_config, tmp_path))


def test_photos_smaller_than_a_patch(make_config, make_photo, write_photo, tmp_path) -> None:
    write_photo(tmp_path / "photos" / "tiny.png", make_photo(1)[:31, :50])
    with pytest.raises(DataError, match=r"tiny\.png: smaller than 32 px, too small for a patch: .* set data\.patch"):
        items_of(clean_only(make_config, tmp_path)).preload(nothing)


def test_photos_of_exactly_a_patch(make_config, make_photo, write_photo, tmp_path) -> None:
    write_photo(tmp_path / "photos" / "a.png", make_photo(1)[:32, :32])
    items = items_of(clean_only(make_config, tmp_path))
    items.preload(nothing)
    assert items.crops(0, 1, counter_rng(0, 0, 0)).clean.shape == (1, 32, 32, 3)


def test_files_that_are_no_photos(make_config, tmp_path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.png").write_text("not a photo")
    with pytest.raises(DataError, match=r"a\.png: cannot be decoded"):
        items_of(clean_only(make_config, tmp_path)).preload(nothing)


def test_pairs_that_do_not_match(make_config, make_photo, write_photo, tmp_path) -> None:
    write_photo(tmp_path / "in" / "a.png", make_photo(1))
    write_photo(tmp_path / "out" / "b.png", make_photo(1))
    with pytest.raises(DataError, match=r"in/a\.png: has no partner in .*out"):
        items_of(pairs_only(make_config, tmp_path))
    write_photo(tmp_path / "out" / "a.png", make_photo(1)[:-1])
    with pytest.raises(DataError, match=r"in/a\.png: its size differs from .*out/a\.png"):
        items_of(pairs_only(make_config, tmp_path)).preload(nothing)
    write_photo(tmp_path / "out" / "a.jpg", make_photo(1))
    with pytest.raises(DataError, match=r"has the same name"):
        items_of(pairs_only(make_config, tmp_path))


def test_pairs_may_differ_in_suffix(make_config, make_photo, write_photo, tmp_path) -> None:
    write_photo(tmp_path / "in" / "a.bmp", make_photo(1))
    write_photo(tmp_path / "out" / "a.png", make_photo(1))
    items = items_of(pairs_only(make_config, tmp_path))
    items.preload(nothing)
    assert [path.name for path in items.files()] == ["a.bmp", "a.png"]


def only(items: Items, item: Item) -> Items:
    """The items with the first one replaced."""
    items.items[0] = item
    return items


def test_jpeg_blocks_lie_anywhere_in_a_crop(make_config, write_photo, tmp_path) -> None:
    """A photo's probes cut its 8-pixel grid at any phase; an encoder trained on one phase does not know the others."""
    ramp = np.repeat(np.linspace(0, 255, 256).astype(np.uint8)[None, :, None], 256, axis=0).repeat(3, axis=2)
    file = write_photo(tmp_path / "ramp.png", ramp)
    items = only(items_of(make_config()), Item(file, None, Jpeg(5), "jpeg", "jpeg"))
    phases = set()
    for index in range(40):
        degraded = items.crops(0, 1, counter_rng(1, 1, index)).degraded[0]
        # Coarse JPEG turns a ramp into steps at the block edges, across or (after a quarter turn) down.
        across = np.abs(np.diff(degraded.astype(int).sum(axis=2), axis=1)).sum(axis=0)
        down = np.abs(np.diff(degraded.astype(int).sum(axis=2), axis=0)).sum(axis=1)
        edges = max(across, down, key=np.sum)
        phases.add(int(np.argmax([edges[phase::8].sum() for phase in range(8)])))
    assert len(phases) >= 6


def test_a_photo_dark_on_purpose_has_a_dark_target(make_config, write_photo, tmp_path) -> None:
    file = write_photo(tmp_path / "grey.png", np.full((48, 48, 3), 200, np.uint8))
    items = only(items_of(make_config()), Item(file, None, Dimmed(Clean(), 0.25), "none", "none"))
    crops = items.crops(0, 2, counter_rng(0, 0, 0))
    assert (crops.clean == 50).all() and np.array_equal(crops.degraded, crops.clean)


def test_the_share_of_photos_that_are_shrunk_and_shuffled(make_config, settings) -> None:
    source = {**settings["data"]["sources"][0], "shrunk": 0.4, "shuffled": 0.5}
    items = items_of(make_config(data={"sources": [source]}), 1500).items
    shrinks = [item.shrink for item in items if item.shrink != 1]
    assert len(shrinks) / 1500 == pytest.approx(0.4, abs=0.05)
    assert 1.3 <= min(shrinks) < 1.4 and 2.8 < max(shrinks) <= 3.0
    colours = Counter(item.colours for item in items)
    assert len(colours) == 6 and colours[0, 1, 2] / 1500 == pytest.approx(0.5 + 0.5 / 6, abs=0.05)
    assert {(item.shrink, item.colours) for item in items_of(make_config(), 200).items} == {(1.0, (0, 1, 2))}


@pytest.mark.parametrize(("shrink", "whole"), [(2.0, 40), (3.0, 32)])
def test_a_photo_is_shrunk_as_far_as_a_crop_still_fits(make_config, write_photo, tmp_path, shrink, whole) -> None:
    left = np.zeros((80, 80, 3), np.uint8)
    left[:, :40] = [10, 100, 200]
    file = write_photo(tmp_path / "a.png", left)
    item = Item(file, None, Clean(), "none", "none", shrink, (2, 0, 1))
    window, _ = only(items_of(make_config()), item).window(0, 32, counter_rng(0, 0, 0))
    assert window.shape == (32, 32, 3)
    edge = int((window[0, :, 0] > 100).sum())  # what is left of the half-filled photo
    assert whole / 2 - (whole - 32) <= edge <= whole / 2
    assert window[0, 0].tolist() == [200, 10, 100], "its colours come from elsewhere"


def test_pairs_under_another_exposure_and_with_swapped_colours(make_config, settings) -> None:
    source = {**settings["data"]["sources"][1], "exposed": 0.5, "swapped": 0.3}
    items = items_of(make_config(data={"sources": [source]}))
    plain = items_of(make_config(data={"sources": [settings["data"]["sources"][1]]}))
    assert plain.files() == items.files() and {item.group for item in items.items} == {"dark"}
    items.patch = plain.patch = 80  # as high as the photos
    factors, swapped = [], 0
    for visit in range(200):
        found, as_it_is = (each.window(3, 80, counter_rng(5, 1, visit)) for each in (items, plain))
        whole = as_it_is[1]
        ratios = [found[1][..., channel].mean() / whole[..., channel].mean() for channel in range(3)]
        turned = [found[1][..., channel].mean() / whole[..., 2 - channel].mean() for channel in range(3)]
        swapped += np.ptp(turned) < np.ptp(ratios)
        factors.append(float(np.mean(turned if np.ptp(turned) < np.ptp(ratios) else ratios)))
        apart = found[1].astype(int) - 4 * found[0].astype(int)
        assert apart.min() >= -2 and apart.max() <= 5, "input and target alike: the same place, factor and colours"
    assert swapped / 200 == pytest.approx(0.3, abs=0.1)
    dark = [factor for factor in factors if factor < 0.995]
    assert len(dark) / 200 == pytest.approx(0.5, abs=0.1) and 0.48 < min(dark) < 0.6


def test_a_window_of_a_small_photo_is_mirrored_once(make_config, make_photo, write_photo, tmp_path) -> None:
    small = make_photo(4)[:33, :70]
    write_photo(tmp_path / "photos" / "small.png", small)
    config = make_config(data={**clean_only(make_config, tmp_path).data.model_dump(), "window": 64})
    items = items_of(config)
    items.preload(nothing)
    window, clean = items.window(0, 64, counter_rng(0, 0, 0))
    assert np.array_equal(window, clean) and clean.shape == (64, 64, 3)
    left = next(x for x in range(7) if np.array_equal(clean[:33], small[:, x : x + 64]))
    assert np.array_equal(clean[33:], small[31::-1][:31, left : left + 64])
    write_photo(tmp_path / "photos" / "small.png", small[:32])
    with pytest.raises(DataError, match=r"small\.png: smaller than 33 px, too small"):
        items_of(config).preload(nothing)
