"""Pictures that people bring, drawn anew: only what they show is kept.

Where one was taken, comments, previews, and code that hides behind a picture are
not in the new one. Pure: bytes in, bytes out. What a file is, its bytes decide.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import BytesIO

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
# Its decoder keeps four copies of a picture.
MAX_WEBP_PIXELS = 20_000_000
MAX_FRAMES = 200
# Over all frames. Each is decoded and encoded, and kept until the last is there.
MAX_MOVING_PIXELS = 100_000_000
# Sharp on the finest screens at the width that a page gives a picture.
MAX_SIDE = 2560

# Multi-picture files of cameras are JPEG with a second picture behind the first.
_WRITTEN_AS = {
    "PNG": "PNG",
    "JPEG": "JPEG",
    "MPO": "JPEG",
    "GIF": "GIF",
    "WEBP": "WEBP",
}
_OPTIONS: Mapping[str, Mapping[str, object]] = {
    "PNG": {},
    "JPEG": {"quality": 88, "optimize": True, "progressive": True},
    "GIF": {},
    "WEBP": {"quality": 88, "method": 4},
}
_ORIENTATION_TAG = 0x0112
# What turns a picture upright that a camera kept as it lay in the hand.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Profiles of cameras and screens have some kilobytes.
_MAX_PROFILE_BYTES = 1024 * 1024

# A large picture is shrunk in bands of so many rows: all of it in another mode
# would take the same memory again.
_BAND_ROWS = 64
# It takes some 300 MB while it is drawn: in each process one after the other.
_drawing = threading.Lock()


class PictureRefused(Exception):
    """A file that is not taken as a picture; `sentence` says why to a person."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def sentence(self) -> str:
        """In the language that is active, with what to do about it."""
        return str(_SENTENCES[self.code]) % self.params

    @property
    def is_too_large(self) -> bool:
        return self.code == "too-large"


def redraw(data: bytes) -> bytes:
    """The picture in these bytes, upright, in sRGB, at most 2560 pixels a side.

    A PNG, JPEG, GIF or WebP, and what it was; the same bytes give the same. Those
    that move keep moving if they are GIF or WebP. Raises PictureRefused.
    """
    if len(data) > MAX_BYTES:
        raise PictureRefused("too-large", limit=MAX_BYTES // 2**20)
    if not data:
        raise PictureRefused("empty")
    with _drawing:
        try:
            return _redrawn(data)
        except PictureRefused:
            raise
        except Exception as error:
            # A decoder that is given nonsense fails in every way there is.
            raise PictureRefused("broken") from error


def _redrawn(data: bytes) -> bytes:
    with _opened(data) as image:
        kind = _WRITTEN_AS[image.format or ""]
        _check_size(image.size, kind)
        if kind != "JPEG" and getattr(image, "is_animated", False):
            if kind == "PNG":
                raise PictureRefused("moving-png")
            return _moving(image, kind)
        options = dict(_OPTIONS[kind])
        if kind == "WEBP" and data[12:16] == b"VP8L":
            # It was made without loss, as drawings and screenshots are.
            options |= {"lossless": True}
        return _written(_upright(image, kind), kind, options)


def _opened(data: bytes) -> Image.Image:
    """The picture, of which only the head was read. Raises PictureRefused."""
    try:
        return Image.open(BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP"))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:
        raise PictureRefused("no-picture") from error


def _check_size(size: tuple[int, int], kind: str) -> None:
    limit = MAX_WEBP_PIXELS if kind == "WEBP" else MAX_PIXELS
    if size[0] * size[1] > limit:
        raise _too_many_pixels(limit)


def _too_many_pixels(limit: int = MAX_PIXELS) -> PictureRefused:
    return PictureRefused("too-many-pixels", limit=limit // 10**6)


# ── Pictures that stand still ─────────────────────────────────────────────────


def _upright(image: Image.Image, kind: str) -> Image.Image:
    turn = _UPRIGHT.get(_orientation(image))
    profile = image.info.get("icc_profile") or b""
    is_small = max(image.size) <= MAX_SIDE
    if image.mode == "P" and is_small and kind != "JPEG" and not profile:
        # Few colours make a small file: they stay as they are.
        plain = image
    elif kind == "JPEG":
        # Before it is decoded: then that is done at a fraction of its size.
        image.draft(None, _fitting(image.size))
        plain = _in_srgb(_shrunk(image), profile)
    else:
        plain = _in_srgb(_shrunk(_in_plain_mode(image)), profile)
    plain.load()
    return plain.transpose(turn) if turn is not None else plain


def _orientation(image: Image.Image) -> int:
    # What is broken in there says nothing against the picture.
    with suppress(Exception):
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    return 1


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    largest = max(*size, MAX_SIDE)
    return tuple(max(1, side * MAX_SIDE // largest) for side in size)


def _shrunk(image: Image.Image) -> Image.Image:
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return image


def _in_plain_mode(image: Image.Image) -> Image.Image:
    """The picture as L, RGB or RGBA; less than twice as large as it may be."""
    times = max(image.size) // MAX_SIDE
    if times < 2:
        return _converted(image)
    mode = _converted(image.crop((0, 0, 1, 1))).mode
    whole = Image.new(mode, (-(-image.width // times), -(-image.height // times)))
    for top in range(0, image.height, times * _BAND_ROWS):
        bottom = min(top + times * _BAND_ROWS, image.height)
        band = _converted(image.crop((0, top, image.width, bottom)))
        whole.paste(band.reduce(times), (0, top // times))
    return whole


def _converted(image: Image.Image) -> Image.Image:
    image.load()
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode.startswith("I"):
        # 16 bits a pixel; a plain conversion would cut off all but the darkest.
        return image.convert("I").point(lambda value: value / 257).convert("L")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The picture in the colours that every screen means without being told."""
    image.load()
    shown = "RGBA" if image.mode == "RGBA" else "RGB"
    if 0 < len(profile) <= _MAX_PROFILE_BYTES and image.mode in ("RGB", "RGBA", "CMYK"):
        # A profile for other colours, or none at all, is as good as no profile.
        with suppress(Exception):
            return ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=shown,
            )
    return image if image.mode in ("L", "RGB", "RGBA") else image.convert(shown)


def _written(
    image: Image.Image, kind: str, options: Mapping[str, object], **more: object
) -> bytes:
    _strip(image)
    file = BytesIO()
    image.save(file, kind, **options, **more)
    return file.getvalue()


def _strip(image: Image.Image) -> None:
    """Leaves of what a file says besides its points only what these need."""
    kept = ("transparency",) if image.mode == "P" else ()
    image.info = {name: image.info[name] for name in kept if name in image.info}


# ── Pictures that move ────────────────────────────────────────────────────────


def _moving(image: Image.Image, kind: str) -> bytes:
    if max(image.size) > MAX_SIDE:
        raise _moves_too_much()
    return _moving_webp(image) if kind == "WEBP" else _moving_gif(image)


def _moving_webp(image: Image.Image) -> bytes:
    durations = [frame.info.get("duration", 0) for frame in _frames(image)]
    loop = image.info.get("loop", 0)
    _strip(image)
    # Taken frame by frame from the picture itself: no more than one is in memory.
    options = {**_OPTIONS["WEBP"], "duration": durations, "loop": loop}
    return _written(image, "WEBP", options, save_all=True)


def _moving_gif(image: Image.Image) -> bytes:
    # Without the word it is shown once, and stands still.
    loop = image.info.get("loop")
    frames = _plain_frames(image)
    first = next(frames)
    # What shows through must not be what was there a frame before.
    options = {"disposal": 2 if first.mode == "RGBA" else 0}
    if loop is not None:
        options["loop"] = loop
    file = BytesIO()
    first.save(file, "GIF", save_all=True, append_images=frames, **options)
    return file.getvalue()


def _plain_frames(image: Image.Image) -> Iterator[Image.Image]:
    for frame in _frames(image):
        shown = frame.convert("RGBA" if frame.has_transparency_data else "RGB")
        shown.info = {"duration": int(frame.info.get("duration", 0))}
        yield shown


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    """The picture itself, at each of its frames. Raises PictureRefused."""
    pixels = 0
    for number in range(MAX_FRAMES + 1):
        try:
            image.seek(number)
        except EOFError:
            return
        if number == MAX_FRAMES:
            raise PictureRefused("too-many-frames", limit=MAX_FRAMES)
        # A frame can be larger than the picture said it was.
        _check_size(image.size, image.format or "")
        pixels += image.width * image.height
        if pixels > MAX_MOVING_PIXELS or max(image.size) > MAX_SIDE:
            raise _moves_too_much()
        image.load()
        yield image


def _moves_too_much() -> PictureRefused:
    return PictureRefused(
        "moving-too-large", limit=MAX_SIDE, total=MAX_MOVING_PIXELS // 10**6
    )


_SENTENCES = {
    "empty": _("The file is empty."),
    "too-large": _("A picture may have at most %(limit)s MB. Make it smaller first."),
    "no-picture": _(
        "This file is no picture that can be shown here. Take a PNG, JPEG, GIF or WebP."
    ),
    "broken": _(
        "The picture is damaged or was cut short. Open it in a program for pictures, "
        "save it anew, and take that."
    ),
    "too-many-pixels": _(
        "A picture may have at most %(limit)s megapixels. Make it smaller first."
    ),
    "too-many-frames": _("A moving picture may have at most %(limit)s frames."),
    "moving-too-large": _(
        "A moving picture may have at most %(limit)s points a side, and %(total)s "
        "megapixels over all its frames. Make it smaller or shorter first."
    ),
    "moving-png": _(
        "This PNG moves, which is not shown everywhere. Save it as GIF or WebP."
    ),
}
