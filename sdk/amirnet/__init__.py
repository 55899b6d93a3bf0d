"""AMIRNet for phones: restore a bad photo, offline, from a sealed bundle.

import amirnet
result = amirnet.Restorer.from_bundle("mobile").restore("photo.jpg")
result.save("better.jpg")
"""

from amirnet import errors
from amirnet.bundle.manifest import Manifest
from amirnet.bundle.model_bundle import ModelBundle, shipped_names
from amirnet.engines.onnx import OnnxEngine
from amirnet.errors import AmirnetError
from amirnet.file_restorer import FileResult
from amirnet.photo.photo_file import PhotoFile
from amirnet.restorer import Diagnosis, Restorer, RestoreResult
from amirnet.runtime.blender import Band, Blender
from amirnet.runtime.degradation_tree import DegradationTree, TreeNode, Walk
from amirnet.runtime.engine import Engine
from amirnet.runtime.light_curve import LightCurve
from amirnet.runtime.probe_plan import ProbePlan
from amirnet.runtime.restore_options import RestoreOptions
from amirnet.runtime.tile_plan import Tile, TilePlan

__version__ = "0.1.0"

__all__ = [
    "AmirnetError",
    "Band",
    "Blender",
    "DegradationTree",
    "Diagnosis",
    "Engine",
    "FileResult",
    "LightCurve",
    "Manifest",
    "ModelBundle",
    "OnnxEngine",
    "PhotoFile",
    "ProbePlan",
    "RestoreOptions",
    "RestoreResult",
    "Restorer",
    "Tile",
    "TilePlan",
    "TreeNode",
    "Walk",
    "__version__",
    "errors",
    "shipped_names",
]
