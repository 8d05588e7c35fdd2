"""Doccano: labels from its JSONL export of sequence labels with relations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stancelib.tuning.regions import ACTOR, Markup, Region, Relation


def read_record(record: Mapping[str, Any]) -> Markup:
    """An exported record. Its labels are content, cue, source, and for actors "actor: favor" and so on.

    Raises ValueError or KeyError for what is no such record.
    """
    if "entities" not in record:
        raise ValueError('no "entities": export as JSONL with relations')
    regions = []
    for entity in record["entities"]:
        mark, _, stance = entity["label"].partition(":")
        mark = mark.strip().casefold()
        regions.append(
            Region(
                str(entity["id"]),
                mark,
                entity["start_offset"],
                entity["end_offset"],
                stance.strip() or None if mark == ACTOR else None,
            )
        )
    relations = tuple(
        Relation(str(r["type"]), str(r["from_id"]), str(r["to_id"])) for r in record.get("relations", ())
    )
    named = record.get("id")
    return Markup(record["text"], tuple(regions), relations, None if named is None else str(named))
