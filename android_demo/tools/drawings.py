"""Draws the app's screens: python android_demo/tools/drawings.py [FOLDER]

They are drawings, not photographs of a phone: an HTML page a screen, made from the same strings.xml, dimens.xml and
colors.xml as the app, by day and by night, in English and German, and rendered by chromium. What they show of a photo
is real: one of the demo's, restored by the Python SDK with the shipped model. Needs chromium on the path.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from drawing_pieces import (
    DEMO,
    HEIGHT,
    WIDTH,
    Look,
    Sample,
    chip,
    compare,
    dialog,
    fact,
    icon,
    knob,
    panel,
    radio,
    sure,
)


def choose(look: Look, sample: Sample) -> str:
    return (
        f"<h1>{look.word('choose_title')}</h1><p>{look.word('choose_text')}</p>"
        f'<button>{look.word("choose_action")}</button><p class="small">{look.word("choose_share_hint")}</p>'
        f'<p class="small">{look.word("choose_place_stripped")}</p>{chip(look, "state_unloaded")}'
    )


def progress(look: Look, sample: Sample) -> str:
    bar = '<div class="bar"><i style="width:62%"></i></div>'
    return (
        "<h1>IMG_2041.jpg</h1>"
        + panel(
            bar,
            fact(look.word("progress_tiles", 136, 221), look.word("progress_left_seconds", 25)),
            f'<p class="small">{look.word("progress_background")}</p>',
            f'<button class="outlined">{look.word("progress_cancel")}</button>',
        )
        + chip(look)
    )


def result(look: Look, sample: Sample) -> str:
    found = look.word("found_line", look.word(f"kind_{sample.kind}"), look.word(sure(sample.share)),
                      round(100 * sample.share))  # fmt: skip
    following = look.word("found_next", look.word(f"kind_{sample.next}"), round(100 * sample.next_share))
    lights = "".join(
        f'<span class="choice{" on" if key == "light_auto" else ""}">{look.word(key)}</span>'
        for key in ("light_auto", "light_keep", "light_brighten")
    )
    return (
        compare(look, sample)
        + panel(
            f"<h2>{look.word('found_title')}</h2><p>{found}</p><p class='small'>{following}</p>",
            f"<p class='small'>{look.word('found_change', f'{sample.change:.1f}')}</p>",
            f'<button class="text">{look.word("found_correct")}</button>',
        )
        + panel(
            knob(look.word("strength_label"), look.word("strength_value", 100), 1.0),
            f'<p class="small">{look.word("strength_hint")}</p><div class="choices">{lights}</div>',
            knob(look.word("light_label"), look.word("light_value", 100), 0.5),
        )
        + f"<button>{look.word('save_action')}</button>"
        + f'<button class="outlined">{look.word("choose_another")}</button>'
        + chip(look)
    )


def saved(look: Look, sample: Sample) -> str:
    return (
        compare(look, sample)
        + panel(
            f"<p>{look.word('save_done', 'IMG_2041_restored.jpg')}</p>",
            f'<p class="small">{look.word("save_place_stripped")}</p>',
            f'<p class="small">{look.word("save_gain_map_kept")}</p>',
            f'<p class="small">{look.word("save_profile_kept", "Display P3")}</p>',
            f'<button class="outlined">{look.word("save_share")}</button>',
        )
        + f'<button class="outlined">{look.word("choose_another")}</button>'
        + chip(look)
    )


def kinds(look: Look, sample: Sample) -> str:
    rows = radio(look.word("found_correct_automatic"), True) + "".join(
        radio(look.word(f"kind_{kind}"), False) for kind in ("defocus", "jpeg", "lowlight", "motion", "noise", "none")
    )
    return compare(look, sample) + dialog(look.word("found_correct_title"), rows, look.word("action_back"))


def error(look: Look, sample: Sample) -> str:
    details = "tile 120: not enough memory (failed to allocate); close other apps, or cut the photo"
    text = (
        f"<p>{look.word('error_out_of_memory')}</p><p>{look.word('error_out_of_memory_remedy')}</p>"
        f'<p class="small">{look.word("error_details")}: {details}</p>'
    )
    return choose(look, sample) + dialog(look.word("error_title"), text, look.word("error_dismiss"))


def settings(look: Look, sample: Sample) -> str:
    engines = [("litert", "npu"), ("litert", "gpu"), ("litert", "cpu"), ("onnx", "cpu")]
    return (
        f"<h1>{look.word('screen_settings')}</h1>"
        + panel(
            f"<h2>{look.word('settings_model')}</h2><p>{look.word('settings_model_value', 'mobile', '45a5cfb6')}</p>",
            f'<p class="small">{look.word("settings_model_hint")}</p>',
            f'<button class="outlined">{look.word("settings_model_choose")}</button>',
        )
        + panel(
            f"<h2>{look.word('settings_engine')}</h2>",
            radio(look.word("settings_engine_automatic"), True),
            *(radio(f"{look.word(f'engine_{name}')}, {look.word(f'accelerator_{on}')}", False) for name, on in engines),
            f"<h2>{look.word('settings_precision')}</h2>",
            radio(look.word("settings_precision_int8"), True),
            radio(look.word("settings_precision_float"), False),
        )
        + panel(
            fact(look.word("settings_cache"), look.word("settings_cache_value", "3.1")),
            f'<p class="small">{look.word("settings_cache_hint")}</p>',
            f'<button class="outlined">{look.word("settings_cache_clear")}</button>',
        )
        + panel(
            f'<div class="fact"><span>{look.word("settings_place")}</span><span class="switch"><i></i></span></div>',
            f'<p class="small">{look.word("settings_place_hint")}</p>',
        )
        + panel(f"<h2>{look.word('settings_about')}</h2><p class='small'>{look.word('settings_about_text')}</p>")
    )


def benchmark(look: Look, sample: Sample) -> str:
    minutes = [31.2, 31.3, 31.9, 33.4, 36.0, 37.8, 38.1, 38.2, 38.2, 38.3]
    hot = [False] * 6 + [True] * 4
    columns = "".join(
        f'<i class="{"hot" if heat else ""}" style="height:{100 * tall / max(minutes):.0f}%"></i>'
        for tall, heat in zip(minutes, hot, strict=True)
    )
    return (
        f"<h1>{look.word('screen_benchmark')}</h1><p>{look.word('benchmark_intro')}</p>"
        f"<button>{look.word('benchmark_start')}</button>"
        f'<button class="outlined">{look.word("benchmark_start_long")}</button>'
        + panel(
            f"<h2>{look.word('verdict_invalid')}</h2><p class='small'>• {look.word('verdict_tethered')}</p>",
            fact(look.word("benchmark_cold_load"), look.word("benchmark_seconds", "4.50")),
            fact(look.word("benchmark_warm_load"), look.word("benchmark_seconds", "0.25")),
            fact(look.word("benchmark_first_run"), look.word("benchmark_milliseconds", "62.5")),
            f"<h2>{look.word('benchmark_steady')}</h2><p>{look.word('benchmark_quantiles', 31.2, 33.0, 35.1)}</p>",
            fact(look.word("benchmark_photo"), look.word("benchmark_seconds", "7.50")),
            f"<h2>{look.word('benchmark_sustained')}</h2><div class='curve'>{columns}</div>",
            f"<p class='small'>{look.word('benchmark_sustained_described', 31.2, 38.3)}</p>",
            fact(look.word("benchmark_energy"), look.word("benchmark_energy_tethered")),
            f"<button>{look.word('benchmark_share')}</button>",
        )
        + chip(look)
    )


SCREENS = {"choose": choose, "progress": progress, "result": result, "saved": saved, "kinds": kinds, "error": error,
           "settings": settings, "benchmark": benchmark}  # fmt: skip
TALL = {"result": 1400, "settings": 1560, "benchmark": 1420, "saved": 1000}
"""Pages that scroll are drawn whole, so many dp high."""


def page(look: Look, name: str, sample: Sample) -> str:
    place = {"settings": 2, "benchmark": 1}.get(name, 0)
    places = "".join(
        f'<div class="{"on" if at == place else ""}"><i>{icon(key)}</i><span>{look.word(key)}</span></div>'
        for at, key in enumerate(("screen_restore", "screen_benchmark", "screen_settings"))
    )
    lang = "de" if look.german else "en"
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{name}</title><style>{look.style()}</style>'
        f"<body><main>{SCREENS[name](look, sample)}</main><nav>{places}</nav></body></html>"
    )


def main(folder: Path) -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        print("error: no chromium on the path; install it (on Debian: apt-get install chromium)", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    sample = Sample()
    looks = [Look(german, night) for german in (False, True) for night in (False, True)]
    with tempfile.TemporaryDirectory() as scratch:
        for look in looks:
            for name in SCREENS:
                if look.german and (look.night or name not in ("result", "settings", "choose")):
                    continue
                source = Path(scratch) / "page.html"
                source.write_text(page(look, name, sample), encoding="utf-8")
                target = folder / f"{name}_{look.name}.png"
                command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                           "--force-device-scale-factor=1.5", f"--window-size={WIDTH},{TALL.get(name, HEIGHT)}",
                           f"--screenshot={target}", f"--user-data-dir={scratch}/profile", source.as_uri()]  # fmt: skip
                subprocess.run(command, check=True, capture_output=True, timeout=120)
                print(target.name)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEMO / "app" / "drawings"))
