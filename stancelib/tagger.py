"""The pipeline: text → windows → encoder → attributions → speakers and actors → stances."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from tokenizers import Tokenizer

from stancelib import actors as actor_rules
from stancelib.actors import ActorChoice, parse_actors
from stancelib.attribution import Attribution, Floats, WordSpan, decode_all
from stancelib.calibration import check_probability, platt
from stancelib.config import ModelConfig
from stancelib.encoding import Encoded, TextEncoder, Words, check_text
from stancelib.engine import TorchEngine
from stancelib.errors import InvalidInputError, InvalidTypeError, StancelibError
from stancelib.folder import HUB_ID, find_folder, load_model, save_model
from stancelib.gazetteer import ActorMention, Gazetteer
from stancelib.modeling import StanceModel
from stancelib.name_kinds import NameKinds
from stancelib.names import find_persons
from stancelib.organisations import find_organisations, with_organisations
from stancelib.pairs import NEAR_BARE, Triple, index_pairs
from stancelib.quotes import statement_kind
from stancelib.reading import ReadText, name_kinds, pool, read_texts
from stancelib.spans import find_span, trim, trim_content
from stancelib.speakers import resolve_speakers
from stancelib.types import (
    Actor,
    ActorStance,
    Document,
    Sentiment,
    Span,
    Speaker,
    Stance,
    Statement,
)

Actors = Sequence[str] | Mapping[str, Sequence[str]] | None
Target = str | tuple[int, int]

_Item = TypeVar("_Item")

GROUP_TOKENS = 120_000  # tokens whose states are held at a time
GROUP_ITEMS = 2048  # of sentiment_batch and stance_batch


@dataclass(frozen=True)
class _Draft:
    """A statement before its stances are scored."""

    attribution: Attribution
    content: tuple[Span, ...]
    cue: tuple[Span, ...]
    speaker: Speaker
    targets: tuple[tuple[Actor, tuple[Span, ...]], ...]


class StanceTagger:
    """Reads texts: who says what about whom, for or against."""

    def __init__(
        self,
        model: StanceModel,
        tokenizer: Tokenizer,
        config: ModelConfig,
        *,
        device: str | None = None,
        dtype: str = "float32",
    ) -> None:
        self.config = config
        self.encoder = TextEncoder(tokenizer, config)
        self._transitions = np.array(config.transitions, np.float32).reshape(3, 3, 3)
        self.engine = TorchEngine(model, device=device, dtype=dtype)

    @classmethod
    def from_pretrained(
        cls, name_or_path: str | Path, *, device: str | None = None, dtype: str = "float32"
    ) -> StanceTagger:
        """Load a model from a folder or a Hub id ("org/name").

        ``device`` is a torch device, by default CUDA where there is one; ``dtype`` "float32", "bfloat16" or
        "float16". Raises ModelFolderError for a folder that is missing, damaged or of another version.
        """
        model, tokenizer, config = load_model(find_folder(name_or_path))
        return cls(model, tokenizer, config, device=device, dtype=dtype)

    def save_pretrained(self, path: str | Path) -> None:
        """Write the model folder that ``from_pretrained`` reads."""
        save_model(Path(path), self.engine.model, self.encoder.tokenizer, self.config)

    def push_to_hub(self, repo: str, *, private: bool = False, token: str | None = None) -> str:
        """Upload the model folder to the Hugging Face Hub as ``repo`` ("org/name"); returns its address."""
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HfHubHTTPError

        if not HUB_ID.fullmatch(repo):
            raise InvalidInputError(f"repo is {repo!r}: give a Hub id such as 'org/name'")
        api = HfApi(token=token)
        try:
            address = api.create_repo(repo, private=private, exist_ok=True)
            with tempfile.TemporaryDirectory() as folder:
                self.save_pretrained(folder)
                api.upload_folder(repo_id=repo, folder_path=folder, commit_message="Upload stancelib model")
        except (HfHubHTTPError, ValueError, OSError) as error:
            raise StancelibError(
                f"the Hub did not take {repo!r} ({error}): check the network and `hf auth login`"
            ) from error
        return str(address)

    def predict(
        self, text: str, *, actors: Actors = None, id: str | None = None, min_probability: float | None = None
    ) -> Document:
        """All statements of ``text`` with speakers and stances.

        ``actors`` restricts the stances to these: names, or a mapping of names to the aliases to look for.
        ``min_probability`` is the least a statement must have to be reported; None: the model's own (that of the
        default model gave the best F1 on development data). Lower finds more of them, by which the speakers of
        others may change too; higher keeps only the surer ones.
        Raises InvalidTypeError or InvalidInputError for a text, actors or a probability that cannot be used.
        """
        check_text(text)
        return self.predict_batch([text], actors=actors, ids=[id], min_probability=min_probability)[0]

    def predict_batch(
        self,
        texts: Sequence[str],
        *,
        actors: Actors = None,
        ids: Sequence[str | None] | None = None,
        min_probability: float | None = None,
    ) -> list[Document]:
        """One Document a text, in order; a text that cannot be read gives one that says why in ``warnings``."""
        least = self.config.min_probability if min_probability is None else check_probability(min_probability)
        texts = _listed(texts, "texts", "predict(text)")
        names = _listed(ids, "ids", "predict(text, id=…)") if ids is not None else [None] * len(texts)
        if len(names) != len(texts):
            raise InvalidInputError(f"{len(names)} ids for {len(texts)} texts: give one id a text")
        if wrong := [name for name in names if not isinstance(name, str | None)]:
            raise InvalidTypeError(f"id is {wrong[0]!r}: give a str or None")
        choice = parse_actors(actors)
        documents = [Document(id=name, model=self.config.title) for name in names]
        gazetteer = actor_rules.names_to_find(choice)
        for group in self._groups(texts, names, documents):
            for i, document in zip(
                group, self._predict_group(group, names, choice, gazetteer, least), strict=True
            ):
                documents[i] = document
        return documents

    def sentiment(self, text: str, target: Target) -> Sentiment:
        """Light in which ``text`` puts ``target``: its first occurrence as a word, or half-open offsets."""
        return self.sentiment_batch([(text, target)])[0]

    def sentiment_batch(self, items: Sequence[tuple[str, Target]]) -> list[Sentiment]:
        """``sentiment`` of many (text, target). Raises for the first item that cannot be used, naming it."""
        return [
            Sentiment(*_labelled(row, self.config.sentiment_labels))
            for texts, spans in self._located(items, "items", "sentiment(text, target)", 1)
            for row in self._sentiments(self._read_around(texts, spans, near=0))
        ]

    def stance(self, text: str, speaker: Target, actor: Target) -> Stance:
        """Stance of ``speaker`` toward ``actor`` in ``text``: each its first occurrence, or half-open offsets."""
        return self.stance_batch([(text, speaker, actor)])[0]

    def stance_batch(self, items: Sequence[tuple[str, Target, Target]]) -> list[Stance]:
        """``stance`` of many (text, speaker, actor). Raises for the first item that cannot be used, naming it."""
        return [
            Stance(*_labelled(row, self.config.stance_labels))
            for texts, spans in self._located(items, "items", "stance(text, speaker, actor)", 2)
            for row in self._pair_stances(self._read_around(texts, spans, near=NEAR_BARE))
        ]

    # The stages, in order.

    def _groups(
        self, texts: Sequence[object], names: Sequence[str | None], documents: list[Document]
    ) -> Iterator[dict[int, Encoded]]:
        """Encoded texts in groups of bounded size; what cannot be read is answered in ``documents`` at once."""
        group: dict[int, Encoded] = {}
        tokens = 0
        for i, text in enumerate(texts):
            try:
                encoded = self.encoder.encode(check_text(text))
            except StancelibError as error:
                documents[i] = Document(id=names[i], model=self.config.title, warnings=(str(error),))
                continue
            if not len(encoded.words):
                warning = "the text is empty" if not str(text).strip() else "the text has no words"
                documents[i] = Document(id=names[i], model=self.config.title, warnings=(warning,))
                continue
            group[i] = encoded
            tokens += len(encoded.token_ids)
            if tokens >= GROUP_TOKENS:
                yield group
                group, tokens = {}, 0
        if group:
            yield group

    def _predict_group(
        self,
        group: Mapping[int, Encoded],
        names: Sequence[str | None],
        choice: ActorChoice,
        gazetteer: Gazetteer,
        least: float,
    ) -> list[Document]:
        reads = read_texts(list(group.values()), self.encoder, self.engine)
        known = [gazetteer.find(read.words.text) for read in reads]
        kinds = name_kinds(reads, self.engine)
        # A higher threshold than usual drops statements, it does not change whom the others are given to.
        usual = min(least, self.config.min_probability)
        reported = [
            self._reported(read, found, usual)
            for read, found in zip(reads, self._attributions(reads), strict=True)
        ]
        drafts = [
            [
                draft
                for draft in self._draft(read.words, told, found, names_of, choice, gazetteer)
                if draft.attribution.probability >= least
            ]
            for read, told, found, names_of in zip(reads, reported, known, kinds, strict=True)
        ]
        stances = iter(self._stances(reads, drafts))
        return [
            Document(
                statements=tuple(
                    _statement(n, draft, read.words, [next(stances) for _ in draft.targets])
                    for n, draft in enumerate(found)
                ),
                id=names[i],
                model=self.config.title,
                warnings=actor_rules.unseen(choice, mentions),
            )
            for i, read, found, mentions in zip(group, reads, drafts, known, strict=True)
        ]

    def _attributions(self, reads: Sequence[ReadText]) -> list[list[Attribution]]:
        return decode_all(
            [read.words for read in reads],
            [read.tags for read in reads],
            [read.states for read in reads],
            self.engine,
            self._transitions,
            self.config.no_link,
        )

    def _reported(
        self, read: ReadText, attributions: Sequence[Attribution], least: float
    ) -> list[tuple[Attribution, tuple[Span, ...]]]:
        """Attributions with the characters of their content: those of ``least`` probability that have any word."""
        found = []
        for attribution in attributions:
            pieces = (_span(read.words, piece, trim_content) for piece in attribution.content)
            content = tuple(p for p in pieces if p)
            sure = platt(attribution.probability, *self.config.statement_curve)
            if content and sure >= least:
                found.append((replace(attribution, probability=sure), content))
        return found

    def _draft(
        self,
        words: Words,
        attributions: Sequence[tuple[Attribution, tuple[Span, ...]]],
        known: Sequence[ActorMention],
        kinds: NameKinds,
        choice: ActorChoice,
        gazetteer: Gazetteer,
    ) -> list[_Draft]:
        """Statements with speakers and the actors to score, of one text."""
        persons = find_persons(words.text, known, kinds)
        named = with_organisations(known, find_organisations(words.text, known, kinds))
        mentions = actor_rules.document_mentions(named, persons=persons, choice=choice, gazetteer=gazetteer)
        sources = [_span(words, a.source) if a.source else None for a, _ in attributions]
        speakers = resolve_speakers(words.text, sources, persons=persons, mentions=known)
        drafts = []
        for (attribution, content), speaker in zip(attributions, speakers, strict=True):
            cue = _span(words, attribution.cue) if attribution.cue else None
            targets = tuple(actor_rules.actors_in([(s.start, s.end) for s in content], mentions))
            drafts.append(_Draft(attribution, content, (cue,) if cue else (), speaker, targets))
        return drafts

    def _stances(self, reads: Sequence[ReadText], drafts: Sequence[Sequence[_Draft]]) -> list[ActorStance]:
        """Stances of all statements of all texts, in order, from one call of the head."""
        items, actors = [], []
        for read, found in zip(reads, drafts, strict=True):
            for draft in found:
                source = draft.attribution.source
                holder = (source,) if source else ()
                for actor, mentions in draft.targets:
                    target = tuple(read.words.covering(m.start, m.end) for m in mentions)
                    triple = Triple(holder, draft.attribution.content, target)
                    items.append((triple, read.row, (0, len(read.words))))
                    actors.append((actor, mentions))
        if not items:
            return []
        logits = self.engine.stance(reads[0].shared, index_pairs(items))
        rows = self.config.probabilities("stance", logits)
        return [
            ActorStance(*pair, *_labelled(row, self.config.stance_labels))
            for pair, row in zip(actors, rows, strict=True)
        ]

    def _located(
        self, items: Sequence[Any], what: str, single: str, count: int
    ) -> Iterator[tuple[list[str], list[list[tuple[int, int]]]]]:
        """Texts of (text, ``count`` targets) and the targets' offsets, all checked, then a few at a time."""
        listed = _listed(items, what, single)
        spans = [self._spans(i, item, count) for i, item in enumerate(listed)]
        for i in range(0, len(listed), GROUP_ITEMS):
            part = slice(i, i + GROUP_ITEMS)
            yield [item[0] for item in listed[part]], spans[part]

    def _sentiments(self, reads: Sequence[tuple[ReadText, list[WordSpan]]]) -> Floats:
        pooled = np.stack([pool(read.states, target) for read, target in reads])
        return self.config.probabilities("sentiment", self.engine.sentiment(pooled))

    def _pair_stances(self, reads: Sequence[tuple[ReadText, list[WordSpan]]]) -> Floats:
        items = [
            (Triple((holder,), (), (target,)), read.row, (0, len(read.words))) for read, (holder, target) in reads
        ]
        logits = self.engine.stance(reads[0][0].shared, index_pairs(items))
        return self.config.probabilities("stance_pair", logits)

    def _spans(self, index: int, item: Sequence[object], count: int) -> list[tuple[int, int]]:
        if not isinstance(item, tuple | list) or len(item) != count + 1:
            what = "(text, target)" if count == 1 else "(text, speaker, actor)"
            raise InvalidInputError(f"item {index} is {item!r}: {what} is needed")
        try:
            text = check_text(item[0])
            return [find_span(text, target) for target in item[1:]]
        except StancelibError as error:
            raise type(error)(f"item {index}: {error}") from None

    def _read_around(
        self, texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]], *, near: int
    ) -> list[tuple[ReadText, list[WordSpan]]]:
        """Each text, read where its ``spans`` lie and ``near`` words beside them, and the spans in words."""
        order = {text: i for i, text in enumerate(dict.fromkeys(texts))}
        encoded = [self.encoder.encode(text) for text in order]
        words = [
            [encoded[order[text]].words.covering(*span) for span in found]
            for text, found in zip(texts, spans, strict=True)
        ]
        wanted: list[list[WordSpan]] = [[] for _ in encoded]
        for text, found in zip(texts, words, strict=True):
            wanted[order[text]].extend(found)
        wide = [[(a - near, b + near) for a, b in found] for found in wanted]
        windows = [
            [w for w in self.encoder.windows(e) if any(a < w.core[1] and b > w.core[0] for a, b in need)]
            for e, need in zip(encoded, wide, strict=True)
        ]
        reads = read_texts(encoded, self.encoder, self.engine, windows=windows)
        return [(reads[order[text]], found) for text, found in zip(texts, words, strict=True)]


def _listed(items: Iterable[_Item], what: str, single: str) -> list[_Item]:
    """The items of a batch; a lone string or a mapping is somebody's mistake."""
    if isinstance(items, str | bytes | Mapping) or not isinstance(items, Iterable):
        raise InvalidTypeError(f"{what} is {type(items).__name__}: give a list of {what}, or call {single}")
    return list(items)


def _span(words: Words, span: WordSpan, cut: Callable[[str, int, int], tuple[int, int]] = trim) -> Span | None:
    """Characters of a span of words, ``cut`` at its edges; None where only marks are left."""
    start, end = words.offsets(*span)
    if words.text[end : end + 1] in tuple(".)]}"):  # an abbreviation's full stop, or the end of a bracket
        end += 1
    start, end = cut(words.text, start, end)
    return Span.of(words.text, start, end) if any(c.isalnum() for c in words.text[start:end]) else None


def _labelled(row: Floats, labels: Sequence[str]) -> tuple[str, dict[str, float]]:
    return labels[int(row.argmax())], {label: round(float(p), 6) for label, p in zip(labels, row, strict=True)}


def _statement(n: int, draft: _Draft, words: Words, stances: Sequence[ActorStance]) -> Statement:
    kind = statement_kind(draft.content, words.quotations)
    return Statement(
        n, kind, draft.attribution.probability, draft.content, draft.cue, draft.speaker, tuple(stances)
    )
