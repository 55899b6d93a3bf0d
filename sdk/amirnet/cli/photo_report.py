"""What `amirnet restore` prints of a photo, one line each, be it alone or one of many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from amirnet.cli.console import name_of, percent
from amirnet.runtime.degradation_tree import DegradationTree


def json_line(photo: str | Path, output: str | Path, facts: dict[str, Any]) -> str:
    """`facts` as `facts_of` gives them out."""
    return json.dumps({"input": str(photo), "output": str(output), **facts})


UNSEEN = 0.02
"""A curve with no larger gain or bend moves no level so far that anyone would call it brighter."""


def text_line(photo: str | Path, output: str | Path, facts: dict[str, Any], tree: DegradationTree) -> str:
    """The same in words."""
    node, count = name_of(tree.node(facts["node"])), facts["tiles"]
    tiles = f"{count} tile{'s' if count > 1 else ''} of {facts['tile']}, {facts['seconds']['total']:.2f} s"
    mended = f"nothing to mend: left as it was ({facts['change_psnr']:.1f} dB); " if facts["left_alone"] else ""
    curve = facts["curve"]
    light = "brightened; " if curve is not None and max(curve["gain"] + curve["bend"]) > UNSEEN else ""
    return f"{photo} → {output}  [{node}, {percent(facts['confidence'])} sure; {light}{mended}{tiles}]"
