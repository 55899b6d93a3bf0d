"""What of XMP stays where the place must go: a list of what is kept, written anew, so that nothing unknown slips by."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from amirnet.photo.xmp_tree import RDF, WELL_KNOWN, XML, Element, Name

_KEPT = {
    "dc": "title description creator contributor publisher rights format date language type",
    "xmp": "CreateDate ModifyDate MetadataDate CreatorTool Rating Label",
    "xmpRights": "Marked Owner UsageTerms WebStatement",
    "tiff": """
        Make Model Orientation ImageWidth ImageLength XResolution YResolution ResolutionUnit Software DateTime Artist
        Copyright ImageDescription BitsPerSample Compression PhotometricInterpretation SamplesPerPixel YCbCrPositioning
    """,
    "exif": """
        ExifVersion FlashpixVersion ColorSpace PixelXDimension PixelYDimension DateTimeOriginal DateTimeDigitized
        ExposureTime FNumber ExposureProgram ISOSpeedRatings ShutterSpeedValue ApertureValue BrightnessValue
        ExposureBiasValue MaxApertureValue SubjectDistance MeteringMode LightSource Flash FocalLength ExposureIndex
        SensingMethod FileSource SceneType CustomRendered ExposureMode WhiteBalance DigitalZoomRatio
        FocalLengthIn35mmFilm SceneCaptureType GainControl Contrast Saturation Sharpness SubjectDistanceRange
    """,
    "exifEX": """
        LensMake LensModel LensSpecification PhotographicSensitivity SensitivityType RecommendedExposureIndex
        StandardOutputSensitivity ISOSpeed Gamma
    """,
    "aux": "Lens LensID LensInfo",
    "photoshop": "ColorMode ICCProfile DateCreated",
}
"""Prefix -> properties that tell when and how, not where. Keywords are not among them, nor headlines, histories and
names of files: they say where a photo was taken as often as not."""
_NAMES: dict[Name, str] = {
    (WELL_KNOWN[prefix], local): f"{prefix}:{local}" for prefix, text in _KEPT.items() for local in text.split()
}
_LISTS = ("Alt", "Seq", "Bag")
_FIELDS = re.compile(r"(?:Fired|Return|Mode|Function|RedEyeMode)")
"""Of exif:Flash, the one kept property that has parts."""
_LANGUAGE = re.compile(r"[A-Za-z0-9-]{1,40}")


def is_kept(name: Name) -> bool:
    """Whether a property stays where the place must go."""
    return name in _NAMES


def kept_packet(root: Element) -> bytes | None:
    """A new packet of the kept properties of this one; None where there are none."""
    lines: list[str] = []
    for rdf in (element for element in root.walk() if element.name == (RDF, "RDF")):
        for description in rdf.elements:
            if description.name != (RDF, "Description"):
                continue
            for item in description.attributes:
                if item.space is not None and is_kept((item.space, item.local)):
                    lines.append(_line(_NAMES[item.space, item.local], escape(item.value)))
            for child in description.elements:
                value = _value(child) if is_kept(child.name) else ""
                if value:
                    lines.append(_line(_NAMES[child.name], value))
    if not lines:
        return None
    used = sorted({line.partition(":")[0].strip(" <") for line in lines})
    spaces = "".join(f' xmlns:{prefix}="{WELL_KNOWN[prefix]}"' for prefix in used)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="{WELL_KNOWN["x"]}"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""{spaces}>\n'
        + "\n".join(dict.fromkeys(lines))
        + '\n</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode("utf-8", "replace")


def _line(name: str, value: str) -> str:
    return f" <{name}>{value}</{name}>"


def _value(element: Element) -> str:
    """The text of a property, or its list, with nothing in it but text and languages; "" for any other shape."""
    inside = element.elements
    if not inside:
        return _text(element)
    if len(inside) == 1 and inside[0].space == RDF and inside[0].local in _LISTS:
        kind, items = inside[0].local, [item for item in inside[0].elements if item.name == (RDF, "li")]
        if len(items) == len(inside[0].elements) and not any(item.elements for item in items):
            return f"<rdf:{kind}>{''.join(map(_item, items))}</rdf:{kind}>"
        return ""
    if element.name == (WELL_KNOWN["exif"], "Flash"):
        parts = [part for child in inside for part in (child, *child.elements)]
        fields = [part for part in parts if part.space == WELL_KNOWN["exif"] and _FIELDS.fullmatch(part.local)]
        lines = "".join(_line(f"exif:{part.local}", _text(part)) for part in fields if not part.elements)
        return f"<rdf:Description>{lines}</rdf:Description>" if lines else ""
    return ""


def _item(item: Element) -> str:
    language = next((one.value for one in item.attributes if (one.space, one.local) == (XML, "lang")), "")
    said = f' xml:lang="{language}"' if _LANGUAGE.fullmatch(language) else ""
    return f"<rdf:li{said}>{_text(item)}</rdf:li>"


def _text(element: Element) -> str:
    """Text as it is to be written, without comments and instructions, which are children too."""
    return "".join(part for part in element.children if isinstance(part, str) and not part.startswith(("<!--", "<?")))
