"""The command as a whole: help without heavy imports, lazy subcommands, exit statuses, a bar that stays on stderr."""

import importlib
import json
import os
import subprocess
import sys
import types

import click
import pytest
from click.testing import CliRunner
from PIL import Image

import amirnet
from amirnet.cli import SUBCOMMANDS, cli

HEAVY = ("torch", "onnx", "cv2", "amirnet_training", "amirnet_export", "amirnet_benchmarks")


def python(code, *args):
    """Run code in a fresh interpreter; it fails the test when it exits with an unexpected status."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code, *args], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


LOADED = f"import sys, json; print(json.dumps([name for name in {HEAVY + ('onnxruntime',)!r} if name in sys.modules]))"


def test_importing_the_sdk_loads_nothing_heavy():
    assert json.loads(python(f"import amirnet, amirnet.cli; {LOADED}")) == []


def test_help_lists_every_command_and_loads_nothing_heavy():
    run = "\ntry:\n    amirnet.cli.main()\nexcept SystemExit as end:\n    assert end.code == 0, end.code\n"
    output = python(f"import sys, amirnet.cli{run}{LOADED}", "--help")
    for name in ("restore", "inspect", "train", "evaluate", "export"):
        assert f"\n  {name} " in output
    assert json.loads(output.splitlines()[-1]) == []


def test_restoring_never_loads_torch(toy_bundle, toy_photo, tmp_path):
    Image.fromarray(toy_photo).save(tmp_path / "photo.png")
    run = "\ntry:\n    amirnet.cli.main()\nexcept SystemExit as end:\n    assert end.code == 0, end.code\n"
    arguments = ["restore", str(tmp_path / "photo.png"), "--model", str(toy_bundle)]
    output = python(f"import sys, amirnet.cli{run}{LOADED}", *arguments)
    assert json.loads(output.splitlines()[-1]) == ["onnxruntime"]
    assert (tmp_path / "photo_restored.png").is_file()


def test_module_and_version():
    done = subprocess.run(
        [sys.executable, "-m", "amirnet", "--version"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout.strip()) == (0, f"amirnet, version {amirnet.__version__}")


def test_no_arguments_show_the_help_and_end_with_2():
    result = CliRunner().invoke(cli, [])
    assert result.exit_code == 2
    assert "Commands:" in result.output


def test_an_unknown_command_is_one_line():
    result = CliRunner().invoke(cli, ["enhance"])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: No such command 'enhance'")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("name", "extra"), [("train", "training"), ("evaluate", "training"), ("export", "export")])
def test_a_missing_extra_names_the_install(monkeypatch, name, extra):
    real = importlib.import_module

    def without(module, *rest):
        if module.startswith(("amirnet_training", "amirnet_export")):
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
        return real(module, *rest)

    monkeypatch.setattr(importlib, "import_module", without)
    result = CliRunner().invoke(cli, [name, "--whatever"])
    assert result.exit_code == 2
    assert result.stderr == f"error: 'amirnet {name}' needs torch, not installed; pip install 'amirnet[{extra}]'\n"


def test_an_extra_found_missing_while_running_is_named_too(monkeypatch):
    module = types.ModuleType("amirnet_training.cli")

    @click.command()
    def train():
        raise ModuleNotFoundError("No module named 'sklearn'", name="sklearn")

    module.train = train
    monkeypatch.setitem(sys.modules, "amirnet_training", types.ModuleType("amirnet_training"))
    monkeypatch.setitem(sys.modules, "amirnet_training.cli", module)
    result = CliRunner().invoke(cli, ["train"])
    assert result.exit_code == 2
    assert "needs sklearn" in result.stderr


def test_a_defect_of_our_own_is_not_dressed_up(monkeypatch):
    """A missing module under a command of the thin install is a defect, and must look like one."""
    subcommand = SUBCOMMANDS["restore"]
    monkeypatch.setitem(cli.subcommands, "restore", type(subcommand)("amirnet.nosuch:restore", "broken"))
    assert isinstance(CliRunner().invoke(cli, ["restore", "x"]).exception, ModuleNotFoundError)


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_the_bar_is_drawn_on_a_terminal_and_stdout_stays_clean(
    toy_bundle, toy_photo, tmp_path, monkeypatch, on_a_terminal
):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(toy_photo).save("photo.png")
    done, drawn = on_a_terminal("restore", "photo.png", "--json", "--tile", "32", "--model", str(toy_bundle))
    assert done.returncode == 0
    assert json.loads(done.stdout)["output"] == "photo_restored.png"
    assert "photo.png" in drawn
