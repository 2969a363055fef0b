"""The one door through which entries are written.

Web, admin, importer, revert and whatever comes later call these functions and
nothing else; each call is one transaction and keeps history, tags, links and
stored HTML in step. Permission is the caller's matter (`wiki.access`).
"""

from wiki.editing.batches import (
    AlreadyUndone,
    LeftEntry,
    UndoneBatch,
    new_batch,
    undo_batch,
)
from wiki.editing.changes import Act, Past
from wiki.editing.content import (
    MAX_BODY_BYTES,
    MAX_TAGS,
    Author,
    Content,
    TagUse,
    body_problem,
    with_unix_newlines,
)
from wiki.editing.entries import (
    EntryEdit,
    NewEntry,
    Outcome,
    Saved,
    create_entries,
    create_entry,
    edit_entries,
    edit_entry,
)
from wiki.editing.hiding import CurrentRevision, hide_revision, show_revision
from wiki.editing.lifecycle import (
    EntryDeletion,
    EntryReturn,
    delete_entries,
    delete_entry,
    refresh_links_to,
    rename_entry,
    restore_entries,
    restore_entry,
    set_access,
)
from wiki.editing.placing import EntryPlace, place_entries
from wiki.editing.problems import (
    EditConflict,
    EditError,
    EntryGone,
    InvalidContent,
    Problem,
    StaleEntry,
)
from wiki.editing.undoing import latest_run, revert_entry, undo_revision

__all__ = [
    "MAX_BODY_BYTES",
    "MAX_TAGS",
    "Act",
    "AlreadyUndone",
    "Author",
    "Content",
    "CurrentRevision",
    "EditConflict",
    "EditError",
    "EntryDeletion",
    "EntryEdit",
    "EntryGone",
    "EntryPlace",
    "EntryReturn",
    "InvalidContent",
    "LeftEntry",
    "NewEntry",
    "Outcome",
    "Past",
    "Problem",
    "Saved",
    "StaleEntry",
    "TagUse",
    "UndoneBatch",
    "body_problem",
    "create_entries",
    "create_entry",
    "delete_entries",
    "delete_entry",
    "edit_entries",
    "edit_entry",
    "hide_revision",
    "latest_run",
    "new_batch",
    "place_entries",
    "refresh_links_to",
    "rename_entry",
    "restore_entries",
    "restore_entry",
    "revert_entry",
    "set_access",
    "show_revision",
    "undo_batch",
    "undo_revision",
    "with_unix_newlines",
]
