"""A model on disk: config.json, model.safetensors (half precision), tokenizer.json. Nothing is ever unpickled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from stancelib.config import ModelConfig
from stancelib.errors import InvalidInputError, InvalidTypeError, ModelFolderError
from stancelib.modeling import StanceModel

CONFIG, WEIGHTS, TOKENIZER = FILES = ("config.json", "model.safetensors", "tokenizer.json")
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


def save_model(path: Path, model: StanceModel, tokenizer: Tokenizer, config: ModelConfig) -> None:
    """Write the three files into ``path``, which is made where it does not exist."""
    if path.exists() and not path.is_dir():
        raise InvalidInputError(f"{path} is a file: give a folder to save the model in")
    path.mkdir(parents=True, exist_ok=True)
    weights = {k: v.detach().to("cpu", torch.float16).contiguous() for k, v in model.state_dict().items()}
    save_file(weights, path / WEIGHTS, metadata={"format": "pt"})
    tokenizer.save(str(path / TOKENIZER))
    config.save(path / CONFIG)


def load_model(path: Path) -> tuple[StanceModel, Tokenizer, ModelConfig]:
    """Read what ``save_model`` wrote.

    Raises ModelFolderError for a missing, damaged or foreign file, naming it.
    """
    if missing := [name for name in FILES if not (path / name).is_file()]:
        raise ModelFolderError(
            f"{path} lacks {', '.join(missing)}: copy the whole model folder ({', '.join(FILES)})"
        )
    config = ModelConfig.load(path / CONFIG)
    try:
        tokenizer = Tokenizer.from_file(str(path / TOKENIZER))
    except Exception as error:  # tokenizers raises bare Exception
        raise ModelFolderError(f"{path / TOKENIZER} is damaged ({error}): copy the model folder again") from error
    try:
        weights = load_file(path / WEIGHTS)
    except (SafetensorError, OSError) as error:
        raise ModelFolderError(f"{path / WEIGHTS} is damaged ({error}): copy the model folder again") from error
    return _with_weights(config, weights, path), tokenizer, config


def _with_weights(config: ModelConfig, weights: Mapping[str, torch.Tensor], path: Path) -> StanceModel:
    try:
        model = StanceModel(config)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelFolderError(
            f"{path / CONFIG}: cannot build the encoder it describes ({error}); "
            "upgrade transformers, or save the model again"
        ) from error
    try:
        model.load_state_dict({k: v.float() for k, v in weights.items()})
    except RuntimeError as error:
        raise ModelFolderError(
            f"{path / WEIGHTS} does not fit {CONFIG}: {error}; both must come from the same save_pretrained"
        ) from error
    return model


def find_folder(name: str | Path) -> Path:
    """The folder of a model: ``name`` itself if there is one, else the Hub's ``org/name``, downloaded and cached.

    Raises ModelFolderError where neither exists.
    """
    if not isinstance(name, str | Path):
        raise InvalidTypeError(f"the name of a model is {name!r}: give a folder, or a Hub id such as 'org/name'")
    path = Path(name)
    if path.is_dir():
        return path
    if isinstance(name, Path) or not HUB_ID.fullmatch(name):
        raise ModelFolderError(f"no model folder at {str(name)!r}: give a folder, or a Hub id such as 'org/name'")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=list(FILES)))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise ModelFolderError(
            f"{name!r} is no folder here, and the Hub gave no model of that name ({type(error).__name__}): "
            "check the path, the spelling or the network; private models need `hf auth login`"
        ) from error
