"""The queue of imports as tests use it: jobs asked for, done and confirmed."""

from django.contrib.auth.models import AbstractUser

from tests import people
from wiki.importing import jobs, uploads
from wiki.importing.working import carry_out

OPTIONS = {
    "split": "auto",
    "on_conflict": "merge",
    "tags": [],
    "source": "",
    "encoding": "",
}
TWO_NOTES = "# 레디스\n\n빠르다.\n\n# Kafka\n\n로그다. #kafka\n"


def importer() -> AbstractUser:
    """A writer who may import."""
    return people.allowed_to_import(people.writer())


def add(owner, *files, **options):
    """A job for these files, each a name and a text, or for one called notes.md."""
    folder = uploads.new_folder()
    stored = [
        uploads.store(
            folder, name, [text if isinstance(text, bytes) else text.encode()]
        )
        for name, text in files or [("notes.md", TWO_NOTES)]
    ]
    return jobs.add(owner, folder, stored, OPTIONS | options)


def do():
    """The job after a worker did what it asked for."""
    job = jobs.claim()
    carry_out(job)
    job.refresh_from_db()
    return job


def confirm(job, **how):
    how = {"plan_number": job.plan_number, "in_any_case": False} | how
    return jobs.confirm(job, **how)
