"""The screens of the iOS app as HTML, in the order of the Swift views: what is drawn, and how iOS draws its controls."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass


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
            shown = f"{value:.1f}".replace(".", "," if self.language == "de" else ".") if isinstance(value, float) else value
            for kind in "@d":
                text = text.replace(f"%{place}${kind}", str(shown))
        return html.escape(text.replace("%%", "%"))

    def page(self, screen: Callable[[Drawing], str]) -> str:
        sizes = "".join(f"--{name}:{value:g}px;" for name, value in self.lengths.items())
        return f"""<!doctype html><html lang="{self.language}"><meta charset="utf-8"><title>drawing</title>
<style>:root{{--accent:{self.accent};{sizes}}}{_STYLE}</style><body class="{self.theme}">{screen(self)}</body></html>"""

    def frame(self, key: str, content: str, tool: str = "") -> str:
        """A screen: the system's bar, the title, the content, the tabs."""
        tabs = (("restore", "✦"), ("benchmark", "◔"), ("settings", "⚙"))
        bar = "".join(
            f'<div class="tab{" on" if key == f"screen_{name}" else ""}"><i>{sign}</i>{self.say(f"screen_{name}")}</div>'
            for name, sign in tabs
        )
        return (
            f'<div class="status"><b>9:41</b><span>▮▮▮</span></div><div class="tool">{tool}</div><h1>{self.say(key)}</h1>'
            f'<main>{content}</main><nav>{bar}</nav>'
        )

    def chip(self, life: str = "ready", thermal: str = "none", warning: str = "") -> str:
        color = {"ready": "green", "unloaded": "gray"}.get(life, "orange")
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
    found = card(
        f'<div class="title3">{d.say("found_line", d.words[f"kind_{first}"], d.words[f"sure_{sure}"], round(100 * much))}</div>',
        text(d.say("found_next", d.words[f"kind_{second}"], max(1, round(100 * less))), "quiet") if less >= 0.05 else "",
        text(d.say("found_change", float(d.psnr)), "small"),
        button(d.say("found_correct"), "fit"),
        title=d.say("found_title"),
    )
    tool = "▣ " + d.say("choose_another")
    return d.frame("screen_restore", d.chip() + _compare(d) + found, tool)


def choices(d: Drawing) -> str:
    picks = "".join(
        f'<div class="button small{" picked" if name == "auto" else ""}">{d.say(f"light_{name}")}</div>'
        for name in ("auto", "keep", "brighten")
    )
    lights = f'<div class="row picks">{picks}</div>'
    content = card(
        slider(d.say("strength_label"), d.say("strength_value", 80), 80),
        "<hr>",
        slider(d.say("light_label"), d.say("light_auto"), 50),
        lights,
    )
    lines = ("save_place_removed", "save_gain_map_kept")
    saved = card(
        f'<p class="green">✓&ensp;{d.say("save_done", "IMG_2041_restored.HEIC")}</p>',
        *(text(d.say(line), "small") for line in lines),
        text(d.say("save_profile_kept", "Display P3"), "small"),
        button("⇪&ensp;" + d.say("save_share"), "fit"),
    )
    unsaved = card(button(d.say("save_action"), "on"))
    return d.frame("screen_restore", content + unsaved + saved, "▣ " + d.say("choose_another"))


def failed(d: Drawing) -> str:
    npu, gpu, coreml = d.words["accelerator_npu"], d.words["accelerator_gpu"], d.words["engine_coreml"]
    reason = "restorer.mlpackage: Core ML cannot load it"
    warning = f'<p class="small orange">▲&ensp;{d.say("fallback_line", coreml, npu, coreml, gpu, reason)}</p>'
    content = card(
        text(d.say("refuse_too_large", 199, 262, 3200, 1890, 1240)),
        text(d.say("refuse_too_large_remedy"), "quiet"),
        button(d.say("error_dismiss")),
        title=d.say("error_title"),
    )
    interrupted = card(
        text(d.say("progress_interrupted")),
        button(d.say("progress_again"), "on"),
        button(d.say("choose_another")),
        title=d.say("notification_time_limit"),
    )
    return d.frame("screen_restore", d.chip("warming", "light", warning) + content + interrupted)


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
    return d.frame("screen_benchmark", d.chip(thermal="severe") + curve + verdict + numbers)


def settings(d: Drawing) -> str:
    chosen = d.say("settings_engine_automatic")
    model = card(
        text("mobile"),
        '<hr><p class="link">' + d.say("settings_model_choose") + "</p>",
        title=d.say("settings_model"),
    )
    engine = card(
        row(d.say("settings_engine"), chosen), "<hr>", row(d.say("settings_precision"), d.say("settings_precision_int8"))
    )
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
    "failed": failed,
    "benchmark": benchmark,
    "settings": settings,
}

_STYLE = """
*{box-sizing:border-box;margin:0}
body{width:393px;height:852px;overflow:hidden;font:17px/1.3 -apple-system,"SF Pro Text",Inter,"Noto Sans","DejaVu Sans",sans-serif;
 display:flex;flex-direction:column}
body.light{background:#fff;color:#000;--card:#7676801f;--quiet:#6c6c70;--line:#c6c6c8;--bar:#f9f9f9;--fill:#7676803d}
body.dark{background:#000;color:#fff;--card:#7676803d;--quiet:#98989f;--line:#38383a;--bar:#161616;--fill:#7676805c}
.status{display:flex;justify-content:space-between;padding:16px 28px 0;font-size:15px}
.tool{min-height:30px;padding:8px var(--margin) 0;text-align:right;color:var(--accent)}
h1{font-size:34px;line-height:1.2;padding:2px var(--margin) 8px}
h2{font-size:17px;font-weight:600}
main{flex:1;overflow:hidden;padding:0 var(--margin);display:flex;flex-direction:column;gap:var(--gap)}
nav{display:flex;justify-content:space-around;background:var(--bar);border-top:.5px solid var(--line);padding:7px 0 26px}
.tab{font-size:10px;text-align:center;color:var(--quiet)}.tab i{display:block;font:22px/1.2 "DejaVu Sans"}.tab.on{color:var(--accent)}
.card{background:var(--card);border-radius:var(--corner);padding:var(--inset);display:flex;flex-direction:column;gap:var(--gap)}
.chip{display:inline-flex;align-self:flex-start;align-items:center;gap:var(--line0,6px);background:var(--card);border-radius:99px;
 padding:6px var(--gap);font-size:13px}
.chip u{width:var(--chip);height:var(--chip);border-radius:50%}
main>small{font-size:12px;margin-top:-6px}
.small{font-size:13px}.quiet{color:var(--quiet)}.title{font-size:28px;line-height:1.2}.title3{font-size:20px}
u.green,i.green{background:#34c759}u.orange,i.orange{background:#ff9500}u.gray{background:#8e8e93}i.yellow{background:#ffcc00}
p.green{color:#248a3d}.dark p.green{color:#30d158}p.orange{color:#c93400}.dark p.orange{color:#ff9f0a}
.button{background:var(--fill);color:var(--accent);border-radius:99px;padding:12px 20px;text-align:center}
.button.on{background:var(--accent);color:#fff}.dark .button.on{color:#000}.button.fit{align-self:flex-start}
.button.small{padding:7px 12px;font-size:13px;color:var(--quiet)}.button.picked{color:var(--accent)}
.button.icon{padding:4px 0;width:44px;font-size:18px}.signs{gap:var(--gap);justify-content:center}
.row{display:flex;justify-content:space-between;align-items:center;gap:var(--gap)}.row>span{text-align:right}
.picks{justify-content:flex-start;gap:8px;flex-wrap:wrap}
hr{width:100%;border:0;border-top:.5px solid var(--line)}.link{color:var(--accent)}.hint{padding:0 var(--inset);margin-top:-6px}
.slider{position:relative;height:28px}.slider:before,.slider i{content:"";position:absolute;top:12px;height:4px;border-radius:2px}
.slider:before{width:100%;background:var(--fill)}.slider i{background:var(--accent)}
.slider u{position:absolute;width:28px;height:28px;margin-left:-14px;border-radius:50%;background:#fff;box-shadow:0 1px 5px #0005}
.bar{height:4px;border-radius:2px;background:var(--fill)}.bar i{display:block;height:4px;border-radius:2px;background:var(--accent)}
.wand{font:var(--icon)/1 "DejaVu Sans";color:var(--accent)}
.compare{position:relative;border-radius:var(--corner);overflow:hidden;line-height:0}.compare img{width:361px;height:330px;object-fit:cover}
.compare .half{position:absolute;inset:0;width:50%;overflow:hidden}
.compare>i{position:absolute;top:0;bottom:0;left:50%;width:var(--divider);margin-left:calc(var(--divider)/-2);background:#fff}
.compare>u{position:absolute;left:50%;top:50%;width:var(--knob);height:var(--knob);margin:calc(var(--knob)/-2);border-radius:50%;background:#fff;
 color:#000;text-align:center;text-decoration:none;font:18px/var(--knob) "DejaVu Sans";box-shadow:0 1px 4px #0006}
.curve{display:flex;align-items:flex-end;gap:6px}.curve div{flex:1;text-align:center;font-size:12px}
.curve i{display:block;border-radius:6px;margin-bottom:6px}
.toggle{display:block;width:51px;height:31px;border-radius:16px;background:var(--fill);padding:2px}.toggle u{display:block;width:27px;height:27px;border-radius:50%;background:#fff}
"""
