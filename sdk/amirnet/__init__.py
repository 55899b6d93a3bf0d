"""AMIRNet for phones: restore a bad photo, offline, from a sealed bundle.

import amirnet
result = amirnet.Restorer.from_bundle("mobile").restore("photo.jpg")
result.save("better.jpg")
"""

from amirnet import errors
from amirnet.blender import Band, Blender
from amirnet.bundle import Bundle, shipped_names
from amirnet.degradation_tree import DegradationTree, TreeNode, Walk
from amirnet.engine import Engine, OnnxEngine
from amirnet.errors import AmirnetError
from amirnet.file_restorer import FileResult
from amirnet.light_curve import LightCurve
from amirnet.manifest import Manifest
from amirnet.photo_file import PhotoFile
from amirnet.probe_plan import ProbePlan
from amirnet.restore_options import RestoreOptions
from amirnet.restorer import Diagnosis, Restorer, RestoreResult
from amirnet.tile_plan import Tile, TilePlan

__version__ = "0.1.0"

__all__ = [
    "AmirnetError",
    "Band",
    "Blender",
    "Bundle",
    "DegradationTree",
    "Diagnosis",
    "Engine",
    "FileResult",
    "LightCurve",
    "Manifest",
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
