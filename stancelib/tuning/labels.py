"""One's own labels, read from a file: every fault is named with line, field, value and fix, none hides another.

Documents (.jsonl): what ``Document.to_dict()`` gives, corrected by hand, with the ``text`` beside it. Flat rows
(.csv, .tsv, or .jsonl): ``text, speaker, actor, label`` for stance, ``text, target, label`` for sentiment.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, get_args

from stancelib.csv_records import Damaged, csv_records
from stancelib.encoding import check_text
from stancelib.errors import InvalidInputError, StancelibError
from stancelib.spans import find_span
from stancelib.types import SCHEMA_VERSION, ActorKind, SpeakerKind, StatementKind

Row = dict[str, Any]  # the shape that targets.build_example reads, and "line"
Offsets = list[int]

STANCE_COLUMNS = ("text", "speaker", "actor", "label")
SENTIMENT_COLUMNS = ("text", "target", "label")
SUFFIXES = (".jsonl", ".ndjson", ".csv", ".tsv")
_SHOWN = 60  # characters of a wrong value

_DOCUMENT_KEYS = ("text", "id", "statements", "schema_version", "model", "warnings")
_STATEMENT_KEYS = ("id", "kind", "probability", "content", "cue", "speaker", "stances")
_SPEAKER_KEYS = ("name", "kind", "country", "mention", "description")
_STANCE_KEYS = ("actor", "mentions", "label", "probabilities")
_ACTOR_KEYS = ("id", "name", "kind", "country")
_SPAN_KEYS = ("start", "end", "text")


class Fault(NamedTuple):
    """What is wrong in a line: a ``field`` such as "statements[0].cue[1]", the ``value`` there, and what to do."""

    line: int
    field: str
    value: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.value}: {self.problem}; {self.fix}"


@dataclass
class LabelFile:
    """The rows of a file that are sound, and the faults of the others."""

    path: Path
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def labels(self, task: str) -> Counter[str]:
        """How often each label of ``task`` (stance or sentiment) occurs."""
        return Counter(p["label"] for row in self.rows for p in row["pairs"] if p["task"] == task)

    @property
    def tasks(self) -> list[str]:
        """What the file has labels for: statements, stance, sentiment."""
        statements = ["statements"] if any(row["annotated"] for row in self.rows) else []
        return statements + [task for task in ("stance", "sentiment") if self.labels(task)]


def read_labels(path: str | Path, *, labels: Sequence[str] = ()) -> LabelFile:
    """Read and check a file of labels; ``labels`` are those that stance or sentiment may have, by default any.

    Raises InvalidInputError for a file that is not there, of another kind, or without the needed columns.
    """
    found = LabelFile(Path(path))
    if found.path.suffix.lower() not in SUFFIXES:
        raise InvalidInputError(f"{path}: labels are read from {', '.join(SUFFIXES)}")
    if not found.path.is_file():
        raise InvalidInputError(f"no file {path}: give a file of labels")
    records = _csv_records if found.path.suffix.lower() in (".csv", ".tsv") else _json_records
    seen_ids: dict[str, int] = {}
    seen: dict[tuple[Any, ...], tuple[int, str]] = {}
    for line, record in records(found):
        checker = _Checker(line, found.faults, labels)
        row = checker.document(record) if "statements" in record else checker.flat(record)
        if row is None:
            continue
        if (first := seen_ids.setdefault(row["id"], line)) != line:
            checker.fault("id", row["id"], f"line {first} has it too", "give each row an id of its own, or none")
            continue
        if _is_new(row, seen, checker):
            found.rows.append(row)
    for task in ("stance", "sentiment"):
        _name_variants(found, task)
    return found


def _name_variants(found: LabelFile, task: str) -> None:
    """A label that differs from a commoner one in nothing but case is a slip of the pen."""
    common: dict[str, str] = {}
    for label, _ in found.labels(task).most_common():
        common.setdefault(label.casefold(), label)
    for row in found.rows:
        for label in sorted({p["label"] for p in row["pairs"] if p["task"] == task}):
            if (usual := common[label.casefold()]) != label:
                _Checker(row["line"], found.faults).fault(
                    "label", label, f"elsewhere it is {usual!r}", f"write {usual!r}"
                )


def _is_new(row: Row, seen: dict[tuple[Any, ...], tuple[int, str]], checker: _Checker) -> bool:
    """Whether no earlier row has the same text (of a document) or the same pair; else it is a fault."""
    if row["annotated"]:
        key: tuple[Any, ...] = ("document", row["text"])
        label = ""
    else:
        (pair,) = row["pairs"]
        key, label = (row["text"], str(pair["holder"]), str(pair["target"]), pair["task"]), pair["label"]
    first, before = seen.setdefault(key, (checker.line, label))
    if first == checker.line:
        return True
    if before == label:
        checker.fault("text", row["text"], f"the same as line {first}", "remove one of the two")
    else:
        checker.fault("label", label, f"line {first} labels the same {before!r}", "decide for one of the two")
    return False


def _json_records(found: LabelFile) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with found.path.open("rb") as lines:
        for number, data in enumerate(lines, 1):
            checker = _Checker(number, found.faults)
            if not data.strip():
                continue
            try:
                record = json.loads(data.decode("utf-8-sig" if number == 1 else "utf-8"))
            except UnicodeDecodeError as error:
                checker.fault(
                    "line", repr(data[error.start : error.start + 8]), "not UTF-8", "convert the file to UTF-8"
                )
            except (ValueError, RecursionError) as error:
                checker.fault(
                    "line", data.decode("utf-8").strip(), f"not JSON ({error})", "write one object a line"
                )
            else:
                if isinstance(record, dict):
                    yield number, record
                else:
                    checker.fault("line", record, "not an object", 'write {"text": …, …}')


def _csv_records(found: LabelFile) -> Iterator[tuple[int, Mapping[str, Any]]]:
    delimiter = "\t" if found.path.suffix.lower() == ".tsv" else ","
    line = 2
    try:
        with found.path.open(encoding="utf-8-sig", newline="") as lines:
            header = _header(found.path, delimiter)
            for record in csv_records(lines, delimiter):
                cells = record.cells if isinstance(record, Damaged) else record
                if isinstance(record, Damaged):
                    _Checker(line, found.faults).fault(
                        "line", cells, record.reason, f"give {len(header)} cells: {', '.join(header)}"
                    )
                else:
                    yield line, record
                line += 1 + sum(str(cell).count("\n") for cell in cells.values())
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{found.path} is not UTF-8 (byte {error.start}): convert it first") from error


def _header(path: Path, delimiter: str) -> list[str]:
    """The columns of a table. Raises InvalidInputError unless they are those of a task."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header = next(csv.reader(lines, delimiter=delimiter), [])
    if not any(set(wanted) <= set(header) for wanted in (STANCE_COLUMNS, SENTIMENT_COLUMNS)):
        raise InvalidInputError(
            f"{path} has the columns {', '.join(header) or '(none)'}: stance needs {', '.join(STANCE_COLUMNS)}, "
            f"sentiment {', '.join(SENTIMENT_COLUMNS)}"
        )
    return header


class _Checker:
    """Checks one record; what is wrong goes to ``faults``."""

    def __init__(self, line: int, faults: list[Fault], labels: Sequence[str] = ()) -> None:
        self.line = line
        self.faults = faults
        self.labels = labels
        self.text = ""

    def fault(self, field: str, value: object, problem: str, fix: str) -> None:
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        short = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
        self.faults.append(Fault(self.line, field, short or '""', problem, fix))

    def flat(self, record: Mapping[str, Any]) -> Row | None:
        """A row of one label, of a speaker toward an actor or of a target."""
        before = len(self.faults)
        task, wanted = ("sentiment", SENTIMENT_COLUMNS) if "target" in record else ("stance", STANCE_COLUMNS)
        if missing := [key for key in wanted if key not in record]:
            self.fault(
                "line", sorted(record), f"lacks {', '.join(missing)}", "add it, or statements for a document"
            )
            return None
        if not self._read_text(record["text"]):
            return None
        spans = {key: self._place(key, record[key]) for key in wanted[1:-1]}
        label = self._label("label", record["label"])
        if len(self.faults) > before or label is None:
            return None
        holder = [spans["speaker"]] if "speaker" in spans else []
        target = [spans["actor" if task == "stance" else "target"]]
        pair = {"task": task, "holder": holder, "content": [], "target": target, "label": label}
        return self._row(record, annotated=False, statements=[], pairs=[pair])

    def document(self, record: Mapping[str, Any]) -> Row | None:
        """A text with all its statements."""
        before = len(self.faults)
        self._keys("line", record, _DOCUMENT_KEYS)
        if record.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
            self.fault("schema_version", record["schema_version"], "another version", f"write {SCHEMA_VERSION}")
        if not self._read_text(record.get("text")):
            return None
        statements, pairs = [], []
        for i, data in enumerate(self._list("statements", record["statements"])):
            found = self._statement(f"statements[{i}]", data)
            if found is not None:
                statements.append(found[0])
                pairs += found[1]
        self._disjoint([span for s in statements for span in s["content"]])
        if len(self.faults) > before:
            return None
        return self._row(record, annotated=True, statements=statements, pairs=pairs)

    def _row(self, record: Mapping[str, Any], **parts: Any) -> Row:
        named = record.get("id")
        return {
            "id": str(self.line if named in (None, "") else named),
            "text": self.text,
            "line": self.line,
            **parts,
        }

    def _read_text(self, text: object) -> bool:
        try:
            self.text = check_text(text)
        except StancelibError as error:
            self.fault("text", text, str(error).split(":")[0], 'put the text of the article into "text"')
        else:
            if self.text.strip():
                return True
            self.fault("text", self.text, "empty", "give a text, or remove the line")
        return False

    def _statement(self, where: str, data: object) -> tuple[Row, list[Row]] | None:
        if not self._object(where, data, _STATEMENT_KEYS, needed=("content",)):
            return None
        assert isinstance(data, dict)
        self._choice(f"{where}.kind", data.get("kind"), get_args(StatementKind))
        content = self._spans(f"{where}.content", data["content"], least=1)
        cue = self._spans(f"{where}.cue", data.get("cue", []))
        source = self._speaker(f"{where}.speaker", data.get("speaker"))
        pairs = []
        for i, stance in enumerate(self._list(f"{where}.stances", data.get("stances", []))):
            found = self._stance(f"{where}.stances[{i}]", stance, content)
            if found is not None:
                pairs.append({"task": "stance", "holder": source, "content": content, **found})
        return {"content": content, "cue": cue, "source": source}, pairs

    def _speaker(self, where: str, data: object) -> list[Offsets]:
        if data is None or not self._object(where, data, _SPEAKER_KEYS):
            return []
        assert isinstance(data, dict)
        self._choice(f"{where}.kind", data.get("kind"), get_args(SpeakerKind))
        self._country(f"{where}.country", data.get("country"))
        mention = data.get("mention")
        return self._spans(f"{where}.mention", [mention]) if mention is not None else []

    def _stance(self, where: str, data: object, content: Sequence[Offsets]) -> Row | None:
        if not self._object(where, data, _STANCE_KEYS, needed=("mentions", "label")):
            return None
        assert isinstance(data, dict)
        if "actor" in data and self._object(f"{where}.actor", data["actor"], _ACTOR_KEYS):
            self._choice(f"{where}.actor.kind", data["actor"].get("kind"), get_args(ActorKind))
            self._country(f"{where}.actor.country", data["actor"].get("country"))
        mentions = self._spans(f"{where}.mentions", data["mentions"], least=1)
        if content and (out := [m for m in mentions if not any(a <= m[0] and m[1] <= b for a, b in content)]):
            self.fault(
                f"{where}.mentions",
                self.text[slice(*out[0])],
                "not in the content of its statement",
                "mark a mention inside the content, or remove the stance",
            )
        label = self._label(f"{where}.label", data["label"])
        return {"target": mentions, "label": label} if mentions and label is not None else None

    def _spans(self, where: str, data: object, *, least: int = 0) -> list[Offsets]:
        items = self._list(where, data)
        if isinstance(data, list) and len(items) < least:
            self.fault(where, data, "empty", "give at least one span")
        found = (self._span(f"{where}[{i}]" if least else where, item) for i, item in enumerate(items))
        return [span for span in found if span]

    def _span(self, where: str, data: object) -> Offsets | None:
        if not self._object(where, data, _SPAN_KEYS, needed=("start", "end")):
            return None
        assert isinstance(data, dict)
        start, end = data["start"], data["end"]
        if not all(isinstance(x, int) and not isinstance(x, bool) for x in (start, end)):
            self.fault(where, [start, end], "start and end are no whole numbers", "count characters from 0")
        elif not 0 <= start < end <= len(self.text):
            fix = f"0 <= start < end <= {len(self.text)} is needed; end is the first character behind the span"
            self.fault(where, [start, end], "not in the text", fix)
        elif data.get("text", self.text[start:end]) != self.text[start:end]:
            at = self.text.find(str(data["text"]))
            fix = f"it stands at {at} to {at + len(str(data['text']))}" if at >= 0 else "copy it from the text"
            self.fault(where, data["text"], f"text[{start}:{end}] is {self.text[start:end]!r}", fix)
        elif not any(c.isalnum() for c in self.text[start:end]):
            self.fault(where, self.text[start:end], "no word", "mark at least one word")
        else:
            return [start, end]
        return None

    def _disjoint(self, contents: Sequence[Offsets]) -> None:
        ordered = sorted(contents)
        for (a, b), (c, d) in pairwise(ordered):
            if c < b:
                self.fault(
                    "statements", self.text[c:d], f"overlaps the content at {a} to {b}", "let each end first"
                )

    def _place(self, key: str, value: object) -> Offsets:
        """Where a name stands in the text."""
        try:
            return list(find_span(self.text, value))
        except StancelibError:
            blank = not isinstance(value, str) or not value.strip()
            problem = "empty" if blank else "not in the text"
            self.fault(key, value, problem, "write it as the text does, to the letter")
            return []

    def _label(self, where: str, label: object) -> str | None:
        if not isinstance(label, str) or not label.strip() or label != label.strip():
            self.fault(where, label, "no label", "give a word without spaces around it")
        elif self.labels and label not in self.labels:
            close = get_close_matches(label.lower(), [x.lower() for x in self.labels], 1)
            likely = next((x for x in self.labels if close and x.lower() == close[0]), None)
            fix = f"write {likely!r}" if likely else f"choose one of {', '.join(self.labels)}"
            self.fault(where, label, "not one of the labels", fix)
        else:
            return label
        return None

    def _keys(self, where: str, data: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in data:
            if key not in known:
                close = get_close_matches(key, known, 1)
                self.fault(where, key, "unknown key", f"write {close[0]!r}" if close else "remove it")

    def _object(self, where: str, data: object, known: Sequence[str], *, needed: Sequence[str] = ()) -> bool:
        if not isinstance(data, dict):
            self.fault(where, data, "not an object", f"give {{{', '.join(needed or known)}}}")
            return False
        self._keys(where, data, known)
        if missing := [key for key in needed if key not in data]:
            self.fault(where, data, f"lacks {', '.join(missing)}", "add it")
        return not missing

    def _list(self, where: str, data: object) -> list[Any]:
        if isinstance(data, list):
            return data
        self.fault(where, data, "not a list", "give […]")
        return []

    def _choice(self, where: str, value: object, choices: Sequence[str]) -> None:
        if value is not None and value not in choices:
            self.fault(where, value, "unknown", f"choose one of {', '.join(choices)}")

    def _country(self, where: str, value: object) -> None:
        if value is not None and not (isinstance(value, str) and len(value) == 3 and value.isupper()):
            self.fault(where, value, "no country code", "give three capital letters of ISO 3166-1, or null")
