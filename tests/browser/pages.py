"""Every page of the wiki, and a wiki that has something to show on each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.template.loader import render_to_string
from django.utils import timezone
from playwright.sync_api import Browser, Page, Response

from tests import make, people
from tests.browser.windows import LOOKS, NARROW, Look, Windows
from wiki.importing.messages import Message
from wiki.models import Entry, Import, ImportItem, ItemStatus, RevisionMark, Tag

# One of everything a body can hold.
RICH_BODY = """\
# 시작하기 전에
한 줄에 한 생각을 쓴다.
다음 줄은 <kbd>Ctrl</kbd>+<kbd>C</kbd>, H<sub>2</sub>O,
x<sup>2</sup>, <mark>형광</mark>.

**굵게**, *기울임*, ~~지운 말~~, `한 줄 코드`, [[Redis]], [[아직 없는 글]],
[[CI 서버|다른 이름]], [바깥 글](https://example.org/글), https://example.org/aaaa#bbb
#배포 에 붙는 태그, 🚀 이모지, 각주[^1]도 있다.

## 목록
- 첫째
  1. 하나
  2. 둘
- [x] 한 일
- [ ] 할 일

## 표
| 이름 | 값 | 설명 |
| :--- | ---: | :---: |
| timeout | 30 | 아주아주 긴 설명이 이 칸에 들어가서 좁은 화면에서는 넘친다 |
| retry | 3 | `exponential_backoff_with_jitter_and_a_long_name` |

# 코드
```python
@retry(times=3)
def deploy(name: str = "배포") -> None:  # 긴 줄은 상자 안에서 흐른다
    \"\"\"문서.\"\"\"
    print(f"{name}!", 1.5e3, None)
```

```diff
- 옛 줄
+ 새 줄
```

```console
$ kubectl get pods --all-namespaces
```

```
말 없는 코드
```

```mermaid
graph TD; A-->B
```

$$ e = mc^2 $$

# 알림
> [!NOTE]
> 알아 둘 것. [바깥](https://example.org/)

> [!TIP] 요령
> 해 볼 것과 `코드`.

> [!IMPORTANT]
> 중요한 것.

> [!WARNING]
> 조심할 것.

> [!CAUTION]
> 위험한 것.

> 그냥 인용.
> > 인용 안의 인용.

<details><summary>접은 글</summary>

펼치면 보인다.

</details>

# 그림
![화면 그림](https://example.org/a.png "제목")

<img src="https://example.org/b.png" width="120" alt="다른 그림">

![](https://example.org/c.png)

<figure><img src="https://example.org/d.png" alt="도표">
<figcaption>그림 설명</figcaption></figure>

<table><tr><th>머리</th></tr><tr><td>칸</td></tr></table>

<ruby>漢字<rt>한자</rt></ruby>
무궁화꽃이피었습니다무궁화꽃이피었습니다무궁화꽃이피었습니다무궁화꽃이피었습니다
aVeryLongWordWithoutAnySpaceThatHasToBreakSomewhereOnANarrowScreenOrThePageScrolls

---

[^1]: 각주의 글.
"""
EDITED_TITLE = "여러 번 고친 글"
CLASHING = ("# 절차\n\n1. 태그를 단다\n2. {}\n\n# 되돌리기\n\n{}\n").format


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
    cast: dict[str, AbstractUser | None]
    # What addresses have to name: the run of an import, an entry.
    ids: dict[str, int]
    _pages: dict[str, Page] = field(default_factory=dict)

    def come_to(self, visit: Visit, look: Look) -> Page:
        """The window of the person on the page, in this look."""
        page = self._pages.get(visit.person)
        if page is None:
            page = self.windows.open(person=self.cast[visit.person])
            # The editors ask before they are left.
            page.on("dialog", lambda dialog: dialog.accept())
            self._pages[visit.person] = page
        change_look(page, look)
        language = {"name": settings.LANGUAGE_COOKIE_NAME, "value": look.language}
        page.context.add_cookies([{**language, "url": self.windows.address}])
        answer = page.goto(visit.path.format(**self.ids))
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


def make_tour(browser: Browser, address: str) -> Tour:
    """A wiki with every kind of page in it, and nobody in it yet."""
    cast = {
        "visitor": None,
        "writer": people.writer(),
        "curator": people.curator(),
        "administrator": people.administrator(),
    }
    _write(cast["writer"], people.other_writer())
    ids = {
        "run": _import().pk,
        "entry": Entry.objects.get(title=EDITED_TITLE).pk,
        "tag": Tag.objects.get(key="ci").pk,
    }
    return Tour(Windows(browser, address), cast, ids)


def _write(writer: AbstractUser, other: AbstractUser) -> None:
    many = ["가", "나무/가지", "다", "빌드", "CI", "go", "zsh", "42"]
    make.entry(
        "배포 절차",
        RICH_BODY,
        tags=["CI", "배포", "도구/빌드"],
        by=writer,
        summary="한 줄 요약",
        source_url="https://example.org/원문",
        aliases=("Deploy",),
        comment="처음 씀",
    )
    make.entry(
        "CI 서버", "[[배포 절차]]를 돌린다. [[아직 없는 글]]", tags=["CI", *many]
    )
    make.entry("Redis (캐시)", "빠르다.", aliases=("Redis",), tags=["CI"])
    make.entry("Redis (큐)", "가끔 [[배포 절차]]에 쓴다.", aliases=("Redis",))
    make.entry("빈 글", "")
    make.entry("잠긴 글", "관리자만 고친다.", protection="administrators")
    make.deleted(make.entry("지운 글", "지운 것"), by=other)
    make.deleted(make.entry("겹치는 글", "옛것"), by=other)
    make.entry("겹치는 글", "새것")
    _write_history(writer, other)
    # A second page of the list, though but one row of the recent changes.
    make.imported(*(f"들여온 글 {number:02}" for number in range(35)))


def _write_history(writer: AbstractUser, other: AbstractUser) -> None:
    entry = make.entry(
        "고친 글", CLASHING("넘긴다", "이전 태그."), by=writer, tags=["CI", "옛것"]
    )
    entry = make.edit(entry, CLASHING("두 번 넘긴다", "이전 태그."), by=writer)
    entry = make.edit(
        entry,
        CLASHING("조금씩 넘긴다", "이전 태그를 다시 배포한다."),
        by=other,
        comment="단계를 나눔",
        title=EDITED_TITLE,
        summary="배포하는 법",
        tags=["CI", "새것"],
    )
    RevisionMark.objects.create(
        revision=make.revision(entry, 2),
        kind=RevisionMark.Kind.HIDDEN,
        created_at=timezone.now(),
    )


def _import() -> Import:
    batch = make.imported("들여온 글", "또 들여온 글", with_run=True)
    entries = list(Entry.objects.filter(revisions__batch=batch))
    message = Message("title-taken", {"title": "들여온 글"}, line=3).as_json()
    for position, status in enumerate(ItemStatus.values):
        ImportItem.objects.create(
            run=batch.import_run,
            position=position,
            status=status,
            title=f"들여온 글 {position}",
            path="devnotes.md",
            line=position + 1,
            entry=entries[0] if status == ItemStatus.CREATED else None,
            needs_eyes=status not in ("created", "same"),
            details={"messages": [message]},
        )
    return batch.import_run


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
    status: int, button: str = "main form .btn.primary", **values: str
) -> Callable[[Page], None]:
    """Fills in fields, hidden ones too, and sends the form, which gets `status`."""

    def act(page: Page) -> None:
        for name, value in values.items():
            page.locator(f"main form [name={name}]").first.evaluate(
                "(field, value) => { field.value = value }", value
            )
        with page.expect_response(_is_navigation) as answered:
            page.locator(button).last.click()
        assert answered.value.status == status
        page.wait_for_load_state()

    return act


def _asking_to_delete(page: Page) -> None:
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("delete_entries")
    page.locator("#changelist-form .actions [type=submit]").click()
    page.locator(".wiki-asking").wait_for()


def _is_navigation(answer: Response) -> bool:
    return answer.request.is_navigation_request()


def _printing(template: str) -> Callable[[Page], None]:
    """Puts a page that is printed without a request in the place of another one."""
    return lambda page: page.set_content(render_to_string(template))


DEPLOY, EDITED, CACHE = "/wiki/배포-절차/", "/wiki/고친-글/", "/wiki/redis-캐시/"
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
    Visit("menu-of-writer", "/", "writer", _opening("header"), looks=BRIEF),
    Visit("shortcuts", "/search/?q=없는말", act=_asking_for_shortcuts),
    Visit("entries", "/entries/?sort=changed&page=2"),
    Visit("entry", DEPLOY, looks=BRIEF),
    Visit("entry-unfolded", DEPLOY, "writer", _unfolding),
    Visit("entry-menu", EDITED, "writer", _opening("main"), looks=BRIEF),
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
    Visit("conflict", EDITED + "edit/", "writer", _sending(409, **CONFLICTING)),
    Visit("history", EDITED + "history/", "writer"),
    Visit("history-empty", CACHE + "history/?show=mine", "writer", looks=BRIEF),
    Visit("revision-old", EDITED + "history/1/", "writer"),
    Visit("diff", EDITED + "diff/?old=1&new=3", "writer"),
    Visit("diff-in-one-column", EDITED + "diff/?old=1&new=3&view=unified"),
    Visit("diff-impossible", EDITED + "diff/?old=3&new=1", status=404, looks=BRIEF),
    Visit("revert", EDITED + "revert/1/", "writer"),
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
    Visit("tags", "/tags/"),
    Visit("tags-none-found", "/tags/?t=없는태그", looks=BRIEF),
    Visit("tag", "/tags/ci/?with=배포"),
    Visit("tag-level", "/tags/도구/", looks=BRIEF),
    Visit("tag-missing", "/tags/없는-태그/", status=404, looks=BRIEF),
    Visit("search", "/search/", looks=BRIEF),
    Visit("search-with-hits", "/search/?q=배포", "writer"),
    Visit("search-without-hits", "/search/?q=없는말", "writer"),
    Visit("recent", "/recent/?days=90", "writer", _unfolding),
    Visit("imports", "/imports/", "writer"),
    Visit("import-report", "/imports/{run}/", "writer"),
    Visit("import-report-of-all", "/imports/{run}/?show=all", "writer", looks=BRIEF),
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
    Visit("admin-import", "/admin/wiki/import/{run}/change/", "curator", looks=BRIEF),
    Visit("bad-request", "/healthz", act=_printing("400.html"), looks=BRIEF),
    Visit("broken", "/healthz", act=_printing("500.html")),
    Visit("unavailable", "/healthz", act=_printing("503.html"), looks=BRIEF),
]
