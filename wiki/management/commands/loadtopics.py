"""`manage.py loadtopics [FILE]`: the topic vocabulary into tags."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from wiki.importing.notes import DumpError
from wiki.importing.vocabulary import load_topics, read_topic_file


class Command(BaseCommand):
    help = (
        "Load topics into tags, with their other names and terms. Tags that curators "
        "changed are left alone; loading again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", default="", help="a topic file (default: the project's)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"] or settings.WIKI_TOPICS_FILE
        try:
            loaded = load_topics(read_topic_file(path))
        except DumpError as error:
            raise CommandError(error.message.sentence) from None
        if options["verbosity"] > 0:
            self.stdout.write(
                _(
                    "Topics: %(created)s created, %(updated)s updated, %(left)s left "
                    "alone."
                )
                % vars(loaded)
            )
