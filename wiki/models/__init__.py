"""The records of the wiki, under one import path.

Inside the package the files import each other in this order only: people,
tags, entries, revisions, drafts, links, files, imports, jobs, limits, search.
"""

from wiki.models.drafts import Draft, Presence
from wiki.models.entries import Entry, Protection, SiteState, Visibility
from wiki.models.files import DumpName, EntryFile, StoredFile, Upload
from wiki.models.imports import (
    Decision,
    Import,
    ImportedFile,
    ImportedNote,
    ImportItem,
    ImportStatus,
    ItemStatus,
)
from wiki.models.jobs import OPEN_STATES, ImportJob, JobAct, JobItem, JobState
from wiki.models.limits import RateLimit, Turn
from wiki.models.links import Alias, Link
from wiki.models.people import Preference
from wiki.models.revisions import (
    Batch,
    BatchKind,
    Revision,
    RevisionCoauthor,
    RevisionKind,
    RevisionMark,
)
from wiki.models.search import SearchDocument, SearchState
from wiki.models.tags import EntryTag, MatchRule, Tag, TagAlias

__all__ = [
    "OPEN_STATES",
    "Alias",
    "Batch",
    "BatchKind",
    "Decision",
    "Draft",
    "DumpName",
    "Entry",
    "EntryFile",
    "EntryTag",
    "Import",
    "ImportItem",
    "ImportJob",
    "ImportStatus",
    "ImportedFile",
    "ImportedNote",
    "ItemStatus",
    "JobAct",
    "JobItem",
    "JobState",
    "Link",
    "MatchRule",
    "Preference",
    "Presence",
    "Protection",
    "RateLimit",
    "Revision",
    "RevisionCoauthor",
    "RevisionKind",
    "RevisionMark",
    "SearchDocument",
    "SearchState",
    "SiteState",
    "StoredFile",
    "Tag",
    "TagAlias",
    "Turn",
    "Upload",
    "Visibility",
]
