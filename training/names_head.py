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
from stancelib.evaluation.metrics import Counts
from stancelib.folder import load_model, save_model
from stancelib.modeling import NAME_KINDS
from stancelib.reading import read_texts
from stancelib.tuning.targets import IGNORED, build_example
from training.corpora import read

REPEATS = {"crossner-politics": 4, "re3d": 2, "gap": 1, "polnear-stance": 1}
EPOCHS, BATCH, RATE, SEED = 6, 1024, 3e-3, 13


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a model folder; its weights are rewritten")
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    args = parser.parse_args()
    torch.manual_seed(SEED)
    model, tokenizer, config = load_model(args.model)
    engine, encoder = TorchEngine(model, device="cpu"), TextEncoder(tokenizer, config)
    parts = []
    for name, times in REPEATS.items():
        states, kinds = known_words(name, "train", args.data, encoder, engine)
        parts.append((states.repeat(times, 1), kinds.repeat(times)))
    fit(model.names, torch.cat([s for s, _ in parts]), torch.cat([k for _, k in parts]))
    states, kinds = known_words("crossner-politics", "dev", args.data, encoder, engine)
    found = model.names(states).argmax(dim=1)
    for i, kind in enumerate(NAME_KINDS[1:], 1):
        right = int(((found == i) & (kinds == i)).sum())
        print(f"{kind}: F1 {100 * Counts(right, int((found == i).sum()), int((kinds == i).sum())).f1:.1f}")
    save_model(args.model, model, tokenizer, config)


def known_words(
    name: str, split: str, data: Path, encoder: TextEncoder, engine: TorchEngine
) -> tuple[Tensor, Tensor]:
    """States [N, H] and kinds [N] of the words of a corpus whose kind is known."""
    examples = [build_example(row, encoder, Counter()) for row in read(name, data, split).examples]
    reads = read_texts([e.encoded for e in examples], encoder, engine)
    kinds = np.concatenate([e.names for e in examples])
    known = kinds != IGNORED
    states = np.concatenate([r.states[e.names != IGNORED] for r, e in zip(reads, examples, strict=True)])
    return torch.from_numpy(states), torch.from_numpy(kinds[known])


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
