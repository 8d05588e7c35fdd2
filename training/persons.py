"""Persons in many texts as the pipeline finds them, for the scripts that measure whom a pronoun or source is."""

from __future__ import annotations

from collections.abc import Sequence

from tqdm.auto import tqdm

from stancelib.gazetteer import load_gazetteer
from stancelib.names import PersonMention, find_persons
from stancelib.reading import name_kinds, read_texts
from stancelib.tagger import StanceTagger

AT_ONCE = 200  # texts


def persons_in(tagger: StanceTagger, texts: Sequence[str]) -> list[list[PersonMention]]:
    """The names of persons in each text."""
    found = []
    for i in tqdm(range(0, len(texts), AT_ONCE), "persons", leave=False):
        encoded = [tagger.encoder.encode(text) for text in texts[i : i + AT_ONCE]]
        reads = read_texts(encoded, tagger.encoder, tagger.engine)
        for read, kinds in zip(reads, name_kinds(reads, tagger.engine), strict=True):
            text = read.words.text
            found.append(find_persons(text, load_gazetteer().find(text), kinds))
    return found
