#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Writes small valid inputs for the fuzz targets: make_seeds.py FOLDER makes FOLDER/safetensors, /gguf and /config_json."""
import json
import pathlib
import struct
import sys

DATA = pathlib.Path(__file__).parent.parent / "data" / "checkpoint"


def safetensors(header, data):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def string(text):
    return struct.pack("<Q", len(text.encode())) + text.encode()


def gguf(values, tensors, version=3):
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(values))
    for key, kind, payload in values:
        head += string(key) + struct.pack("<I", kind) + payload
    data = b""
    for name, shape, kind, content in tensors:
        head += string(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape) + struct.pack("<IQ", kind, len(data))
        data += content + bytes(-len(content) % 32)
    return head + bytes(-len(head) % 32) + data


def llama_values():
    numbers = dict(context_length=64, embedding_length=8, block_count=1, feed_forward_length=8)
    numbers.update({"attention.head_count": 2, "attention.head_count_kv": 1})
    values = [("general.architecture", 8, string("llama"))]
    values += [("llama." + key, 4, struct.pack("<I", value)) for key, value in numbers.items()]
    values.append(("llama.attention.layer_norm_rms_epsilon", 6, struct.pack("<f", 1e-5)))
    values.append(("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 2) + string("a") + string("b")))
    values.append(("tokenizer.ggml.scores", 9, struct.pack("<IQ2f", 6, 2, 0.5, -1.0)))
    values.append(("flag", 7, b"\1"))
    return values


def seeds():
    one = {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}
    two = {"dtype": "BF16", "shape": [3], "data_offsets": [8, 14]}
    yield "safetensors/empty", safetensors({}, b"")
    yield "safetensors/two", safetensors({"__metadata__": {"format": "pt"}, "a": one, "b": two}, bytes(range(14)))
    yield "gguf/empty", gguf([], [], 2)
    yield "gguf/llama", gguf(llama_values(), [("token_embd.weight", (8, 4), 0, bytes(128)), ("rope_freqs.weight", (2,), 0, bytes(8))])
    for kind, elements, size in [(1, 32, 64), (2, 32, 18), (3, 32, 20), (6, 32, 22), (7, 32, 24), (8, 32, 34), (12, 256, 144),
                                 (13, 256, 176), (14, 256, 210), (30, 32, 64)]:
        yield f"gguf/type-{kind}", gguf([("general.alignment", 4, struct.pack("<I", 32))], [("t", (elements,), kind, bytes(size))])
    for major in (4, 5):
        for case in json.loads((DATA / f"configs-{major}.json").read_text())["cases"]:
            yield f"config_json/{major}-{case['name']}", json.dumps(case["config"]).encode()
    child = dict(case["config"], model_type="tessera", num_hidden_layers=1,
                 tessera={"version": 1, "layers": [{"attention": "gqa:1", "ffn": "width:8"}]})
    yield "config_json/child", json.dumps(child).encode()
    for tokenizer in sorted((DATA.parent / "text").glob("*.tokenizer.json")):
        text = tokenizer.read_bytes()
        if len(text) < 20000:
            yield f"tokenizer_json/{tokenizer.stem}", text + b"\0It's  a1 <|x|>\n"
    yield "config_json/index", json.dumps({"weight_map": {"a": "model-1.safetensors"}}).encode()


for name, content in seeds():
    path = pathlib.Path(sys.argv[1]) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
