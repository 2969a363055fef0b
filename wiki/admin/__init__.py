"""What curators do: entries, tags, and a look at revisions and imports.

Entries are written through `wiki.editing` alone, as everywhere; nothing here
saves one itself.
"""

from wiki.admin import entries, imports, revisions, tags

__all__ = ["entries", "imports", "revisions", "tags"]
