"""Beginning: with too little memory, and what `import amirnet` offers."""

import subprocess
import sys

import pytest

import amirnet as package
from amirnet import public
from amirnet.errors import NO_MEMORY_TO_START, is_shortage

LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]) * 2**20,) * 2)
sys.argv = ["amirnet", *sys.argv[2:]]
runpy.run_module("amirnet", run_name="__main__", alter_sys=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux")
@pytest.mark.parametrize("megabytes", [40, 60, 90, 120, 150, 170, 190, 210, 230])
def test_too_little_memory_is_one_line_wherever_it_ends(tmp_path, photo, toy_bundle, megabytes):
    out = tmp_path / "out.png"
    words = ["restore", str(photo), "-o", str(out), "--model", str(toy_bundle)]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(megabytes), *words], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        assert out.exists() and megabytes > 150
        return
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("error: ") and ";" in done.stderr
    assert not out.exists()
    if megabytes <= 150:
        assert done.stderr == f"error: {NO_MEMORY_TO_START}\n"


def test_a_package_that_is_missing_is_no_shortage():
    assert not is_shortage(ModuleNotFoundError("No module named 'map segment'"))
    assert not is_shortage(ImportError("cannot import name 'a'"))
    assert is_shortage(ImportError("a.so: failed to map segment from shared object"))
    assert is_shortage(MemoryError())


def test_the_package_offers_what_is_public():
    assert set(package.__all__) == {*public.__all__, "__version__", "errors"}
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="module 'amirnet' has no attribute 'Nothing'"):
        package.Nothing  # noqa: B018


def test_the_package_itself_loads_no_library():
    program = "import sys, amirnet; print(sorted({'numpy', 'PIL', 'onnxruntime', 'click'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
