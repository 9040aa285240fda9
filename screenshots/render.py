"""Turns a screenshot's SVG into PNG, the same on every machine."""

from __future__ import annotations

import functools
import io
import re
import tempfile
from pathlib import Path

import fontpkg_fira_code
import resvg_py
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont
from PIL import Image

WEIGHTS = {"Regular": 400, "Bold": 700}


@functools.cache
def _fonts() -> list[str]:
    """Fira Code regular and bold, cut from the packaged variable font: resvg knows no axes."""
    source = next(Path(fontpkg_fira_code.ROOT).rglob("*.ttf"))
    folder = Path(tempfile.gettempdir()) / "sse-tui-fira-code"
    folder.mkdir(exist_ok=True)
    paths = []
    for style, weight in WEIGHTS.items():
        path = folder / f"FiraCode-{style}.ttf"
        if not path.exists():
            font = instantiateVariableFont(TTFont(source), {"wght": weight}, updateFontNames=True)
            font["OS/2"].usWeightClass = weight
            font.save(path)
        paths.append(str(path))
    return paths


def to_png(svg: str, *, zoom: float = 1.5) -> bytes:
    """Render a Textual screenshot.

    Args:
        svg: the document that `App.export_screenshot` gives.
        zoom: pixels per SVG unit.

    Returns:
        PNG bytes. All text is drawn in Fira Code: with any other font missing, resvg drops it.
    """
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = svg.replace("font-family: arial", "font-family: Fira Code")
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=zoom,
        skip_system_fonts=True,
        font_files=_fonts(),
        font_family="Fira Code",
        monospace_family="Fira Code",
        sans_serif_family="Fira Code",
    )
    return _with_palette(drawn)


def _with_palette(png: bytes) -> bytes:
    """The same picture in 256 colours, which is all that text needs, at a third of the size."""
    small = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        opaque = Image.new("RGB", picture.size, "white")
        opaque.paste(picture, mask=picture.getchannel("A"))
        opaque.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            small, "PNG", optimize=True
        )
    return small.getvalue()
