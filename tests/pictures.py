"""Pictures for tests, and members who upload them."""

from datetime import timedelta
from io import BytesIO
from random import Random

from django.contrib.auth.models import AbstractUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from wiki.editing.uploading import upload_picture
from wiki.models import Upload


def picture(color: str = "teal", size: tuple[int, int] = (12, 8)) -> bytes:
    """A PNG of one colour."""
    file = BytesIO()
    Image.new("RGB", size, color).save(file, "PNG")
    return file.getvalue()


def noise(kib: int) -> bytes:
    """A PNG of about so many KiB that no encoder makes smaller."""
    side = int((kib * 1024) ** 0.5)
    file = BytesIO()
    points = Random(kib).randbytes(side * side)
    Image.frombytes("L", (side, side), points).save(file, "PNG")
    return file.getvalue()


def as_file(
    data: bytes | None = None, name: str = "화면 1.png", kind: str = "image/png"
) -> SimpleUploadedFile:
    """What a form sends."""
    return SimpleUploadedFile(name, picture() if data is None else data, kind)


def uploaded(by: AbstractUser, color: str = "teal", name: str = "화면.png") -> Upload:
    """A picture of this colour that someone put in."""
    return upload_picture(picture(color), name=name, user=by)


def let_two_days_pass() -> None:
    """Makes every upload older than what may not be removed yet."""
    Upload.objects.update(created_at=timezone.now() - timedelta(days=2))


def code(upload: Upload, alt: str = "화면") -> str:
    return f"![{alt}]({upload.file.get_absolute_url()})"
