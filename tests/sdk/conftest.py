"""Fixtures of the SDK's tests: a bundle folder in either of its two forms."""

import zipfile

import pytest


def zip_folder(folder, **extra):
    """The folder as a zip beside it, plus extra entries: name -> bytes."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for item in sorted(folder.rglob("*")):
            if item.is_file():
                file.write(item, item.relative_to(folder).as_posix())
        for name, content in extra.items():
            file.writestr(name, content)
    return path


@pytest.fixture
def zipped():
    """zipped(folder, **extra) -> the path of the zip."""
    return zip_folder


@pytest.fixture(params=["folder", "zip"])
def form(request):
    """Turns a bundle folder into the form under test."""
    return zip_folder if request.param == "zip" else lambda folder: folder
