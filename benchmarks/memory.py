"""Whether memory stays flat: the most that `stancelib score` holds, for archives of 10³, 10⁴ and 10⁵ short rows.

    python benchmarks/memory.py

Each archive is scored in a process of its own. Absolute figures depend on the machine: read the ratios.
"""

from __future__ import annotations

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

NAMES = ("Kenya", "Norway", "Peru", "Qatar", "Uganda", "Fiji", "Oman")


def main() -> None:
    """Command line of the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--score", type=Path, help=argparse.SUPPRESS)  # the process of one archive
    args = parser.parse_args()
    if args.score:
        print(_peak(args.score))
        return
    table = Table("rows", "input", "most held", "of the first")
    first = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for rows in args.rows:
            path = Path(folder) / f"{rows}.csv"
            _write(path, rows)
            done = subprocess.run(
                [sys.executable, __file__, "--score", str(path)], stdout=subprocess.PIPE, text=True, check=True
            )
            held = float(done.stdout)
            first = first or held
            table.add_row(
                f"{rows:,}", f"{path.stat().st_size / 1e6:.1f} MB", f"{held:.0f} MB", f"{held / first:.2f}"
            )
    Console().print(table)


def _write(path: Path, rows: int) -> None:
    """Rows of one statement each, no two alike."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["id", "text"])
        for i in range(rows):
            one, two = NAMES[i % 7], NAMES[(i // 7 + 1 + i) % 7]
            table.writerow([i, f"{one} will not forget the {i}th promise of {two}, Minister Ada Odera said."])


def _peak(path: Path) -> float:
    """Peak resident memory of this process, in MB, once it has scored an archive."""
    from stancelib.scoring import score_files

    score_files(path, path.with_suffix(".jsonl"), progress=False)
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    main()
