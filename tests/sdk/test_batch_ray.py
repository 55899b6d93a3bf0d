"""A batch on a Ray cluster: a machine that is lost in the middle of writing a photo loses nothing."""

import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from amirnet import Restorer
from amirnet.cli import cli

PHOTOS = 8
STORE = 80 * 2**20


@pytest.fixture
def photos(tmp_path, toy_photo, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos" / "sub").mkdir(parents=True)
    names = [f"photos/{'sub/' * (place % 2)}{place}.png" for place in range(PHOTOS)]
    for place, name in enumerate(names):
        Image.fromarray(np.roll(toy_photo, 7 * place, axis=1)).save(name)
    return names


@pytest.fixture
def cluster(hanging_writer, monkeypatch):
    """A Ray cluster on this machine: a head that does no work, and two machines of one CPU each. What they restore
    first hangs."""
    short = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # its sockets' paths must be short
    for name, value in {
        **hanging_writer.environment,
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_TMPDIR": short,
        "RAY_health_check_period_ms": "1000",  # notice sooner that a machine is gone
        "RAY_health_check_timeout_ms": "6000",
    }.items():
        monkeypatch.setenv(name, value)
    from ray.cluster_utils import Cluster

    made = Cluster(True, head_node_args={"num_cpus": 0, "object_store_memory": STORE, "include_dashboard": False})
    machines = [made.add_node(num_cpus=1, object_store_memory=STORE) for _ in range(2)]
    yield made, machines
    made.shutdown()
    shutil.rmtree(short, ignore_errors=True)


def restore(address, bundle):
    """The command's process; what it says on stderr goes to a file, so that stdout alone is to be read."""
    with Path("stderr.txt").open("w") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", "amirnet", "restore", "photos", "-o", "out", "--recursive", "--json"]
            + ["--ray", address, "--model", str(bundle)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )


@pytest.mark.slow
@pytest.mark.timeout(900)  # half a minute where nothing else runs; Ray starts a dozen processes
@pytest.mark.skipif(sys.platform != "linux", reason="looks for the machine of a process in /proc")
def test_a_machine_is_lost_while_it_writes(cluster, photos, toy_bundle, hanging_writer):
    made, machines = cluster
    process = restore(made.address, toy_bundle)
    try:
        ended = [json.loads(process.stdout.readline()) for _ in range(2)]  # the other machine goes on meanwhile
        hanging = int(hanging_writer.marker.read_text())
        (part,) = Path("out").rglob(f".*.{hanging}-*.part")
        lose(made, machines, hanging)
        # Not by `communicate`: it would lose the lines that came along with the two above.
        ended += map(json.loads, process.stdout)
        status, stderr = process.wait(timeout=600), Path("stderr.txt").read_text()
    finally:
        process.kill()
        process.stdout.close()
    assert status == 0, stderr
    assert Counter(line["input"] for line in ended) == Counter(photos), "each once"
    assert all("error" not in line for line in ended)
    restorer = Restorer.from_bundle(toy_bundle)
    expected = {"done.jsonl"}
    for name in photos:
        output = Path("out", *Path(name).parts[1:]).with_stem(f"{Path(name).stem}_restored")
        restorer.restore(name).save("by_class.png")
        assert output.read_bytes() == Path("by_class.png").read_bytes()
        expected.add(output.name)
    assert not part.exists()
    assert {path.name for path in Path("out").rglob("*") if path.is_file()} == expected
    assert Path("out/.amirnet/done.jsonl").read_text().count("\n") == PHOTOS
    assert f"{PHOTOS} restored\n" in stderr


def lose(made, machines, pid):
    """Kill the machine that runs the process, every process of it at once."""
    import psutil  # Ray brings it

    above = {process.pid for process in psutil.Process(pid).parents()}
    (machine,) = [node for node in machines if node.all_processes["raylet"][0].process.pid in above]
    raylet = psutil.Process(machine.all_processes["raylet"][0].process.pid)
    for process in [*raylet.children(recursive=True), raylet]:
        process.kill()
    made.remove_node(machine, allow_graceful=False)


@pytest.mark.slow
@pytest.mark.timeout(900)  # half a minute where nothing else runs; Ray starts a dozen processes
def test_a_cluster_of_this_machine_does_as_the_processes_do(photos, toy_bundle, monkeypatch):
    short = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    monkeypatch.setenv("RAY_TMPDIR", short)
    Path("photos/cut.png").write_bytes(Path(photos[0]).read_bytes()[:2000])
    process = restore("local", toy_bundle)
    stdout, _ = process.communicate(timeout=600)
    shutil.rmtree(short, ignore_errors=True)
    assert process.returncode == 1, Path("stderr.txt").read_text()
    lines = {line["input"]: line for line in map(json.loads, stdout.splitlines())}
    assert lines.keys() == {*photos, "photos/cut.png"}
    assert lines["photos/cut.png"]["error"].startswith("damaged or cut short")
    again = ["restore", "photos", "-o", "out", "--recursive", "--json", "--model", str(toy_bundle)]
    assert CliRunner().invoke(cli, again).stderr.endswith(f"{PHOTOS} done before, 1 failed\n")


def test_without_ray_the_install_is_named(photos, toy_bundle, monkeypatch):
    real = importlib.import_module

    def without(name, *rest):
        if name == "ray":
            raise ModuleNotFoundError("No module named 'ray'", name="ray")
        return real(name, *rest)

    monkeypatch.setattr(importlib, "import_module", without)
    result = CliRunner().invoke(cli, ["restore", "photos", "-o", "out", "--ray", "local", "--model", str(toy_bundle)])
    assert result.exit_code == 2
    error = "error: 'amirnet restore --ray' needs ray, not installed; pip install 'amirnet[ray]'\n"
    assert result.stderr == error
    assert not Path("out").exists()


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere.invalid:6379", "localhost:port"])
def test_an_address_where_no_cluster_is_is_refused_at_once(photos, toy_bundle, address):
    result = CliRunner().invoke(cli, ["restore", "photos", "-o", "out", "--ray", address, "--model", str(toy_bundle)])
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {address}: no Ray cluster answers there")
    assert result.stderr.count("\n") == 1
    assert "take --ray local" in result.stderr
    assert not Path("out").exists()
