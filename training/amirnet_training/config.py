"""The training configuration: YAML, checked on reading, kept beside what it trained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from .data_config import DataConfig, Positive, Section, Share
from .degradations import KINDS
from .errors import ConfigError

LIGHT_WIDTH = 32
"""Numbers between the two layers of a light head, unless a configuration says otherwise."""
SPECTRUM_LEVELS = 6
"""From so many levels on a code is as long as a damage's spectrum."""


class Shape(Section):
    """Channels and blocks of a phone restorer at each scale; see `network.phone`."""

    full: Positive
    """Channels at the photo's own resolution."""
    half: Positive
    """Channels at 1/2."""
    quarter: Positive
    """Channels at 1/4."""
    eighth: Annotated[int, Field(ge=0)] = 0
    """Channels at 1/8; 0 for a restorer without that scale."""
    half_blocks: Positive
    """Blocks at 1/2, in each half of the network."""
    quarter_blocks: Annotated[int, Field(ge=0)] = 0
    """Blocks at 1/4, in each half; 0 where the middle lies there."""
    middle_blocks: Positive
    """Blocks in the middle."""

    @model_validator(mode="after")
    def _third_scale(self) -> Shape:
        if (self.eighth == 0) != (self.quarter_blocks == 0):
            raise ValueError("eighth and quarter_blocks go together: set both for a third scale, or neither")
        return self


class NetworkConfig(Section):
    preset: Literal["mobile", "tiny", "paper"] = "mobile"
    """Which network, see network/presets.py."""
    levels: Annotated[int, Field(ge=1, le=6)] = 4
    """Levels of the tree: the code has 2^levels - 1 numbers."""
    width: Positive | None = None
    """Channels of the paper preset's first level; the phone presets have none."""
    shape: Shape | None = None
    """Another restorer than the phone preset's own."""
    light: Annotated[int, Field(ge=1, le=256)] = LIGHT_WIDTH
    """Numbers between the two layers of a phone preset's light head; CONTRACT E allows 256."""
    bands: bool = False
    """Whether a phone preset's encoder measures a probe's detail by frequency and direction too (network/bands.py)."""
    severity: bool = False
    """Whether the code's numbers that no node owns say of every photo how severe its damage is, see TreeHeads."""

    @model_validator(mode="after")
    def _width_fits(self) -> NetworkConfig:
        if self.width is not None and self.preset != "paper":
            raise ValueError(f"preset {self.preset!r} has a fixed width: leave out 'width'")
        if self.shape is not None and self.preset == "paper":
            raise ValueError("preset 'paper' has the published shape: leave out 'shape'")
        if self.bands and self.preset == "paper":
            raise ValueError("preset 'paper' has the published encoder: leave out 'bands'")
        return self


class TreeConfig(Section):
    grow_at: list[int] = Field(default=[])
    """Steps at which every leaf is split in two; at most levels - 1."""
    crops: Positive = 4
    """Random crops an item's feature is averaged over (paper section 3.2)."""
    code: Literal["learned", "kind", "spectrum", "none"] = "learned"
    """What steers the restorer: the tree; the true kind of each sample, or what was done to it by frequency (see
    damage_spectrum.py), as no phone knows them; or nothing. The others are what the method is measured against."""
    policy: Literal["standardise", "signed_log", "whiten", "direction"] = "direction"
    """What is done to the features before K-means; see tree/policy.py."""
    min_share: Annotated[float, Field(ge=0.0, le=0.5)] = 0.08
    """Smallest share of a leaf's items that a child may have; a leaf that cannot be split so keeps one child."""
    cross_entropy: Annotated[float, Field(ge=0)] = 0.1
    """Weight of the mask heads' loss."""
    spectrum: Annotated[float, Field(ge=0)] = 0.0
    """Weight of the loss's term that asks the code for the damage's spectrum, see damage_spectrum.py."""
    prototype_from: Annotated[int, Field(ge=0)] = 0
    """Step from which some samples are restored by a node's prototype code instead of their own."""
    prototype_share: Share = 0.25
    """Share of the samples from then on that are restored so."""


class TrainConfig(Section):
    seed: Annotated[int, Field(ge=0, lt=2**32 - 1)] = 1
    """Decides everything that is drawn."""
    steps: Positive = 24000
    """Steps of the whole run."""
    batch: Positive = 16
    """Patches a step over all processes."""
    learning_rate: Annotated[float, Field(gt=0)] = 1e-3
    """The highest; see schedule.py."""
    warmup: Annotated[int, Field(ge=0)] = 300
    """Steps in which it rises."""
    weight_decay: Annotated[float, Field(ge=0)] = 1e-4
    """AdamW's, on weights but not on biases."""
    clip: Annotated[float, Field(gt=0)] = 1.0
    """Largest gradient norm."""
    ema: Annotated[float, Field(gt=0, lt=1)] = 0.999
    """What is kept of the averaged weights in each step."""
    balance: Annotated[float, Field(ge=0)] = 0.005
    """Pixel losses above this count by their logarithm, so that low light does not drown the rest; 0 turns it off."""
    ssim: Share = 0.15
    """Share of SSIM in the restoration loss; the rest is smooth L1."""
    range_weight: Annotated[float, Field(ge=0)] = 0.0
    """Weight of the loss's term that keeps activations small, see activation_range.py."""
    range_from: Annotated[int, Field(ge=0)] = 0
    """Step from which it counts."""
    range_every: Positive = 4
    """Every how many steps: often enough to steer, at a fraction of the cost. 1 where the network is compiled, which
    would be done twice else."""
    precision: Literal["auto", "32-true", "bf16-mixed", "16-mixed"] = "auto"
    """`auto`: bf16-mixed on a GPU, 32-true on a CPU."""
    border: Annotated[int, Field(ge=0)] = 0
    """Pixels at each side of a patch that the loss leaves out: what they need lies beyond it."""
    light_weight: Annotated[float, Field(ge=0)] = 0.0
    """Weight of the loss's term for how bright the photo is under its tone curves, before it is restored."""
    keep_light: bool = False
    """Whether photos that are as bright as they should be pass the light step unchanged while the restorer learns. Else
    it learns with the few per cent that the head adds here and there, and misses them once `light_fit` has taken them
    away: phone noise came back 1.8 dB worse."""
    frozen_encoder: bool = False
    """Whether only the restorer and the light head learn, and codes are what they were: after `encoder_fit`."""
    compiled: bool = False
    """Whether the restorer runs through torch.compile: faster on a GPU, after a minute's work."""
    recorded: bool = True
    """Whether a GPU replays the step from a recording, see graphed.py."""
    threads: Annotated[int, Field(ge=0)] = 0
    """CPU threads, 0 for torch's choice. Fixed by the config because sums depend on it."""
    log_every: Positive = 100
    """Steps between two records of the log."""
    checkpoint_every: Positive = 500
    """Steps between two checkpoints."""
    validate_every: Positive = 2000
    """Steps between two validations."""
    validation_items: Annotated[int, Field(ge=0)] = 256
    """Held-out samples of a validation; 0: none."""


class QuantizeConfig(Section):
    """Quantization-aware training of a finished model's restorer, on the same samples as its training."""

    begin: Literal["calibrated", "trained"] = "calibrated"
    """From a grid that the calibration finds, or from the model's own 8-bit restorer, which is trained on."""
    steps: Annotated[int, Field(ge=0)] = 1200
    """0: the calibration alone."""
    learning_rate: Annotated[float, Field(gt=0)] = 3e-5
    """The highest for weights and biases."""
    scale_rate: Annotated[float, Field(ge=0)] = 1e-3
    """Learning rate of the activations' scales, as a share of each scale; 0 keeps those of the calibration."""
    warmup: Annotated[int, Field(ge=0)] = 100
    """Steps in which both rates rise."""
    frozen: Share = 0.25
    """Last part of the steps, in which no scale moves and the weights settle on the grid."""
    batch: Annotated[int, Field(ge=0)] = 0
    """Patches a step; 0: half of train.batch, as the patches are half as large again."""
    items: Annotated[int, Field(ge=0)] = 0
    """How many of the training's items are used, the first ones; 0: all."""
    batches: Positive = 48
    """Batches that the calibration before the first step looks at."""
    target: Literal["float", "clean"] = "clean"
    """What the int8 restorer learns to give: the clean photo, or what the float one gives. The former also moves what
    it does, not only how well it does it in 8 bits; the latter has little to gain, and at a high rate loses."""
    balance: Annotated[float, Field(ge=0)] = 0.005
    """As train.balance. Above it errors count by their ratio to what a photo had, as decibels do."""
    node_share: Share = 0.25
    """Part of the samples that are steered by the stored code of a node on their path, instead of by their own."""


class Config(Section):
    name: str = "mobile"
    """Of the run: names its folder below runs/."""
    network: NetworkConfig = NetworkConfig()
    """What is trained."""
    data: DataConfig
    """On which photos."""
    tree: TreeConfig = TreeConfig()
    """How the tree grows."""
    train: TrainConfig = TrainConfig()
    """How it is trained."""
    quantize: QuantizeConfig = QuantizeConfig()
    """How the finished model is made to run in 8 bits."""

    @model_serializer(mode="wrap")
    def _without_defaults(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Left out while it says nothing, so that what trained before there was such a section still resumes.
        content: dict[str, Any] = write(self)
        if self.quantize == QuantizeConfig():
            content.pop("quantize", None)
        return content

    @model_validator(mode="after")
    def _growth_fits(self) -> Config:
        steps = self.tree.grow_at
        if len(steps) > self.network.levels - 1:
            raise ValueError(f"tree.grow_at has {len(steps)} steps: {self.network.levels} levels grow at most "
                             f"{self.network.levels - 1} times")  # fmt: skip
        if self.tree.code != "learned" and 2**self.network.levels <= len(KINDS) + 1:
            code = self.tree.code
            raise ValueError(f"tree.code {code!r} needs a node for each kind: set network.levels to 4 or more")
        if self.tree.code == "spectrum" and self.network.levels < SPECTRUM_LEVELS:
            raise ValueError(
                f"tree.code 'spectrum' needs longer codes: set network.levels to {SPECTRUM_LEVELS} or more"
            )
        if self.data.window and self.data.window < max(self.data.patch, self.data.probe):
            raise ValueError(f"data.window {self.data.window} is smaller than a patch or a probe: make it larger, or 0")
        if self.data.probe not in (0, self.data.patch) and not self.data.window:
            raise ValueError("data.probe differs from data.patch: that needs data.window, which crops are cut from")
        if steps != sorted(set(steps)) or (steps and not 0 < steps[0] <= steps[-1] < self.train.steps):
            raise ValueError(f"tree.grow_at {steps} must rise and lie between 1 and train.steps - 1")
        return self


SHIPPED = Path(__file__).parent / "configs"
"""The configurations of the shipped models, known by name."""


def load(path: str | Path) -> Config:
    """Reads and checks a YAML configuration: a file, or the name of a shipped one such as ``mobile``.

    Raises:
        ConfigError: the file is missing, is not YAML, or a value is unknown or out of range.
    """
    path = Path(path)
    shipped = SHIPPED / f"{path}.yaml"
    if not path.is_file() and len(path.parts) == 1 and shipped.is_file():
        path = shipped
    if path.exists() and not path.is_file():  # a pipe waits for ever, a device has no end
        raise ConfigError(f"{path}: not a file: name a YAML configuration")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}): name a YAML configuration") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not YAML ({str(error).splitlines()[0]}): mend that line") from None
    return parse(content, str(path))


def parse(content: object, origin: str) -> Config:
    """Checks an already decoded configuration; ``origin`` is named in errors.

    Raises:
        ConfigError: a value is missing, unknown or out of range.
    """
    try:
        return Config.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part not in ("CleanSource", "PairSource")) or "the file"
        raise ConfigError(f"{origin}: {where}: {first['msg']}: mend this value") from None


def with_root(config: Config, root: Path) -> Config:
    """The configuration with its image sets in another folder."""
    return config.model_copy(update={"data": config.data.model_copy(update={"root": root})})


def portable(config: Config) -> Config:
    """The configuration without where its images lie on this machine: what is kept with a trained model."""
    return with_root(config, DataConfig.model_fields["root"].default)


def dump(config: Config) -> str:
    """The configuration as YAML that `load` reads back to an equal one."""
    return yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False)
