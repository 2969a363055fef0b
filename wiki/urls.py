"""Every public address of the wiki. They are a contract: scripts rely on them."""

from django.conf import settings
from django.contrib import admin
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from wiki.feeds import EntryFeed, RecentFeed, TagFeed
from wiki.sitemaps import sitemap_entries, sitemap_index, sitemap_lists
from wiki.views import (
    accounts,
    all_files,
    batches,
    blame,
    browse,
    comparing,
    drafts,
    entries,
    entry_files,
    exporting,
    files,
    graph,
    health,
    hiding,
    history,
    import_decisions,
    import_jobs,
    import_undo,
    importing,
    imports,
    lifecycle,
    likely_tags,
    links,
    opensearch,
    own_files,
    people,
    preferences,
    recent,
    recent_filters,
    renaming,
    robots,
    search,
    similar_tags,
    suggest,
    tag_acts,
    tags,
    undoing,
    work_lists,
    writing,
)
from wiki.views.moved import follow_moves
from wiki.views.presence import presence
from wiki.views.preview import preview
from wiki.views.random_entry import random_entry
from wiki.views.uploads import upload


class TagPathConverter(StringConverter):
    """A tag's key; a `/` in it is a level of the address."""

    regex = ".+"


register_converter(TagPathConverter, "tag")

urlpatterns = [
    path("", browse.home, name="home"),
    path("entries/", browse.entry_list, name="entries"),
    path("new/", writing.new, name="entry-new"),
    path("preview/", preview, name="preview"),
    path("likely-tags/", likely_tags.suggest_tags, name="likely-tags"),
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/<int:number>/", drafts.draft, name="draft"),
    path("drafts/<int:number>/discard/", drafts.discard, name="draft-discard"),
    path("wiki/<str:slug>/", entries.view, name="entry"),
    path("wiki/<str:slug>/edit/", writing.edit, name="entry-edit"),
    path("wiki/<str:slug>/presence/", presence, name="entry-presence"),
    path("wiki/<str:slug>/graph/", graph.near_graph, name="entry-graph"),
    path("wiki/<str:slug>/files/", entry_files.entry_files, name="entry-files"),
    path("wiki/<str:slug>/raw/", entries.raw, name="entry-raw"),
    path("wiki/<str:slug>/history/", history.revisions, name="entry-history"),
    path(
        "wiki/<str:slug>/history/<int:number>/",
        history.revision,
        name="entry-revision",
    ),
    path(
        "wiki/<str:slug>/history/<int:number>/raw/",
        history.revision_raw,
        name="revision-raw",
    ),
    path(
        "wiki/<str:slug>/history/<int:number>/hide/",
        hiding.hide,
        name="revision-hide",
    ),
    path("wiki/<str:slug>/blame/", blame.blame, name="entry-blame"),
    path("wiki/<str:slug>/links/", links.links, name="entry-links"),
    path("wiki/<str:slug>/feed/", follow_moves(EntryFeed()), name="entry-feed"),
    path("wiki/<str:slug>/diff/", comparing.diff, name="entry-diff"),
    path(
        "wiki/<str:slug>/revert/<int:number>/",
        lifecycle.revert,
        name="entry-revert",
    ),
    path("wiki/<str:slug>/undo/<int:number>/", undoing.undo, name="entry-undo"),
    path("wiki/<str:slug>/rollback/", undoing.rollback, name="entry-rollback"),
    path("wiki/<str:slug>/rename/", renaming.rename, name="entry-rename"),
    path("wiki/<str:slug>/delete/", lifecycle.delete, name="entry-delete"),
    path("wiki/<str:slug>/restore/", lifecycle.restore, name="entry-restore"),
    path("tags/", tags.tag_index, name="tags"),
    path("tags/<tag:key>/", tags.tag, name="tag"),
    # A tag can have any name, so nothing of ours stands behind one.
    path("feeds/tags/<tag:key>/", TagFeed(), name="tag-feed"),
    path("curate/tags/similar/", similar_tags.similar, name="tags-similar"),
    path("curate/tags/rename/<tag:key>/", tag_acts.rename, name="tag-rename"),
    path("curate/tags/merge/<tag:key>/", tag_acts.merge, name="tag-merge"),
    path("curate/tags/names/<tag:key>/", tag_acts.names, name="tag-names"),
    path("curate/tags/split/<tag:key>/", tag_acts.split, name="tag-split"),
    path("curate/tags/delete/<tag:key>/", tag_acts.delete, name="tag-delete"),
    path("batches/<int:number>/", batches.batch, name="batch"),
    path("batches/<int:number>/undo/", batches.undo, name="batch-undo"),
    path("graph/", graph.graph, name="graph"),
    path("graph/data/", graph.graph_data, name="graph-data"),
    path("health/", work_lists.overview, name="health"),
    path("health/<str:name>/", work_lists.work_list, name="work-list"),
    path("upload/", upload, name="picture-upload"),
    path("files/", all_files.all_files, name="files"),
    path("files/mine/", own_files.own_files, name="files-mine"),
    path("files/<str:name>", files.stored_file, name="file"),
    path("search/", search.results, name="search"),
    path("search/suggest", suggest.suggest, name="suggest"),
    path("opensearch.xml", opensearch.description, name="opensearch"),
    path("people/<int:number>/", people.contributions, name="person"),
    path("recent/", recent.recent, name="recent"),
    path("recent/filters/", recent_filters.keep_filters, name="recent-filters"),
    path("recent/feed/", RecentFeed(), name="recent-feed"),
    path("export/", exporting.export, name="export"),
    path("export/download/", exporting.download, name="export-download"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", importing.new, name="import-new"),
    path("imports/new/<int:number>/", import_jobs.job, name="import-job"),
    path(
        "imports/new/<int:number>/state/",
        import_jobs.job_state,
        name="import-job-state",
    ),
    path(
        "imports/new/<int:number>/confirm/",
        import_jobs.job_confirm,
        name="import-job-confirm",
    ),
    path(
        "imports/new/<int:number>/cancel/",
        import_jobs.job_cancel,
        name="import-job-cancel",
    ),
    path(
        "imports/new/<int:number>/<int:position>/",
        import_jobs.job_item,
        name="import-job-item",
    ),
    path("imports/<int:number>/", imports.report, name="import"),
    path("imports/<int:number>/json/", imports.report_json, name="import-json"),
    path(
        "imports/<int:number>/items/<int:position>/",
        import_decisions.decision,
        name="import-item",
    ),
    path("imports/<int:number>/undo/", import_undo.undo, name="import-undo"),
    path("accounts/login/", accounts.SignIn.as_view(), name="login"),
    path("accounts/logout/", accounts.SignOut.as_view(), name="logout"),
    path("accounts/signup/", accounts.sign_up, name="signup"),
    path(
        "accounts/password/", accounts.ChangePassword.as_view(), name="password_change"
    ),
    path("preferences/theme/", preferences.set_theme, name="set-theme"),
    path("preferences/language/", preferences.set_language, name="set-language"),
    path("random/", random_entry, name="random"),
    path("sitemap.xml", sitemap_index, name="sitemap"),
    path("sitemap-lists.xml", sitemap_lists, name="sitemap-lists"),
    path("sitemap-notes-<int:page>.xml", sitemap_entries, name="sitemap-entries"),
    path("robots.txt", robots.robots, name="robots"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path(settings.ADMIN_PATH, admin.site.urls),
]
