"""The screens of the iOS app as HTML, in the order of the Swift views. Their looks: drawn_screens.css."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Drawing:
    """Words by key, lengths by name, and what the SDK found in the photo that is drawn."""

    words: dict[str, str]
    lengths: dict[str, float]
    accent: str
    theme: str
    language: str
    kinds: Sequence[tuple[str, float]]
    psnr: float

    def say(self, key: str, *values: object) -> str:
        """As `Phrasebook` in Swift: places filled, numbers in the language's way."""
        text = self.words[key]
        for place, value in enumerate(values, 1):
            shown = f"{value:.1f}" if isinstance(value, float) else str(value)
            if isinstance(value, float) and self.language == "de":
                shown = shown.replace(".", ",")
            for kind in "@d":
                text = text.replace(f"%{place}${kind}", shown)
        return html.escape(text.replace("%%", "%"))

    def page(self, screen: Callable[[Drawing], str]) -> str:
        sizes = "".join(f"--{name}:{value:g}px;" for name, value in self.lengths.items())
        return f"""<!doctype html><html lang="{self.language}"><meta charset="utf-8"><title>drawing</title>
<style>:root{{--accent:{self.accent};{sizes}}}{_STYLE}</style><body class="{self.theme}">{screen(self)}</body></html>"""

    def frame(self, key: str, content: str, tool: str = "") -> str:
        """A screen: the system's bar, the title, the content, the tabs."""
        tabs = (("restore", "✦"), ("benchmark", "◔"), ("settings", "⚙"))
        bar = ""
        for name, sign in tabs:
            place = f"screen_{name}"
            bar += f'<div class="tab{" on" if key == place else ""}"><i>{sign}</i>{self.say(place)}</div>'
        top = f'<div class="status"><b>9:41</b><span>▮▮▮</span></div><div class="tool">{tool}</div>'
        return f"{top}<h1>{self.say(key)}</h1><main>{content}</main><nav>{bar}</nav>"

    def chip(self, life: str = "ready", thermal: str = "none", warning: str = "") -> str:
        color = {"ready": "green", "unloaded": "gray"}.get(life, "orange")
        if thermal == "severe":
            color = "red"
        line = self.say(
            "chip_line",
            self.words["engine_coreml"],
            self.words["accelerator_npu"],
            self.words[f"state_{life}"],
            self.words[f"thermal_{thermal}"],
        )
        plan = self.say("chip_plan", 118, 122, self.words["accelerator_npu"])
        told = plan if life == "ready" else self.say("chip_nodes_unknown")
        return f'<div class="chip"><u class="{color}"></u>{line}</div><small class="quiet">{told}</small>{warning}'


def card(*parts: str, title: str = "") -> str:
    head = f"<h2>{title}</h2>" if title else ""
    return f'<section class="card">{head}{"".join(parts)}</section>'


def button(text: str, kind: str = "") -> str:
    return f'<div class="button {kind}">{text}</div>'


def text(content: str, kind: str = "") -> str:
    return f'<p class="{kind}">{content}</p>'


def slider(title: str, value: str, part: float) -> str:
    return (
        f'<div class="row"><b>{title}</b><small class="quiet">{value}</small></div>'
        f'<div class="slider"><i style="width:{part:g}%"></i><u style="left:{part:g}%"></u></div>'
    )


def row(title: str, value: str) -> str:
    return f'<div class="row">{title}<span class="quiet">{value}</span></div>'


def choose(d: Drawing) -> str:
    content = card(
        '<div class="wand">✦</div>',
        f'<div class="title">{d.say("choose_title")}</div>',
        text(d.say("choose_text")),
        button("▣&ensp;" + d.say("choose_action"), "on fit"),
        text(d.say("choose_share_hint"), "small quiet"),
    )
    return d.frame("screen_restore", d.chip("unloaded") + content)


def progress(d: Drawing) -> str:
    content = card(
        '<div class="bar"><i style="width:42%"></i></div>',
        text(d.say("progress_tiles", 93, 221)),
        text(d.say("progress_left_seconds", 25)),
        text(d.say("progress_background"), "small quiet"),
        button(d.say("progress_cancel")),
        title=d.say("notification_title"),
    )
    photo = '<div class="compare"><img src="before.png"></div>'
    return d.frame("screen_restore", d.chip() + photo + content)


def _compare(d: Drawing) -> str:
    signs = "".join(f'<div class="button icon">{sign}</div>' for sign in ("−", "⤢", "+"))
    return (
        '<div class="compare"><img src="after.png"><div class="half"><img src="before.png"></div><i></i><u>↔</u></div>'
        f'<div class="row"><small class="quiet">{d.say("compare_before")}</small><span class="row signs">{signs}</span>'
        f'<small class="quiet">{d.say("compare_after")}</small></div>'
    )


def result(d: Drawing) -> str:
    (first, much), (second, less) = d.kinds[0], d.kinds[1]
    sure = "very" if much >= 0.8 else "quite" if much >= 0.5 else "hardly"
    line = d.say("found_line", d.words[f"kind_{first}"], d.words[f"sure_{sure}"], round(100 * much))
    following = d.say("found_next", d.words[f"kind_{second}"], max(1, round(100 * less)))
    found = card(
        f'<div class="title3">{line}</div>',
        text(following, "quiet") if less >= 0.05 else "",
        text(d.say("found_change", float(d.psnr)), "small"),
        button(d.say("found_correct"), "fit"),
        title=d.say("found_title"),
    )
    return d.frame("screen_restore", d.chip() + _compare(d) + found, "▣ " + d.say("choose_another"))


def choices(d: Drawing) -> str:
    picks = "".join(
        f'<div class="button small">{d.say(f"light_{name}")}</div>' for name in ("auto", "keep", "brighten")
    )
    content = card(
        slider(d.say("strength_label"), d.say("strength_value", 80), 80),
        "<hr>",
        slider(d.say("light_label"), d.say("light_value", 60), 30),
        f'<div class="row picks">{picks}</div>',
        text(d.say("light_preview"), "small quiet"),
        button(d.say("apply_again"), "on"),
    )
    save = card(button(d.say("save_action")))
    return d.frame("screen_restore", content + save, "▣ " + d.say("choose_another"))


def saved(d: Drawing) -> str:
    picks = (("auto", " picked"), ("keep", ""), ("brighten", ""))
    lights = "".join(f'<div class="button small{kind}">{d.say(f"light_{name}")}</div>' for name, kind in picks)
    sliders = card(
        slider(d.say("strength_label"), d.say("strength_value", 100), 100),
        "<hr>",
        slider(d.say("light_label"), d.say("light_auto"), 50),
        f'<div class="row picks">{lights}</div>',
    )
    content = card(
        f'<p class="green">✓&ensp;{d.say("save_done", "IMG_2041_restored.HEIC")}</p>',
        text(d.say("save_place_removed"), "small"),
        text(d.say("save_gain_map_kept"), "small"),
        text(d.say("save_profile_kept", "Display P3"), "small"),
        button("⇪&ensp;" + d.say("save_share"), "fit"),
    )
    return d.frame("screen_restore", sliders + content, "▣ " + d.say("choose_another"))


def refused(d: Drawing) -> str:
    npu, gpu, coreml = d.words["accelerator_npu"], d.words["accelerator_gpu"], d.words["engine_coreml"]
    reason = "restorer.mlpackage: Core ML cannot load it"
    warning = f'<p class="small orange">▲&ensp;{d.say("fallback_line", coreml, npu, coreml, gpu, reason)}</p>'
    content = card(
        text(d.say("refuse_too_large", 199, 262, 3200, 1890, 1240)),
        text(d.say("refuse_too_large_remedy"), "quiet"),
        button(d.say("error_dismiss")),
        title=d.say("error_title"),
    )
    return d.frame("screen_restore", d.chip("warming", "light", warning) + content)


def interrupted(d: Drawing) -> str:
    content = card(
        text(d.say("progress_interrupted")),
        button(d.say("progress_again"), "on"),
        button(d.say("choose_another")),
    )
    return d.frame("screen_restore", d.chip("unloaded") + content)


def benchmark(d: Drawing) -> str:
    minutes = [31.2, 31.4, 31.4, 32.0, 33.8, 36.1, 38.4, 39.0, 39.2, 39.3]
    heat = ["green"] * 3 + ["yellow"] * 3 + ["orange"] * 4
    bars = "".join(
        f'<div><i class="{color}" style="height:calc(var(--curve)*{ms / max(minutes):.3f})"></i>{place}</div>'
        for place, (ms, color) in enumerate(zip(minutes, heat, strict=True), 1)
    )
    curve = card(
        f'<div class="curve">{bars}</div>',
        text(d.say("benchmark_sustained_described", minutes[0], minutes[-1]), "small quiet"),
        title=d.say("benchmark_sustained"),
    )
    verdict = card(
        f'<p class="green">✓&ensp;{d.say("verdict_valid")}</p>', text(d.say("verdict_accelerator_unknown"), "small")
    )
    numbers = card(
        row(d.say("benchmark_cold_load"), d.say("benchmark_seconds", 4.5)),
        row(d.say("benchmark_warm_load"), d.say("benchmark_seconds", 0.3)),
        row(d.say("benchmark_first_run"), d.say("benchmark_milliseconds", 62.5)),
        f'<div>{d.say("benchmark_steady")}<p class="quiet">{d.say("benchmark_quantiles", 31.3, 32.0, 34.0)}</p></div>',
    )
    return d.frame("screen_benchmark", d.chip(thermal="severe") + verdict + curve + numbers)


def settings(d: Drawing) -> str:
    chosen = d.say("settings_engine_automatic")
    model = card(
        text("mobile"),
        '<hr><p class="link">' + d.say("settings_model_choose") + "</p>",
        title=d.say("settings_model"),
    )
    precision = row(d.say("settings_precision"), d.say("settings_precision_int8"))
    engine = card(row(d.say("settings_engine"), chosen), "<hr>", precision)
    cache = card(
        row(d.say("settings_cache"), d.say("settings_cache_value", 18.4)),
        '<hr><p class="link">' + d.say("settings_cache_clear") + "</p>",
    )
    place = card(row(d.say("settings_place"), '<span class="toggle"><u></u></span>'))
    hints = [text(d.say(f"settings_{name}_hint"), "small quiet hint") for name in ("model", "cache", "place")]
    return d.frame("screen_settings", "".join((model, hints[0], engine, cache, hints[1], place, hints[2])))


SCREENS: dict[str, Callable[[Drawing], str]] = {
    "choose": choose,
    "progress": progress,
    "result": result,
    "choices": choices,
    "saved": saved,
    "refused": refused,
    "interrupted": interrupted,
    "benchmark": benchmark,
    "settings": settings,
}
