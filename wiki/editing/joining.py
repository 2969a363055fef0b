"""Two contents made of one base, joined by choices wherever they clash. Pure.

Nothing is chosen beforehand, and a text that someone wrote stands above every
choice: which is all that makes sure that nothing typed is lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from wiki.editing.content import Content, Properties, with_unix_newlines
from wiki.editing.merging import MergedContent, merge_contents
from wiki.editing.problems import EditConflict
from wiki.history.merge import Chunk

LATEST, MINE, BOTH, OWN = "latest", "mine", "both", "own"
# Each is two fields of a form, and a form holds 2,000. What clashes beyond is
# one more place, from the first of the rest to the last.
MAX_QUESTIONS = 200
# What a person can be asked for; the rest of a content merges as sets.
ASKED_FIELDS = ("title", "summary", "source_url")
# Asked for as a whole, and only which of the two: nobody can write them here.
PROPERTIES = "properties"


@dataclass(frozen=True)
class Answer:
    """What a form said of one clash: what was picked, and the text that came along."""

    picked: str = ""
    text: str | None = None


UNANSWERED = Answer()


@dataclass(frozen=True)
class Question:
    """A place where both sides clash, and how that was settled so far.

    `name` is the number of a place in the text, or the name of a field. `chunk`
    is None for a field. `choice` is empty while the place is open; `text` is
    what stands there now, both texts at first.
    """

    name: str
    latest: str
    mine: str
    chunk: Chunk | None
    choice: str
    text: str

    @property
    def is_open(self) -> bool:
        return not self.choice

    @property
    def is_field(self) -> bool:
        return self.chunk is None

    @property
    def is_only_chosen(self) -> bool:
        """Whether one of both has to stand there, and nothing that is typed."""
        return self.name == PROPERTIES


@dataclass(frozen=True)
class Joining:
    """The merge of two contents with the questions it leaves, in the page's order."""

    base: Content
    mine: Content
    latest: Content
    merged: MergedContent
    questions: tuple[Question, ...]

    @property
    def left(self) -> tuple[Question, ...]:
        """What is still open."""
        return tuple(question for question in self.questions if question.is_open)

    def values(self) -> dict[str, str]:
        """The body and each field that clashed, as they stand now."""
        fields = (q for q in self.questions if q.is_field and not q.is_only_chosen)
        values = {question.name: question.text for question in fields}
        texts = iter([q.text for q in self.questions if not q.is_field])
        merge = replace(self.merged.body, chunks=asked_chunks(self.merged.body.chunks))
        return values | {"body": merge.resolved(list(texts))}

    @property
    def properties(self) -> Properties:
        """The properties as they stand now: of one side, the writer's at first."""
        asked = next((q for q in self.questions if q.is_only_chosen), None)
        if asked and asked.choice == LATEST:
            return self.latest.properties
        return self.merged.content.properties


def join(
    base: Content,
    mine: Content,
    latest: Content,
    answers: Mapping[str, Answer] | None = None,
    *,
    merged: MergedContent | None = None,
) -> Joining:
    """Both contents as one, each clash as the answer of its name says.

    `merged` when they were merged already.
    """
    answers = answers or {}
    merged = merged or merge_contents(base, mine, latest)
    questions = [
        _field_question(name, mine, latest, answers.get(name, UNANSWERED))
        for name in ASKED_FIELDS
        if name in merged.clashing_fields
    ]
    if PROPERTIES in merged.clashing_fields:
        answer = answers.get(PROPERTIES, UNANSWERED)
        questions.append(_properties_question(mine, latest, answer))
    clashes = (c for c in asked_chunks(merged.body.chunks) if c.kind == "clash")
    for number, chunk in zip(count(1), clashes, strict=False):
        name = str(number)
        questions.append(_text_question(name, chunk, answers.get(name, UNANSWERED)))
    return Joining(base, mine, latest, merged, tuple(questions))


def joining_of(conflict: EditConflict) -> Joining:
    """What a save that clashed leaves open: everything."""
    return join(
        conflict.base,
        conflict.mine,
        conflict.current,
        merged=MergedContent(conflict.merged, conflict.merge, conflict.fields),
    )


def asked_chunks(chunks: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """The chunks, with no more clashes than a person can be asked about."""
    places = [at for at, chunk in enumerate(chunks) if chunk.kind == "clash"]
    if len(places) <= MAX_QUESTIONS:
        return tuple(chunks)
    first, last = places[MAX_QUESTIONS - 1], places[-1] + 1
    rest = chunks[first:last]
    sides = {
        side: "".join(getattr(chunk, side) for chunk in rest)
        for side in ("base", "mine", "theirs", "text")
    }
    return (*chunks[:first], replace(rest[0], **sides), *chunks[last:])


def _text_question(name: str, chunk: Chunk, answer: Answer) -> Question:
    texts = {LATEST: chunk.theirs, MINE: chunk.mine, BOTH: chunk.both}
    choice, text = _settled(texts, chunk.both, answer)
    return Question(name, chunk.theirs, chunk.mine, chunk, choice, text)


def _field_question(
    name: str, mine: Content, latest: Content, answer: Answer
) -> Question:
    texts = {LATEST: getattr(latest, name), MINE: getattr(mine, name)}
    choice, text = _settled(texts, texts[MINE], answer)
    return Question(name, texts[LATEST], texts[MINE], None, choice, text)


def _properties_question(mine: Content, latest: Content, answer: Answer) -> Question:
    texts = [spelled(side.properties) for side in (latest, mine)]
    choice = answer.picked if answer.picked in (LATEST, MINE) else ""
    return Question(PROPERTIES, *texts, None, choice, "")


def spelled(properties: Properties) -> str:
    """The properties, each on a line."""
    return "\n".join(f"{name}: {value}" for name, value in properties)


def _settled(
    texts: Mapping[str, str], at_first: str, answer: Answer
) -> tuple[str, str]:
    """The choice made, "" when none was, and the text that stands there with it.

    A text that is none of the given ones was written by someone, and stands
    whatever was picked beside it. One that was left as it was printed says
    nothing: then what was picked decides.
    """
    text = None if answer.text is None else with_unix_newlines(answer.text)
    is_written = text is not None and not _is_among(text, texts.values())
    if is_written or (answer.picked == OWN and text is not None):
        return OWN, text
    if answer.picked in texts:
        return answer.picked, texts[answer.picked]
    if text is not None and not _is_among(text, [at_first]):
        return OWN, text
    return "", at_first


def _is_among(text: str, texts: Iterator[str] | Sequence[str]) -> bool:
    # A newline at the end is nothing that anybody sees in a field.
    return text.rstrip("\n") in {other.rstrip("\n") for other in texts}
