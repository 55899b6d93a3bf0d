"""Cuts the demo's real photos: `python -m amirnet_benchmarks.real_photos --data FOLDER --train FOLDER`.

A few fixed windows of evaluation and held-out pairs, and of the evaluation of the shipped model the photos that came
back worst. Only sets whose licence lets single crops be passed on with the code.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np
from PIL import Image

from amirnet.cli.command_group import errors_reported
from amirnet.photo.atomic_file import write_file
from amirnet.photo.image_io import load
from amirnet_training.errors import DataError

from .classical_tools import Photo
from .demo_photos import LISTED, REAL, DemoPhoto
from .evaluation import find_places
from .evaluation_file import Record, read, shipped_rows
from .evaluation_sets import EvaluationSet, Places, set_named

SIDE = 256
"""Largest side of a crop, in pixels."""
WORST = 2

SETS = {
    "SIDD": ("Abdelhamed, Lin and Brown (SIDD)", "MIT"),
    "DPDD": ("Abuolaim and Brown (DPDD)", "MIT"),
    "REDS": ("Nah et al. (REDS)", "CC BY 4.0"),
}
"""Beginning of a set's folder -> author and licence. PolyU and LOL are for non-commercial use, and so not here."""
TROUBLES = {"noise": "Camera noise", "defocus": "Out of focus", "motion": "Camera or people moved"}


@dataclass(frozen=True)
class Choice:
    """A window of a real photo."""

    name: str
    """Of its files."""
    title: str
    """For the report."""
    trouble: str
    """What is wrong with it, in words."""
    set: str
    """Where it comes from."""
    file: str
    """In that set."""
    window: tuple[int, int] | None = None
    """Left and top in pixels of the set's photo; None takes the middle."""
    side: int = SIDE
    """In pixels."""


CHOICES = (
    Choice("pumpkin", "Pumpkin", "Phone in a dim room", "SIDD_full256 held-out", "crop11_0000_0000"),
    Choice("chess", "Chess piece", "Phone in a dim room", "SIDD_full256 held-out", "crop02_0000_0256"),
    Choice("trucks", "Toy trucks", "Phone in a dim room", "SIDD_small256 held-out", "0121_006_N6_03200_01000_3200_L",
           side=208),
    Choice("poster", "Posters", "Out of focus", "DPDD_test12", "1P0A2521", (30, 160)),
    Choice("station", "Passers-by", "Camera and people moved", "REDS_720p_003", "003_00000000", (128, 0)),
)  # fmt: skip


def cut(choice: Choice, root: Path) -> tuple[Photo, Photo]:
    """The window as it came and as it should be: uint8, a square, or less where the photo ends.

    Raises:
        DataError: there is no such photo.
        ImageError: it cannot be decoded.
    """
    chosen = set_named(choice.set)
    came, meant = (_photo(root / chosen.folder / part, choice.file) for part in chosen.pair)
    height, width = meant.shape[:2]
    left, top = choice.window or (max(0, (width - choice.side) // 2), max(0, (height - choice.side) // 2))
    window = np.s_[top : top + choice.side, left : left + choice.side]
    return np.ascontiguousarray(came[window]), np.ascontiguousarray(meant[window])


def worst_choices(records: Sequence[Record], count: int = WORST) -> list[Choice]:
    """The photos that lost most, or gained least, of the sets that may be passed on; one a set."""
    found = []
    for record in records:
        chosen = set_named(record["set"])
        if chosen.pair[0] and _owner(chosen) is not None:
            row = min(shipped_rows(record), key=lambda row: row["psnr"] - row["psnr_input"])
            found.append((row["psnr"] - row["psnr_input"], chosen, row["name"]))
    found.sort(key=lambda entry: entry[0])
    return [
        Choice(f"worst_{index}", f"Worst {index}", f"{TROUBLES[chosen.kind]}; of {chosen.name} the worst restored",
               chosen.name, file) for index, (_, chosen, file) in enumerate(found[:count], 1)
    ]  # fmt: skip


def trained_on(choice: Choice, places: Places) -> bool:
    """Whether the model has seen the photo in training: then it shows nothing. Raises DataError."""
    chosen = set_named(choice.set)
    return chosen.group == "held-out" and choice.file not in chosen.held_out_names(places)


def _owner(chosen: EvaluationSet) -> tuple[str, str] | None:
    return next((owner for start, owner in SETS.items() if chosen.folder.startswith(start)), None)


def _photo(folder: Path, stem: str) -> Photo:
    found = sorted(folder.glob(f"{stem}.*"))
    if not found:
        raise DataError(f"{folder / stem}: no such photo: name the folder that holds the set")
    return load(found[0])


def describe(choice: Choice, worst: bool) -> DemoPhoto:
    """What photos.json says of it."""
    chosen = set_named(choice.set)
    owner = _owner(chosen)
    if owner is None:
        raise DataError(f"{choice.set}: its licence keeps it out of the demo: choose from {', '.join(SETS)}")
    origin = f"{chosen.folder}/{chosen.pair[0]}/{choice.file}"
    return DemoPhoto(choice.name, choice.title, choice.trouble, chosen.kind, *owner, origin, worst)


def to_webp(photo: Photo) -> bytes:
    """WebP without loss."""
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "WEBP", lossless=True, quality=100, method=6)
    return buffer.getvalue()


def credits_table(photos: Sequence[DemoPhoto]) -> str:
    """CREDITS.md of the real photos."""
    lines = ["# Credits of the real photos", "", "Made by `python -m amirnet_benchmarks.real_photos`. Windows of at "
             "most 256 pixels, saved without loss; otherwise as their sets have them.", "",
             "| file | from | author | licence |", "|---|---|---|---|"]  # fmt: skip
    lines += [f"| `{photo.name}.webp`, `{photo.name}_target.webp` | {photo.origin} | {photo.author} | {photo.licence} |"
              for photo in photos]  # fmt: skip
    lines += ["", "SIDD is under the MIT licence by its site, DPDD by its authors' repository. "
              "CC BY 4.0: creativecommons.org/licenses/by/4.0."]  # fmt: skip
    return "\n".join(lines) + "\n"


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the evaluation sets.")
@click.option("--train", type=click.Path(path_type=Path), required=True, help="Folder of the training sets.")
@click.option("--evaluation", type=click.Path(path_type=Path), default=Path("models/mobile/evaluation.json"),
              show_default=True, help="What the evaluation of the shipped model wrote: names the worst.")  # fmt: skip
@click.option("--config", type=click.Path(path_type=Path), help="What it was trained with. "
              "[default: models/mobile/config.yaml]")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path), default=REAL, help="Folder. [default: the package's]")
def main(data: Path, train: Path, evaluation: Path, config: Path | None, output: Path) -> None:
    """Cut the demo's real photos anew, in place, with those that came back worst."""
    with errors_reported():
        places = find_places("mobile", data, train, config)
        chosen = [(choice, False) for choice in CHOICES]
        chosen += [(choice, True) for choice in worst_choices(read(evaluation)[1])]
        photos = []
        for choice, worst in chosen:
            if trained_on(choice, places):
                click.echo(f"{choice.name:<24} left out: {choice.set} has {choice.file} in training")
                continue
            photo = describe(choice, worst)
            root = train if set_named(choice.set).group == "held-out" else data
            for pixels, name in zip(cut(choice, root), (photo.degraded.name, photo.clean.name), strict=True):
                content = to_webp(pixels)
                write_file(output / name, content)
                click.echo(f"{name:<24} {len(content) // 1024:>4} KB  {choice.set} {choice.file}")
            photos.append(photo)
        listing = json.dumps([asdict(photo) for photo in photos], indent=1) + "\n"
        write_file(output / LISTED.name, listing.encode())
        write_file(output / "CREDITS.md", credits_table(photos).encode())


if __name__ == "__main__":
    main()
