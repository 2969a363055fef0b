"""Pictures that a member puts in: drawn anew, kept once, counted as theirs."""

from io import BytesIO

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wiki import files
from wiki.editing.races import Raced, retrying
from wiki.files import FileFacts
from wiki.models import Upload
from wiki.models.files import MAX_FILE_NAME_CHARS
from wiki.pictures import redraw


class QuotaReached(Exception):
    """A picture that does not fit into what its uploader may keep."""

    def __init__(self, used: int, quota: int) -> None:
        super().__init__(f"{used} of {quota} bytes are used")
        self.used = used
        self.quota = quota

    @property
    def sentence(self) -> str:
        """In the language that is active, with what to do about it."""
        sentence = _(
            "Your pictures would take up more than the %(quota)s MB that you may use. "
            "Remove some that no note has on the page “My pictures”."
        )
        return str(sentence) % {"quota": self.quota // 2**20}


def quota_bytes() -> int:
    return settings.WIKI_UPLOAD_QUOTA_MB * 2**20


def used_bytes(user: AbstractBaseUser) -> int:
    """How much the pictures take up that this person uploaded. One query."""
    total = Upload.objects.filter(user=user).aggregate(total=Sum("file__size"))
    return total["total"] or 0


def upload_picture(data: bytes, *, name: str, user: AbstractBaseUser) -> Upload:
    """The upload of the picture in these bytes; the earlier one when it was theirs.

    Raises PictureRefused, QuotaReached, and OSError when there is no room for it;
    then nothing of it is stored. Call it for one picture of a person at a time:
    two at once would each fit.
    """
    drawn = redraw(data)
    facts = files.facts_of(BytesIO(drawn), "")
    known = Upload.objects.filter(user=user, file__sha256=facts.sha256)
    if not known.exists():
        used, quota = used_bytes(user), quota_bytes()
        if used + facts.size > quota:
            raise QuotaReached(used, quota)
    files.keep(BytesIO(drawn), facts)
    # Whoever removes it at the same moment makes this start over.
    return retrying(lambda: _stored(drawn, facts, name, user))


def _stored(
    drawn: bytes, facts: FileFacts, name: str, user: AbstractBaseUser
) -> Upload:
    with transaction.atomic():
        file = files.rows_for({facts}).get(facts.sha256)
        if file is None:
            raise Raced
        # From here on nobody removes the bytes; a moment ago somebody may have.
        files.keep(BytesIO(drawn), facts)
        upload, _is_new = Upload.objects.select_related("file").get_or_create(
            file=file,
            user=user,
            defaults={
                "name": name[:MAX_FILE_NAME_CHARS],
                "created_at": timezone.now(),
            },
        )
    return upload
