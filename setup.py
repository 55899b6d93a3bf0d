"""The one distribution `amirnet`: four source roots, a thin base install, and extras that bring the rest."""

from pathlib import Path

from setuptools import find_packages, setup

# Each component folder is a source root of its own; see "The house" in the README.
ROOTS = {
    "amirnet": "sdk",
    "amirnet_training": "training",
    "amirnet_export": "export",
    "amirnet_benchmarks": "benchmarks",
}

# What writes the contract's vectors is of use in the source tree alone, where they are.
SOURCE_ONLY = ["amirnet.contract"]

# The thin SDK: what a phone-like runtime on a desktop needs, and nothing that trains or converts.
BASE = ["numpy>=2.0", "pillow>=11.2.1", "onnxruntime>=1.20", "click>=8.2", "rich>=13.7"]

TRAINING = [
    "torch>=2.13",
    "lightning-fabric>=2.5",
    "scikit-learn>=1.5",
    "scikit-image>=0.24",
    "opencv-python-headless>=4.10",
    "pydantic>=2.8",
    "pyyaml>=6.0",
    "tensorboard>=2.17",
    "safetensors>=0.4.5",
    "pytorch-msssim>=1.0",
    "matplotlib>=3.9",
]
# Engines beside ONNX Runtime, which the thin SDK has.
TFLITE = ["ai-edge-litert>=2.0"]
COREML = ["coremltools>=9.0"]
# `amirnet restore --ray`: photos on many machines.
RAY = ["ray[data]>=2.51"]
# Photos as iPhones write them.
HEIF = ["pillow-heif>=1.0"]
EXPORT = [*TRAINING, *TFLITE, *COREML, "flatbuffers>=25.2", "onnx>=1.18", "onnxscript>=0.5", "onnxsim>=0.4.36"]
BENCHMARKS = [
    "jinja2>=3.1",
    "opencv-python-headless>=4.10",
    "scikit-image>=0.24",
    "PyWavelets>=1.6",  # scikit-image's estimate of noise
    "matplotlib>=3.9",
    # Compared with where it installs; for non-commercial use only, by its licence. Its core comes as a binary.
    "bm3d>=4.0; platform_machine == 'x86_64' or sys_platform == 'darwin'",
]
ALL = list(dict.fromkeys([*EXPORT, *BENCHMARKS, *RAY, *HEIF]))
DEV = [
    *ALL,
    "pytest>=8.2",
    "pytest-timeout>=2.3",
    "hypothesis>=6.110",
    "jsonschema>=4.21",  # for manifest.schema.json
    "ruff>=0.6",
    "mypy>=1.11",
    "types-PyYAML>=6.0.12",
]

setup(
    name="amirnet",
    version="0.1.0",
    description="Restore noisy, dark, blurred and over-compressed photos on a phone, offline: one network, one tree",
    long_description=Path("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author="AMIRNet for phones authors",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    packages=[
        name
        for top, root in ROOTS.items()
        for name in find_packages(root, include=[top, f"{top}.*"], exclude=SOURCE_ONLY)
    ],
    package_dir={top: f"{root}/{top}" for top, root in ROOTS.items()},
    package_data={
        "amirnet": ["py.typed", "bundles/**/*"],
        "amirnet_training": ["configs/*.yaml", "degradations/*.json"],
        "amirnet_export": ["parity/photos/*"],
        "amirnet_benchmarks": ["photos/*.md", "photos/*/*", "templates/*"],
    },
    install_requires=BASE,
    extras_require={
        "tflite": TFLITE,
        "coreml": COREML,
        "ray": RAY,
        "heif": HEIF,
        "training": TRAINING,
        "export": EXPORT,
        "benchmarks": BENCHMARKS,
        "all": ALL,
        "dev": DEV,
    },
    entry_points={"console_scripts": ["amirnet = amirnet.cli:main"]},
    classifiers=[
        "Intended Audience :: Developers",
        "Operating System :: MacOS",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3.11",
        "Topic :: Multimedia :: Graphics",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Typing :: Typed",
    ],
)
