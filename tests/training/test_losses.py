"""The restoration loss, PSNR and the learning rate."""

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio

from amirnet_training.losses import psnr, restoration_loss
from amirnet_training.schedule import learning_rate


def images(seed: int, count: int = 3) -> torch.Tensor:
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("balance", [0.0, 0.005])
@pytest.mark.parametrize("share", [0.0, 0.15, 1.0])
def test_equal_images_cost_nothing(balance: float, share: float) -> None:
    clean = images(0)
    loss = restoration_loss(clean.clone(), clean, balance=balance, ssim_share=share)
    assert loss.shape == (3,) and torch.allclose(loss, torch.zeros(3), atol=1e-6)


def test_the_pixel_term_is_smooth_l1() -> None:
    clean = torch.full((2, 3, 32, 32), 0.5)
    off = torch.tensor([0.01, 0.2])
    loss = restoration_loss(clean + off[:, None, None, None], clean, balance=0.0, ssim_share=0.0)
    assert loss.tolist() == pytest.approx([0.5 * 0.01**2 / 0.03, 0.2 - 0.015], rel=1e-4)


def test_balance_leaves_small_losses_and_presses_large_ones() -> None:
    clean = torch.full((2, 3, 32, 32), 0.5)
    degraded = clean + torch.tensor([0.0005, 0.4])[:, None, None, None]
    plain, balanced = (restoration_loss(degraded, clean, balance=b, ssim_share=0.0) for b in (0.0, 0.005))
    assert balanced[0] == pytest.approx(float(plain[0]), rel=0.01)
    assert balanced[1] < 0.1 * plain[1]
    assert balanced[1] == pytest.approx(0.005 * np.log1p(float(plain[1]) / 0.005), rel=1e-4)


def test_each_sample_has_its_own_loss() -> None:
    clean, restored = images(0), images(1)
    whole = restoration_loss(restored, clean, balance=0.005, ssim_share=0.15)
    alone = restoration_loss(restored[1:2], clean[1:2], balance=0.005, ssim_share=0.15)
    assert float(whole[1]) == pytest.approx(float(alone[0]), rel=1e-5)


@pytest.mark.parametrize("case", ["equal", "far out", "black", "noise"])
def test_gradients_are_finite(case: str) -> None:
    clean = torch.zeros(2, 3, 32, 32) if case == "black" else images(0, 2)
    start = {"equal": clean, "far out": clean * 50 - 25, "black": clean, "noise": images(3, 2)}[case]
    restored = start.clone().requires_grad_()
    restoration_loss(restored, clean, balance=0.005, ssim_share=0.15).mean().backward()
    assert restored.grad is not None and bool(torch.isfinite(restored.grad).all())


def test_psnr_is_scikit_images() -> None:
    clean, restored = images(0), images(0) + 0.1 * images(1)
    wanted = [peak_signal_noise_ratio(c.double().numpy(), r.double().clamp(0, 1).numpy(), data_range=1.0)
              for c, r in zip(clean, restored, strict=True)]  # fmt: skip
    assert psnr(restored, clean).tolist() == pytest.approx(wanted, abs=1e-3)
    assert psnr(clean, clean).tolist() == [100.0] * 3
    assert psnr(clean + 2, torch.ones_like(clean)).tolist() == [100.0] * 3, "clipped before it is compared"


def test_the_rate_warms_up_and_falls_to_a_hundredth() -> None:
    rates = [learning_rate(step, 1000, 100, 1e-3) for step in range(1000)]
    assert rates[0] == pytest.approx(1e-5) and max(rates) == pytest.approx(1e-3)
    assert rates[:100] == sorted(rates[:100]) and rates[100:] == sorted(rates[100:], reverse=True)
    assert rates[-1] == pytest.approx(1e-5, rel=0.01)
    assert learning_rate(0, 1, 0, 1e-3) == pytest.approx(1e-3)
    assert learning_rate(3, 4, 300, 1e-3) < 1e-3, "a run shorter than its warm-up"
