"""Items and crops: the same ones every time, held-out photos kept out, bad folders named."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from amirnet_training.data.items import Items, counter_rng
from amirnet_training.degradations.kinds import Jpeg
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
    with pytest.raises(DataError, match=r"tiny\.png: smaller than a 32 px patch"):
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


def test_jpeg_blocks_lie_anywhere_in_a_crop(make_config) -> None:
    """A photo's probes cut its 8-pixel grid at any phase; an encoder trained on one phase does not know the others."""
    items = items_of(make_config())
    clean = np.repeat(np.linspace(0, 255, 256).astype(np.uint8)[None, :, None], 256, axis=0).repeat(3, axis=2)
    phases = set()
    for index in range(40):
        rng = counter_rng(1, 1, index)
        degraded, _ = items._crop(Jpeg(5), clean, None, rng)
        # Coarse JPEG turns a ramp into steps at the block edges, across or (after a quarter turn) down.
        across = np.abs(np.diff(degraded.astype(int).sum(axis=2), axis=1)).sum(axis=0)
        down = np.abs(np.diff(degraded.astype(int).sum(axis=2), axis=0)).sum(axis=1)
        edges = max(across, down, key=np.sum)
        phases.add(int(np.argmax([edges[phase::8].sum() for phase in range(8)])))
    assert len(phases) >= 6
