"""Degradations as text: ``noise:25``, ``motion:11:30``. The command line and the tables use these."""

from __future__ import annotations

from collections.abc import Callable

from .kinds import CameraNoise, Clean, Defocus, Degradation, GaussianNoise, Jpeg, LowLight, MotionBlur, Recompressed


def _between(name: str, low: float, high: float) -> Callable[[str], float]:
    def convert(text: str) -> float:
        value = float(text)
        if not low <= value <= high:
            raise ValueError(f"{name} must be between {low:g} and {high:g}, not {text}")
        return value

    return convert


_sigma = _between("sigma", 0, 255)
_SPECS: dict[str, tuple[str, Callable[..., Degradation], tuple[Callable[[str], float], ...]]] = {
    "none": ("none", Clean, ()),
    "noise": ("noise:SIGMA", GaussianNoise, (_sigma,)),
    "camera": ("camera:SHOT:READ", CameraNoise, (_between("shot", 0, 1), _between("read", 0, 1))),
    "defocus": ("defocus:RADIUS", Defocus, (_between("radius", 0.25, 64),)),
    "motion": ("motion:LENGTH:ANGLE", MotionBlur, (_between("length", 1, 127), _between("angle", -360, 360))),
    "lowlight": ("lowlight:FACTOR", LowLight, (_between("factor", 0.001, 1),)),
    "jpeg": ("jpeg:QUALITY", lambda quality: Jpeg(int(quality)), (_between("quality", 1, 100),)),
}


def parse(spec: str) -> Degradation:
    """The degradation that ``spec`` names.

    ``noise:25`` (sigma in levels), ``camera:0.01:0.01`` (shot, read), ``defocus:2.5`` (radius in pixels),
    ``motion:11:30`` (length in pixels, degrees), ``lowlight:0.15`` (factor), ``jpeg:20`` (quality), ``none``. Any of
    them saved as a JPEG afterwards: ``noise:25+jpeg:92``.

    Raises:
        ValueError: unknown kind, wrong number of values, or a value out of range; the message has the remedy.
    """
    first, plus, last = spec.partition("+")
    if plus:
        jpeg = parse(last)
        if not isinstance(jpeg, Jpeg):
            raise ValueError(f"degradation {spec!r} does not end with a JPEG: write it as {first}+jpeg:QUALITY")
        return Recompressed(parse(first), jpeg)
    name, *values = spec.strip().split(":")
    if name not in _SPECS:
        known = ", ".join(usage for usage, _, _ in _SPECS.values())
        raise ValueError(f"unknown degradation {spec!r}: use one of {known}")
    usage, make, converters = _SPECS[name]
    if len(values) != len(converters):
        raise ValueError(f"degradation {spec!r} has {len(values)} values: write it as {usage}")
    try:
        return make(*(convert(value) for convert, value in zip(converters, values, strict=True)))
    except ValueError as error:
        raise ValueError(f"degradation {spec!r} is not valid ({error}): write it as {usage}") from None
