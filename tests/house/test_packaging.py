"""The distribution: a thin base install, extras that build on one another, every dependency pinned."""

import re
import runpy
import tomllib
from pathlib import Path
from typing import Any

import pytest
import setuptools

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def metadata() -> dict[str, Any]:
    """What setup.py hands to setuptools."""
    seen: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr(setuptools, "setup", lambda **keywords: seen.update(keywords))
        runpy.run_path("setup.py")
    return seen


def names(requirements: list[str]) -> set[str]:
    """Distribution names in the form package indexes compare: lower case, dashes."""
    return {normal(re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0]) for requirement in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    entries = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {normal(name): version for name, version in entries}


def test_the_base_install_is_thin(metadata: dict[str, Any]) -> None:
    assert names(metadata["install_requires"]) == {"numpy", "pillow", "onnxruntime", "click", "rich"}


def test_extras_build_on_one_another(metadata: dict[str, Any]) -> None:
    extras = {name: names(requirements) for name, requirements in metadata["extras_require"].items()}
    assert set(extras) == {"tflite", "coreml", "ray", "heif", "training", "export", "benchmarks", "all", "dev"}
    assert extras["training"] | extras["tflite"] | extras["coreml"] < extras["export"]
    assert extras["export"] | extras["benchmarks"] | extras["ray"] | extras["heif"] == extras["all"]
    assert extras["all"] < extras["dev"]
    assert "torch" not in extras["benchmarks"], "the demo must not need torch"


def test_every_direct_dependency_is_pinned(metadata: dict[str, Any]) -> None:
    wanted = names(metadata["install_requires"]) | names(metadata["extras_require"]["dev"])
    assert wanted - pins().keys() == set()


def test_pins_are_exact_and_portable() -> None:
    for name, version in pins().items():
        assert re.fullmatch(r"\d+(\.\d+)*(\.?(post|rc|a|b)\d+)?", version), f"{name}=={version}"
        assert not name.startswith(("nvidia-", "cuda-", "triton")), f"{name} is not to be had on macOS"


def test_the_build_uses_the_pinned_setuptools() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    assert build == [f"setuptools=={pins()['setuptools']}"]


def test_every_component_is_packaged(metadata: dict[str, Any]) -> None:
    for top, folder in metadata["package_dir"].items():
        assert (ROOT / folder / "__init__.py").is_file(), folder
        found = {str(path.parent.relative_to(ROOT / folder)) for path in (ROOT / folder).rglob("__init__.py")}
        expected = {top if name == "." else f"{top}.{name.replace('/', '.')}" for name in found}
        assert expected - {"amirnet.contract"} == {name for name in metadata["packages"] if name.split(".")[0] == top}


def test_package_data_matches_files(metadata: dict[str, Any]) -> None:
    """Each pattern finds something, and the bundles and photos it is there for are among what it finds."""
    for top, patterns in metadata["package_data"].items():
        for pattern in patterns:
            assert list((ROOT / metadata["package_dir"][top]).glob(pattern)), f"{top}: {pattern} finds nothing"


def test_the_entry_point_is_the_command_line(metadata: dict[str, Any]) -> None:
    assert metadata["entry_points"] == {"console_scripts": ["amirnet = amirnet.cli:main"]}


def test_one_version(metadata: dict[str, Any]) -> None:
    import amirnet

    assert metadata["version"] == amirnet.__version__
