"""One step of learning: what the loss counts, what steers the restorer, the moving average, and recorded steps."""

from __future__ import annotations

import copy

import pytest
import torch
from lightning_fabric import Fabric

from amirnet_training.averaging import MovingAverage
from amirnet_training.config import SPECTRUM_LEVELS, Config, parse
from amirnet_training.damage_spectrum import spectrum
from amirnet_training.degradations import KINDS
from amirnet_training.errors import CheckpointError, ConfigError
from amirnet_training.graphed import GraphedStep
from amirnet_training.learner import Learner
from amirnet_training.network import build, build_from
from amirnet_training.trainer import Trainer
from amirnet_training.tree.steering import fix_prototypes, nodes_of_kinds

CPU = torch.device("cpu")


def learner_of(config: Config, fabric: Fabric | None = None) -> Learner:
    torch.manual_seed(0)
    network = build_from(config.network)
    torch.nn.init.normal_(network.restorer.head.weight, std=0.01)  # at zero it would teach nothing before it
    return Learner(config, fabric or Fabric(accelerator="cpu", devices=1), network)


def batch(seed: int = 1, dark: int = 1, levels: int = 3) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    clean = torch.randint(0, 256, (4, 3, 32, 32), generator=generator, dtype=torch.uint8)
    probes = torch.randint(0, 256, (4, 2, 3, 32, 32), generator=generator, dtype=torch.uint8)
    labels = torch.full((4, levels), -1)
    labels[:, 0] = 0
    return clean // dark, clean, probes // dark, labels, torch.full((4,), -1)


def after(config: Config, inputs: tuple[torch.Tensor, ...]) -> tuple[tuple[torch.Tensor, ...], dict[str, torch.Tensor]]:
    """What one step gives, and the weights after it."""
    learner = learner_of(config)
    return learner.learn(0, 0, *inputs), learner.network.state_dict()


@pytest.mark.parametrize("border", [0, 8])
def test_the_loss_leaves_the_border_out(make_config, border: int) -> None:
    config = make_config(train={"border": border, "light_weight": 0.5})
    degraded, clean, *rest = batch()
    other = clean.clone()
    inside = (slice(None), slice(None), slice(8, 24), slice(8, 24))
    other[...] = 0
    other[inside] = clean[inside]
    (losses, _, values), weights = after(config, (degraded, clean, *rest))
    (changed, _, others), moved = after(config, (degraded, other, *rest))
    alike = all(torch.equal(weights[name], moved[name]) for name in weights)
    assert alike == torch.equal(losses, changed) == torch.equal(values, others) == (border == 8)


def test_light_is_learnt_from_how_bright_the_photo_should_be(make_config) -> None:
    inputs = batch(dark=4)
    found = {}
    for weight in (0.0, 10.0):
        train = {"light_weight": weight, "warmup": 0, "learning_rate": 1e-3}
        (losses, _, _), weights = after(make_config(train=train), inputs)
        found[weight] = losses, weights
    assert torch.equal(found[0.0][0], found[10.0][0]), "it is not in the loss that is logged"
    fresh = learner_of(make_config()).network.state_dict()
    assert (found[10.0][1]["light.output.bias"] > fresh["light.output.bias"]).all(), "too dark: brighter"
    assert not torch.equal(found[10.0][1]["light.output.bias"], found[0.0][1]["light.output.bias"])


def test_what_is_bright_enough_is_restored_as_it_is(make_config) -> None:
    config = make_config(train={"keep_light": True, "light_weight": 1.0, "warmup": 0, "learning_rate": 1e-3})
    for dark, kept in ((1, True), (4, False)):
        inputs, found = batch(dark=dark), []
        for bias in (0.02, 0.5):
            learner = learner_of(config)
            torch.nn.init.constant_(learner.network.light.output.bias, bias)
            found.append(learner.learn(0, 0, *inputs)[0])
            assert learner.network.light.output.bias.grad.abs().max() > 0, "the head learns all the same"
        assert torch.equal(*found) == kept, "a head that brightens changes only what is to be brightened"


def test_light_alone_learns_to_brighten(make_config) -> None:
    train = {"light_weight": 1.0, "warmup": 0, "learning_rate": 2e-2, "steps": 60, "balance": 0.0}
    learner, inputs = learner_of(make_config(train=train, tree={"grow_at": []})), batch(dark=4)
    learner.network.restorer.requires_grad_(False)
    values = [float(learner.learn(step, 0, *inputs)[2].mean()) for step in range(60)]
    assert values[-1] > values[0] + 5


def kinds_config(settings, code: str) -> Config:
    tree = {"grow_at": [], "code": code, "prototype_share": 0.5}
    return parse({**settings, "network": {"preset": "tiny", "levels": 4}, "tree": tree}, "toy")


@pytest.mark.parametrize("code", ["kind", "none"])
def test_a_restorer_steered_by_the_true_kind_or_by_nothing(settings, tmp_path, code: str) -> None:
    trainer = Trainer(kinds_config(settings, code), tmp_path / "run")
    learn, nodes = trainer.learner.learn, []

    def note(step: int, depth: int, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        nodes.extend(inputs[-1].tolist())
        return learn(step, depth, *inputs)

    trainer.learner.learn = note
    items = [int(item) for batch in trainer._batches() for item in batch.item]
    trainer.train()
    wanted = [1 + KINDS.index(trainer.items.kinds[item]) if code == "kind" else 0 for item in items]
    assert nodes == wanted and (len(set(nodes)) > 2) == (code == "kind")
    codes = trainer.averaged().heads.prototypes
    assert torch.equal(codes, torch.eye(15) - torch.diag(torch.eye(15)[0])), "they do not move"
    assert trainer.validation._nodes(torch.arange(4)).tolist() == [
        1 + KINDS.index(kind) if code == "kind" else 0 for kind in trainer.validation.items.kinds
    ]


def test_a_code_needs_a_node_for_each_kind(settings) -> None:
    for code in ("kind", "none"):
        config = kinds_config(settings, code).model_dump(mode="json")
        config["network"]["levels"] = 3
        with pytest.raises(ConfigError, match=r"tree\.code '\w+' needs a node for each kind: set network.levels to 4"):
            parse(config, "toy")
    with pytest.raises(ValueError, match="no node for each kind: use 4 or more"):
        fix_prototypes(build("tiny", 3))


def test_a_restorer_steered_by_what_was_done(settings, tmp_path) -> None:
    tree = {"grow_at": [], "code": "spectrum"}
    content = {**settings, "network": {"preset": "tiny", "levels": SPECTRUM_LEVELS}, "tree": tree}
    with pytest.raises(
        ConfigError, match=r"tree\.code 'spectrum' needs longer codes: set network\.levels to 6 or more"
    ):
        parse({**content, "network": {"preset": "tiny", "levels": SPECTRUM_LEVELS - 1}}, "toy")
    trainer = Trainer(parse(content, "toy"), tmp_path / "run")
    trainer.train()
    network = trainer.averaged()
    photo, sharp = torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32)
    codes = trainer.validation._codes(network, photo, sharp)
    assert codes is not None and torch.equal(codes, spectrum(photo, sharp).as_code(network.code_size))
    given = network(photo, torch.rand(2, 1, 3, 32, 32), None, codes).image
    other = network(photo, torch.rand(2, 1, 3, 32, 32), None, codes.roll(1, 0)).image
    assert not torch.equal(given, other)


def test_the_code_is_asked_for_what_was_done(make_config) -> None:
    inputs, kept = batch(), {}
    for weight in (0.0, 2.0):
        config = make_config(tree={"spectrum": weight, "grow_at": []}, train={"warmup": 0, "learning_rate": 1e-3})
        learner = learner_of(config)
        losses = [learner.learn(step, 0, *inputs)[0] for step in range(4)]
        kept[weight] = losses[0], learner
    assert torch.equal(kept[0.0][0], kept[2.0][0]), "it is not in the loss that is logged"
    plain, asked = kept[0.0][1], kept[2.0][1]
    assert "spectrum" not in plain.state() and not torch.equal(
        plain.network.heads.value.weight, asked.network.heads.value.weight
    )
    assert asked.network.state_dict().keys() == plain.network.state_dict().keys(), "what reads codes is not shipped"
    again = learner_of(config)
    again.load(copy.deepcopy(asked.state()))
    for one in (asked, again):
        one.learn(4, 0, *inputs)
    for name, value in asked.state()["spectrum"].items():
        assert torch.equal(value, again.state()["spectrum"][name]), "training resumes to the bit"


def test_nodes_of_kinds() -> None:
    kinds = ["none", "jpeg", "noise"]
    assert nodes_of_kinds("learned", kinds, CPU) is None
    assert nodes_of_kinds("kind", kinds, CPU).tolist() == [1, len(KINDS), 2]
    assert nodes_of_kinds("none", kinds, CPU).tolist() == [0, 0, 0]


@pytest.mark.parametrize("log_every", [1, 100])
def test_a_loss_that_is_not_finite_ends_the_run(make_config, tmp_path, log_every: int) -> None:
    trainer = Trainer(make_config(train={"log_every": log_every, "validation_items": 0}), tmp_path / "run")
    learn = trainer.learner._learn_from

    def broken(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        if trainer.step == 4:
            with torch.no_grad():
                trainer.learner.network.restorer.down.bias[0] = float("nan")
        return learn(*inputs)

    trainer.learner._learn.step = broken
    with pytest.raises(CheckpointError, match=r"run: the loss is not finite at step 5: .*lower train\.learning_rate$"):
        trainer.run()
    assert not (tmp_path / "run" / "model.safetensors").exists()
    assert Trainer(trainer.config, tmp_path / "run", resume=True).step == 4, "what was kept is sound"


def test_a_gpu_tells_by_its_log(make_config, tmp_path, monkeypatch) -> None:
    """Where nothing waits for the gradients, the record that is not finite ends the run, before it is kept."""
    trainer = Trainer(make_config(train={"validation_items": 0}), tmp_path / "run")
    learn = trainer.learner.learn

    def broken(step: int, *inputs: object) -> tuple[torch.Tensor, ...]:
        losses, *rest = learn(step, *inputs)
        return (losses * float("inf") if step == 4 else losses), *rest

    trainer.learner.learn = broken
    with pytest.raises(CheckpointError, match="the loss is not finite at step 6"):
        trainer.run()
    assert Trainer(trainer.config, tmp_path / "run", resume=True).step == 4


def test_the_average_follows_the_weights_and_copies_the_rest() -> None:
    torch.manual_seed(0)
    network = build("tiny", 2)
    average = MovingAverage(network, 0.9)
    begun = copy.deepcopy(network.state_dict())
    assert average.network is not network and not average.network.training
    assert not any(parameter.requires_grad for parameter in average.network.parameters())
    with torch.no_grad():
        for parameter in network.parameters():
            parameter += 1
        network.heads.prototypes += 2
        network.heads.exists[1] = True
    average.follow(network)
    average.follow(network)
    learnt = dict(network.named_parameters())
    for name, value in average.network.state_dict().items():
        if name in learnt:
            assert torch.allclose(value, begun[name] + 1 - 0.9**2, atol=1e-6), name
        else:
            assert torch.equal(value, network.state_dict()[name]), name
    average.begin(network)
    assert all(torch.equal(value, network.state_dict()[name]) for name, value in average.network.state_dict().items())


def test_the_average_begins_with_the_first_step(make_config) -> None:
    learner, inputs = learner_of(make_config()), batch()
    learner.learn(0, 0, *inputs)
    weights, averaged = learner.network.state_dict(), learner.average.network.state_dict()
    assert all(torch.equal(averaged[name], value) for name, value in weights.items())
    learner.learn(1, 0, *inputs)
    assert not torch.equal(averaged["restorer.down.weight"], weights["restorer.down.weight"])


def test_a_cpu_runs_every_step_plainly() -> None:
    calls = []

    def step(value: torch.Tensor) -> tuple[torch.Tensor, ...]:
        calls.append(value)
        return (value * 2,)

    graphed = GraphedStep(step, CPU, record=True)
    with graphed.stream():
        found = [graphed(key, torch.tensor(float(number)))[0].item() for number, key in enumerate("aabbb" * 3)]
    assert found == [2.0 * number for number in range(15)] and len(calls) == 15
    assert not graphed.record


@pytest.mark.filterwarnings("error:the training step cannot be recorded")
@pytest.mark.skipif(not torch.cuda.is_available(), reason="recording needs a GPU")
@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
def test_a_recorded_step_is_the_plain_one(make_config, precision: str) -> None:
    """Fourteen steps: four plain, one recorded, others replayed, and all of that again once the tree has grown."""
    results = {}
    for recorded in (False, True):
        train = {"recorded": recorded, "steps": 24, "learning_rate": 1e-4, "range_weight": 0.04, "range_every": 1,
                 "light_weight": 0.1, "border": 4}  # fmt: skip
        learner = learner_of(make_config(train=train), Fabric(accelerator="cuda", devices=1, precision=precision))
        learner.network.heads.exists[1:3] = True
        losses = []
        with learner.stream():
            for step in range(14):
                degraded, clean, probes, labels, node = batch(step)
                if step >= 7:
                    labels[:, 1] = torch.tensor([0, 1, 0, 1])
                losses.append(learner.learn(step, int(step >= 7), degraded, clean, probes, labels, node)[0])
            torch.cuda.synchronize()
        assert (learner._learn._graph is not None) == recorded
        results[recorded] = torch.stack(losses), learner.network.state_dict(), learner.average.network.state_dict()
    (losses, *states), (plain, *wanted) = results[True], results[False]
    assert torch.allclose(losses, plain, rtol=1e-2)
    for state, other in zip(states, wanted, strict=True):
        for name, value in other.items():
            # Of the tensor, not of its numbers: where a gradient is nothing but rounding, Adam makes whole steps of it.
            apart = float((state[name].float() - value.float()).norm())
            assert apart <= 5e-3 * max(1.0, float(value.float().norm())), name
