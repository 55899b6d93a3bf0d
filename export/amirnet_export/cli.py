"""`amirnet export`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="BUNDLE",
              help="A folder, or a name that ends with .zip.")  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace the bundle that is there.")
def export(checkpoint: Path, output: Path, overwrite: bool) -> None:
    """Seal CHECKPOINT (a model.safetensors or its run folder) into BUNDLE.

    The graphs are compared with torch before the bundle is written; nothing is left when they differ.
    """
    from .exporter import export_bundle

    manifest = export_bundle(checkpoint, output, overwrite=overwrite)
    metrics = manifest["metrics"]
    click.echo(f"{output}: {manifest['name']}, {metrics['parameters'] / 1e6:.2f} M parameters, "
               f"{metrics['restorer_gmac_per_megapixel']:g} GMAC a megapixel, radius "
               f"{manifest['geometry']['tile']['radius']} px, {len(manifest['tree']['nodes'])} nodes")  # fmt: skip
