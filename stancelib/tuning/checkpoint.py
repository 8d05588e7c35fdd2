"""Training state on disk: written whole or not at all, safetensors and JSON only."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn


def save_checkpoint(
    folder: Path, model: nn.Module, optimizer: torch.optim.Optimizer, state: dict[str, Any]
) -> None:
    """Replace the checkpoint in ``folder``; a kill at any moment leaves the old one or the new one."""
    fresh = folder.with_name(folder.name + ".tmp")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, fresh / "model.safetensors")
    save_file(_moments(optimizer), fresh / "optimizer.safetensors")
    (fresh / "state.json").write_text(json.dumps(state, indent=1), encoding="utf-8")
    old = folder.with_name(folder.name + ".old")
    if folder.exists():  # else a kill left .old alone, and it stays until the new one is in place
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def load_checkpoint(folder: Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Any] | None:
    """Restore model and optimizer in place and return the state; None where there is no checkpoint."""
    for place in (folder, folder.with_name(folder.name + ".old")):
        if (place / "state.json").exists():
            break
    else:
        return None
    model.load_state_dict(load_file(place / "model.safetensors"))
    moments = load_file(place / "optimizer.safetensors")
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for i, parameter in enumerate(parameters):
        found = {k.split(".", 1)[1]: v for k, v in moments.items() if k.split(".", 1)[0] == str(i)}
        optimizer.state[parameter] = {k: v.to(parameter.device) for k, v in found.items()}
    state: dict[str, Any] = json.loads((place / "state.json").read_text(encoding="utf-8"))
    return state


def _moments(optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    return {
        f"{i}.{key}": value.contiguous()
        for i, parameter in enumerate(parameters)
        for key, value in optimizer.state[parameter].items()
    }
