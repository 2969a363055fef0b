"""Every page of the wiki: how one comes to it, and in which looks it is seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Page, Response

from tests.browser.full_wiki import CLASHING, FullWiki
from tests.browser.windows import LOOKS, NARROW, Look, Windows


@dataclass(frozen=True)
class Visit:
    """How a page is come to: its address, who asks, and what is done on it first."""

    name: str
    path: str
    person: str = "visitor"
    act: Callable[[Page], None] | None = None
    status: int = 200
    looks: Sequence[Look] = tuple(LOOKS)

    def __str__(self) -> str:
        return self.name


@dataclass
class Tour:
    """Windows of the cast on one wiki; each person keeps one for all the visits."""

    windows: Windows
    wiki: FullWiki
    _pages: dict[str, Page] = field(default_factory=dict)

    def come_to(self, visit: Visit, look: Look) -> Page:
        """The window of the person on the page, in this look."""
        page = self._pages.get(visit.person)
        if page is None:
            page = self.windows.open(person=self.wiki.cast[visit.person])
            # The editors ask before they are left.
            page.on("dialog", lambda dialog: dialog.accept())
            self._pages[visit.person] = page
        change_look(page, look)
        language = {"name": settings.LANGUAGE_COOKIE_NAME, "value": look.language}
        page.context.add_cookies([{**language, "url": self.windows.address}])
        answer = page.goto(visit.path.format(**self.wiki.ids))
        if visit.act is None:
            assert answer.status == visit.status
        else:
            visit.act(page)
        return page


def change_look(page: Page, look: Look) -> None:
    """Gives an open window another size and theme; a language takes a new visit."""
    page.set_viewport_size({"width": look.width, "height": look.height})
    page.emulate_media(color_scheme=look.theme, reduced_motion="reduce")
    # Django's admin moves from colour to colour whatever its reader prefers.
    page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")


# ── What is done on a page before it is looked at ─────────────────────────────
def _unfolding(page: Page) -> None:
    """Opens all that is folded; menus not, as they lie over what is there."""
    page.evaluate(
        "document.querySelectorAll('main details:not(.menu)')"
        ".forEach((folded) => { folded.open = true; })"
    )


def _opening(menu: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f"{menu} details.menu > summary").click()


def _asking_for_shortcuts(page: Page) -> None:
    page.locator("body").press("?")
    page.locator("#w-keys[open]").wait_for()


def _sending(
    status: int, button: str = "main form .btn.primary:not(.sm)", **values: str
) -> Callable[[Page], None]:
    """Fills in fields, hidden ones too, and sends the form, which gets `status`."""

    def act(page: Page) -> None:
        for name, value in values.items():
            # In every form that has it: a draft on offer has a form, too.
            page.locator(f"main form [name={name}]").evaluate_all(
                "(fields, value) => fields.forEach((each) => { each.value = value })",
                value,
            )
        with page.expect_response(_is_navigation) as answered:
            page.locator(button).last.click()
        assert answered.value.status == status
        page.wait_for_load_state()

    return act


def _uploading_nothing(page: Page) -> None:
    page.locator("main details.sub > summary").click()
    page.locator("main details.sub button[type=submit]").click()
    page.locator("main [role=alert]").wait_for()


def _asking_to_remove(page: Page) -> None:
    page.locator("input[type=checkbox][name=file]").first.check()
    page.locator("button[value=ask]").click()
    page.locator("button.danger").wait_for()


def _asking_to_delete(page: Page) -> None:
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("delete_entries")
    page.locator("#changelist-form .actions [type=submit]").click()
    page.locator(".wiki-asking").wait_for()


def _one_after_the_other(*acts: Callable[[Page], None]) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for each in acts:
            each(page)

    return act


def _drawing(page: Page) -> None:
    """Opens what is around the note, if it is folded, until its graph is drawn."""
    for folded in page.locator("details.around > summary").all():
        folded.click()
    page.locator("[data-graph][data-drawn]").wait_for()


def _going_to_the_end(page: Page) -> None:
    """Where the bar that stays in sight lies over nothing."""
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")


def _is_navigation(answer: Response) -> bool:
    return answer.request.is_navigation_request()


def _printing(template: str) -> Callable[[Page], None]:
    """Puts a page that is printed without a request in the place of another one."""
    return lambda page: page.set_content(render_to_string(template))


DEPLOY, EDITED, CACHE = "/wiki/배포-절차/", "/wiki/고친-글/", "/wiki/redis-캐시/"
MOVED = "/wiki/옮긴-글/"
CURATE = "/curate/tags/"
CONFLICTING = {
    "base_version": "1",
    "title": "다르게 고친 글",
    "body": CLASHING("한꺼번에 넘긴다", "이전 태그.") + "\n끝.\n",
}
NARROW_LOOKS = [look for look in LOOKS if look.width == NARROW[0]]
# For what is much like another page: each size and each theme, in one language.
BRIEF = [look for look in LOOKS if look.language == "ko"]
SHOW_PREVIEW, SHOW_CHANGES = "main [name=do][value=preview]", "main [value=diff]"

VISITS = [
    Visit("home", "/"),
    Visit("menu-of-visitor", "/", act=_opening("header"), looks=NARROW_LOOKS),
    # Where it lies over nothing that is a target too.
    Visit("menu-of-writer", "/export/", "writer", _opening("header"), looks=BRIEF),
    Visit("shortcuts", "/search/?q=없는말", act=_asking_for_shortcuts),
    Visit("entries", "/entries/?sort=changed&page=2"),
    Visit("entry", DEPLOY, looks=BRIEF),
    Visit("entry-unfolded", DEPLOY, "writer", _unfolding),
    Visit("entry-menu", EDITED, "writer", _opening("main"), looks=BRIEF),
    Visit("entry-files", "/wiki/그림이-있는-글/files/"),
    Visit("own-files", "/files/mine/", "writer", _unfolding),
    Visit(
        "own-files-refused", "/files/mine/", "writer", _uploading_nothing, looks=BRIEF
    ),
    Visit("own-files-remove", "/files/mine/", "writer", _asking_to_remove, looks=BRIEF),
    Visit("all-files", "/files/?show=kept", "curator"),
    Visit("all-files-empty", "/files/", "curator", looks=BRIEF),
    Visit("all-files-remove", "/files/?show=kept", "curator", _asking_to_remove),
    Visit("entry-without-text", "/wiki/빈-글/", "writer"),
    Visit("missing", "/wiki/아직-없는-글/", status=404),
    Visit("missing-to-writer", "/wiki/배포-절치/", "writer", status=404, looks=BRIEF),
    Visit("ambiguous", "/wiki/redis/"),
    Visit("new", "/new/?title=아직 없는 글", "writer"),
    Visit(
        "new-refused",
        "/new/",
        "writer",
        _sending(400, title=" ", body="본문"),
        looks=BRIEF,
    ),
    Visit("edit", EDITED + "edit/", "writer", _unfolding),
    Visit(
        "edit-preview",
        EDITED + "edit/",
        "writer",
        _sending(200, SHOW_PREVIEW),
        looks=BRIEF,
    ),
    Visit(
        "edit-changes",
        EDITED + "edit/",
        "writer",
        _sending(200, SHOW_CHANGES, body="다른 글", tags="CI, 🚀"),
        looks=BRIEF,
    ),
    Visit(
        "edit-in-old-form",
        EDITED + "edit/",
        "writer",
        _sending(403, csrfmiddlewaretoken="x"),
        looks=BRIEF,
    ),
    Visit(
        "edit-of-gone",
        EDITED + "edit/",
        "writer",
        _sending(409, entry_id="999999"),
        looks=BRIEF,
    ),
    Visit(
        "edit-section-missing",
        EDITED + "edit/?section=없는-절",
        "writer",
        status=404,
        looks=BRIEF,
    ),
    Visit("conflict", EDITED + "edit/", "writer", _sending(409, **CONFLICTING)),
    Visit(
        "conflict-open",
        EDITED + "edit/",
        "writer",
        _one_after_the_other(_sending(409, **CONFLICTING), _sending(409)),
    ),
    Visit(
        "conflict-preview",
        EDITED + "edit/",
        "writer",
        _one_after_the_other(
            _sending(409, **CONFLICTING),
            _sending(200, "main button[value=preview]"),
            _sending(200, "main button[value=diff]"),
        ),
        looks=BRIEF,
    ),
    Visit("edit-with-drafts", EDITED + "edit/", "curator", _going_to_the_end),
    Visit(
        "edit-of-draft",
        EDITED + "edit/?draft={draft}",
        "curator",
        _going_to_the_end,
        looks=BRIEF,
    ),
    Visit("drafts", "/drafts/", "curator"),
    Visit("drafts-empty", "/drafts/", "administrator", looks=BRIEF),
    Visit("draft", "/drafts/{draft}/", "curator"),
    Visit("draft-of-new", "/drafts/{new_draft}/", "curator", looks=BRIEF),
    Visit("home-with-drafts", "/", "curator", looks=BRIEF),
    Visit("history", EDITED + "history/", "writer"),
    Visit("history-empty", CACHE + "history/?show=mine", "writer", looks=BRIEF),
    Visit("revision-old", EDITED + "history/1/", "writer"),
    Visit("diff", EDITED + "diff/?old=1&new=3", "writer"),
    Visit("diff-in-one-column", EDITED + "diff/?old=1&new=3&view=unified"),
    Visit("diff-with-moved-blocks", MOVED + "diff/?old=1&new=2", "writer"),
    Visit("diff-in-full", MOVED + "diff/?old=1&new=3&context=all", looks=BRIEF),
    Visit("diff-as-read", MOVED + "diff/?old=1&new=2&view=rendered"),
    Visit("diff-impossible", EDITED + "diff/?old=3&new=1", status=404, looks=BRIEF),
    Visit("history-of-one-author", EDITED + "history/?kind=edit&by=n지현"),
    Visit("history-to-curator", EDITED + "history/", "curator", looks=BRIEF),
    Visit("links", DEPLOY + "links/", "writer"),
    Visit("links-of-none", "/wiki/빈-글/links/", looks=BRIEF),
    Visit("blame", EDITED + "blame/"),
    Visit("blame-of-rich-text", DEPLOY + "blame/", "writer", looks=BRIEF),
    Visit("blame-back", EDITED + "blame/?at=1&ws=ignore", "curator", looks=BRIEF),
    Visit("blame-of-nothing", "/wiki/빈-글/blame/", looks=BRIEF),
    Visit("hide", EDITED + "history/1/hide/", "curator"),
    Visit(
        "hide-without-reason",
        EDITED + "history/1/hide/",
        "curator",
        _sending(400, "main .btn.danger", reason=" "),
        looks=BRIEF,
    ),
    Visit("show-again", EDITED + "history/2/hide/", "curator", looks=BRIEF),
    Visit("hide-current", EDITED + "history/3/hide/", "curator", looks=BRIEF),
    Visit("person", "/people/{writer}/"),
    Visit("person-without-changes", "/people/{curator}/", "writer", looks=BRIEF),
    Visit("revert", EDITED + "revert/1/", "writer"),
    Visit("undo", MOVED + "undo/3/", "writer"),
    Visit("undo-of-what-changed-since", MOVED + "undo/2/", "writer", looks=BRIEF),
    Visit(
        "undo-to-be-joined",
        MOVED + "undo/2/",
        "writer",
        _sending(409, "main .btn.primary"),
        looks=BRIEF,
    ),
    Visit("rollback", MOVED + "rollback/", "curator"),
    Visit("rollback-to-nothing", "/wiki/빈-글/rollback/", "curator", looks=BRIEF),
    Visit("rename", EDITED + "rename/", "writer", _sending(400, title="배포 절차")),
    Visit("delete", DEPLOY + "delete/", "writer"),
    Visit(
        "delete-in-old-form",
        DEPLOY + "delete/",
        "writer",
        _sending(403, "main .btn.danger", csrfmiddlewaretoken="x"),
        looks=BRIEF,
    ),
    Visit("restore", "/wiki/겹치는-글/restore/", "writer"),
    Visit("graph", "/graph/", act=_drawing),
    Visit("graph-of-nothing", "/graph/?tag=없는태그", looks=BRIEF),
    Visit("entry-around", DEPLOY, act=_drawing, looks=BRIEF),
    Visit("work-lists", "/health/", "curator"),
    Visit("work-list", "/health/wanted/", "writer", looks=BRIEF),
    Visit("work-list-empty", "/health/spellings/", "writer", looks=BRIEF),
    Visit("tags", "/tags/"),
    Visit("tags-none-found", "/tags/?t=없는태그", looks=BRIEF),
    Visit("tag", "/tags/ci/?with=배포"),
    Visit("tag-level", "/tags/도구/", looks=BRIEF),
    Visit("tag-to-curator", "/tags/ci/?without=배포", "curator"),
    Visit("tag-rename", CURATE + "rename/ci/", "curator", looks=BRIEF),
    Visit("tag-rename-preview", CURATE + "rename/도구/?to=연장", "curator"),
    Visit("tag-rename-refused", CURATE + "rename/ci/?to=배포", "curator", looks=BRIEF),
    Visit("tag-merge-preview", CURATE + "merge/ci/?to=배포", "curator", looks=BRIEF),
    Visit("tag-names", CURATE + "names/새-꼬리표/", "curator"),
    Visit("tag-split", CURATE + "split/ci/", "curator"),
    Visit("tag-delete", CURATE + "delete/ci/", "curator", looks=BRIEF),
    Visit("tags-alike", CURATE + "similar/", "curator"),
    Visit("batch", "/batches/{batch}/", "curator"),
    Visit("batch-undo", "/batches/{batch}/undo/", "curator", looks=BRIEF),
    Visit("tag-missing", "/tags/없는-태그/", status=404, looks=BRIEF),
    Visit("search", "/search/", looks=BRIEF),
    Visit("search-with-hits", "/search/?q=배포", "writer"),
    Visit("search-narrowed", "/search/?q=배포&tag=ci&when=week", act=_unfolding),
    Visit("search-without-hits", "/search/?q=없는말", "writer"),
    Visit("search-with-guess", "/search/?q=qovh 없는말&by=지현", "writer", looks=BRIEF),
    Visit("recent", "/recent/?days=90", "writer", _unfolding),
    Visit("imports", "/imports/", "writer"),
    Visit("import-report", "/imports/{run}/", "writer"),
    Visit("import-report-of-all", "/imports/{run}/?show=all", "writer", looks=BRIEF),
    Visit("import-decision", "/imports/{run}/items/90/", "writer", _unfolding),
    Visit(
        "import-decision-overtaken",
        "/imports/{run}/items/90/",
        "writer",
        _sending(409, "main [name=do][value=accept]", base_version="1"),
        looks=BRIEF,
    ),
    Visit("import-decided", "/imports/{run}/items/91/", "writer", looks=BRIEF),
    Visit("import-undo", "/imports/{run}/undo/", "curator"),
    Visit("export", "/export/?tag=배포", "writer"),
    Visit("import-new", "/imports/new/", "curator"),
    Visit("import-new-refused", "/imports/new/", "curator", _sending(400, tags="x")),
    Visit("import-waits", "/imports/new/{waiting}/", "curator", looks=BRIEF),
    Visit("import-progress", "/imports/new/{working}/", "curator"),
    Visit("import-preview", "/imports/new/{planned}/", "curator"),
    Visit("import-preview-of-change", "/imports/new/{planned}/1/", "curator"),
    Visit("import-preview-of-new", "/imports/new/{planned}/2/", "curator", looks=BRIEF),
    Visit("import-failed", "/imports/new/{failed}/", "curator"),
    Visit("login", "/accounts/login/", looks=BRIEF),
    Visit(
        "login-refused",
        "/accounts/login/",
        act=_sending(200, username="a", password="b"),
    ),
    Visit(
        "signup",
        "/accounts/signup/",
        act=_sending(200, username="민수", password1="x", password2="y"),
    ),
    Visit("password", "/accounts/password/", "writer"),
    Visit("not-allowed", "/wiki/잠긴-글/edit/", "writer", status=403),
    Visit("not-found", "/없는/곳/", status=404),
    Visit("admin", "/admin/", "administrator"),
    Visit("admin-entries", "/admin/wiki/entry/?q=배포", "administrator"),
    Visit("admin-entry", "/admin/wiki/entry/{entry}/change/", "administrator"),
    Visit(
        "admin-entry-conflict",
        "/admin/wiki/entry/{entry}/change/",
        "administrator",
        _sending(409, "[name=_save]", **CONFLICTING),
    ),
    Visit(
        "admin-delete",
        "/admin/wiki/entry/?q=CI",
        "curator",
        _asking_to_delete,
        looks=BRIEF,
    ),
    Visit("admin-tag", "/admin/wiki/tag/{tag}/change/", "curator"),
    Visit("admin-imports", "/admin/wiki/import/", "curator", looks=BRIEF),
    Visit("admin-import", "/admin/wiki/import/{run}/change/", "curator", looks=BRIEF),
    Visit("bad-request", "/healthz", act=_printing("400.html"), looks=BRIEF),
    Visit("broken", "/healthz", act=_printing("500.html")),
    Visit("unavailable", "/healthz", act=_printing("503.html"), looks=BRIEF),
]
