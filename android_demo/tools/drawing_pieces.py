"""What the drawings are made of: words, colours and measures of the app's resources, a restored photo, and parts."""

from __future__ import annotations

import base64
import html
import io
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from amirnet import Restorer

DEMO = Path(__file__).parents[1]
RES = DEMO / "app" / "src" / "main" / "res"
PHOTO = DEMO.parent / "benchmarks" / "amirnet_benchmarks" / "photos" / "real" / "chess.webp"
WIDTH, HEIGHT = 412, 915
"""Of a common phone, in dp, which are CSS pixels here."""


def values(folder: str, file: str, tag: str) -> dict[str, str]:
    path = RES / folder / file
    if not path.exists():
        return {}
    return {node.get("name", ""): "".join(node.itertext()) for node in ET.parse(path).getroot().iter(tag)}


@dataclass(frozen=True)
class Look:
    """A language and a time of day."""

    german: bool
    night: bool

    @property
    def name(self) -> str:
        return f"{'de' if self.german else 'en'}_{'dark' if self.night else 'light'}"

    def word(self, key: str, *values_: object) -> str:
        words = values("values", "strings.xml", "string") | (
            values("values-de", "strings.xml", "string") if self.german else {}
        )
        text = words[key]
        for place, value in enumerate(values_, 1):
            text = text.replace(f"%{place}$d", str(value)).replace(f"%{place}$s", str(value))
        return html.escape(text.replace("%%", "%"))

    def style(self) -> str:
        colors = values("values", "colors.xml", "color")
        if self.night:
            colors |= values("values-night", "colors.xml", "color")
        sizes = values("values", "dimens.xml", "dimen")
        lines = [f"--{name.replace('_', '-')}: {css_color(value)};" for name, value in colors.items()]
        lines += [f"--{name.replace('_', '-')}: {value[:-2]}px;" for name, value in sizes.items()]
        return ":root {" + " ".join(lines) + "}\n" + (DEMO / "tools" / "drawings.css").read_text(encoding="utf-8")


def css_color(value: str) -> str:
    """Android writes alpha first, CSS last."""
    return f"#{value[3:]}{value[1:3]}" if len(value) == 9 else value


class Sample:
    """The photo, restored, as the compare view shows it, and what was found."""

    def __init__(self) -> None:
        result = Restorer.from_bundle("mobile").restore(PHOTO)
        before = np.asarray(Image.open(PHOTO).convert("RGB"))
        self.before, self.after = data_url(before), data_url(result.image)
        self.height, self.width = before.shape[:2]
        kinds = list(result.diagnosis.kinds.items())
        self.kind, self.share = kinds[0]
        self.next, self.next_share = kinds[1]
        self.change = result.change_psnr
        self.tiles = result.tiles


def data_url(pixels: np.ndarray) -> str:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=92)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()


def sure(share: float) -> str:
    return "sure_very" if share >= 0.8 else "sure_quite" if share >= 0.5 else "sure_hardly"


def panel(*parts: str) -> str:
    return f'<section class="panel">{"".join(parts)}</section>'


def fact(name: str, value: str) -> str:
    return f'<div class="fact"><span>{name}</span><span>{value}</span></div>'


def knob(name: str, value: str, at: float) -> str:
    return fact(name, value) + f'<div class="slider" style="--at:{100 * at:.0f}%"><i></i><b></b></div>'


def chip(look: Look, life: str = "state_ready") -> str:
    line = look.word("chip_line", look.word("engine_litert"), look.word("accelerator_gpu"), look.word(life),
                     look.word("thermal_none"))  # fmt: skip
    return f'<div class="chip">{line}</div><p class="small">{look.word("chip_nodes_unknown")}</p>'


def compare(look: Look, sample: Sample) -> str:
    return (
        f'<div class="picture" style="aspect-ratio:{sample.width}/{sample.height}">'
        f'<img src="{sample.after}"><img class="before" src="{sample.before}"><div class="divider"></div>'
        f'<div class="handle">‹ ›</div><span class="tag left">{look.word("compare_before")}</span>'
        f'<span class="tag right">{look.word("compare_after")}</span></div>'
    )


def radio(text: str, on: bool) -> str:
    return f'<div class="radio{" on" if on else ""}"><i></i><span>{text}</span></div>'


def dialog(title: str, text: str, action: str) -> str:
    inside = f'<h2>{title}</h2>{text}<button class="text">{action}</button>'
    return f'<div class="scrim"></div><div class="dialog">{inside}</div>'


def icon(key: str) -> str:
    """The drawable of the same name, whose path SVG reads as it is."""
    drawable = ET.parse(RES / "drawable" / f"{key.replace('screen_', 'ic_')}.xml").getroot()
    android = "{http://schemas.android.com/apk/res/android}"
    paths = "".join(
        f'<path fill-rule="evenodd" d="{node.get(android + "pathData")}"/>' for node in drawable.iter("path")
    )
    return f'<svg viewBox="0 0 24 24">{paths}</svg>'
