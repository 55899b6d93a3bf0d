"""What a batch does again and what it does not, with a runner in this process that says what it was given."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from amirnet import ModelBundle, RestoreOptions, Restorer
from amirnet.batch.ledger import Ledger
from amirnet.batch.recipe import Recipe, fingerprint
from amirnet.batch.session import Job, restore_all
from amirnet.batch.worker import Worker


@pytest.fixture
def session(tmp_path, toy_copy, toy_photo, monkeypatch):
    """Runs a batch on files of this folder, by name; returns the outcomes and the names that were really restored."""
    monkeypatch.chdir(tmp_path)
    for place, name in enumerate(["a.png", "b.jpg", "c.png"]):
        Image.fromarray(np.roll(toy_photo, 7 * place, axis=1)).save(name)

    def run(*names, before_each=lambda task: None, **options):
        recipe = Recipe(str(toy_copy), fingerprint(ModelBundle.open(toy_copy)), **options)
        worker, outcomes, restored = Worker(recipe), {}, []

        def runner(tasks):
            for task in tasks:
                restored.append(task.photo)
                before_each(task)
                yield worker(task)

        jobs = [Job(Path(name), Path("out", name)) for name in names]
        restore_all(
            jobs, recipe, Ledger(Path("out")), runner, lambda outcome: outcomes.update({outcome.photo: outcome})
        )
        assert list(outcomes) == list(names), "one outcome each"
        return outcomes, restored

    return run


def test_what_is_done_is_not_done_again(session):
    assert session("a.png", "b.jpg")[1] == ["a.png", "b.jpg"]
    outcomes, restored = session("a.png", "b.jpg", "c.png")
    assert restored == ["c.png"]
    assert (outcomes["a.png"].known, outcomes["c.png"].known) == ("a.png", "")
    assert outcomes["b.jpg"].sha256 == session("b.jpg")[0]["b.jpg"].sha256 != ""


@pytest.mark.parametrize("change", ["content", "output edited", "output gone", "option", "bundle", "ledger gone"])
def test_what_changed_is_done_again(session, change, toy_copy):
    session("a.png", "b.jpg")
    before = Path("out/a.png").read_bytes()
    options = {"options": RestoreOptions(node=4)} if change == "option" else {}
    if change == "content":
        Path("a.png").write_bytes(Path("c.png").read_bytes())
    elif change == "output edited":
        Path("out/a.png").write_bytes(b"edited")
    elif change == "output gone":
        Path("out/a.png").unlink()
    elif change == "bundle":
        manifest = toy_copy / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"overlap": 6', '"overlap": 4'))
    elif change == "ledger gone":
        Path("out/.amirnet/done.jsonl").unlink()
    one_only = change in ("content", "output edited", "output gone")
    assert session("a.png", "b.jpg", **options)[1] == (["a.png"] if one_only else ["a.png", "b.jpg"])
    assert (Path("out/a.png").read_bytes() != before) == (change in ("content", "option"))
    assert session("a.png", "b.jpg", **options)[1] == []


def test_a_renamed_photo_is_copied(session):
    first, _ = session("a.png", "b.jpg")
    Path("sub").mkdir()
    Path("a.png").rename("sub/z.png")
    Path("b.jpg").rename("b.png")  # a JPEG still, but the output is to be a PNG now
    outcomes, restored = session("sub/z.png", "b.png")
    assert restored == ["b.png"]
    assert (outcomes["sub/z.png"].known, outcomes["sub/z.png"].sha256) == ("a.png", first["a.png"].sha256)
    assert Path("out/sub/z.png").read_bytes() == Path("out/a.png").read_bytes()
    assert Image.open("out/b.png").format == "PNG"
    assert session("sub/z.png", "b.png")[0]["sub/z.png"].known == "sub/z.png", "and it is remembered"


def test_two_photos_of_one_content_are_restored_once(session):
    Path("twin.png").write_bytes(Path("a.png").read_bytes())
    outcomes, restored = session("a.png", "twin.png")
    assert (restored, outcomes["twin.png"].known) == (["a.png"], "a.png")


def test_a_failure_is_tried_again_and_stops_nothing(session):
    Path("cut.png").write_bytes(Path("a.png").read_bytes()[:2000])
    for _ in range(2):
        outcomes, restored = session("cut.png", "gone.png", "b.jpg")
        assert "cut.png: damaged or cut short" in outcomes["cut.png"].error
        assert "gone.png: no such file" in outcomes["gone.png"].error
        assert restored[0] == "cut.png"
        assert sorted(path.name for path in Path("out").iterdir()) == [".amirnet", "b.jpg"]


@pytest.mark.parametrize("gone", [False, True])
def test_a_photo_that_changes_meanwhile_is_not_taken_for_what_it_was(session, gone, monkeypatch):
    real = Restorer.restore_file

    def change(task):
        if not gone:
            Path(task.photo).write_bytes(Path("c.png").read_bytes())

    def restore_file(self, photo, *rest, **options):
        result = real(self, photo, *rest, **options)
        if gone:
            photo.unlink()
        return result

    monkeypatch.setattr(Restorer, "restore_file", restore_file)
    outcomes, _ = session("a.png", before_each=change)
    assert "a.png: was changed while it was being restored" in outcomes["a.png"].error
    assert not Path("out/a.png").exists()


def test_a_defect_is_a_failure_of_one_photo(session, monkeypatch):
    real = Worker._restored

    def broken(self, task):
        if task.photo == "a.png":
            raise ZeroDivisionError("for a test")
        return real(self, task)

    monkeypatch.setattr(Worker, "_restored", broken)
    outcomes, _ = session("a.png", "b.jpg")
    assert outcomes["a.png"].error == "a.png: ZeroDivisionError (for a test); this is a defect, please report it"
    assert outcomes["b.jpg"].error == ""


def test_a_bundle_changed_behind_the_plan_is_refused(session, toy_copy):
    def change(task):
        manifest = toy_copy / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"overlap": 6', '"overlap": 4'))

    outcomes, _ = session("a.png", before_each=change)
    assert "another bundle here than where the run began" in outcomes["a.png"].error
