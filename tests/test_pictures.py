"""Pictures drawn anew: what they show stays, whatever else was in them is gone."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from wiki import pictures
from wiki.pictures import PictureRefused, redraw

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (255, 255, 255)
SECRET = b"37.5665N-secret"


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def quarters(size=(40, 24), mode="RGB") -> Image.Image:
    """Red, green, blue and white corners, so that each turn looks different."""
    image = Image.new("RGB", size)
    half = size[0] // 2, size[1] // 2
    image.paste(RED, (0, 0, *half))
    image.paste(GREEN, (half[0], 0, size[0], half[1]))
    image.paste(BLUE, (0, half[1], half[0], size[1]))
    image.paste(WHITE, (*half, *size))
    return image.convert(mode)


def corners(image: Image.Image) -> list[str]:
    shown = image.convert("RGB")
    right, bottom = image.width - 4, image.height - 4
    places = [(3, 3), (right, 3), (3, bottom), (right, bottom)]
    return [_name(shown.getpixel(place)) for place in places]


def _name(color: tuple[int, ...]) -> str:
    known = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE}
    return min(
        known,
        key=lambda name: sum(
            abs(a - b) for a, b in zip(known[name], color, strict=True)
        ),
    )


def movie(frames: int, size=(20, 16), kind="GIF", **options: object) -> bytes:
    images = [
        Image.new("RGB", size, (n * 37 % 256, 90, n * 91 % 256)) for n in range(frames)
    ]
    options = {"duration": 70, "loop": 0, **options}
    return encoded(images[0], kind, save_all=True, append_images=images[1:], **options)


def code_of(data: bytes) -> str:
    with pytest.raises(PictureRefused) as refused:
        redraw(data)
    assert refused.value.sentence
    return refused.value.code


# ── What is taken ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_each_kind_stays_what_it_was(kind):
    image = opened(redraw(encoded(quarters(), kind)))

    assert image.format == kind
    assert image.size == (40, 24)
    assert corners(image) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        *[("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")],
        *[("JPEG", mode) for mode in ("L", "RGB", "CMYK")],
        *[("GIF", mode) for mode in ("L", "P")],
        *[("WEBP", mode) for mode in ("RGB", "RGBA")],
    ],
)
@pytest.mark.parametrize("size", [(40, 24), (1, 1), (9001, 2), (3, 6000)])
def test_every_mode_is_drawn(kind, mode, size):
    image = opened(redraw(encoded(Image.new(mode, size), kind)))

    assert max(image.size) <= pictures.MAX_SIDE
    assert image.mode in ("L", "P", "RGB", "RGBA", "1")


def test_sixteen_bits_a_point_keep_their_brightness():
    image = Image.new("I;16", (3, 1))
    for place, value in enumerate((0, 32768, 65535)):
        image.putpixel((place, 0), value)

    drawn = opened(redraw(encoded(image, "PNG")))

    assert [drawn.getpixel((x, 0)) for x in range(3)] == [0, 127, 255]


def test_cmyk_of_a_print_is_shown_in_its_colours():
    image = opened(redraw(encoded(quarters(mode="CMYK"), "JPEG", quality=95)))

    assert image.mode == "RGB"
    assert corners(image) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_palette_keeps_what_shows_through(kind):
    image = Image.new("P", (40, 24), 1)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.paste(0, (0, 0, 20, 24))

    drawn = opened(redraw(encoded(image, kind, transparency=0))).convert("RGBA")

    assert drawn.getpixel((3, 3))[3] == 0
    assert drawn.getpixel((30, 3)) == (200, 100, 50, 255)


def test_a_wide_palette_keeps_what_shows_through():
    image = Image.new("P", (6000, 30), 1)
    image.putpalette([10, 20, 30, 200, 100, 50])
    image.paste(0, (0, 0, 3000, 30))

    drawn = opened(redraw(encoded(image, "PNG", transparency=0)))

    assert drawn.size == (2560, 13)
    assert drawn.getpixel((3, 3))[3] == 0
    assert drawn.getpixel((2500, 3)) == (200, 100, 50, 255)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    ("size", "shrunk"), [((2560, 40), (2560, 40)), ((5200, 2600), (2560, 1280))]
)
def test_a_large_one_is_made_smaller(kind, size, shrunk):
    image = opened(redraw(encoded(quarters(size), kind)))

    assert image.size == shrunk
    assert corners(image) == ["red", "green", "blue", "white"]


def test_the_same_picture_gives_the_same_bytes():
    for kind in ("PNG", "JPEG", "GIF", "WEBP"):
        data = encoded(quarters(), kind)
        assert redraw(data) == redraw(data)
    assert redraw(movie(5)) == redraw(movie(5))


def test_a_lossless_webp_stays_so():
    image = Image.effect_noise((64, 64), 90).convert("RGB")

    drawn = opened(redraw(encoded(image, "WEBP", lossless=True)))

    assert drawn.tobytes() == image.tobytes()


# ── Which way up ──────────────────────────────────────────────────────────────

# Of each orientation, where the corners are that should be seen at the top left,
# top right, bottom left and bottom right.
TURNED = {
    1: ["red", "green", "blue", "white"],
    2: ["green", "red", "white", "blue"],
    3: ["white", "blue", "green", "red"],
    4: ["blue", "white", "red", "green"],
    5: ["red", "blue", "green", "white"],
    6: ["blue", "red", "white", "green"],
    7: ["white", "green", "blue", "red"],
    8: ["green", "white", "red", "blue"],
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_upright(kind, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation

    image = opened(redraw(encoded(quarters(), kind, exif=exif)))

    assert corners(image) == TURNED[orientation]
    assert image.size == ((40, 24) if orientation < 5 else (24, 40))
    assert 0x0112 not in image.getexif()


@pytest.mark.parametrize("exif", [b"", b"Exif\x00\x00", b"Exif\x00\x00II*\x00\xff\xff"])
def test_broken_metadata_says_nothing_against_a_picture(exif):
    data = encoded(quarters(), "JPEG", exif=exif or b"\x00")

    assert corners(opened(redraw(data))) == TURNED[1]


# ── What is left out ──────────────────────────────────────────────────────────


def with_everything(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[2] = (37.0, 33.0, 59.0)
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    if kind == "GIF":
        return encoded(quarters(mode="P"), kind, comment=SECRET)
    options: dict[str, object] = {"exif": exif, "dpi": (72, 72)}
    if kind == "PNG":
        options["pnginfo"] = info = PngImagePlugin.PngInfo()
        info.add_text("Comment", SECRET.decode(), zip=False)
        info.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    else:
        options["xmp"] = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
    if kind == "JPEG":
        options["comment"] = SECRET
    return encoded(quarters(), kind, **options)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_nothing_else_comes_along(kind):
    data = with_everything(kind)
    assert SECRET in data

    drawn = redraw(data + b"<script>alert(1)</script>" + SECRET)

    assert SECRET not in drawn
    assert b"<script" not in drawn
    assert len(opened(drawn).getexif()) == 0
    assert not {"exif", "xmp", "comment", "icc_profile", "XML:com.adobe.xmp"} & set(
        opened(drawn).info
    )


def test_comments_between_frames_do_not_come_along():
    frames = [Image.new("P", (9, 9), n) for n in range(3)]
    data = encoded(
        frames[0], "GIF", save_all=True, append_images=frames[1:], comment=SECRET
    )
    assert SECRET in data

    assert SECRET not in redraw(data)


def test_a_picture_that_is_a_script_too_is_a_picture_only():
    # A comment of a script opens in the size, and its end stands behind.
    data = encoded(Image.new("P", (0x2A2F, 4)), "GIF") + b"*/=1;alert(1)//"

    drawn = redraw(data)

    assert b"alert" not in drawn
    assert drawn[:6] in (b"GIF87a", b"GIF89a")
    assert drawn[6:8] != b"/*"


def test_a_profile_is_made_part_of_the_colours():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    same = opened(redraw(encoded(quarters(), "PNG", icc_profile=srgb)))
    other = opened(redraw(encoded(quarters(), "PNG", icc_profile=profile)))

    assert corners(same) == corners(other) == TURNED[1]
    assert "icc_profile" not in same.info


@pytest.mark.parametrize("profile", [b"nonsense", b"\x00" * 200, b"x" * 900_000])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_a_broken_profile_is_as_good_as_none(profile, mode):
    data = encoded(quarters(mode=mode), "PNG", icc_profile=profile)

    assert "icc_profile" not in opened(redraw(data)).info


# ── What moves ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
@pytest.mark.parametrize("frames", [2, 200])
def test_what_moves_keeps_moving(kind, frames):
    image = opened(redraw(movie(frames, kind=kind, lossless=True)))

    assert image.format == kind
    assert image.n_frames == frames
    assert image.info["loop"] == 0
    image.seek(1)
    image.load()
    assert image.info["duration"] == 70


def test_a_movie_is_shown_once_when_it_was():
    images = [Image.new("RGB", (8, 8), color) for color in (RED, BLUE)]
    data = encoded(images[0], "GIF", save_all=True, append_images=images[1:])

    assert "loop" not in opened(redraw(data)).info


def test_frames_with_holes_look_as_they_did():
    images = []
    for number in range(4):
        frame = Image.new("RGBA", (40, 24), (0, 0, 0, 0))
        frame.paste((200, 30, 30, 255), (number * 10, 0, number * 10 + 10, 24))
        images.append(frame)
    data = encoded(
        images[0], "GIF", save_all=True, append_images=images[1:], disposal=2, loop=0
    )

    drawn = opened(redraw(data))

    for number in range(4):
        drawn.seek(number)
        shown = drawn.convert("RGBA")
        filled = [shown.getpixel((x, 9))[3] > 0 for x in (5, 15, 25, 35)]
        assert filled == [x == number for x in range(4)]


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_too_many_frames(kind):
    assert code_of(movie(201, kind=kind, lossless=True)) == "too-many-frames"


def test_a_movie_may_not_be_too_large(monkeypatch):
    assert code_of(movie(2, size=(2561, 8))) == "moving-too-large"
    monkeypatch.setattr(pictures, "MAX_MOVING_PIXELS", 20 * 16 * 9)
    assert code_of(movie(10)) == "moving-too-large"


def test_a_frame_larger_than_the_picture_is_counted(monkeypatch):
    data = bytearray(movie(3, size=(20, 16)))
    last = data.rindex(b",\x00\x00\x00\x00")
    data[last + 5 : last + 9] = struct.pack("<HH", 9000, 9000)

    assert code_of(bytes(data)) == "too-many-pixels"


def test_a_moving_png_is_told_what_to_become():
    data = movie(3, kind="PNG")

    assert opened(data).is_animated
    assert code_of(data) == "moving-png"


# ── What is refused ───────────────────────────────────────────────────────────


def a_chunk(kind: bytes, data: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + checksum


def png_of(width: int, height: int, rows: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + a_chunk(b"IHDR", head)
        + a_chunk(b"IDAT", zlib.compress(rows))
        + a_chunk(b"IEND", b"")
    )


BOMBS = {
    "png": png_of(50_000, 50_000, b"\x00" * 1000),
    "png just above": png_of(40_001, 1000),
    "png between Pillow's limits": png_of(10_000, 10_000),
    "gif": b"GIF89a"
    + struct.pack("<HH", 50_000, 50_000)
    + b"\x80\x00\x00"
    + bytes(6)
    + b","
    + struct.pack("<HHHH", 0, 0, 50_000, 50_000)
    + b"\x00\x02\x02D\x01\x00;",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_never_decoded(name):
    assert code_of(BOMBS[name]) == "too-many-pixels"


def test_a_webp_may_be_half_as_large():
    data = encoded(Image.new("RGB", (5000, 4001)), "WEBP", lossless=True, method=0)

    assert code_of(data) == "too-many-pixels"


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<!doctype html><script>alert(1)</script>",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200),
        b"%PDF-1.7",
        b"MZ" + bytes(100),
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF89a",
        b"RIFF\x00\x00\x00\x00WEBP",
        "그림".encode(),
        bytes(1000),
        encoded(quarters(), "BMP"),
        encoded(quarters(), "TIFF"),
        encoded(quarters(), "ICO"),
        encoded(quarters(), "PPM"),
        encoded(quarters(), "TGA"),
        encoded(quarters(), "AVIF"),
        encoded(quarters(), "JPEG2000"),
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_picture_of_ours(data):
    assert code_of(data) in ("no-picture", "broken")


def test_nothing_is_no_picture():
    assert code_of(b"") == "empty"


def test_too_many_bytes_are_not_even_looked_at():
    refused = code_of(bytes(pictures.MAX_BYTES + 1))

    assert refused == "too-large"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_cut_short_it_is_refused(kind):
    image = Image.effect_noise((80, 80), 90).convert("RGB")
    data = encoded(image, kind)

    for part in (0.3, 0.6, 0.9):
        assert code_of(data[: int(len(data) * part)]) in ("broken", "no-picture")


def test_a_movie_that_is_cut_short_is_whole_or_refused():
    data = movie(20)

    for part in range(40, len(data), 97):
        with suppress(PictureRefused):
            assert opened(redraw(data[:part])).format == "GIF"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_no_broken_bytes_raise_anything_else(kind):
    data = movie(4, kind=kind) if kind != "JPEG" else with_everything(kind)

    for place in range(0, len(data), max(1, len(data) // 150)):
        broken = bytearray(data)
        broken[place] ^= 0xFF
        with suppress(PictureRefused):
            redraw(bytes(broken))


def test_a_camera_with_two_pictures_in_one_file_gives_the_first():
    data = encoded(
        quarters(), "MPO", save_all=True, append_images=[quarters((400, 240))]
    )
    assert opened(data).format == "MPO"

    image = opened(redraw(data))

    assert image.format == "JPEG"
    assert image.size == (40, 24)
    assert corners(image) == TURNED[1]
