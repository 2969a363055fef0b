"""Where the words of the search index stand, in the way each database keeps them best.

SQLite: a full-text table without the texts, with a column for titles, for headings, for
tags and for texts. Its words go when the row of `SearchState` goes, as in a flush.
PostgreSQL: a vector of titles (A), headings (B) and tags (C), and one of everything;
`parts` has everything of a text that one vector cannot hold.
"""

from django.db import migrations

from wiki.search.tokens import ANALYSER

SQLITE = """
CREATE VIRTUAL TABLE wiki_searchwords USING fts5(
    title, headings, tags, body,
    content='', columnsize=0, tokenize="ascii tokenchars '+#'"
);
CREATE TRIGGER wiki_searchstate_gone AFTER DELETE ON wiki_searchstate BEGIN
    INSERT INTO wiki_searchwords(wiki_searchwords) VALUES ('delete-all'); END
"""
SQLITE_BACK = """
DROP TRIGGER wiki_searchstate_gone;
DROP TABLE wiki_searchwords
"""
# Vectors of texts stand outside of the rows, so that rows are few pages. The last index
# has all that tells which of the found entries come first, and who may read them.
POSTGRESQL = """
ALTER TABLE wiki_searchdocument
    ADD COLUMN names tsvector,
    ADD COLUMN everything tsvector,
    ADD COLUMN parts tsvector[];
ALTER TABLE wiki_searchdocument ALTER COLUMN names SET STORAGE MAIN;
ALTER TABLE wiki_searchdocument SET (toast_tuple_target = 128);
CREATE INDEX wiki_searchdocument_names ON wiki_searchdocument
    USING gin (names) WITH (gin_pending_list_limit = 256);
CREATE INDEX wiki_searchdocument_everything ON wiki_searchdocument
    USING gin (everything) WITH (gin_pending_list_limit = 1024);
CREATE INDEX wiki_entry_by_recency ON wiki_entry (updated_at DESC, id DESC)
    INCLUDE (visibility, title_key) WHERE deleted_at IS NULL
"""
POSTGRESQL_BACK = """
DROP INDEX wiki_entry_by_recency;
ALTER TABLE wiki_searchdocument
    DROP COLUMN names, DROP COLUMN everything, DROP COLUMN parts
"""


def make_words(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    _run(schema_editor, SQLITE if is_sqlite else POSTGRESQL)
    # An empty wiki is in its index already.
    apps.get_model("wiki", "SearchState").objects.create(
        pk=1,
        analyser=ANALYSER,
        is_whole=not apps.get_model("wiki", "Entry").objects.exists(),
    )


def remove_words(apps, schema_editor):
    apps.get_model("wiki", "SearchState").objects.all().delete()
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    _run(schema_editor, SQLITE_BACK if is_sqlite else POSTGRESQL_BACK)


def _run(schema_editor, statements):
    for statement in statements.split(";\n"):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [("wiki", "0011_finding")]

    operations = [migrations.RunPython(make_words, remove_words)]
