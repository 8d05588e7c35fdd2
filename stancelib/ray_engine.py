"""Scoring chunks on a Ray cluster: every chunk is a file in OUT.parts, and a dataset of their names is mapped.

The workers write the parts themselves: OUT must lie in a folder that all machines of the cluster share.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from stancelib.chunks import Job, load_tagger, score_chunk
from stancelib.errors import StancelibError
from stancelib.inputs import Row
from stancelib.parts import commit, marker_of, tally_of
from stancelib.tally import Tally

_WAITING = ".chunk.zst"


def run_ray(chunks: Iterable[list[Row]], parts: Path, job: Job, workers: int) -> Iterator[Tally]:
    """Tallies of all chunks: first of those whose marker is there already, then of the others as they are done."""
    ray = _ray()
    waiting = []
    for i, chunk in enumerate(chunks):
        marker = marker_of(parts.resolve(), i)
        if marker.exists():
            yield tally_of(marker)
        else:
            _put(marker, chunk)
            waiting.append({"marker": str(marker)})
    if not waiting:
        return
    if not ray.is_initialized():
        # RAY_ADDRESS says which cluster; without it, one is started on this machine.
        ray.init(log_to_driver=False, logging_level="error")
    ray.data.DataContext.get_current().enable_progress_bars = False  # we have our own
    nodes = [node["Resources"].get("CPU", 0) for node in ray.nodes() if node["Alive"]]
    threads = int(max(1, min(sum(nodes) // workers, *nodes)))
    on_gpu = (job.device or "").startswith("cuda")
    scored = ray.data.from_items(waiting, override_num_blocks=len(waiting)).map(
        _Scorer,
        fn_constructor_args=(replace(job, threads=threads),),
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_cpus=threads,
        num_gpus=1 if on_gpu else 0,
    )
    try:
        for row in scored.iter_rows():
            yield tally_of(Path(row["marker"]))
    except ray.exceptions.RayError as error:
        reason = str(error).strip().splitlines()[-1]
        raise StancelibError(
            f"a worker of the Ray cluster failed ({reason}): every machine needs this stancelib, the model and "
            f"{parts.resolve().parent} under the same names; then run the same command again"
        ) from error


def _ray() -> Any:
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise StancelibError("engine ray needs Ray: pip install 'stancelib[ray]'") from error
    return ray


def _put(marker: Path, chunk: list[Row]) -> None:
    file = marker.with_suffix(_WAITING)
    with pa.output_stream(str(file), compression="zstd") as stream:
        stream.write(json.dumps([asdict(row) for row in chunk]).encode())


class _Scorer:
    """One worker of the cluster, with its model."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.tagger = load_tagger(job)

    def __call__(self, row: dict[str, str]) -> dict[str, str]:
        marker = Path(row["marker"])
        file = marker.with_suffix(_WAITING)
        if not marker.exists():  # else this is a second try, after a worker that died with its answer under way
            with pa.input_stream(str(file), compression="zstd") as stream:
                chunk = [Row(**fields) for fields in json.loads(stream.read())]
            commit(marker, score_chunk(self.tagger, chunk, self.job))
        file.unlink(missing_ok=True)
        return row
