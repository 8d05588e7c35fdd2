"""The model card of a fine-tuned model: where it comes from, what it learnt from, how well it does."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version

from stancelib.config import ModelConfig
from stancelib.evaluation.bootstrap import Task, compare, interval
from stancelib.tuning.loop import Settings


def to_card(
    config: ModelConfig,
    before: Mapping[str, Task] | None,
    after: Mapping[str, Task],
    *,
    origin: str,
    counts: tuple[int, int],
    settings: Settings,
) -> str:
    """Markdown. ``origin`` is the model or encoder it began from, ``counts`` the rows of train and dev."""
    head = "| task | figure | % | 95 % |" + (" against the starting model |" if before else "")
    lines = [head, "|---|---|---|---|" + ("---|" if before else "")]
    for name, task in after.items():
        if not task.by_unit():  # such as whether a found statement has its cue, where none is found
            lines.append(f"| {name} | {task.MAIN} | | nothing to judge |" + (" |" if before else ""))
            continue
        sure = interval(task)
        bounds = f"{100 * sure.low:.1f} to {100 * sure.high:.1f}"
        line = f"| {name} | {task.MAIN} | {100 * sure.value:.1f} | {bounds} |"
        if before:
            found = compare(task, before[name])
            line += f" {100 * found.difference.value:+.1f}, p {found.p:.3f} |"
        lines.append(line)
    table = "\n".join(lines)
    return f"""---
library_name: stancelib
language: en
tags: [stance-detection, quotation-attribution]
---

# {config.name}

Fine-tuned with stancelib {version("stancelib")} from `{origin}`, on {counts[0]:,} rows; dev: {counts[1]:,}.
Stances: {", ".join(config.stance_labels)}. Sentiments: {", ".join(config.sentiment_labels)}.

```python
import stancelib

tagger = stancelib.StanceTagger.from_pretrained({config.name!r})
```

On dev, by which the epoch and the temperatures were chosen: expect somewhat less on new text. Intervals and p by
bootstrap over texts.

{table}

{settings.epochs} epochs at most, learning rates {settings.learning_rate:g} (encoder) and
{settings.head_learning_rate:g} (heads), {settings.batch_tokens} tokens a step, seed {settings.seed}.

A statement pinned on the wrong person can defame that person: read the marked words before you name anybody.
"""
