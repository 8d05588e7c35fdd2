"""Label Studio (labelstud.io): pre-annotated tasks from predictions, and labels from its JSON export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from stancelib.tuning.regions import ACTOR, MARKS, RELATIONS, Markup, Region, Relation, of_document
from stancelib.types import Document

_COLOURS = dict(zip(MARKS, ("#e9c46a", "#8d99ae", "#2a9d8f", "#0072b2"), strict=True))


def labeling_config(labels: Sequence[str]) -> str:
    """The labeling interface (XML) that the tasks are made for, with a choice of these stances at each actor."""
    marks = "".join(f'\n    <Label value="{mark}" background="{_COLOURS[mark]}"/>' for mark in MARKS)
    stances = "".join(f"\n    <Choice value={quoteattr(label)}/>" for label in labels)
    relations = "".join(f'\n    <Relation value="{relation}"/>' for relation in RELATIONS)
    return f"""<View>
  <Labels name="mark" toName="text">{marks}
  </Labels>
  <Choices name="stance" toName="text" perRegion="true" whenTagName="mark" whenLabelValue="{ACTOR}">{stances}
  </Choices>
  <Relations>{relations}
  </Relations>
  <Text name="text" value="$text"/>
</View>
"""


def to_task(text: str, document: Document) -> dict[str, Any]:
    """A task to import, with what the model found as a prediction to correct."""
    markup = of_document(text, document)
    result: list[dict[str, Any]] = []
    for region in markup.regions:
        common = {"id": region.id, "to_name": "text"}
        span = {"start": _utf16(text, region.start), "end": _utf16(text, region.end)}
        piece = {**span, "text": text[region.start : region.end]}
        result.append(
            {**common, "from_name": "mark", "type": "labels", "value": {**piece, "labels": [region.mark]}}
        )
        if region.stance is not None:
            value = {**piece, "choices": [region.stance]}
            result.append({**common, "from_name": "stance", "type": "choices", "value": value})
    result += [
        {"type": "relation", "from_id": k.source, "to_id": k.target, "direction": "right", "labels": [k.kind]}
        for k in markup.relations
    ]
    return {
        "data": {"text": text, "id": document.id},
        "predictions": [{"model_version": document.model, "result": result}],
    }


def read_task(task: Mapping[str, Any]) -> Markup:
    """The last annotation of an exported task; the prediction where nobody annotated it.

    Raises ValueError or KeyError for what is no task of this labeling interface.
    """
    text = task["data"]["text"]
    answers = [a for a in task.get("annotations") or () if not a.get("was_cancelled")]
    answers = answers or list(task.get("predictions") or ())
    if not answers:
        raise ValueError("nobody annotated it: finish the task, or leave it out of the export")
    regions: dict[str, Region] = {}
    stances: dict[str, str] = {}
    relations = []
    for item in answers[-1]["result"]:
        value = item.get("value", {})
        if item["type"] == "relation":
            relations.append(Relation((item.get("labels") or [""])[0], item["from_id"], item["to_id"]))
        elif item["type"] == "choices":
            stances[item["id"]] = value["choices"][0]
        elif item["type"] == "labels":
            start, end = _characters(text, value)
            regions[item["id"]] = Region(item["id"], value["labels"][0], start, end)
    marked = tuple(Region(r.id, r.mark, r.start, r.end, stances.get(r.id)) for r in regions.values())
    named = task["data"].get("id") or task.get("id")
    return Markup(text, marked, tuple(relations), None if named is None else str(named))


def _utf16(text: str, at: int) -> int:
    """Label Studio counts as JavaScript does: a character beyond the basic plane, such as an emoji, is two."""
    return len(text[:at].encode("utf-16-le")) // 2


def _characters(text: str, value: Mapping[str, Any]) -> tuple[int, int]:
    """Offsets in characters, whichever way the tool counted: the region's own text tells."""
    start, end, told = value["start"], value["end"], value.get("text")
    units = text.encode("utf-16-le")
    if told is None or units[2 * start : 2 * end].decode("utf-16-le", "replace") == told:
        first = len(units[: 2 * start].decode("utf-16-le", "replace"))
        return first, first + len(units[2 * start : 2 * end].decode("utf-16-le", "replace"))
    if text[start:end] == told:
        return start, end
    raise ValueError(f"the region at {start} to {end} is not {told!r}: was the text changed after the export?")
