"""The sets a model is measured on: real pairs, held-out slices of what it was trained on, clean photos made worse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from amirnet_training.config import Config, with_root
from amirnet_training.data.holdout import pool
from amirnet_training.data.images import list_pairs
from amirnet_training.data_config import PairSource
from amirnet_training.degradations import parse
from amirnet_training.errors import ConfigError
from amirnet_training.evaluation import dark, measure

Group = Literal["real", "held-out", "synthetic", "dark"]
GROUPS: tuple[Group, ...] = ("real", "held-out", "synthetic", "dark")


@dataclass(frozen=True)
class Places:
    """Where the sets lie."""

    data: Path
    """Folder of the evaluation sets."""
    train: Path | None = None
    """Folder of the training sets; None leaves the held-out slices out."""
    config: Config | None = None
    """What the model was trained with: it says what was held out."""


@dataclass(frozen=True)
class EvaluationSet:
    """One row of the table: photos and what they suffer from."""

    folder: str
    """The photos', below the sets' folder."""
    kind: str
    """The true kind, for the confusion table; camera noise counts as noise."""
    group: Group
    """How they came by their damage."""
    spec: str = ""
    """How clean photos are degraded or darkened; empty for real pairs."""
    pair: tuple[str, str] = ("", "")
    """Subfolders of inputs and targets of real pairs."""
    may_show: bool = False
    """Whether the set's licence lets single photos be shown in this project."""

    @property
    def name(self) -> str:
        words = {"real": "", "held-out": " held-out", "synthetic": f" {self.spec}", "dark": f" {self.spec}"}
        return self.folder + words[self.group]

    def samples(self, places: Places) -> tuple[int, Iterator[measure.Sample]]:
        """How many photos, and the photos.

        Of a held-out slice the photos that the configuration kept out of training, or all of them if it does not name
        the set. Raises DataError, and ConfigError without a folder of training sets or a configuration.
        """
        if self.group == "held-out":
            return self._held_out(places)
        folder = places.data / self.folder
        if self.group == "real":
            return measure.pairs(folder / self.pair[0], folder / self.pair[1])
        if self.group == "dark":
            return dark.darkened(folder, dark.parse(self.spec))
        return measure.degraded(folder, parse(self.spec))

    def _held_out(self, places: Places) -> tuple[int, Iterator[measure.Sample]]:
        names = self.held_out_names(places)
        assert places.train is not None
        _, every = measure.pairs(*(places.train / self.folder / part for part in self.pair))
        return len(names), (sample for sample in every if sample.name in names)

    def held_out_names(self, places: Places) -> set[str]:
        """Of a held-out slice: the names of its photos, without suffix. Raises what `samples` raises."""
        if places.train is None or places.config is None:
            raise ConfigError(f"{self.name}: what was held out follows from the model's configuration: name both it "
                              "(--config) and the training sets (--train)")  # fmt: skip
        source = self.source(places.config)
        if source is None:
            pairs = list_pairs(*(places.train / self.folder / part for part in self.pair))
            return {clean.stem for _, clean in pairs}
        config = with_root(places.config, places.train)
        return {clean.stem for clean, _ in pool(source, config.data, validation=True)}

    def source(self, config: Config) -> PairSource | None:
        """The source of the configuration that trains on this set; None if there is none."""
        wanted = tuple(f"{self.folder}/{part}" for part in self.pair)
        for source in config.data.sources:
            if isinstance(source, PairSource) and (source.inputs, source.targets) == wanted:
                return source
        return None


DEGRADATIONS = {
    "noise:15": "noise", "noise:25": "noise", "noise:50": "noise", "defocus:2.5": "defocus", "motion:11:30": "motion",
    "lowlight:0.15": "lowlight", "jpeg:20": "jpeg", "none": "none", "noise:25+jpeg:92": "noise",
}  # fmt: skip
DARK = {"dim": "none", "dim+noise": "noise", "night": "none", "night+noise": "noise"}
CLEAN = ("Kodak24", "CBSD68")

SETS = (
    EvaluationSet("LOL_eval15", "lowlight", "real", pair=("low", "high")),
    EvaluationSet("SIDD_val65", "noise", "real", pair=("noisy", "gt"), may_show=True),
    EvaluationSet("DPDD_test12", "defocus", "real", pair=("blur", "sharp"), may_show=True),
    EvaluationSet("REDS_720p_003", "motion", "real", pair=("blur", "sharp"), may_show=True),
    EvaluationSet("REDS_320x180", "motion", "real", pair=("blur", "sharp"), may_show=True),
    EvaluationSet("SIDD_full256", "noise", "held-out", pair=("noisy", "gt"), may_show=True),
    EvaluationSet("SIDD_small256", "noise", "held-out", pair=("noisy", "gt"), may_show=True),
    EvaluationSet("PolyU_orig256", "noise", "held-out", pair=("noisy", "gt"), may_show=True),
    EvaluationSet("PolyU100", "noise", "held-out", pair=("noisy", "gt"), may_show=True),
    EvaluationSet("DPDD_256", "defocus", "held-out", pair=("blur", "sharp"), may_show=True),
    EvaluationSet("REDS_720p_256", "motion", "held-out", pair=("blur", "sharp"), may_show=True),
    EvaluationSet("LOL_our485_192", "lowlight", "held-out", pair=("low", "high")),
    *(EvaluationSet(folder, kind, "synthetic", spec) for folder in CLEAN for spec, kind in DEGRADATIONS.items()),
    *(EvaluationSet(folder, kind, "dark", spec) for folder in CLEAN for spec, kind in DARK.items()),
)


def set_named(name: str) -> EvaluationSet:
    """The set of this name. Raises ConfigError."""
    for chosen in SETS:
        if chosen.name == name:
            return chosen
    raise ConfigError(f"{name}: no such set: use one of {', '.join(chosen.name for chosen in SETS)}")
