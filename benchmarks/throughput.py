"""How fast the pipeline is, against the encoder alone and against the ordinary way. One run, one set of articles.

    python benchmarks/throughput.py                       # the articles of seeds/, several times over
    python benchmarks/throughput.py --texts FOLDER --dtype float32

Rates depend on the machine and on what else it does: read the ratios. The ordinary way is a Hugging Face
token-classification pipeline over the passages, and then text-classification once for every (statement, actor)
pair, with an encoder of the same shape and random weights, since only time is measured.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
import transformers
from rich.console import Console
from rich.table import Table

from stancelib.engine import has_bf16_units
from stancelib.predict import default_folder
from stancelib.reading import read_texts
from stancelib.scoring import score_files
from stancelib.tagger import StanceTagger
from stancelib.types import Document

hf: Any = transformers  # its types are not those of its classes
SEEDS = Path(__file__).parents[1] / "seeds" / "articles"


def main() -> None:
    """Command line of the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, default=SEEDS, help="folder of .txt files")
    parser.add_argument("--articles", type=int, default=48, help="articles; the folder's are repeated as needed")
    parser.add_argument("--dtype", default="bfloat16" if has_bf16_units() else "float32")
    parser.add_argument("--ordinary", type=int, default=12, help="articles for the ordinary way, which is slow")
    args = parser.parse_args()
    files = sorted(args.texts.glob("*.txt"))
    texts = [files[i % len(files)].read_text(encoding="utf-8") for i in range(args.articles)]
    tagger = StanceTagger.from_pretrained(default_folder(), dtype=args.dtype)
    encoded = [tagger.encoder.encode(t) for t in texts]
    tokens = sum(len(e.token_ids) for e in encoded)
    tagger.predict_batch(texts[:4])  # warm up
    documents: list[Document] = []
    rates = {
        "encoder alone": _rate(args.articles, lambda: read_texts(encoded, tagger.encoder, tagger.engine)),
        "predict_batch": _rate(args.articles, lambda: documents.extend(tagger.predict_batch(texts))),
        "score, CSV to JSONL": _rate(args.articles, lambda: _score(texts, args.dtype, 1)),
        "score, two workers": _rate(args.articles, lambda: _score(texts, args.dtype, 2)),
    }
    few, read = texts[: args.ordinary], documents[: args.ordinary]
    for name, size, layers, roberta, batch in (
        ("ordinary way", 384, 6, False, 1),
        ("ordinary way, batches of 16", 384, 6, False, 16),
        ("pairs alone by RoBERTa-base", 768, 12, True, 1),
    ):
        way = _ordinary(tagger, size, layers, roberta=roberta, batch=batch)
        rates[name] = _rate(len(few), partial(way, few, read))
    table = Table(
        "what", "articles/s", "tokens/s", "of the encoder alone", title=f"{args.articles} articles, {args.dtype}"
    )
    for name, rate in rates.items():
        share = rate / rates["encoder alone"]
        table.add_row(name, f"{rate:.2f}", f"{rate * tokens / args.articles:,.0f}", f"{share:.1%}")
    Console().print(table)
    hours = 1e6 / rates["score, CSV to JSONL"] / 3600
    print(f"a million such articles of {tokens / args.articles:.0f} tokens take score {hours:.1f} hours")
    for name in list(rates)[4:]:
        print(f"predict_batch is {rates['predict_batch'] / rates[name]:.1f} times as fast as the {name}")


def _rate(articles: int, work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return articles / (time.perf_counter() - started)


def _score(texts: Sequence[str], dtype: str, workers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "in.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["id", "text"], *enumerate(texts)])
        score_files(path, Path(folder) / "out.jsonl", dtype=dtype, workers=workers, progress=False)


def _ordinary(
    tagger: StanceTagger, size: int, layers: int, *, roberta: bool, batch: int
) -> Callable[[Sequence[str], Sequence[Document]], None]:
    """The ordinary way with an encoder of this shape; RoBERTa does only the pairs."""
    tokenizer = hf.PreTrainedTokenizerFast(
        tokenizer_object=tagger.encoder.tokenizer,
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        unk_token="[UNK]",
        model_max_length=512,
    )
    shape: dict[str, Any] = {
        "vocab_size": tagger.encoder.tokenizer.get_vocab_size(),
        "hidden_size": size,
        "num_hidden_layers": layers,
        "num_attention_heads": 12,
        "intermediate_size": 4 * size,
        "max_position_embeddings": 520,
    }
    pairs = (
        hf.RobertaForSequenceClassification(hf.RobertaConfig(**shape, type_vocab_size=2, num_labels=3))
        if roberta
        else hf.BertForSequenceClassification(hf.BertConfig(**shape, num_labels=3))
    )
    classify = hf.pipeline("text-classification", model=pairs.eval(), tokenizer=tokenizer, device="cpu")
    spans = None
    if not roberta:
        model = hf.BertForTokenClassification(hf.BertConfig(**shape, num_labels=7)).eval()
        spans = hf.pipeline("token-classification", model=model, tokenizer=tokenizer, device="cpu")

    def run(texts: Sequence[str], documents: Sequence[Document]) -> None:
        if spans is not None:
            spans([p for text in texts for p in text.split("\n\n") if p.strip()], batch_size=batch)
        items = [
            {"text": statement.content[0].text, "text_pair": stance.actor.name}
            for document in documents
            for statement in document.statements
            for stance in statement.stances
        ]
        with torch.inference_mode():
            classify(items, batch_size=batch, truncation=True)

    return run


if __name__ == "__main__":
    main()
