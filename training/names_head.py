"""Train the names head of a finished model, encoder and all other heads as they are.

    python -m training.names_head --model runs/soup --data ../shared/data

Rewrites the weights of the model folder: a linear layer on the states of words (a probe, Alain and Bengio 2017),
so that nothing else of the model changes. Prints F1 by word on the dev set of CrossNER, politics.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from tqdm.auto import tqdm

from stancelib.encoding import TextEncoder
from stancelib.engine import TorchEngine
from stancelib.errors import StancelibError
from stancelib.evaluation.metrics import Counts
from stancelib.folder import load_model, save_model
from stancelib.name_kinds import NAME_KINDS
from stancelib.reading import read_texts
from stancelib.tuning.targets import IGNORED, build_example
from training.corpora import read
from training.corpora.schema import CorpusError

REPEATS = {"crossner-politics": 4, "re3d": 2, "gap": 1, "polnear-stance": 1}
EPOCHS, BATCH, RATE, SEED = 6, 1024, 3e-3, 13


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a model folder; its weights are rewritten")
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    args = parser.parse_args()
    try:
        figures = train_names_head(args.model, args.data)
    except (StancelibError, CorpusError) as error:
        parser.error(str(error))
    print(", ".join(f"{kind}: F1 {100 * f1:.1f}" for kind, f1 in figures.items()))


def train_names_head(folder: Path, data: Path) -> dict[str, float]:
    """Train the head of the model in ``folder`` and save it; returns F1 by kind."""
    torch.manual_seed(SEED)
    model, tokenizer, config = load_model(folder)
    engine, encoder = TorchEngine(model, device="cpu"), TextEncoder(tokenizer, config)
    parts = []
    for name, times in REPEATS.items():
        states, kinds = known_words(name, "train", data, encoder, engine)
        parts.append((states.repeat(times, 1), kinds.repeat(times)))
    fit(model.names, torch.cat([s for s, _ in parts]), torch.cat([k for _, k in parts]))
    save_model(folder, model, tokenizer, config)
    states, kinds = known_words("crossner-politics", "dev", data, encoder, engine)
    found = model.names(states).argmax(dim=1)
    counts = {
        kind: Counts(*(int(x.sum()) for x in ((found == i) & (kinds == i), found == i, kinds == i)))
        for i, kind in enumerate(NAME_KINDS)
        if kind != "other"
    }
    return {kind: c.f1 for kind, c in counts.items()}


def known_words(
    name: str, split: str, data: Path, encoder: TextEncoder, engine: TorchEngine
) -> tuple[Tensor, Tensor]:
    """States [N, H] and kinds [N] of the words of a corpus whose kind is known."""
    examples = [build_example(row, encoder, Counter()) for row in read(name, data, split).examples]
    reads = read_texts([e.encoded for e in examples], encoder, engine)
    known = [e.names != IGNORED for e in examples]
    states = np.concatenate([r.states[k] for r, k in zip(reads, known, strict=True)])
    kinds = np.concatenate([e.names[k] for e, k in zip(examples, known, strict=True)])
    return torch.from_numpy(states), torch.from_numpy(kinds)


def fit(head: torch.nn.Linear, states: Tensor, kinds: Tensor) -> None:
    """Minimise the cross-entropy of ``head`` in place."""
    optimizer = torch.optim.AdamW(head.parameters(), lr=RATE)
    for _ in tqdm(range(EPOCHS), "names head"):
        for rows in torch.randperm(len(states)).split(BATCH):
            optimizer.zero_grad()
            cross_entropy(head(states[rows]), kinds[rows]).backward()
            optimizer.step()


if __name__ == "__main__":
    main()
