"""A wiki that has something to show on each of its pages."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from django.contrib.auth.models import AbstractUser
from django.utils import timezone
from django.utils.crypto import get_random_string

from tests import make, people
from tests.pictures import code, let_two_days_pass, uploaded
from wiki.drafts import Slot, Typed, keep_draft
from wiki.editing import Content, TagUse, tag_acts
from wiki.editing.tag_plans import plan_rename
from wiki.importing import jobs, uploads
from wiki.importing.messages import Message
from wiki.importing.records import as_stored, set_base
from wiki.importing.working import carry_out
from wiki.models import (
    Batch,
    Decision,
    Draft,
    Entry,
    Import,
    ImportedFile,
    ImportedNote,
    ImportItem,
    ImportJob,
    ItemStatus,
    Presence,
    RevisionMark,
    Tag,
)

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
class FullWiki:
    """Who looks at the wiki, and the ids that addresses in it have to name."""

    cast: dict[str, AbstractUser | None]
    ids: dict[str, int]


def write_full_wiki() -> FullWiki:
    """Fills an empty wiki; nobody is signed in yet."""
    cast = {
        "visitor": None,
        "writer": people.writer(),
        "curator": people.curator(),
        "administrator": people.administrator(),
    }
    _write(cast["writer"], people.other_writer())
    ids = {
        "run": _import().pk,
        **_import_jobs(cast["curator"]),
        "entry": Entry.objects.get(title=EDITED_TITLE).pk,
        "tag": Tag.objects.get(key="ci").pk,
        "batch": _rename_tag(cast["curator"]).pk,
        **_drafts(cast["curator"], cast["writer"]),
        "writer": cast["writer"].pk,
        "curator": cast["curator"].pk,
    }
    return FullWiki(cast, ids)


def _rename_tag(curator: AbstractUser) -> Batch:
    """The batch of a tag that was renamed; another tag is spelled much like it."""
    make.entry("꼬리표를 단 글", "글", tags=["옛 꼬리표"])
    make.entry("꼬리표를 붙여 쓴 글", "글", tags=["새꼬리표"])
    make_plan = partial(plan_rename, "옛-꼬리표", "새 꼬리표")
    return tag_acts.carry_out(make_plan, act=make.act(curator)).batch


def _drafts(person: AbstractUser, other: AbstractUser) -> dict[str, int]:
    """Drafts of an old and of a new entry, and someone who is at the old one too.

    That one stays: no tour lasts a day.
    """
    entry = Entry.objects.get(title=EDITED_TITLE)
    soon = timezone.now() + timedelta(days=1)
    Presence.objects.create(
        entry=entry, user=other, section="되돌리기", started_at=soon, seen_at=soon
    )
    old = Typed(
        entry_id=entry.pk, base_version=1, title=entry.title, body="# 절차\n\n새 글\n"
    )
    keep_draft(person, Slot("old"), old)
    keep_draft(person, Slot("new"), Typed(title="새 노트", body="아직 짧다"))
    keep_draft(person, Slot("untitled"), Typed(body="제목 없는 글"))
    numbers = dict(Draft.objects.filter(user=person).values_list("slot", "pk"))
    return {"draft": numbers["old"], "new_draft": numbers["new"]}


def _write_moved(writer: AbstractUser) -> None:
    """A page whose blocks changed places; its newest edit touches the one before."""
    first = "## 준비\n\n서버에 도커를 먼저 설치한다.\n그다음 설정 파일을 옮긴다.\n\n"
    second = (
        "## 확인\n\n- [ ] 로그를 읽는다\n- 화면을 본다\n\n"
        "| 값 | 뜻 |\n|-|-|\n| 1 | 켬 |\n\n"
        "```python\nprint(1)\n```\n\n![구조](https://example.org/a.png)\n"
    )
    entry = make.entry("옮긴 글", first + second, tags=["CI"])
    moved = second.replace("| 1 | 켬 |", "| 1 | 끔 |").replace("[ ]", "[x]")
    entry = make.edit(entry, moved + first, by=writer, tags=["CI", "순서"])
    make.edit(entry, moved.replace("끔", "쉼") + first, by=writer)


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
    _write_moved(writer)
    shown, former = uploaded(writer, "red"), uploaded(writer, "blue", "옛 화면.png")
    pictured = make.entry("그림이 있는 글", code(shown) + code(former), by=writer)
    make.edit(pictured, f"{code(shown)} ![없는 것](없음.png)", by=writer)
    uploaded(writer, "green", "쓰지 않은 화면.png")
    let_two_days_pass()
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
        reason="개인 정보",
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
    _add_conflicts(batch.import_run)
    return batch.import_run


def _add_conflicts(run: Import) -> None:
    """One that waits, at position 90, and one that was decided, at 91."""
    entry = Entry.objects.get(title=EDITED_TITLE)
    first = Content.of(make.revision(entry, 1))
    dump = replace(
        first,
        body=CLASHING("한꺼번에 넘긴다", "이전 태그."),
        summary="덤프의 요약",
        tags=(*first.tags, TagUse("덤프", "hashtag")),
    )
    file = ImportedFile.objects.create(source="devnotes.md", path="devnotes.md")
    note = ImportedNote(source=file.source, key="고친 글", file=file, entry=entry)
    set_base(note, first)
    note.save()
    for position, decision in ((90, ""), (91, Decision.REJECTED)):
        ImportItem.objects.create(
            run=run,
            position=position,
            status=ItemStatus.CONFLICT,
            title=entry.title,
            source=file.source,
            path=file.path,
            line=position,
            entry=entry,
            needs_eyes=not decision,
            decision=decision,
            decided_label="지현" if decision else "",
            decided_at=timezone.now() if decision else None,
            proposal=as_stored(dump) | {"note": note.pk},
        )


def _import_jobs(owner: AbstractUser) -> dict[str, int]:
    """Imports on the web in each state that has a page, by the name of the state."""
    again = "# 새 글\n\n글과 #태그.\n\n# Kafka\n\n**굵게** 쓴 글.\n"
    imported = _import_job(owner, again)
    jobs.confirm(imported, plan_number=1, in_any_case=True)
    carry_out(jobs.claim())
    planned = _import_job(owner, again.replace("굵게", "더 굵게") + "# 또\n\n글\n")
    waiting, working, failed = (_job(owner) for _ in range(3))
    ImportJob.objects.filter(pk=working.pk).update(
        state="working",
        act="import",
        worker="a:1:b",
        heard_at=timezone.now(),
        stage="write",
        done=1200,
        total=5000,
    )
    problem = Message("upload-gone", {"name": "메모.md"}).as_json()
    ImportJob.objects.filter(pk=failed.pk).update(state="failed", problem=problem)
    found = {"planned": planned, "waiting": waiting, "working": working}
    return {name: job.pk for name, job in (found | {"failed": failed}).items()}


def _import_job(owner: AbstractUser, text: str) -> ImportJob:
    """An import that waits to be confirmed."""
    folder = uploads.new_folder()
    stored = uploads.store(folder, "아주 긴 이름의 메모.md", [text.encode()])
    _job(owner, folder, stored)
    job = jobs.claim()
    carry_out(job)
    job.refresh_from_db()
    return job


def _job(owner: AbstractUser, folder: str = "", *stored: uploads.Upload) -> ImportJob:
    options = {"split": "h1", "on_conflict": "merge", "tags": ["들여옴"]}
    options |= {"source": "", "encoding": ""}
    upload = uploads.Upload("메모.md", "1.md", 1)
    return jobs.add(owner, folder or get_random_string(8), stored or [upload], options)
