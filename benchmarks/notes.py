"""Synthetic notes: as long, as mixed and as linked as developers' notes are."""

import random
from collections.abc import Iterator
from pathlib import Path

NOTE_BYTES = 4096
CODE_SHARE = 0.15

KOREAN = """
배포 서버 요청 응답 데이터 처리 성능 캐시 연결 구조 설정 실행 환경 문제 해결 방법 사용
관리 저장 비동기 스레드 메모리 네트워크 프로토콜 트래픽 인증 로그 모니터링 컨테이너
이미지 클러스터 노드 쿼리 인덱스 트랜잭션 격리 수준 잠금 복제 장애 복구 테스트 코드
함수 객체 상속 인터페이스 의존성 주입
""".split()  # noqa: SIM905
ENGLISH = """
Redis Kafka gRPC Docker Kubernetes nginx PostgreSQL index cache queue thread event
loop request handler server client timeout retry deploy pipeline
""".split()  # noqa: SIM905
ENDINGS = ("은", "는", "을", "를", "에서", "으로", "이다.", "한다.", "된다.", "")
_CODE = '''```python
def handler_{n}(request, *, timeout={n}):
    """Answer one request."""
    rows = [row for row in fetch(request.key) if row.size > {n}]
    return {{"count": len(rows), "label": f"{{request.key}}-{n}"}}
```
'''


def write_notes(folder: Path, count: int, *, seed: int = 7) -> int:
    """Writes `count` notes, one a file, in topic folders; gives their bytes."""
    total = 0
    for number, text in enumerate(make_notes(count, seed=seed)):
        place = folder / f"topic-{number % 20:02d}"
        place.mkdir(parents=True, exist_ok=True)
        data = text.encode()
        (place / f"note-{number:05d}.md").write_bytes(data)
        total += len(data)
    return total


def make_notes(count: int, *, seed: int = 7) -> Iterator[str]:
    """Texts of about 4 KB: 15 % code, one table, three links to other notes."""
    dice = random.Random(seed)
    titles = [f"{dice.choice(KOREAN)} {dice.choice(ENGLISH)} {n}" for n in range(count)]
    for title in titles:
        yield _note(dice, title, [dice.choice(titles) for _ in range(3)])


def _note(dice: random.Random, title: str, links: list[str]) -> str:
    linked = [_paragraph(dice, link) for link in links]
    parts = [f"# {title}\n", linked.pop(), _table(dice)]
    code_bytes = 0
    size = sum(len(part.encode()) for part in parts)
    while size < NOTE_BYTES:
        if code_bytes < CODE_SHARE * size:
            part = _CODE.format(n=dice.randint(1, 99))
            code_bytes += len(part)
        elif dice.random() < 0.3:
            part = f"## {_words(dice, 3)}\n"
        elif dice.random() < 0.4:
            part = "".join(f"- {_words(dice, 6)}\n" for _ in range(4))
        else:
            part = linked.pop() if linked else _paragraph(dice)
        parts.append(part)
        size += len(part.encode()) + 1
    return "\n".join(parts + linked)


def _paragraph(dice: random.Random, link: str = "") -> str:
    words = _words(dice, 30)
    return f"{words} [[{link}]] **{_words(dice, 2)}**\n" if link else f"{words}\n"


def _words(dice: random.Random, count: int) -> str:
    return " ".join(
        dice.choice(ENGLISH)
        if dice.random() < 0.2
        else dice.choice(KOREAN) + dice.choice(ENDINGS)
        for _ in range(count)
    )


def _table(dice: random.Random) -> str:
    rows = [f"| {_words(dice, 2)} | {dice.randint(1, 999)} |" for _ in range(4)]
    return "\n".join(["| 이름 | 값 |", "| --- | --- |", *rows]) + "\n"
