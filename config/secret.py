"""The key that signs sessions and tokens when none is set in the environment."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

FILE_NAME = "secret-key"


def read_or_create_secret(data_dir: Path) -> str:
    """The key kept in `data_dir`, made on the first call and readable by its owner.

    Raises ImproperlyConfigured when it can be neither read nor written.
    """
    path = data_dir / FILE_NAME
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        _create(path)
        return path.read_text("ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set and {path} cannot be read or written "
            f"({error.strerror}). Set SECRET_KEY, or make the folder writable."
        ) from error


def _create(path: Path) -> None:
    # Written whole under another name and linked into place: of two processes
    # starting at once one wins, and neither reads half a key.
    if path.exists():
        return
    draft = path.with_name(f"{FILE_NAME}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(60))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
