"""Which photos a batch takes, and where each goes: all of it decided, or refused by name, before anything starts."""

import os
from pathlib import Path

import pytest

from amirnet.cli.batch_plan import plan_batch
from amirnet.errors import ImageError, OutputError


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A folder as people have them; nothing in it is decoded here, names are enough."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.jpg", "B.PNG", "notes.txt", ".hidden.jpg", "raw.dng", "sub/a.jpg", "sub/deep/c.gif", ".git/d.png"):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(b"x")
    return tmp_path / "photos"


def planned(*inputs, output="out", recursive=True):
    plan = plan_batch([Path(name) for name in inputs], output, recursive)
    return {str(job.photo): str(job.output) for job in plan.jobs}, dict(plan.passed_over)


def test_outputs_mirror_the_folder(tree):
    jobs, passed_over = planned("photos")
    assert jobs == {
        "photos/B.PNG": "out/B_restored.PNG",
        "photos/a.jpg": "out/a_restored.jpg",
        "photos/raw.dng": "out/raw_restored.png",  # an image by its name: tried, so that it fails and is not missed
        "photos/sub/a.jpg": "out/sub/a_restored.jpg",
        "photos/sub/deep/c.gif": "out/sub/deep/c_restored.png",
    }
    assert list(jobs) == ["photos/B.PNG", "photos/a.jpg", "photos/raw.dng", "photos/sub/a.jpg", "photos/sub/deep/c.gif"]
    assert passed_over == {"no photos by their names": 1, "hidden": 2}
    assert not Path("out").exists()


def test_folders_below_only_with_recursive(tree):
    jobs, passed_over = planned("photos", recursive=False)
    assert list(jobs) == ["photos/B.PNG", "photos/a.jpg", "photos/raw.dng"]
    assert passed_over["folders below (add --recursive)"] == 1


def test_folders_and_photos_mixed(tree, tmp_path):
    (tmp_path / "one.webp").write_bytes(b"x")
    jobs, _ = planned("one.webp", "photos/sub", "photos/sub/a.jpg", "photos/.hidden.jpg", "photos/sub/deep")
    assert jobs == {
        "one.webp": "out/one_restored.webp",
        "photos/sub/a.jpg": "out/a_restored.jpg",  # by folder and by name: once
        "photos/sub/deep/c.gif": "out/deep/c_restored.png",  # by folder, and by the one above it: where it was first
        "photos/.hidden.jpg": "out/.hidden_restored.jpg",  # a hidden one that is asked for by name
    }


def test_links(tree, tmp_path):
    (tree / "circle").symlink_to(tree)
    (tree / "linked.jpg").symlink_to(tree / "a.jpg")
    (tree / "dangling.jpg").symlink_to(tree / "gone.jpg")
    jobs, _ = planned("photos", recursive=False)
    assert {"photos/linked.jpg", "photos/dangling.jpg"} < set(jobs)
    assert planned("photos")[1]["links to folders"] == 1
    (tmp_path / "entry").symlink_to(tree / "sub")
    assert list(planned("entry")[0]) == ["entry/a.jpg", "entry/deep/c.gif"], "one that is named is followed"


@pytest.mark.parametrize("output", ["photos/out", "photos/sub/out", "{tmp}/photos/out"])
def test_the_output_folder_holds_no_inputs(tree, tmp_path, output):
    output = output.format(tmp=tmp_path)
    before, _ = planned("photos", output=output)
    (Path(output) / "sub").mkdir(parents=True)
    (Path(output) / "sub" / "a_restored.jpg").write_bytes(b"x")
    jobs, passed_over = planned("photos", output=output)
    assert jobs == before
    assert passed_over["the output folder"] == 1


@pytest.mark.parametrize(
    ("inputs", "output", "words"),
    [
        (["photos", "other"], "out", "out/a_restored.jpg: would hold both photos/a.jpg and other/a.jpg; rename one"),
        (["photos", "twin"], "out", "would hold both photos/sub/deep/c.gif and twin/sub/deep/c.png"),
        (["photos"], "photos", "photos: is the folder of the photos itself"),
        (["photos/sub"], "photos/sub/../sub", "is the folder of the photos itself"),
        (["photos"], "out.jpg", "out.jpg: is a photo's name, and many photos need a folder"),
        (["photos"], "photos/a.jpg", "is a photo's name"),
        (["photos"], "photos/notes.txt", "photos/notes.txt: cannot be written"),
        (["other"], "back", "back/a_restored.jpg: would overwrite the input back/a_restored.jpg"),
        (["other"], "blocked", "blocked/a_restored.jpg: is a folder"),
    ],
)
def test_what_cannot_be_is_refused_by_name(tree, tmp_path, inputs, output, words):
    for name in ("other/a.jpg", "twin/sub/deep/c.png", "back/a_restored.jpg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "blocked" / "a_restored.jpg").mkdir(parents=True)
    also = ["back/a_restored.jpg"] if output == "back" else []
    with pytest.raises(OutputError) as caught:
        planned(*inputs, *also, output=output)
    assert words in str(caught.value)
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("inputs", "recursive", "words"),
    [
        (["nosuch"], True, "nosuch: no such file"),
        (["photos", "nosuch.jpg"], True, "nosuch.jpg: no such file"),
        (["empty"], True, "empty: no photo in there; check the path"),
        (["texts"], True, "texts: no photo in there (passed over: no photos by their names: 1)"),
        (["above"], False, "above: no photo in there (passed over: folders below (add --recursive): 1)"),
    ],
)
def test_nothing_to_do_is_said(tree, tmp_path, inputs, recursive, words):
    for name in ("empty", "texts", "above/sub"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "texts" / "a.txt").write_text("x")
    with pytest.raises(ImageError) as caught:
        planned(*inputs, recursive=recursive)
    assert words in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_folder_that_cannot_be_listed_is_a_failure(tree):
    (tree / "sub").chmod(0)
    plan = plan_batch([tree], "out", True)
    (tree / "sub").chmod(0o700)
    assert [(path.name, why) for path, why in plan.unreadable] == [("sub", "cannot be listed (Permission denied)")]
    assert len(plan.jobs) == 3
