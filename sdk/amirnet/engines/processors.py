"""How many processors this process may use: fewer than the machine has, where it is tied to some, or in a container."""

from __future__ import annotations

import os
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


def available_processors(own: Path = _OWN, groups: Path = _GROUPS) -> int:
    """Those that the process is tied to, and no more than its container's quota, rounded up; at least 1.

    own, groups: where Linux tells of control groups, of version 2 or 1; elsewhere there are none, and no quota.
    """
    try:
        tied = len(os.sched_getaffinity(0))
    except AttributeError:  # no Linux
        tied = os.cpu_count() or 1
    return max(1, min([tied, *(-(-quota // period) for quota, period in _quotas(own, groups))]))


def _quotas(own: Path, groups: Path) -> list[tuple[int, int]]:
    """(microseconds of processors, in so many microseconds) of the process's groups and of those around them."""
    found = []
    for place in _places(own, groups):
        pair = _numbers(place / "cpu.max")
        if len(pair) != 2:
            pair = _numbers(place / "cpu.cfs_quota_us") + _numbers(place / "cpu.cfs_period_us")
        if len(pair) == 2 and min(pair) > 0:
            found.append((pair[0], pair[1]))
    return found


def _places(own: Path, groups: Path) -> list[Path]:
    """The folders of the groups that may state a quota, from each group up to the top: seen from within a container
    the top is often the container's own group, whatever the path says."""
    places: dict[Path, None] = {}
    for line in _lines(own):
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if controllers and "cpu" not in controllers.split(","):
            continue
        for top in (groups, groups / "cpu", groups / "cpu,cpuacct") if controllers else (groups,):
            below = [part for part in path.split("/") if part and part != ".."]
            for depth in range(len(below), -1, -1):
                places[top.joinpath(*below[:depth])] = None
    return list(places)


def _numbers(file: Path) -> list[int]:
    """The whole numbers in a file; a word, as `max` for no quota, makes it none."""
    try:
        return [int(word) for word in file.read_text().split()]
    except (OSError, ValueError):
        return []


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return []
