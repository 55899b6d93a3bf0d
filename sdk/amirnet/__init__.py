"""AMIRNet for phones: restore a bad photo, offline, from a sealed bundle.

import amirnet
result = amirnet.Restorer.from_bundle("mobile").restore("photo.jpg")
result.save("better.jpg")
"""

from typing import TYPE_CHECKING, Any

from amirnet import errors as errors
from amirnet.engines import telemetry as telemetry  # before anything can load ONNX Runtime

if TYPE_CHECKING:
    from amirnet.public import *  # noqa: F403

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Names of `amirnet.public`, imported when the first of them is asked for: the command starts, and says so in one
    line, where there is not the memory for the libraries behind them."""
    if name.startswith("__") and name != "__all__":
        raise AttributeError(f"module 'amirnet' has no attribute {name!r}")
    import amirnet.public as public

    if name == "__all__":
        return [*public.__all__, "__version__", "errors"]
    if name in public.__all__:
        return getattr(public, name)
    try:
        return globals()[name]  # a module that came in with them
    except KeyError:
        raise AttributeError(f"module 'amirnet' has no attribute {name!r}") from None
