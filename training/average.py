"""Average the weights of models that were trained from the same start: a "soup" (Wortsman et al. 2022).

    python -m training.average runs/first/best runs/second/best --out runs/soup

The result runs as fast as one model. It must be calibrated anew, for it has the settings of the first model.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from stancelib.folder import load_model, save_model


def main() -> None:
    """Command line of averaging."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", type=Path, help="model folders of one architecture and one start")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the new model")
    parser.add_argument("--weights", nargs="+", type=float, help="of each model in the mean; by default all alike")
    parser.add_argument("--version", help="of the new model; by default that of the first")
    args = parser.parse_args()
    average(args.models, args.out, weights=args.weights, version=args.version)


def average(
    models: Sequence[Path], out: Path, *, weights: Sequence[float] | None = None, version: str | None = None
) -> None:
    """Write to ``out`` the weighted mean of ``models``, with tokenizer and configuration of the first.

    Raises ValueError for fewer than two models, for another number of weights, and for a model whose parameters
    have other names or shapes.
    """
    shares = weights or [1.0] * len(models)
    if len(models) < 2 or len(shares) != len(models):
        raise ValueError(
            f"{len(models)} models, {len(shares)} weights: give two models or more, a weight for each"
        )
    first, tokenizer, config = load_model(models[0])
    sums = {name: shares[0] * weight.detach().float() for name, weight in first.state_dict().items()}
    for path, share in zip(models[1:], shares[1:], strict=True):
        other = load_model(path)[0].state_dict()
        if {n: w.shape for n, w in other.items()} != {n: w.shape for n, w in sums.items()}:
            raise ValueError(f"{path} has another architecture than {models[0]}: train both by like recipes")
        sums = {name: weight + share * other[name].float() for name, weight in sums.items()}
    with torch.no_grad():
        first.load_state_dict({name: weight / sum(shares) for name, weight in sums.items()})
    save_model(out, first, tokenizer, replace(config, version=version or config.version))


if __name__ == "__main__":
    main()
