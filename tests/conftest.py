"""A tiny hand-made model and tokenizer: offline, exact, built in milliseconds."""

from __future__ import annotations

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig

from stancelib.config import ModelConfig
from stancelib.encoding import TextEncoder
from stancelib.modeling import StanceModel
from stancelib.tagger import StanceTagger

_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
_WORDS = [
    *["turkey", "ankara", "qatar", "russia", "kenya", "she", "he", "said", "told", "praised", "condemned", "the"],
    *["a", "that", "of", "and", "we", "you", "will", "not", "support", "oppose", "talks", "plan", "raid"],
    *['"', "“", "”", "‘", "’", "'", ",", ".", "!", "?", "-", "##s", "##ed", "##ing"],
]


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    letters = list("abcdefghijklmnopqrstuvwxyz0123456789")
    pieces = dict.fromkeys([*_SPECIAL, *_WORDS, *letters, *(f"##{c}" for c in letters)])
    vocabulary = {piece: i for i, piece in enumerate(pieces)}
    made = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    made.normalizer = BertNormalizer(lowercase=True)
    made.pre_tokenizer = BertPreTokenizer()
    made.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return made


@pytest.fixture(scope="session")
def config(tokenizer: Tokenizer) -> ModelConfig:
    encoder = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return ModelConfig(
        encoder=encoder.to_dict(), name="tiny", window=40, margin=6, prefix_ids=(2,), suffix_ids=(3,), link_size=16
    )


@pytest.fixture
def model(config: ModelConfig) -> StanceModel:
    torch.manual_seed(1)
    return StanceModel(config)


@pytest.fixture
def text_encoder(tokenizer: Tokenizer, config: ModelConfig) -> TextEncoder:
    return TextEncoder(tokenizer, config)


@pytest.fixture
def tagger(model: StanceModel, tokenizer: Tokenizer, config: ModelConfig) -> StanceTagger:
    return StanceTagger(model, tokenizer, config, device="cpu")
