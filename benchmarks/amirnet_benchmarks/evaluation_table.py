"""The evaluation as Markdown: quality and harm by set, light, and how the tree's nodes divide the true kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from amirnet.runtime.degradation_tree import DegradationTree
from amirnet_training.evaluation import dark, measure

from .evaluation_file import Record, shipped, shipped_rows
from .targets import int8_losses

Records = Sequence[Record]


def render(records: Records, tree: DegradationTree) -> str:
    """All tables, the means and the purity, as Markdown. Losses and light are those of the model as it ships."""
    return "\n".join([*_quality(records), *_dark(records), *_int8(records), *_confusion(records, tree)])


def confusion(records: Records) -> dict[int, dict[str, int]]:
    """Node -> true kind -> how many photos of that kind ended there."""
    counts: dict[int, dict[str, int]] = {}
    for record in records:
        for row in record["rows"]:
            kinds = counts.setdefault(row["node"], {})
            kinds[record["kind"]] = kinds.get(record["kind"], 0) + 1
    return dict(sorted(counts.items()))


def purity(counts: Mapping[int, Mapping[str, int]], *, balanced: bool) -> float:
    """Share of photos that lie in a node whose commonest kind is theirs, in [0, 1].

    ``balanced``: every kind weighs the same, however many photos it has.
    """
    totals: dict[str, int] = {}
    for kinds in counts.values():
        for kind, count in kinds.items():
            totals[kind] = totals.get(kind, 0) + count
    weight = {kind: 1 / total if balanced else 1.0 for kind, total in totals.items()}
    mass = [{kind: count * weight[kind] for kind, count in kinds.items()} for kinds in counts.values()]
    return sum(max(kinds.values()) for kinds in mass) / sum(sum(kinds.values()) for kinds in mass)


def _quality(records: Records) -> list[str]:
    chosen = [record for record in records if record["group"] != "dark"]
    if not chosen:
        return []
    lines = [
        "| set | photos | input PSNR | PSNR | gain | input SSIM | SSIM | PSNR in int8 | with the node's stored code "
        "| worse by 0.3 dB | largest loss |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for record in chosen:
        gain = record["psnr"] - record["psnr_input"]
        int8 = "-" if record["int8"] is None else f"{record['int8']['psnr']:.2f}"
        # Photos that nothing ails can but lose; how much of them is left is what their PSNR says.
        perfect = record["kind"] == "none"
        worse, loss = ("", "") if perfect else (int(shipped(record, "worse")), f"{shipped(record, 'worst_loss'):.2f}")
        name = f"{record['set']} (all: not trained on)" if record["whole"] else record["set"]
        lines.append(
            f"| {name} | {record['photos']} | {record['psnr_input']:.2f} | {record['psnr']:.2f} | {gain:+.2f} "
            f"| {record['ssim_input']:.4f} | {record['ssim']:.4f} | {int8} | {record['psnr_node_code']:.2f} "
            f"| {worse} | {loss} |"
        )
    return [*lines, ""]


def _dark(records: Records) -> list[str]:
    chosen = [record for record in records if record["group"] == "dark"]
    if not chosen:
        return []
    lines = ["| meant to be dark | photos | input PSNR | PSNR | brighter by more than a tenth | most, times |",
             "|---|---:|---:|---:|---:|---:|"]  # fmt: skip
    for record in chosen:
        rows = [measure.Row(**row) for row in shipped_rows(record)]
        lines.append(
            f"| {record['set']} | {record['photos']} | {shipped(record, 'psnr_input'):.2f} "
            f"| {shipped(record, 'psnr'):.2f} | {dark.too_bright(rows)} | {max(map(dark.glow, rows)):.2f} |"
        )
    return [*lines, ""]


def _int8(records: Records) -> list[str]:
    """What int8 loses against float: the mean over the damaged sets, and the one that loses most."""
    lost = int8_losses({record["set"]: record for record in records})
    if not lost:
        return []
    worst = max(lost, key=lambda name: lost[name])
    mean = sum(lost.values()) / len(lost)
    return [f"int8 loses {mean:.3f} dB on average over the damaged sets against float, most on {worst}: "
            f"{lost[worst]:.3f} dB.", ""]  # fmt: skip


def _confusion(records: Records, tree: DegradationTree) -> list[str]:
    counts = confusion(records)
    kinds = sorted({kind for row in counts.values() for kind in row})
    lines = [f"| node | level | {' | '.join(kinds)} |", "|---:|---:|" + "---:|" * len(kinds)]
    for node, row in counts.items():
        lines.append(f"| {node} | {tree.node(node).level} | {' | '.join(str(row.get(kind, 0)) for kind in kinds)} |")
    balanced, plain = purity(counts, balanced=True), purity(counts, balanced=False)
    lines += ["", f"Purity by kind: {balanced:.3f} with every kind weighing the same, {plain:.3f} over all photos."]
    return lines
