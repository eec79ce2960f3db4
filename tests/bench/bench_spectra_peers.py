# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Kernel matrices of tessera against google/neural-tangents, compiled, float64, two threads each. Says so and prints one row without
a peer where neural-tangents cannot be imported (it needs jax 0.4.23 and Python 3.12 at most)."""

import json
import os
import subprocess
import time
from pathlib import Path

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=true intra_op_parallelism_threads=2"
ROUNDS = 5


def ours():
    program = Path(os.environ["TESSERA"]).parent / "bench_spectra"
    rows = [json.loads(line) for line in subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()]
    return {row["case"]: row["measured"] for row in rows}


def theirs():
    import jax
    import numpy as np

    jax.config.update("jax_enable_x64", True)
    from neural_tangents import stax

    def best(kernel, points):
        compiled = jax.jit(lambda x: kernel(x, None, "ntk"))
        compiled(points).block_until_ready()
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            compiled(points).block_until_ready()
            times.append(time.perf_counter() - began)
        return min(times)

    random = np.random.default_rng(1)
    points = random.normal(size=(2000, 10))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    layers = [stax.Dense(1, W_std=10 ** 0.5)]
    for _ in range(3):
        layers += [stax.Relu(), stax.Dense(1, W_std=2 ** 0.5)]
    yield "FC-NTK Gram n=2000 d=10 L=3, two threads", 1e9 * best(stax.serial(*layers)[2], points) / 2000 ** 2, 10, "ns a pair of n^2"

    conv = lambda q, std: stax.Conv(1, (q,), padding="CIRCULAR", W_std=std, dimension_numbers=("NHC", "HIO", "NHC"))  # noqa: E731
    block = stax.serial(stax.FanOut(2), stax.parallel(stax.Identity(), stax.serial(conv(3, 1.0), stax.Relu(), conv(3, 0.5 * 2 ** 0.5))),
                        stax.FanInSum())
    images = random.normal(size=(200, 32, 3))
    for head, layers in (("trace", [stax.Flatten()]), ("gap", [stax.GlobalAvgPool()])):
        network = stax.serial(conv(1, 3 ** 0.5), *[block] * 3, *layers, stax.Dense(1))
        yield f"residual conv Gram n=200, 32 pixels, L=3, {head}, two threads", 1e3 * best(network[2], images), 3, "ms"


def main():
    measured = ours()
    try:
        for case, peer, goal, unit in theirs():
            print(json.dumps({"case": case + ", against neural-tangents", "measured": measured[case], "peer": peer,
                              "ratio": peer / measured[case], "goal": goal, "unit": unit}), flush=True)
    except ImportError as error:
        print(json.dumps({"case": f"kernel matrices against neural-tangents, which is not there ({error})", "measured": None, "peer": None,
                          "ratio": None, "goal": None, "unit": ""}))


main()
