"""Pictures for tests, drawn here."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

HERE = b"a phone of ours"  # what a camera writes beside the picture
_MAKE, _GPS = 271, 34853  # EXIF tags


def jpeg(width: int = 640, height: int = 480, *, exif: bool = False, kind: str = "JPEG") -> bytes:
    """A picture of that size; with `exif` it tells the camera and where it was taken."""
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    hidden = Image.Exif()
    if exif:
        hidden[_MAKE] = HERE.decode()
        hidden[_GPS] = {1: "N", 2: (31.0, 15.0, 0.0), 3: "E", 4: (113.0, 57.0, 0.0)}
    made = BytesIO()
    picture.save(made, kind, **({"exif": hidden} if kind == "JPEG" else {}))
    return made.getvalue()
