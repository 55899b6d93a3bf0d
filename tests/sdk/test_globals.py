"""Nothing global of the caller's is touched, by photos of every kind, from several threads."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from made_files import png_with, saved, tiff
from PIL import Image

PROGRAM = """
import amirnet  # its one exception, the variable of ONNX Runtime, is set here
import decimal, faulthandler, gc, json, locale, logging, os, random, resource, signal, socket, sys, threading, warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import numpy, PIL, onnxruntime
from PIL import Image, ImageFile
from amirnet import Restorer, PhotoFile, ModelBundle, SaveOptions
from amirnet.errors import AmirnetError

logging.getLogger("coremltools"), logging.getLogger("PIL"), logging.getLogger("absl")
warnings.filterwarnings("error", category=DeprecationWarning)  # the caller's own filters
locale.setlocale(locale.LC_ALL, "C")
signal.signal(signal.SIGUSR1, signal.SIG_IGN)

def umask():
    now = os.umask(0o22)
    os.umask(now)
    return now

def snapshot():
    loggers = {"": logging.root, **{n: x for n, x in logging.root.manager.loggerDict.items() if hasattr(x, "level")}}
    return {
        "environment": dict(os.environ),
        "warnings": [repr(one) for one in warnings.filters], "showwarning": repr(warnings.showwarning),
        "loggers": {n: (x.level, repr(x.handlers), x.disabled, x.propagate) for n, x in loggers.items()},
        "disabled": logging.root.manager.disable,
        "signals": [repr(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
        "masked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
        "timers": signal.getitimer(signal.ITIMER_REAL), "locale": locale.setlocale(locale.LC_ALL),
        "folder": os.getcwd(), "umask": umask(),
        "streams": [repr(x) for x in (sys.stdin, sys.stdout, sys.stderr, sys.excepthook, sys.displayhook)],
        "descriptors": [os.fstat(number)[:3] for number in range(3)],
        "sys": [sys.path[:], sys.argv[:], sys.getrecursionlimit(), sys.getswitchinterval(), repr(sys.gettrace()),
                repr(sys.meta_path), sys.get_int_max_str_digits(), repr(sys.unraisablehook)],
        "threads": [repr(threading.excepthook), threading.stack_size()],
        "limits": [resource.getrlimit(x) for x in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE)],
        "priority": os.getpriority(os.PRIO_PROCESS, 0), "affinity": sorted(os.sched_getaffinity(0)),
        "pillow": [Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, ImageFile.MAXBLOCK, Image.ID[:],
                   *[{k: repr(v) for k, v in x.items()} for x in (Image.OPEN, Image.SAVE, Image.SAVE_ALL,
                     Image.EXTENSION, Image.MIME, Image.DECODERS, Image.ENCODERS)]],
        "numpy": [numpy.geterr(), repr(numpy.geterrcall()), numpy.get_printoptions()],
        "random": [repr(random.getstate()), repr(numpy.random.get_state())],
        "decimal": repr(decimal.getcontext()), "sockets": socket.getdefaulttimeout(),
        "gc": [gc.isenabled(), gc.get_threshold()], "faulthandler": faulthandler.is_enabled(),
    }

folder, bundle = map(Path, sys.argv[1:])
PhotoFile.open(folder / "plain.png")  # Pillow's own modules tell Pillow of themselves as they are imported
before = snapshot()

def work(number):
    ends, restorer = [], Restorer.from_bundle(bundle)
    for name in sorted(os.listdir(folder)):
        try:
            restorer.diagnose(folder / name)
            result = restorer.restore(folder / name, first_frame=True)
            for suffix in (".jpg", ".png", ".webp", ".tif", ".bmp"):
                result.save(folder.parent / f"{number}-{name}{suffix}", strip_gps=True)
            restorer.restore_file(folder / name, folder.parent / f"{number}-{name}.file.png")
            ends.append(f"{name}: restored")
        except AmirnetError as error:
            ends.append(f"{name}: {type(error).__name__}")
    for wrong in ("no such bundle", str(folder)):
        try:
            ModelBundle.open(wrong)
        except AmirnetError as error:
            ends.append(type(error).__name__)
    return ends

with ThreadPoolExecutor(4) as pool:
    ends = list(pool.map(work, range(4)))
after = snapshot()
changed = {name: [repr(one[name])[:2000] for one in (before, after)] for name in before if before[name] != after[name]}
print(json.dumps({"changed": changed, "ends": ends[0], "same": all(one == ends[0] for one in ends)}))
"""


def photos(folder, toy_photo):
    """One of each kind: sound, of 16 bits, turned, damaged, none."""
    image = Image.fromarray(toy_photo)
    exif = Image.Exif()
    exif[0x0112] = 6
    deep = (toy_photo[..., 0].astype(np.uint16) * 257)[:32, :40]
    made = {
        "plain.png": saved(image, "PNG"), "deep.tif": tiff(np.ascontiguousarray(deep)),
        "turned.jpg": saved(image, "JPEG", exif=exif, progressive=True),
        "lzw.tif": saved(image, "TIFF", compression="tiff_lzw"),
        "film.gif": saved(image, "GIF", save_all=True, append_images=[image.rotate(5)]),
        "gamma.png": png_with(image, (b"gAMA", b"\0\1\x86\xa0")), "half.png": saved(image, "PNG")[:900],
        "text.jpg": b"no photo", "clear.webp": saved(image.convert("RGBA"), "WEBP"), "a.jp2": saved(image, "JPEG2000"),
        "raw.nef": tiff(toy_photo[:8, :8], kind=1, below=toy_photo[..., 0]),
        "cmyk.jpg": saved(image.convert("CMYK"), "JPEG"),
    }  # fmt: skip
    lzw = bytearray(made["lzw.tif"])
    lzw[200:260] = b"\xff" * 60
    made["damaged.tif"] = bytes(lzw)
    if ".avif" in Image.registered_extensions():
        made["a.avif"] = saved(image, "AVIF")
    try:
        import pillow_heif
    except ImportError:
        pass
    else:
        pillow_heif.from_pillow(image).save(folder / "a.heic", quality=80)
    for name, content in made.items():
        (folder / name).write_bytes(content)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="what a process has is asked as Linux tells it")
def test_nothing_global_of_the_callers_is_touched(tmp_path, toy_photo, toy_bundle):
    folder = tmp_path / "photos"
    folder.mkdir()
    photos(folder, toy_photo)
    words = [sys.executable, "-c", PROGRAM, str(folder), str(toy_bundle)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert found["changed"] == {}
    assert found["same"] and "plain.png: restored" in found["ends"] and "damaged.tif: ImageError" in found["ends"]
    assert not [end for end in found["ends"] if end.startswith("a.heic") and "restored" not in end]


@pytest.mark.parametrize("variable", [None, "0", "1"])
def test_the_one_exception_is_the_variable_of_telemetry(variable):
    """Set as the package is imported, and nothing else of the environment with it."""
    program = (
        "import os, sys; before = dict(os.environ); import amirnet; amirnet.Restorer\n"
        "changed = {k: v for k, v in os.environ.items() if before.get(k) != v}\n"
        "print(changed, set(before) - set(os.environ), os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment |= {} if variable is None else {"ORT_DISABLE_TELEMETRY": variable}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    changed = "{}" if variable == "1" else "{'ORT_DISABLE_TELEMETRY': '1'}"
    assert done.stdout.strip() == f"{changed} set() 1"


def test_the_sdk_itself_prints_nothing(tmp_path, photo, toy_bundle):
    """On either stream, of a sound photo or of one that is refused, loaded in another thread or not. What a decoder
    says of a damaged file on file descriptor 2 is the decoder's: to catch it is to take the caller's descriptor."""
    (tmp_path / "no.jpg").write_bytes(b"no photo")
    program = """
import sys, threading
from amirnet import Restorer
from amirnet.errors import AmirnetError
def work():
    restorer = Restorer.from_bundle(sys.argv[1])
    restorer.restore(sys.argv[2])
    for wrong in sys.argv[3:]:
        try:
            restorer.restore(wrong)
        except AmirnetError:
            pass
work()
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""
    words = [sys.executable, "-c", program, str(toy_bundle), str(photo), str(tmp_path / "no.jpg"), str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
