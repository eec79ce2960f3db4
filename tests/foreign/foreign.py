#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Shows that other people's software computes what Tessera computes: children with every kind of sub-block are exported, and
llama.cpp (llama-cpp-python) and transformers give the logits of `tessera logits`. packaging/check --foreign runs it.

    foreign.py --tessera build/bin/tessera --work FOLDER [--model MODEL] [--only REGEX] [--with own,llama.cpp,transformers]

Without --model the children are those of a small random parent; with it also some of that model's. --only: children whose names match.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys

import numpy as np

TOKENIZER = pathlib.Path(__file__).parent.parent / "data" / "text" / "smollm.tokenizer.json"
TOKENS = 24
LEAST = {"f32": 0.999, "f16": 0.999, "bf16": 0.999, "q8_0": 0.98}
SHAPE = dict(hidden_size=256, num_hidden_layers=6, num_attention_heads=8, num_key_value_heads=4, head_dim=32, intermediate_size=320)

failures = []


def read_safetensors(path):
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    return {name: np.frombuffer(data, "<f4", offset=8 + length + at["data_offsets"][0],
                                count=int(np.prod(at["shape"]))).reshape(at["shape"]) for name, at in header.items()}


def write_safetensors(path, tensors):
    header, at = {}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + values.size * 4]}
        at += values.size * 4
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(np.ascontiguousarray(values, "<f4").tobytes())


def random_parent(folder, rng):
    vocabulary = len(json.loads(TOKENIZER.read_text())["model"]["vocab"]) + 40
    config = dict(SHAPE, model_type="llama", architectures=["LlamaForCausalLM"], vocab_size=vocabulary, max_position_embeddings=512,
                  rms_norm_eps=1e-5, rope_theta=10000.0, hidden_act="silu", tie_word_embeddings=False, torch_dtype="float32",
                  bos_token_id=1, eos_token_id=2)
    hidden, heads = config["hidden_size"], config["num_attention_heads"] * config["head_dim"]
    kv, width = config["num_key_value_heads"] * config["head_dim"], config["intermediate_size"]
    tensors = {"model.embed_tokens.weight": rng.standard_normal((vocabulary, hidden)) * 0.5,
               "model.norm.weight": rng.uniform(0.5, 1.5, hidden), "lm_head.weight": rng.standard_normal((vocabulary, hidden)) * 0.1}
    for layer in range(config["num_hidden_layers"]):
        name = f"model.layers.{layer}."
        tensors[name + "input_layernorm.weight"] = rng.uniform(0.5, 1.5, hidden)
        tensors[name + "post_attention_layernorm.weight"] = rng.uniform(0.5, 1.5, hidden)
        for projection, shape in (("self_attn.q_proj", (heads, hidden)), ("self_attn.k_proj", (kv, hidden)), ("self_attn.v_proj", (kv, hidden)),
                                  ("self_attn.o_proj", (hidden, heads)), ("mlp.gate_proj", (width, hidden)), ("mlp.up_proj", (width, hidden)),
                                  ("mlp.down_proj", (hidden, width))):
            tensors[name + projection + ".weight"] = rng.standard_normal(shape) * 0.08
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    shutil.copy(TOKENIZER, folder / "tokenizer.json")
    write_safetensors(folder / "model.safetensors", {name: values.astype(np.float32) for name, values in tensors.items()})


def make_child(parent, folder, layers, rng):
    """layers: ("gqa:2", "width:100") and so on, for each layer. Narrower blocks take the parent's first rows; linear ones are random."""
    config = json.loads((parent / "config.json").read_text())
    tensors = read_safetensors(parent / "model.safetensors")
    hidden, dim = config["hidden_size"], config["head_dim"]
    child = {name: values for name, values in tensors.items() if not name.startswith("model.layers.")}
    for number, (attention, ffn) in enumerate(layers):
        name = f"model.layers.{number}."
        old = {key[len(name):]: values for key, values in tensors.items() if key.startswith(name)}
        if attention != "none":
            child[name + "input_layernorm.weight"] = old["input_layernorm.weight"]
        if attention == "linear":
            child[name + "self_attn.linear_attn.weight"] = (rng.standard_normal((hidden, hidden)) * 0.05).astype(np.float32)
        elif attention != "none":
            rows = int(attention[4:]) * dim
            for key in ("q_proj", "k_proj", "v_proj", "o_proj"):
                values = old[f"self_attn.{key}.weight"]
                child[name + f"self_attn.{key}.weight"] = values[:rows] if key in ("k_proj", "v_proj") else values
        if ffn != "none":
            child[name + "post_attention_layernorm.weight"] = old["post_attention_layernorm.weight"]
        if ffn == "linear":
            child[name + "mlp.linear_mlp.weight"] = (rng.standard_normal((hidden, hidden)) * 0.05).astype(np.float32)
        elif ffn != "none":
            width = int(ffn[6:])
            for key in ("gate_proj", "up_proj"):
                child[name + f"mlp.{key}.weight"] = old[f"mlp.{key}.weight"][:width]
            child[name + "mlp.down_proj.weight"] = old["mlp.down_proj.weight"][:, :width]
    config.update(model_type="tessera", architectures=["TesseraForCausalLM"],
                  tessera={"version": 1, "layers": [{"attention": attention, "ffn": ffn} for attention, ffn in layers]})
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    shutil.copy(parent / "tokenizer.json", folder / "tokenizer.json")
    write_safetensors(folder / "model.safetensors", child)


def children_of(config, all_kinds):
    """Names and layers. kv: the parent's heads; w: its width."""
    count, kv, width = config["num_hidden_layers"], config["num_key_value_heads"], config["intermediate_size"]
    same = (f"gqa:{kv}", f"width:{width}")
    few = f"gqa:{kv // 2 if kv % 2 == 0 else 1}"

    def mixed(changes):
        return [changes.get(layer, same) for layer in range(count)]

    everything = {0: ("none", f"width:{width - 3}"), 1: (few, "linear"), 2: ("linear", "none"), 3: ("none", "none"),
                  4: ("none", "linear"), count - 1: ("gqa:1", f"width:{width // 3}")}
    children = {"uniform": [(few, f"width:{width // 2}")] * count, "everything": mixed(everything)}
    if all_kinds:
        children.update({
            "unchanged": mixed({}),
            "dropped layers": mixed({1: ("none", "none"), 4: ("none", "none")}),
            "kv heads": [(few, same[1]), same, ("gqa:1", same[1])] + [same] * (count - 3),
            "attention linear": mixed({0: ("linear", same[1]), 3: ("linear", same[1])}),
            "attention none": mixed({2: ("none", same[1]), count - 1: ("none", same[1])}),
            "attention none in layer 0": mixed({0: ("none", same[1])}),
            "no attention": [("none", same[1])] * count,
            "no softmax": [("linear", same[1])] * (count - 1) + [("none", "linear")],
            "ffn none": mixed({0: (same[0], "none"), count - 1: (same[0], "none")}),
            "ffn linear": mixed({0: (same[0], "linear"), 2: ("none", "linear"), count - 1: (same[0], "linear")}),
            "odd widths": mixed({0: (same[0], "width:7"), 1: (same[0], "width:33"), 2: (same[0], "width:100")}),
            "only FFNs": [("none", "width:100")] * (count - 1) + [("none", "none")],
        })
    return children


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


def cosine(ours, theirs):
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    return float(((ours * theirs).sum(1) / (np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1))).min())


def record(child, what, least, value):
    verdict = "ok" if value >= least else "FAILED"
    print(f"  {what:28s} smallest cosine {value:.7f}  (at least {least})  {verdict}", flush=True)
    if value < least:
        failures.append(f"{child}: {what}")


def llama_cpp_logits(path, tokens):
    import llama_cpp
    model = llama_cpp.Llama(str(path), n_ctx=64, n_batch=64, logits_all=True, type_k=0, type_v=0, verbose=False)
    model.eval(tokens)
    logits = np.array(model.scores[:len(tokens)])
    model.close()
    return logits


def transformers_logits(path, tokens, remote):
    import torch
    from transformers import AutoModelForCausalLM
    model = AutoModelForCausalLM.from_pretrained(path, trust_remote_code=remote).float().eval()
    with torch.no_grad():
        return model(torch.tensor([tokens]), use_cache=False).logits[0].numpy()


def compare(tessera, child, work, label, have, dtypes):
    print(label, flush=True)
    rng = np.random.default_rng(1)
    vocabulary = json.loads((child / "config.json").read_text())["vocab_size"]
    tokens = [int(token) for token in rng.integers(5, vocabulary - 50, TOKENS)]
    text = ",".join(map(str, tokens))
    ours = json.loads(run(tessera, "logits", child, "--tokens", text, "--json"))["logits"]
    for dtype in dtypes:
        path = work / "child.gguf"
        path.unlink(missing_ok=True)
        run(tessera, "export", child, "--format", "gguf", "--dtype", dtype, "--out", path)
        if dtype == "f32" and "own" in have:
            again = json.loads(run(tessera, "logits", path, "--tokens", text, "--json"))["logits"]
            record(label, "our own reader, gguf f32", 0.999999, cosine(ours, again))
        if "llama.cpp" in have:
            record(label, f"llama.cpp, gguf {dtype}", LEAST[dtype], cosine(ours, llama_cpp_logits(path, tokens)))
    if "transformers" in have:
        path = work / "hf"
        shutil.rmtree(path, ignore_errors=True)
        kind = json.loads(run(tessera, "export", child, "--format", "hf", "--dtype", "f32", "--out", path, "--json"))["kind"]
        remote = kind == "nemotron-nas"
        record(label, f"transformers, {kind}", 0.99999, cosine(ours, transformers_logits(path, tokens, remote)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tessera", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--model")
    parser.add_argument("--only", default=".")
    parser.add_argument("--with", dest="have", default="own,llama.cpp,transformers")
    options = parser.parse_args()
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    work = pathlib.Path(options.work)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    os.environ["HF_HOME"] = str(work / "cache")
    have = options.have.split(",")
    rng = np.random.default_rng(7)
    wanted = re.compile(options.only)
    random_parent(work / "parent", rng)
    for name, layers in children_of(SHAPE, True).items():
        if not wanted.search(f"random model, {name}"):
            continue
        child = work / name.replace(" ", "-")
        make_child(work / "parent", child, layers, rng)
        compare(options.tessera, child, work, f"random model, {name}", have, list(LEAST))
        shutil.rmtree(child)
    if options.model:
        run(options.tessera, "export", options.model, "--format", "hf", "--dtype", "f32", "--out", work / "real")
        config = json.loads((work / "real" / "config.json").read_text())
        for name, layers in children_of(config, False).items():
            label = f"{pathlib.Path(options.model).name}, {name}"
            if not wanted.search(label):
                continue
            make_child(work / "real", work / "real-child", layers, rng)
            compare(options.tessera, work / "real-child", work, label, have, ["f32", "f16"])
            shutil.rmtree(work / "real-child")
    for failure in failures:
        print("FAILED:", failure)
    print("all children agree" if not failures else f"{len(failures)} disagree")
    sys.exit(1 if failures else 0)


main()
