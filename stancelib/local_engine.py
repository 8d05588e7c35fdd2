"""Scoring chunks on this machine, in this process or in several."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from stancelib.chunks import Job, Part, load_tagger, score_chunk
from stancelib.errors import StancelibError
from stancelib.inputs import Row
from stancelib.parts import commit, marker_of, tally_of
from stancelib.tally import Tally

if TYPE_CHECKING:
    from stancelib.tagger import StanceTagger


def run_local(chunks: Iterable[list[Row]], parts: Path, job: Job, workers: int) -> Iterator[Tally]:
    """Tallies of all chunks in order; those whose marker is there already are not scored again."""
    numbered = ((marker_of(parts, i), chunk) for i, chunk in enumerate(chunks))
    if workers == 1:
        tagger: StanceTagger | None = None
        for marker, chunk in numbered:
            if not marker.exists():
                tagger = tagger or load_tagger(job)
                commit(marker, score_chunk(tagger, chunk, job))
            yield tally_of(marker)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _start_worker, (job,)) as pool:
        waiting: deque[tuple[Path, Future[Part] | None]] = deque()
        try:
            for marker, chunk in numbered:
                waiting.append((marker, None if marker.exists() else pool.submit(_work, chunk)))
                if len(waiting) > 2 * workers:  # read no further ahead than the workers need
                    yield _collect(*waiting.popleft())
            while waiting:
                yield _collect(*waiting.popleft())
        except BrokenProcessPool as error:
            raise StancelibError(
                "a worker process died, for want of memory or because it could not load the model: "
                "run the same command again to go on, with --workers 1 to see why"
            ) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _collect(marker: Path, future: Future[Part] | None) -> Tally:
    if future is not None:
        commit(marker, future.result())
    return tally_of(marker)


_worker: tuple[StanceTagger, Job]


def _start_worker(job: Job) -> None:
    global _worker
    _worker = load_tagger(job), job


def _work(rows: list[Row]) -> Part:
    return score_chunk(_worker[0], rows, _worker[1])
