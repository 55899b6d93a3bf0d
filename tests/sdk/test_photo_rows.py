"""One way to restore: any kind of rows goes through it, and what ends it between two tiles leaves nothing."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from amirnet import Restorer, SaveOptions
from amirnet.errors import ImageError, OutputError
from amirnet.photo.photo_file import PhotoFile
from amirnet.photo.photo_stream import PhotoStream
from amirnet.photo.pixel_rows import PixelRows
from amirnet.runtime.change import Change


@dataclass(eq=False)
class Bitmap:
    """A phone's bitmap, 32 bits a pixel, blue first, restored in place: a kind of rows that the SDK does not know."""

    words: np.ndarray
    change: Change = field(default_factory=Change)

    @classmethod
    def of(cls, pixels):
        alpha = np.full(pixels.shape[:2], 255, np.uint8)
        return cls(np.dstack([pixels[..., 2], pixels[..., 1], pixels[..., 0], alpha]).view(np.uint32)[..., 0])

    @property
    def width(self):
        return self.words.shape[1]

    @property
    def height(self):
        return self.words.shape[0]

    @property
    def pixels(self):
        return self.read(0, self.height)

    def read(self, top, bottom):
        return np.ascontiguousarray(self.words[top:bottom, :, None].view(np.uint8)[..., 2::-1])

    def write(self, top, left, seen, restored):
        np.testing.assert_array_equal(
            self.read(top, top + len(seen))[:, left : left + seen.shape[1]], seen, "each pixel is overwritten once"
        )
        self.change.add(seen, restored)
        place = slice(top, top + restored.shape[0]), slice(left, left + restored.shape[1])
        self.words[place] = Bitmap.of(restored).words

    def reopened(self):
        raise AssertionError("there is memory enough")


def test_every_kind_of_rows_is_restored_alike(toy_bundle, toy_photo, photo):
    restorer = Restorer.from_bundle(toy_bundle)
    wanted = restorer.restore(toy_photo, strength=0.75)
    bitmap, array, file = Bitmap.of(toy_photo), PixelRows.of(PhotoFile(toy_photo)), PhotoStream.open(photo)
    for rows in (bitmap, array, file):
        found, how = restorer.restore_rows(rows, wanted.options)
        assert found is rows
        assert (how.change_psnr, how.tile, how.tiles) == (wanted.change_psnr, 56, wanted.tiles)
        np.testing.assert_array_equal(how.diagnosis.code, wanted.diagnosis.code)
    for image in (bitmap.pixels, array.image, file.read(0, 97)):
        np.testing.assert_array_equal(image, wanted.image)


class Cancelled(Exception):
    pass


@pytest.mark.parametrize("after", [0, 1, 7, 19])
def test_cancelling_between_tiles_leaves_nothing(toy_bundle, photo, toy_photo, after):
    restorer, out = Restorer.from_bundle(toy_bundle), photo.with_name("out.png")
    wanted = restorer.restore(toy_photo).image
    calls = []
    run = restorer.engine.restore
    restorer.engine.restore = lambda tile, code: (calls.append(1), run(tile, code))[1]

    def progress(done, total):
        if done == after:
            raise Cancelled

    before = photo.read_bytes()
    for cancelled in (
        lambda: restorer.restore_file(photo, out, progress=progress),
        lambda: restorer.restore_file(photo, photo, progress=progress, overwrite=True),
        lambda: restorer.restore(toy_photo, progress=progress),
    ):
        calls.clear()
        with pytest.raises(Cancelled):
            cancelled()
        assert len(calls) == after
    assert [path.name for path in photo.parent.iterdir()] == ["photo.png"] and photo.read_bytes() == before
    np.testing.assert_array_equal(restorer.restore(toy_photo).image, wanted)


def test_a_stream_opens_its_file_again(photo, toy_photo):
    stream = PhotoStream.open(photo)
    stream.write(0, 0, toy_photo, 255 - toy_photo)
    again = stream.reopened()
    np.testing.assert_array_equal(again.read(0, 97), toy_photo)
    assert again.change.numbers == 0 and stream.rows.shape == (0, 0, 3), "the first gave its memory back"
    with pytest.raises(ImageError, match="no file cannot be read again; give its path"):
        PhotoStream(again.rows, PhotoFile(toy_photo).facts).reopened()


def test_save_options_go_where_restore_options_go(toy_bundle, photo, tmp_path):
    restorer = Restorer.from_bundle(toy_bundle)
    saving = SaveOptions(quality=31)
    restorer.restore_file(photo, tmp_path / "a.jpg", saving=saving)
    restorer.restore_file(photo, tmp_path / "b.jpg", quality=31)
    restorer.restore(photo).save(tmp_path / "c.jpg", saving)
    restorer.restore(photo).save(tmp_path / "d.jpg", SaveOptions(90), quality=31)
    assert len({(tmp_path / f"{name}.jpg").read_bytes() for name in "abcd"}) == 1
    with pytest.raises(OutputError, match="quality 101"):
        SaveOptions(quality=101)
    with pytest.raises(TypeError, match="colour"):
        restorer.restore_file(photo, tmp_path / "e.jpg", colour="red")
