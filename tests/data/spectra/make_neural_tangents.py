# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Writes neural_tangents.json: kernels of random points by google/neural-tangents, in float64.

Needs neural-tangents 0.6.5, jax and jaxlib 0.4.23, numpy below 2. Points, depths, filters and parameters are drawn from a fixed
seed and are not those of reference.json. Its conventions are brought to ours by the first layer's W_std = sqrt(fan-in), sqrt(2)
behind every ReLU and a read-out of variance 1 per feature.
"""

import json
import sys

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
from neural_tangents import stax  # noqa: E402

random = np.random.default_rng(20240917)
ROOT2 = 2 ** 0.5


def dense_network(features, depth, bias):
    layers = [stax.Dense(1, W_std=features ** 0.5, b_std=bias)]
    for _ in range(depth):
        layers += [stax.Relu(), stax.Dense(1, W_std=ROOT2, b_std=bias)]
    return stax.serial(*layers)


def conv(q, std, dimensions):
    return stax.Conv(1, (q,) * dimensions, padding="CIRCULAR", W_std=std,
                     dimension_numbers=("NHC", "HIO", "NHC") if dimensions == 1 else ("NHWC", "HWIO", "NHWC"))


HEADS = {"trace": [stax.Flatten()], "gap": [stax.GlobalAvgPool()], "equivariant": []}


def conv_network(kernel, channels, dimensions):
    q, head = kernel["filter"], kernel["head"]
    if kernel["family"] == "conv":
        layers = [conv(q, channels ** 0.5, dimensions)]
        for _ in range(kernel["depth"] - 1):
            layers += [stax.Relu(), conv(q, ROOT2, dimensions)]
        layers, last = layers + [stax.Relu()], ROOT2
    else:
        branch = [stax.Relu(), conv(q, kernel["alpha"] * ROOT2, dimensions)]
        if kernel["block"] == "B":
            branch = [conv(q, 1.0, dimensions)] + branch
        block = stax.serial(stax.FanOut(2), stax.parallel(stax.Identity(), stax.serial(*branch)), stax.FanInSum())
        layers, last = [conv(1, channels ** 0.5, dimensions)] + [block] * kernel["depth"], 1.0
    if head == "equivariant":
        return stax.serial(*layers, conv(1, last, dimensions)), True
    return stax.serial(*layers, *HEADS[head], stax.Dense(1, W_std=last)), False


def case(kernel, x, z):
    pixels = False
    if kernel["family"] == "fc":
        network = dense_network(x.shape[-1], kernel["depth"], kernel["bias"])
    else:
        network, pixels = conv_network(kernel, x.shape[-1], x.ndim - 2)
    kernel_fn = network[2]
    if pixels:  # keeps every pixel; the answer takes pixel 0
        kernel_fn_pixels = stax.serial(network, stax.Identity())[2]
        got = {name: getattr(kernel_fn_pixels(x, z, diagonal_spatial=True), name) for name in ("nngp", "ntk")}
        got = {name: np.asarray(value).reshape(len(x), len(z), -1)[:, :, 0] for name, value in got.items()}
    else:
        answer = kernel_fn(x, z, ("nngp", "ntk"))
        got = {"nngp": answer.nngp, "ntk": answer.ntk}
    return {"kernel": kernel, "x": x.tolist(), "z": z.tolist(), "gp": np.asarray(got["nngp"]).tolist(), "ntk": np.asarray(got["ntk"]).tolist()}


def cases():
    for depth, bias, features in ((1, 0.0, 4), (2, 0.7, 3), (4, 0.0, 6), (7, 1.3, 2), (12, 0.25, 5)):
        kernel = {"family": "fc", "depth": depth, "bias": bias, "bias_init": "normal"}
        yield case(kernel, random.normal(size=(3, features)), random.normal(size=(2, features)))
    for shape, q in (((6, 3), 3), ((5, 1), 5), ((4, 5, 2), 3), ((3, 4, 1), 3)):
        x, z = random.normal(size=(2, *shape)), random.normal(size=(2, *shape))
        for head in HEADS:
            yield case({"family": "conv", "depth": 2 + q % 3, "filter": q, "head": head}, x, z)
            for block, alpha, depth in (("A", 0.6, 3), ("B", 1.1, 2)):
                yield case({"family": "resconv", "block": block, "depth": depth, "alpha": alpha, "filter": q, "head": head}, x, z)


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else "neural_tangents.json"
    with open(out, "w") as file:
        json.dump({"cases": list(cases())}, file)
