"""Checkpoints: what a run resumes from, and what it leaves behind.

`checkpoint.pt` holds everything that the next step depends on. `model.safetensors` holds the averaged weights with the
configuration and the tree in its header, and the quantized restorer if there is one: it is what `amirnet export` takes.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from amirnet.photo.atomic_file import write_file

from . import config as configuration
from .config import Config
from .errors import CheckpointError
from .network import AMIRNet, build_from
from .quantization.int8_steps import QuantizedRestorer
from .quantization.storage import PREFIX, pack, unpack

STATE_KEYS = {"network", "average", "optimizer", "labels", "step", "seconds", "config"}
"""What a training state holds."""


def save_state(path: Path, state: dict[str, Any]) -> None:
    """Writes a training state of tensors, numbers and strings."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_file(path, buffer.getvalue())


def load_state(path: Path, keys: set[str] = STATE_KEYS) -> dict[str, Any]:
    """Reads what `save_state` wrote; nothing but tensors and plain values is unpickled.

    Raises:
        CheckpointError: missing, truncated, no file, or not a training state.
    """
    _refuse_what_is_no_file(path, "restore checkpoint.pt, or remove it and train without --resume")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no checkpoint to resume from: train without --resume first") from None
    except Exception as error:  # torch raises many kinds for a broken file
        kind = type(error).__name__
        raise CheckpointError(f"{path}: not a readable checkpoint ({kind}): restore or delete it") from None
    if not isinstance(state, dict) or not state.keys() >= keys:
        raise CheckpointError(f"{path}: not a training checkpoint: name a run folder made by `amirnet train`")
    return state


FORM = 3
"""What the networks compute from their weights: changes when the same weights come to mean something else.

1: up to schema 1.1's first models. 2: brightening is never less than 0. 3: light is a step of its own, a third scale.
"""


@dataclass(frozen=True)
class TrainedModel:
    """A finished model: network in eval mode, its configuration, its tree and where it came from."""

    network: AMIRNet
    """In eval mode."""
    config: Config
    """What it was trained with, and its network's shape."""
    tree: dict[str, Any] | None
    """As `tree.finish.describe` makes it; None while the tree has not been finished."""
    facts: dict[str, Any]
    """Steps, seconds and other numbers of the training run."""
    quantized: QuantizedRestorer | None = None
    """The restorer for 8 bits, once it has been made."""


def save_model(path: Path, model: TrainedModel) -> None:
    """Writes weights with configuration, tree and facts in the header. Same model, same bytes."""
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.network.state_dict().items()}
    # One entry only: the format writes several in an order that differs from run to run.
    config = configuration.portable(model.config).model_dump(mode="json")
    header = {"form": FORM, "config": config, "tree": model.tree, "facts": model.facts}
    if model.quantized is not None:
        tensors, header["grid"] = pack(model.quantized)
        weights |= tensors
    packed = {"amirnet": json.dumps(header, sort_keys=True)}
    write_file(path, save(weights, metadata=packed))


def load_model(path: str | Path) -> TrainedModel:
    """Reads `model.safetensors`, or the one in a run folder.

    Raises:
        CheckpointError: missing, broken, without configuration, of another form, or its weights do not fit its preset
            or are not finite.
    """
    path = Path(path)
    if path.is_dir():
        path = path / "model.safetensors"
    _refuse_what_is_no_file(path, "name a model.safetensors or its run folder")
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {})["amirnet"])
            tree, facts, described, grid = header["tree"], header["facts"], header["config"], header.get("grid")
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a mapping)
            form = header.get("form", 1)
    except FileNotFoundError:
        raise CheckpointError(f"{path}: no such checkpoint: name a model.safetensors or its run folder") from None
    except (SafetensorError, KeyError, TypeError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0]
        remedy = "name one made by `amirnet train`"
        raise CheckpointError(f"{path}: not an AMIRNet checkpoint ({reason}): {remedy}") from None
    if form != FORM:
        raise CheckpointError(f"{path}: made for the networks of another version (form {form}, not {FORM}): use that "
                              "version, or train it again")  # fmt: skip
    config = configuration.parse(described, f"{path} (header)")
    network = build_from(config.network)
    rounded = {name: weights.pop(name) for name in list(weights) if grid is not None and name.startswith(PREFIX)}
    try:
        network.load_state_dict(weights)
    except RuntimeError:
        problem = f"its weights do not fit preset {config.network.preset!r}"
        raise CheckpointError(f"{path}: {problem}: it was changed or mixed up; use the original") from None
    for name, tensor in (weights | rounded).items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise CheckpointError(f"{path}: weight {name} is not finite: resume training from an earlier checkpoint")
    quantized = None if grid is None else unpack(rounded, grid, network.restorer, str(path))
    return TrainedModel(network.eval(), config, tree, facts, quantized)


def _refuse_what_is_no_file(path: Path, remedy: str) -> None:
    """Raises CheckpointError for a folder, a pipe, which would be waited for for ever, or a device without an end."""
    if path.exists() and not path.is_file():
        raise CheckpointError(f"{path}: not a file: {remedy}")


def fingerprint(config: Config, *without: str) -> str:
    """What a resumed run must share with the one that began it: all but where and how images are read, and the
    sections in ``without``, which it does not use."""
    left_out: dict[str, Any] = {"data": {"root", "workers"}, **dict.fromkeys(without, True)}
    return f"{FORM} " + config.model_dump_json(exclude=left_out)


def weights_identity(network: AMIRNet) -> str:
    """SHA-256 over all weights, by name: which float model this is."""
    return _digest(network.state_dict()).hexdigest()


def model_identity(network: AMIRNet, quantized: QuantizedRestorer | None) -> str:
    """SHA-256 over all weights and, if there is one, the int8 grid: what a bundle's files were made from."""
    digest = _digest(network.state_dict())
    if quantized is not None:
        tensors, grid = pack(quantized)
        digest.update(_digest(tensors).digest())
        digest.update(json.dumps(grid, sort_keys=True).encode())
    return digest.hexdigest()


def _digest(tensors: Mapping[str, torch.Tensor]) -> hashlib._Hash:
    digest = hashlib.sha256(f"form {FORM}".encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name}:{tuple(tensor.shape)}:{tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest
