"""The forward pass behind a small interface: integer arrays in, float arrays out. The only torch at run time."""

from __future__ import annotations

import platform
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from stancelib.encoding import Batch
from stancelib.errors import InvalidInputError
from stancelib.links import LinkVectors
from stancelib.modeling import LinkHead, StanceModel, link_name
from stancelib.pairs import PairIndex

Floats = NDArray[np.float32]
DTYPES = ("float32", "bfloat16", "float16")


def has_bf16_units() -> bool:
    """Whether this processor has bfloat16 units; elsewhere bfloat16 is many times slower than float32."""
    if platform.machine() in ("arm64", "aarch64"):
        return False  # PyTorch gives no reliable answer there
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


class TorchEngine:
    """Runs a StanceModel without gradients on one device, in one precision."""

    def __init__(self, model: StanceModel, *, device: str | None = None, dtype: str = "float32") -> None:
        if dtype not in DTYPES:
            raise InvalidInputError(f"dtype is {dtype!r}: choose one of {', '.join(DTYPES)}")
        self.dtype: torch.dtype = getattr(torch, dtype)
        name = device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            self.device = torch.device(name)
            self.model = model.to(self.device, self.dtype).eval()
        except (RuntimeError, AssertionError) as error:  # torch raises both for what it was not built with
            raise InvalidInputError(
                f"device {name!r} cannot be used here: {str(error).splitlines()[0]}; try device='cpu'"
            ) from error

    @torch.inference_mode()
    def encode(self, batch: Batch) -> tuple[Floats, Floats]:
        """States [B, W, H] and tag logits [B, W, 3, 3] (role; outside, begin, inside) of a batch of windows."""
        arrays = (batch.input_ids, batch.attention_mask, batch.surface, batch.word_tokens)
        states, tags = self.model(*(torch.from_numpy(a).to(self.device) for a in arrays))
        return _numpy(states), _numpy(tags)

    @torch.inference_mode()
    def link(self, query: str, key: str, queries: Floats, keys: Floats) -> LinkVectors:
        """What links spans of role ``query`` to those of role ``key``.

        Queries [N, 2H] and keys [M, 2H] are the states of first and last words.
        """
        head = cast(LinkHead, self.model.links[link_name(query, key)])
        q, k, none = head.project(self._floats(queries), self._floats(keys))
        return LinkVectors(_numpy(q), _numpy(k), _numpy(none), _numpy(head.distance.weight[:, 0]))

    @torch.inference_mode()
    def stance(self, states: Floats, pairs: PairIndex) -> Floats:
        """Stance logits [P, labels] of pairs that are read from word states [R, H]."""
        used, index = pairs.compact()
        return _numpy(self.model.stance(self._floats(states[used]), index))

    @torch.inference_mode()
    def names(self, states: Floats) -> Floats:
        """Logits [R, kinds] of what each word is (part of): see NAME_KINDS."""
        return _numpy(self.model.names(self._floats(states)))

    @torch.inference_mode()
    def sentiment(self, target: Floats) -> Floats:
        """Sentiment logits [P, labels] from pooled states of the targets [P, H]."""
        return _numpy(self.model.sentiment(self._floats(target)))

    def _floats(self, array: Floats) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device, self.dtype)


def _numpy(tensor: Any) -> Floats:
    return cast(Floats, tensor.float().cpu().numpy())
