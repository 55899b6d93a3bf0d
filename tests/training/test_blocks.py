"""Parts of the phone networks that behave unlike torch's own."""

from __future__ import annotations

import pytest
import torch

from amirnet_training.network.light import floor


@pytest.mark.parametrize(("value", "wanted", "passes"), [(0.5, 1.0, True), (0.5, -1.0, True),
                                                         (-0.5, 1.0, True), (-0.5, -1.0, False)])  # fmt: skip
def test_a_floored_value_can_rise_but_sinks_no_further(value, wanted, passes) -> None:
    number = torch.tensor(value, requires_grad=True)
    floored = floor(number)
    assert float(floored.detach()) == max(value, 0.0)
    (-wanted * floored).backward()
    assert float(number.grad) == (-wanted if passes else 0.0)
