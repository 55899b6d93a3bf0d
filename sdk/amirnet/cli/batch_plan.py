"""Which photos a batch has, and where each goes: decided, and refused where it cannot be, before anything starts."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from amirnet.batch.session import Job
from amirnet.cli.output_paths import check_folder, check_outputs, name_key, restored_name
from amirnet.errors import ImageError, OutputError
from amirnet.photo.formats.table import READABLE, WRITERS
from amirnet.photo.photo_decoder import check_file

_OTHER = """
    dng cr2 cr3 crw nef nrw arw sr2 srf orf rw2 raf pef srw 3fr iiq x3f rwl raw kdc dcr erf mef
    psd psb xcf jxl exr hdr svg svgz eps ico icns pcx sgi dds fits xpm xbm
"""
_UNREADABLE = frozenset(f".{name}" for name in _OTHER.split())
"""Images that cannot be read: they are tried, and fail by name, rather than be missed in silence."""
PHOTO_SUFFIXES = _UNREADABLE | set(READABLE)
"""A file in a folder is a photo by its suffix."""

NO_PHOTO, HIDDEN, LINK, BELOW, OUT = (
    "no photos by their names",
    "hidden",
    "links to folders",
    "folders below (add --recursive)",
    "the output folder",
)
"""Why something in a folder is passed over."""


@dataclass
class Plan:
    """What is to be done with the photos that were named."""

    jobs: list[Job] = field(default_factory=list)
    """In order."""
    unreadable: list[tuple[Path, str]] = field(default_factory=list)
    """Folders that could not be listed, each with the reason."""
    passed_over: Counter[str] = field(default_factory=Counter)
    """Why -> how many things were passed over."""


def plan_batch(inputs: list[Path], output: str, recursive: bool) -> Plan:
    """A photo given by name goes to OUT/NAME_restored.EXT, one found in a folder to its place below OUT. A photo
    reached twice is taken once, as it was met first.

    Raises ImageError (an input that is not there; no photo at all) and OutputError (two photos with one output, an
    output that is an input or a folder, an output folder that cannot be). Makes nothing.
    """
    out = _output_folder(output)
    plan = Plan()
    seen: set[str] = set()
    for given in inputs:
        if not given.is_dir():
            check_file(given)
        elif out.is_dir() and given.samefile(out):
            raise OutputError(f"{out}: is the folder of the photos itself; choose another -o, one inside it will do")
        found = _photos_in(given, out, recursive, plan) if given.is_dir() else iter([(given, Path())])
        for photo, below in found:
            if os.path.abspath(photo) not in seen:
                seen.add(os.path.abspath(photo))
                plan.jobs.append(Job(photo, out / below / restored_name(photo)))
    if not plan.jobs and not plan.unreadable:
        names = ", ".join(map(str, inputs))
        raise ImageError(f"{names}: no photo in there{_but(plan.passed_over)}; check the path")
    plan.jobs = _apart(plan.jobs)
    check_outputs([job.photo for job in plan.jobs], [job.output for job in plan.jobs], False, "choose another -o")
    return plan


def _apart(jobs: list[Job]) -> list[Job]:
    """The jobs, those of files that cannot be read by their names (camera raw, PSD) under names of their own where
    another photo has theirs: they fail by name, and may not keep the others from being restored."""
    others = [place for place, job in enumerate(jobs) if job.photo.suffix.lower() in _UNREADABLE]
    taken = {name_key(job.output) for place, job in enumerate(jobs) if place not in set(others)}
    result = list(jobs)
    for place in others:
        photo, output = jobs[place].photo, jobs[place].output
        if name_key(output) in taken:
            result[place] = Job(photo, output.with_name(f"{photo.name}_restored.png"))
        taken.add(name_key(result[place].output))
    return result


def describe(passed_over: Counter[str]) -> str:
    """'hidden: 1, no photos by their names: 3'; '' when there is nothing to say."""
    return ", ".join(f"{why}: {count}" for why, count in sorted(passed_over.items()))


def _but(passed_over: Counter[str]) -> str:
    return f" (passed over: {describe(passed_over)})" if passed_over else ""


def _output_folder(output: str) -> Path:
    out = Path(output)
    if out.suffix.lower() in WRITERS and not output.endswith(("/", os.sep)) and not out.is_dir():
        raise OutputError(f"{output}: is a photo's name, and many photos need a folder; write {output}/ if it is one")
    check_folder(out)
    return out


def _photos_in(folder: Path, out: Path, recursive: bool, plan: Plan) -> Iterator[tuple[Path, Path]]:
    """Photos by their names, with the folder below `folder` that each lies in, sorted. Links to folders are not
    followed: they may lead in circles."""

    def note(error: OSError) -> None:
        plan.unreadable.append((Path(error.filename), f"cannot be listed ({error.strerror})"))

    passed_over = plan.passed_over
    for top, folders, files in os.walk(folder, onerror=note):
        wanted = []
        for name in sorted(folders):
            path = Path(top, name)
            why = _why_not_into(path, out, recursive)
            if why:
                passed_over[why] += 1
            else:
                wanted.append(name)
        folders[:] = wanted
        for name in sorted(files):
            if name.startswith("."):
                passed_over[HIDDEN] += 1
            elif Path(name).suffix.lower() in PHOTO_SUFFIXES:
                yield Path(top, name), Path(top).relative_to(folder)
            else:
                passed_over[NO_PHOTO] += 1


def _why_not_into(path: Path, out: Path, recursive: bool) -> str:
    if path.name.startswith("."):
        return HIDDEN
    if path.is_symlink():
        return LINK
    if out.is_dir() and path.samefile(out):
        return OUT
    return "" if recursive else BELOW
