"""What is held out: whole scenes, about as many as asked for, the same scenes of every set."""

from __future__ import annotations

from pathlib import Path

import pytest

from amirnet_training.data.holdout import held_out, pool, scene_of
from amirnet_training.data_config import PairSource


@pytest.mark.parametrize(
    ("name", "scene"),
    [
        ("1P0A0917_0064_0256", "1P0A0917"),
        ("crop03_0512_0768", "crop03"),
        ("000_00000007_0464_0290", "000_00000007"),
        ("000_00000007", "000_00000007"),
        ("0801_0384_1536", "0801"),
        ("Canon5D2_5_160_6400_bicycle_10", "Canon_bic"),
        ("Canon5D2_bicyc_0896_1792", "Canon_bic"),
        ("Canon600D_3-5_125_1600_waterhouse_11", "Canon_wat"),
        ("Canon80D_8_8_800_GO_11", "Canon_GO"),
        ("Canon80D_GO_1152_1664", "Canon_GO"),
        ("NikonD800_6-3_125_5000_plant__4", "Nikon_pla"),
        ("Nikon800_plant_0896_1920", "Nikon_pla"),
        ("Nikon_800_carbi_0000_1280", "Nikon_car"),
        ("Sony_4_200_3200_door_10", "Sony_doo"),
        ("SonyA7II_door_0640_2176", "Sony_doo"),
        ("0065_003_GP_10000_08460_4400_N", "003_GP"),
        ("0050_002_N6_03200_03200_5500_L", "002_N6"),
        ("kodim01", "kodim01"),
        ("pexels-photo-2846602", "pexels-photo-2846602"),
        ("149", "149"),
    ],
)
def test_the_scene_is_in_the_name(name: str, scene: str) -> None:
    assert scene_of(Path("gt") / f"{name}.webp") == scene


def windows(scenes: int, each: int) -> list[tuple[Path, None]]:
    return [(Path(f"photo{scene}_{64 * window:04d}_0000.png"), None) for scene in range(scenes)
            for window in range(each)]  # fmt: skip


@pytest.mark.parametrize("share", [0.03, 0.1, 0.3, 0.5])
@pytest.mark.parametrize(("scenes", "each"), [(40, 1), (40, 3), (12, 5)])
def test_about_the_share_is_held_out(scenes: int, each: int, share: float) -> None:
    chosen = held_out(windows(scenes, each), share)
    wanted = max(each, share * scenes * each)
    assert wanted - each <= len(chosen) * each <= wanted + each


def test_a_scene_that_is_most_of_the_set_is_passed_over() -> None:
    big = [(Path(f"big_{window:04d}_0000.png"), None) for window in range(60)]
    for share in (0.05, 0.1, 0.2):
        chosen = held_out([*big, *windows(20, 1)], share)
        assert "big" not in chosen and len(chosen) == round(80 * share)


def test_nothing_or_not_all() -> None:
    assert held_out(windows(5, 2), 0.0) == set()
    assert len(held_out(windows(5, 2), 1.0)) == 4
    assert held_out(windows(1, 9), 0.5) == set(), "a lone scene"
    assert len(held_out(windows(2, 50), 0.01)) == 1


def test_the_order_of_the_files_does_not_matter() -> None:
    assert held_out(windows(30, 2), 0.2) == held_out(windows(30, 2)[::-1], 0.2)


def test_a_scene_held_out_of_one_source_is_held_out_of_all(make_config, make_photo, write_photo, tmp_path) -> None:
    sizes = {"small": 1, "large": 4}
    for scene in range(12):
        for name, count in sizes.items():
            for window in range(count if scene % 2 or name == "small" else 1):
                for part in ("in", "out"):
                    write_photo(tmp_path / name / part / f"{scene:03d}_{window:04d}_0000.png", make_photo(scene))
    sources = [PairSource(inputs=f"{name}/in", targets=f"{name}/out", kind="noise", weight=1) for name in sizes]
    data = {"root": str(tmp_path), "sources": [source.model_dump() for source in sources], "holdout": 0.25}
    config = make_config(data=data).data

    def scenes(validation: bool) -> list[set[str]]:
        return [{scene_of(clean) for clean, _ in pool(source, config, validation=validation)} for source in sources]

    held, trained = scenes(True), scenes(False)
    assert held[0] == held[1] and trained[0] == trained[1]
    assert not held[0] & trained[0] and 3 <= len(held[0]) <= 8
    alone = [held_out(pool(source, config, validation=False) + pool(source, config, validation=True), 0.25)
             for source in sources]  # fmt: skip
    assert alone[0] != alone[1] and held[0] == alone[0] | alone[1], "each would have held out others by itself"
