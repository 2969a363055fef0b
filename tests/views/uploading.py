"""Uploads as tests make them: files sent to the form, jobs done, pages read."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from wiki.importing import jobs
from wiki.importing.working import carry_out
from wiki.models import ImportJob

NEW = "/imports/new/"
NOTES = "# 레디스\n\n빠르다.\n\n# Kafka\n\n로그다.\n"
FIELDS = {
    "text": "",
    "source": "",
    "tags": "",
    "split": "auto",
    "on_conflict": "merge",
    "encoding": "",
}


def upload(client, *files, **fields):
    """The answer to an upload of these files, each a name and its bytes."""
    sent = [
        SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())
        for name, text in files
    ]
    return client.post(NEW, FIELDS | fields | ({"files": sent} if sent else {}))


def uploaded(client, *files, **fields):
    answer = upload(client, *(files or [("notes.md", NOTES)]), **fields)
    assert answer.status_code == 302, text_of(answer)
    return ImportJob.objects.latest("pk")


def planned(client, *files, **fields):
    job = uploaded(client, *files, **fields)
    carry_out(jobs.claim())
    job.refresh_from_db()
    return job


def page_of(client, job, status=200, **parameters):
    answer = client.get(job.get_absolute_url(), parameters)
    assert answer.status_code == status
    return answer.content.decode()


def text_of(answer):
    html = answer if isinstance(answer, str) else answer.content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())
