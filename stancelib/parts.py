"""The folder OUT.parts of an unfinished run: what is scored already, safe from a kill at any moment.

A chunk is finished when its marker lies in the folder; every file is renamed into place whole. When all chunks are
done, their parts are joined to OUT and the folder goes.
"""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from stancelib.chunks import Part
from stancelib.errors import InvalidInputError, StancelibError
from stancelib.outputs import write_output, write_whole
from stancelib.tally import Tally

_FINISHING = "finishing"  # from here on, an OUT that is there is our own


@contextmanager
def parts_folder(out: Path, *, overwrite: bool) -> Iterator[Path]:
    """``OUT.parts``, held by this process alone; it goes when OUT is finished."""
    if not out.parent.is_dir():
        raise InvalidInputError(f"no folder {out.parent} for {out.name}: make it first, or name another")
    parts = out.with_name(out.name + ".parts")
    finishing = (parts / _FINISHING).exists()
    if out.exists() and not (overwrite or finishing):
        raise InvalidInputError(f"{out} is there already: name another output, or --overwrite it")
    parts.mkdir(exist_ok=True)
    with (parts / "lock").open("w") as lock:
        _lock(lock, out)
        try:
            yield parts
        except BaseException as error:
            if not any(parts.glob("0*.json")):  # nothing scored yet: nothing to keep
                shutil.rmtree(parts)
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                raise StancelibError(
                    f"the disk is full; what is scored is safe in {parts}: "
                    "make room and run the same command again"
                ) from error
            raise
    shutil.rmtree(parts)


def _lock(file: IO[str], out: Path) -> None:
    """Refuse a second run on the same output; the system frees the lock when a process dies, however it does."""
    try:
        import fcntl
    except ImportError:  # Windows: nothing keeps a second run away there
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise StancelibError(f"another run is writing {out}: wait for it, or name another output") from error


def begin(parts: Path, plan: dict[str, Any], *, overwrite: bool) -> None:
    """Note what is run, or compare it with what the interrupted run was."""
    file = parts / "run.json"
    text = json.dumps(plan, indent=1, ensure_ascii=False)
    if file.exists() and (before := json.loads(file.read_text(encoding="utf-8"))) != json.loads(text):
        changed = ", ".join(key for key in plan if before.get(key) != json.loads(text)[key])
        if not overwrite:
            raise InvalidInputError(
                f"{parts} holds an interrupted run with other {changed}: "
                "run it as before to go on, or with --overwrite to begin anew"
            )
        for old in parts.iterdir():
            if old.name not in ("lock", "stdin"):
                old.unlink()
    write_whole(file, text)


def marker_of(parts: Path, index: int) -> Path:
    return parts / f"{index:08}.json"


def commit(marker: Path, part: Part) -> None:
    """Write a part; it counts from the moment its marker, the last file, is in place."""
    write_whole(marker.with_suffix(".rows"), part.lines)
    write_whole(marker.with_suffix(".errors"), part.errors)
    write_whole(marker, json.dumps(part.tally.to_dict()))


def tally_of(marker: Path) -> Tally:
    return Tally.from_dict(json.loads(marker.read_text(encoding="utf-8")))


def finish(parts: Path, out: Path, *, format: str, table: pa.Schema) -> Path | None:
    """Join the parts to OUT and OUT.errors.jsonl; returns the latter if there is any error."""
    (parts / _FINISHING).touch()
    errors = out.with_name(out.name + ".errors.jsonl")
    failed = [p for p in sorted(parts.glob("*.errors")) if p.stat().st_size]
    if failed:
        write_output(failed, errors, format="jsonl", schema=table)
    else:
        errors.unlink(missing_ok=True)
    write_output(sorted(parts.glob("*.rows")), out, format=format, schema=table)
    return errors if failed else None
