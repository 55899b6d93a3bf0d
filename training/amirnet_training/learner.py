"""What learns: the network, its optimizer and its moving average, and one step of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from .activation_range import ActivationRange
from .averaging import MovingAverage
from .config import Config
from .damage_spectrum import DamageSpectrum, codes_of_damage
from .data.loader import to_float
from .graphed import GraphedStep
from .losses import light_loss, psnr, restoration_loss
from .network import AMIRNet
from .network.light import to_brighten
from .schedule import learning_rate
from .tree.assignment import Assignment
from .tree.steering import fix_prototypes


class Learner:
    """A network in training.

    Args:
        config: how it learns.
        fabric: launched; says where.
        network: fresh, or with the weights that are trained on.
    """

    def __init__(self, config: Config, fabric: Fabric, network: AMIRNet) -> None:
        self.config, self.fabric = config, fabric
        if config.tree.code != "learned":
            fix_prototypes(network)
        if config.train.frozen_encoder:
            network.encoder.requires_grad_(False)
            network.heads.requires_grad_(False)
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = MovingAverage(network, config.train.ema)
        self.ranges = ActivationRange(network.restorer)  # after the copy, which is not to be watched
        self.network: AMIRNet = network
        if config.train.compiled:
            network.restorer.compile()
        on_gpu = fabric.device.type == "cuda"
        self._rate = torch.tensor(config.train.learning_rate, device=fabric.device)  # which a recorded step reads anew
        learnt = [p for p in network.parameters() if p.requires_grad]
        decayed, plain = [p for p in learnt if p.ndim > 1], [p for p in learnt if p.ndim <= 1]
        decay = config.train.weight_decay
        groups = [{"params": decayed, "weight_decay": decay}, {"params": plain, "weight_decay": 0.0}]
        self.spectrum: nn.Module | None = None
        if config.tree.spectrum > 0:
            reader = DamageSpectrum(network.code_size)
            groups.append({"params": list(reader.parameters()), "weight_decay": 0.0})
            self.spectrum = fabric.setup_module(reader)
        optimizer = torch.optim.AdamW(groups, lr=self._rate, fused=on_gpu, capturable=on_gpu)
        self.model: nn.Module
        self.model, self.optimizer = fabric.setup(network, optimizer)
        self.average.network.to(fabric.device)
        self._learn = GraphedStep(self._learn_from, fabric.device, record=config.train.recorded)
        self.stream = self._learn.stream
        """Where everything has to run that prepares a step or reads its results."""

    def state(self) -> dict[str, Any]:
        """What the next step depends on."""
        reader = {} if self.spectrum is None else {"spectrum": self.spectrum.state_dict()}
        return {
            **reader,
            "network": self.network.state_dict(), "average": self.average.network.state_dict(),
            "optimizer": self.optimizer.state_dict(), "precision": self.fabric.strategy.precision.state_dict(),
        }  # fmt: skip

    def load(self, state: dict[str, Any]) -> None:
        """Goes on from what `state` gave."""
        self.network.load_state_dict(state["network"])
        self.average.network.load_state_dict(state["average"])
        if self.spectrum is not None:
            self.spectrum.load_state_dict(state["spectrum"])
        self.optimizer.load_state_dict(state["optimizer"])
        for group in self.optimizer.param_groups:
            group["lr"] = self._rate
        self.fabric.strategy.precision.load_state_dict(state.get("precision", {}))

    def learn(
        self, step: int, depth: int, degraded: Tensor, clean: Tensor, probes: Tensor, labels: Tensor, node: Tensor
    ) -> tuple[Tensor, ...]:
        """One step: of each sample its loss (N,), over all the cross-entropy (), of each the PSNR in dB (N,).

        Args:
            step: its number, from 0.
            depth: the deepest level that has been grown.
            degraded: (N, 3, P, P) uint8, as are ``clean`` and, with R probes a sample, ``probes``.
            labels: (N, levels) of the samples.
            node: (N,) whose prototype steers each, -1 for its own code.

        Raises:
            FloatingPointError: on a CPU, when a gradient is not finite; nothing has been changed then.
        """
        train = self.config.train
        self._rate.fill_(learning_rate(step, train.steps, train.warmup, train.learning_rate))
        watched = train.range_weight > 0 and step >= train.range_from
        self.ranges.active = watched and step % train.range_every == 0
        inputs = degraded, clean, probes, labels, node
        moved = (value.to(self.fabric.device, non_blocking=True) for value in inputs)
        found = self._learn((depth, self.ranges.active), *moved)
        if step == 0:
            self.average.begin(self.network)
        return found

    def _learn_from(
        self, degraded: Tensor, clean: Tensor, probes: Tensor, labels: Tensor, node: Tensor
    ) -> tuple[Tensor, ...]:
        train, tree, device = self.config.train, self.config.tree, self.fabric.device
        photo = to_float(degraded, device).contiguous(memory_format=torch.channels_last)
        sharp = to_float(clean, device)
        told = codes_of_damage(tree.code, photo, sharp, self.network.code_size)
        kept = ~to_brighten(photo, sharp) if train.keep_light else None
        found = self.model(photo, to_float(probes, device), node, told, kept)
        rows, columns = (slice(train.border, length - train.border) for length in clean.shape[2:])
        inside = np.s_[:, :, rows, columns]
        restored, target = found.image[inside].float(), sharp[inside]
        losses = restoration_loss(restored, target, balance=train.balance, ssim_share=train.ssim)
        probe_labels = labels.repeat_interleave(probes.shape[1], dim=0)
        entropy = self.network.heads.cross_entropy(found.place.logits.float(), probe_labels)
        loss = losses.mean() + tree.cross_entropy * entropy
        if train.light_weight > 0:
            loss = loss + train.light_weight * light_loss(found.lifted[inside], target)
        if self.spectrum is not None:
            loss = loss + tree.spectrum * self.spectrum(found.code, photo, sharp)
        if self.ranges.active:
            loss = loss + train.range_weight * self.ranges.take()
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        # Where a number is not finite the run must end; on a GPU, which would be waited for, the log tells.
        norm = self.fabric.clip_gradients(self.model, self.optimizer, max_norm=train.clip, error_if_nonfinite=False)
        if device.type == "cpu" and norm is not None and not bool(torch.isfinite(norm)):
            raise FloatingPointError
        self.optimizer.step()
        if tree.code == "learned":
            self._follow(labels, found.code.detach().float())
        self.average.follow(self.network)
        return losses.detach(), entropy.detach(), psnr(restored.detach(), target)

    def _follow(self, labels: Tensor, codes: Tensor) -> None:
        """Moves the prototypes of the nodes that samples lie in."""
        sums, counts = Assignment.sums(labels, codes)
        together = [self.fabric.all_reduce(value, reduce_op="sum") for value in (sums, counts)]
        self.network.heads.update_prototypes(*together)  # type: ignore[arg-type]
