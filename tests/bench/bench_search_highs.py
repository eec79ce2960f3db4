# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""The search against HiGHS on the instances of bench_search: a limit has moved by 1 %. HiGHS runs on one thread with its
defaults, whose gap of 1e-4 is easier than the exact answer that Tessera gives."""

import json
import os
import statistics
import subprocess
import time
from pathlib import Path

import highspy

PROGRAM = str(Path(os.environ["TESSERA"]).with_name("bench_search"))
SHAPES = {"80 x 16, 2 limits": (80, 2, 8, 2), "80 x 54, 3 limits": (80, 6, 9, 3), "126 x 54, 3 limits": (126, 6, 9, 3),
          "162 x 100, 3 limits": (162, 10, 10, 3)}
SEEDS = 3
MOST_SECONDS = 60


def model(instance):
    begin = [int(first) for first in instance["begin"]]
    rows, slots, options = instance["rows"], len(begin) - 1, len(instance["scores"])
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = options, slots + len(rows)
    lp.col_cost_ = instance["scores"]
    lp.col_lower_, lp.col_upper_ = [0.0] * options, [1.0] * options
    scales = [1e3 / max(map(abs, row["amounts"])) for row in rows]
    lp.row_lower_ = [1.0] * slots + [-highspy.kHighsInf] * len(rows)
    lp.row_upper_ = [1.0] * slots + [row["upper"] * scale for row, scale in zip(rows, scales)]
    start, index, value, slot = [0], [], [], 0
    for option in range(options):
        while option >= begin[slot + 1]:
            slot += 1
        index += [slot] + [slots + row for row in range(len(rows))]
        value += [1.0] + [row["amounts"][option] * scale for row, scale in zip(rows, scales)]
        start.append(len(index))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = start, index, value
    lp.integrality_ = [highspy.HighsVarType.kInteger] * options
    return lp


def milliseconds(instance):
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", float(MOST_SECONDS))
    solver.passModel(model(instance))
    began = time.process_time()
    solver.run()
    took = 1000 * (time.process_time() - began)
    objective = solver.getInfo().objective_function_value
    best = instance["objective"]
    if instance["optimal"] and not best * (1 - 1e-6) <= objective:
        raise SystemExit(f"bench_search_highs: HiGHS found {objective} where Tessera proved {best}")
    return took


def main():
    for name, shape in SHAPES.items():
        instances = [json.loads(subprocess.run([PROGRAM, "--instance", *map(str, shape), str(seed)], check=True, stdout=subprocess.PIPE).stdout)
                     for seed in range(SEEDS)]
        ours = statistics.median(instance["ms"] for instance in instances)
        theirs = statistics.median(map(milliseconds, instances))
        print(json.dumps({"case": f"{name}, a limit moved by 1 %: median, peer HiGHS", "measured": ours, "peer": theirs,
                          "ratio": theirs / ours, "goal": 100, "unit": "ms"}), flush=True)


main()
