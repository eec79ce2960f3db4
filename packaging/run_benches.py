# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Runs benchmarks one after the other, prints their table and writes it as JSON.

Usage: run_benches.py FOLDER-OF-PROGRAMS OUT.json [NAME...]
A benchmark is a program bench_* or a script tests/bench/bench_*.py; each line of its standard output is one JSON object
{"case", "measured", "peer", "ratio", "goal", "unit"}; peer, ratio and goal may be null. The goal is a lower bound of the ratio.
"""

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

FIELDS = ("case", "measured", "peer", "ratio", "goal", "unit")


def commands(programs, only):
    found = {path.name: [str(path)] for path in programs.glob("bench_*") if os.access(path, os.X_OK)}
    scripts = Path(__file__).resolve().parents[1] / "tests" / "bench"
    found.update({path.stem: [sys.executable, "-B", str(path)] for path in scripts.glob("bench_*.py")})
    unknown = [name for name in only if name not in found]
    if unknown:
        sys.exit(f"bench: there is no benchmark {unknown[0]}: choose from {', '.join(sorted(found))}")
    return {name: found[name] for name in sorted(only or found)}


def run(name, command):
    """The rows of one benchmark; what it says on standard error goes to the terminal."""
    began = time.monotonic()
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    rows = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]
    for row in rows:
        if set(FIELDS) - set(row):
            sys.exit(f"bench: {name} printed a line that lacks {sorted(set(FIELDS) - set(row))}")
        row["benchmark"] = name
    print(f"== {name}: {len(rows)} rows in {time.monotonic() - began:.0f} s", flush=True)
    return rows, process.returncode == 0 and bool(rows)


def number(value):
    return "-" if value is None else f"{value:.4g}"


def table(rows):
    head = ("case", "measured", "peer", "unit", "ratio", "goal", "")
    lines = [head] + [(row["case"], number(row["measured"]), number(row["peer"]), row["unit"], number(row["ratio"]),
                       number(row["goal"]), "" if row["goal"] is None else "reached" if reached(row) else "MISSED") for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        cells = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        print("  ".join(cells).rstrip())


def reached(row):
    return row["goal"] is None or row["ratio"] is not None and row["ratio"] >= row["goal"]


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def main(programs, out, only):
    rows, whole = [], True
    for name, command in commands(Path(programs), only).items():
        more, ran = run(name, command)
        rows += more
        whole = whole and ran
        if not ran:
            print(f"== {name} failed", flush=True)
    if rows:
        table(rows)
    report = {"processor": processor(), "processors": os.cpu_count(), "system": platform.platform(),
              "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "rows": rows}
    Path(out).write_text(json.dumps(report, indent=1) + "\n")
    print(f"== written to {out}")
    return 0 if rows and whole and all(map(reached, rows)) else 1


sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
