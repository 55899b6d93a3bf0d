"""Scales chosen by the result: better than by each step's own rounding, and on a grid that is as exact."""

from __future__ import annotations

import pytest
import torch

from amirnet_training.network.phone import PhoneRestorer
from amirnet_training.quantization.calibrate import calibrate, observe
from amirnet_training.quantization.calibration_data import Sample
from amirnet_training.quantization.grid import FIXED, HIGH, LOW, QuantParams
from amirnet_training.quantization.int8_steps import QuantizedRestorer
from amirnet_training.quantization.rounding_rules import Ties, inexact
from amirnet_training.quantization.search import _moved, _Search, calibrate_by_result


@pytest.fixture(scope="module")
def restorer(random_restorer) -> PhoneRestorer:
    restorer = random_restorer()
    restorer.head.weight *= 0.3  # so that the residual is not clipped, which no scale mends
    return restorer


@pytest.fixture(scope="module")
def samples(restorer) -> list[Sample]:
    torch.manual_seed(1)
    found = []
    for _ in range(2):
        tiles, codes = torch.rand(4, 3, 32, 32), torch.randint(-64, 65, (4, 7, 1, 1)) / 64
        clean = restorer(tiles, codes).clamp(0, 1)
        found.append(Sample(torch.arange(4), tiles, clean, codes))
    return found


def error(quantized: QuantizedRestorer, samples: list[Sample]) -> float:
    return float(sum((quantized(s.degraded, s.code) - s.clean).square().mean() for s in samples))


# Where a scale is far too fine everything clips, and the scales that are tried before it make up for that first.
@pytest.mark.parametrize(("ratio", "left", "gained"), [(20.0, 1.1, 0.7), (1 / 20, 6.0, 0.1)])
def test_a_scale_that_is_far_off_is_found_again(restorer, samples, ratio: float, left: float, gained: float) -> None:
    batches = [(sample.degraded, sample.code) for sample in samples]
    plain, seen = calibrate(restorer, batches, 64), observe(restorer, batches)
    spoiled = _Search(plain, seen, restorer, samples)._scaled("detail", ratio)
    found = _Search(spoiled, seen, restorer, samples).run()
    assert error(found, samples) < left * error(plain, samples)
    assert error(found, samples) < gained * error(spoiled, samples)


def test_the_result_is_better_and_the_grid_is_exact(restorer, samples) -> None:
    batches = [(sample.degraded, sample.code) for sample in samples]
    plain, searched = calibrate(restorer, batches, 64), calibrate_by_result(restorer, samples, 64)
    search = _Search(plain, observe(restorer, batches), restorer, samples)
    assert search._loss(searched) < search._loss(plain)
    scales = {name: scale.scale for name, scale in searched.grid.activations.items()}
    assert not inexact(scales, Ties.of(restorer.blocks))
    unmoved = {name: searched.grid.activations[name] for name in (*FIXED, "code")}
    assert unmoved == {**FIXED, "code": QuantParams(1 / 64, 0)}
    assert searched.grid.weights == plain.grid.weights


def test_the_same_samples_give_the_same_grid(restorer, samples) -> None:
    one, other = (calibrate_by_result(restorer, iter(samples[:1]), 64) for _ in range(2))
    assert one.grid == other.grid


@pytest.mark.parametrize(("zero_point", "scale", "wanted"), [(LOW, 0.25, LOW), (0, 0.5, 0), (-28, 0.5, -56),
                                                              (-100, 0.25, LOW), (90, 0.25, HIGH)])  # fmt: skip
def test_the_middle_of_a_range_stays(zero_point: int, scale: float, wanted: int) -> None:
    assert abs(_moved(QuantParams(1.0, zero_point), scale) - wanted) <= 1
