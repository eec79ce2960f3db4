#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Writes q8_0.json: values and the bytes that gguf-py's quantiser makes of them (made with gguf 0.19 and numpy 2.4)."""
import json
import pathlib

import gguf
import numpy as np

rng = np.random.default_rng(3)
values = (rng.standard_normal((12, 32)) * np.logspace(-6, 3, 12)[:, None]).astype(np.float32)
values[4] = 0
values[5, :4] = [127.0, 0.5, -1.5, 2.5]  # scale 1: halves are rounded away from zero
values[5, 4:] = 0
data = gguf.quants.quantize(values, gguf.GGMLQuantizationType.Q8_0)
out = pathlib.Path(__file__).parent / "q8_0.json"
out.write_text(json.dumps({"values": values.reshape(-1).astype(float).tolist(), "bytes": data.reshape(-1).tolist()}) + "\n")
