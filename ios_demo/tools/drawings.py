"""Draws the screens of the iOS app: pictures of HTML pages, made of the app's own words and lengths. They are drawings:
no line of Swift ran for them.

    python ios_demo/tools/drawings.py build/ios-drawings

Words are those of Localizable.strings, lengths those of Layout.swift, accents those of the asset catalog; the photo is
restored by the SDK. Needs Chromium (CHROMIUM names it) for the pictures; the pages are written in any case.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from drawn_screens import SCREENS, Drawing
from PIL import Image

from amirnet import Restorer

APP = Path(__file__).parents[1] / "App" / "AMIRNet"
PHOTO = Path(__file__).parents[2] / "benchmarks" / "amirnet_benchmarks" / "photos" / "real" / "pumpkin.webp"
WIDTH, HEIGHT, SCALE = 393, 852, 2
"""A phone's points, and pixels a point."""


def words(language: str) -> dict[str, str]:
    """Localizable.strings: key -> text."""
    text = (APP / f"{language}.lproj" / "Localizable.strings").read_text(encoding="utf-8")
    found = re.findall(r'^"(\w+)" = "((?:[^"\\]|\\.)*)";', text, re.M)
    return {key: re.sub(r"\\(.)", r"\1", value) for key, value in found}


def lengths() -> dict[str, float]:
    """Layout.swift: name -> points."""
    text = (APP / "Layout.swift").read_text(encoding="utf-8")
    return {name: float(number) for name, number in re.findall(r"static let (\w+) = ([\d.]+)", text)}


def accents() -> dict[str, str]:
    """The accent's CSS colour, "light" and "dark", of the asset catalog."""
    file = APP / "Assets.xcassets" / "AccentColor.colorset" / "Contents.json"
    found = {}
    for entry in json.loads(file.read_text(encoding="utf-8"))["colors"]:
        parts = entry["color"]["components"]
        levels = (round(255 * float(parts[name])) for name in ("red", "green", "blue"))
        found["dark" if "appearances" in entry else "light"] = "#{:02x}{:02x}{:02x}".format(*levels)
    return found


def draw(folder: Path) -> list[Path]:
    """Writes the pages and, where there is a browser, their pictures; the pictures' files."""
    folder.mkdir(parents=True, exist_ok=True)
    photo = Image.open(PHOTO).convert("RGB")
    restored = Restorer.from_bundle("mobile").restore(photo)
    photo.save(folder / "before.png")
    Image.fromarray(restored.image).save(folder / "after.png")
    kinds = list(restored.diagnosis.kinds.items())
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    pictures = []
    for theme, language in (("light", "en"), ("dark", "de")):
        drawing = Drawing(words(language), lengths(), accents()[theme], theme, language, kinds, restored.change_psnr)
        for name, screen in SCREENS.items():
            page = folder / f"{name}_{theme}.html"
            page.write_text(drawing.page(screen), encoding="utf-8")
            if browser:
                pictures.append(picture(browser, page))
    return pictures


def picture(browser: str, page: Path) -> Path:
    file = page.with_suffix(".png")
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files"]
    sizes = [f"--force-device-scale-factor={SCALE}", f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={file}"]
    command = [browser, *arguments, *sizes, page.resolve().as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return file


def sheet(pictures: list[Path], file: Path) -> None:
    """All of them on one sheet: a row a theme."""
    half = len(pictures) // 2
    small = [Image.open(picture).convert("RGB").reduce(2) for picture in pictures]
    width, height = small[0].size
    whole = Image.new("RGB", (half * (width + 16) - 16, 2 * height + 16), (128, 128, 128))
    for place, each in enumerate(small):
        whole.paste(each, (place % half * (width + 16), place // half * (height + 16)))
    whole.quantize(256).save(file, optimize=True)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    drawn = draw(target)
    if drawn:
        sheet(drawn, target / "drawings.png")
    print(f"{len(drawn)} pictures in {target}")
