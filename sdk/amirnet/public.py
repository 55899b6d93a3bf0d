"""What `import amirnet` offers, each from where it is."""

from amirnet.bundle.manifest import Manifest
from amirnet.bundle.model_bundle import ModelBundle, shipped_names
from amirnet.engines.onnx import OnnxEngine
from amirnet.errors import AmirnetError
from amirnet.photo.photo_file import PhotoFile
from amirnet.photo.save_options import SaveOptions
from amirnet.restorer import Diagnosis, FileResult, Restorer, RestoreResult
from amirnet.runtime.blender import Blender
from amirnet.runtime.degradation_tree import DegradationTree, TreeNode, Walk
from amirnet.runtime.engine import Concurrency, Engine, EngineState
from amirnet.runtime.light_curve import LightCurve
from amirnet.runtime.photo_rows import PhotoRows
from amirnet.runtime.probe_plan import ProbePlan
from amirnet.runtime.restore_options import RestoreOptions
from amirnet.runtime.tile_plan import Tile, TilePlan

__all__ = [
    "AmirnetError",
    "Blender",
    "Concurrency",
    "DegradationTree",
    "Diagnosis",
    "Engine",
    "EngineState",
    "FileResult",
    "LightCurve",
    "Manifest",
    "ModelBundle",
    "OnnxEngine",
    "PhotoFile",
    "PhotoRows",
    "ProbePlan",
    "RestoreOptions",
    "RestoreResult",
    "Restorer",
    "SaveOptions",
    "Tile",
    "TilePlan",
    "TreeNode",
    "Walk",
    "shipped_names",
]
