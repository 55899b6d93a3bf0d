"""ONNX Runtime's telemetry, off: an on-device product phones nobody.

Importing this module is enough, as long as nothing has loaded ONNX Runtime yet, in whatever package: it reads the
variable once, and keeps a device's id and a database of events below the home folder where it does not find it.
`amirnet` imports it as it is imported itself, and so do the packages beside it.
"""

from __future__ import annotations

import os
from typing import Any

VARIABLE = "ORT_DISABLE_TELEMETRY"

os.environ[VARIABLE] = "1"


def switch_off(runtime: Any) -> None:
    """The same by the API of a loaded onnxruntime: another package may have loaded it before this one."""
    os.environ[VARIABLE] = "1"  # for the processes that this one starts
    disable = getattr(runtime, "disable_telemetry_events", None)
    if disable is not None:  # builds without telemetry have none
        disable()
