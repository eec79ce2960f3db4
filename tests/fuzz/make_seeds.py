#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Writes small valid inputs for the fuzz targets: make_seeds.py FOLDER makes FOLDER/safetensors, /gguf, /config_json and one for each other format."""
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


def child_values():
    numbers = dict(context_length=64, embedding_length=8, block_count=2)
    numbers["attention.key_length"] = 4
    values = [("general.architecture", 8, string("deci"))]
    values += [("deci." + key, 4, struct.pack("<I", value)) for key, value in numbers.items()]
    for key, list_ in {"attention.head_count": (2, 2), "attention.head_count_kv": (1, 0), "feed_forward_length": (64, 64)}.items():
        values.append(("deci." + key, 9, struct.pack("<IQ2i", 5, 2, *list_)))
    values.append(("deci.attention.layer_norm_rms_epsilon", 6, struct.pack("<f", 1e-5)))
    return values


def own_child_values():
    layers = struct.pack("<IQ", 8, 1) + string("gqa:1+linear")
    return child_values() + [("tessera.layers", 9, layers)] + [
        ("tessera." + key, 4, struct.pack("<I", value)) for key, value in dict(heads=2, kv_heads=1, ffn_width=8).items()]


def block(attention, ffn):
    return {"attention": attention, "ffn": ffn}


def foreign():
    """Libraries and configurations of other tools, right ones and for each some that are wrong."""
    config = dict(model_type="nemotron-nas", hidden_size=16, num_hidden_layers=2, vocab_size=20, num_attention_heads=4,
                  num_key_value_heads=None, intermediate_size=None, max_position_embeddings=64)
    blocks = [block({"n_heads_in_group": 2}, {"ffn_mult": 24.0}), block({"no_op": True}, {"replace_with_linear": True})]
    yield "block_configs/two", dict(config, block_configs=blocks)
    yield "block_configs/too-few", dict(config, block_configs=blocks[:1])
    yield "block_configs/both", dict(config, block_configs=[block({"no_op": True, "replace_with_linear": True}, {"no_op": True})] * 2)
    yield "block_configs/huge", dict(config, block_configs=[block({"n_heads_in_group": 3}, {"ffn_mult": 1e300})] * 2)
    llama = dict(config, model_type="llama", num_key_value_heads=2, intermediate_size=24)
    replacement = {"parent_layer_indices": [1],
                   "child_block_configs": [block({"num_key_value_heads": 1}, {"intermediate_size": 8})], "weight_paths": []}
    stats = [{"args": {"batch_size": 2, "prefill_seq_len": 8, "generation_seq_len": 8, "weights_dtype": "torch.bfloat16"},
              "non_block": {"memory_mib": 1.5, "num_params": 10, "runtime_ms": None},
              "subblocks": [{"subblock_config": {"num_key_value_heads": 1}, "subblock_config_class": "AttentionConfig", "memory_mib": 0.5}]}]
    metric = {"avg": 0.5, "per_sample": [0.25, 0.75]}
    run = {"config": llama, "replacements": [replacement], "statistics": stats, "teacher": {"lm_loss": metric},
           "solutions": [{"lm_loss": metric, "kl_div": metric, "puzzle_solution": {"single_sequence_replacement": replacement}}]}
    yield "puzzletron/run", run
    yield "puzzletron/no-config", dict(run, config=None)
    yield "puzzletron/several-layers", dict(run, replacements=[dict(replacement, parent_layer_indices=[0, 1])])
    yield "puzzletron/negative", dict(run, statistics=[dict(stats[0], non_block={"memory_mib": -1})])
    pair = {"stats": {"num_kv_heads": 2, "ffn_intermediate_size": 8, "memory_mib": 1.5, "runtime_ms": 2.0}, "metrics": {"kl_div": 0.1, "lm_loss": 2.0}}
    nvlabs = {"library": {"layer_0": {"a\t&&\tb": pair}}, "measurement": {"batch_size": 2, "sequence_length": 8},
              "parent": {"stats": {"num_kv_heads": 4, "ffn_intermediate_size": 16}, "metrics": {"lm_loss": 1.5}}}
    yield "nvlabs/one", nvlabs
    yield "nvlabs/missing-layer", dict(nvlabs, library={"layer_1": {}})
    yield "nvlabs/fraction", dict(nvlabs, parent={"stats": {"num_kv_heads": 0.5}, "metrics": {"lm_loss": 1}})
    entry = {"block": "attention=gqa:2", "costs": {"memory": 5, "joule": 0.5}, "scores": {"kl_div": [0.1, 0.2]}}
    layer = {"parent": "attention=gqa:2+ffn=width:8", "blocks": [entry, {"block": "ffn=parent"}]}
    yield "library_file/one", {"name": "x", "fixed": {"memory": 1}, "layers": [layer]}
    yield "library_file/twice", {"layers": [dict(layer, blocks=[entry, entry])]}
    times = {"block": "attention=gqa:2", "layer": 0, "prefill": 0.5, "decode": 2, "costs": {"joule": 1.5}}
    yield "cost_file/times", {"workload": "default", "fixed": {"prefill": 0.4}, "variants": [times, {"block": "ffn=none", "layer": "0-1", "runtime": 0}]}
    yield "cost_file/estimated", {"variants": [dict(times, estimated=True)]}
    yield "cost_file/twice", {"variants": [times, times]}
    yield "cost_file/no-layer", {"variants": [dict(times, layer=7)]}
    yield "cost_file/negative", {"fixed": {"decode": -1}, "variants": []}
    yield "library_file/no-parent", {"layers": [dict(layer, parent="ffn=width:8")]}


def seeds():
    yield "gguf/deci", gguf(child_values(), [("token_embd.weight", (8, 4), 0, bytes(128))])
    yield "gguf/child", gguf(own_child_values(), [("token_embd.weight", (8, 4), 0, bytes(128))])
    for name, content in foreign():
        yield name, json.dumps(content).encode()
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
    pieces = (DATA.parent / "text" / "sentencepiece.model").read_bytes()
    yield "sentencepiece/small", pieces
    yield "sentencepiece/cut", pieces[:5000]
    yield "config_json/index", json.dumps({"weight_map": {"a": "model-1.safetensors"}}).encode()


for name, content in seeds():
    path = pathlib.Path(sys.argv[1]) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
