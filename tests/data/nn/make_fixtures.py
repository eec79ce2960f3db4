#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Tiny random Llama checkpoints with the logits and greedy continuations that transformers computes for them in float32.

Made with transformers 4.48.3 and torch 1.13.1: python3 make_fixtures.py
"""
import json
import pathlib
import shutil

import torch
from transformers import LlamaConfig, LlamaForCausalLM

HERE = pathlib.Path(__file__).parent
LLAMA3 = {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 32}
LINEAR = {"rope_type": "linear", "factor": 2.5}

# name: (configuration, stored type, largest shard)
CASES = {
    "gqa": ({"num_key_value_heads": 2}, torch.float32, "1GB"),
    "mha_tied_biases": ({"num_key_value_heads": 4, "tie_word_embeddings": True, "attention_bias": True, "mlp_bias": True,
                         "rope_theta": 500000.0}, torch.float32, "1GB"),
    "mqa_head_dim_llama3": ({"num_key_value_heads": 1, "head_dim": 12, "rope_scaling": LLAMA3, "rope_theta": 1000.0},
                            torch.bfloat16, "1GB"),
    "linear_rope_sharded": ({"num_key_value_heads": 2, "rope_scaling": LINEAR, "rms_norm_eps": 1e-3}, torch.float16, "20KB"),
}


def randomise(model):
    for name, tensor in model.named_parameters():
        if "norm" in name:
            tensor.data.uniform_(0.5, 1.5)
        elif name.endswith("bias"):
            tensor.data.normal_(0, 0.3)
        else:
            tensor.data.normal_(0, 0.25)


def make(name, overrides, dtype, shard, seed):
    torch.manual_seed(seed)
    config = LlamaConfig(vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4,
                         max_position_embeddings=128, **overrides)
    model = LlamaForCausalLM(config)
    randomise(model)
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    model.to(dtype).save_pretrained(folder, max_shard_size=shard)
    (folder / "generation_config.json").unlink(missing_ok=True)
    model = LlamaForCausalLM.from_pretrained(folder, torch_dtype=torch.float32, attn_implementation="eager").eval()
    prompt = torch.randint(0, 64, (1, 24))
    with torch.no_grad():
        logits = model(prompt).logits[0]
        tokens, margins = prompt, []
        for _ in range(64):
            best = model(tokens).logits[0, -1].topk(2)
            margins.append((best.values[0] - best.values[1]).item())
            tokens = torch.cat([tokens, best.indices[:1][None]], 1)
    expected = {"prompt": prompt[0].tolist(), "logits": [[round(x, 6) for x in row] for row in logits.tolist()],
                "greedy": tokens[0, 24:].tolist(), "smallest_margin": min(margins)}
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")
    print(name, "smallest margin", min(margins), "largest logit", logits.abs().max().item())


for seed, (name, case) in enumerate(CASES.items()):
    make(name, *case, seed=seed + 1)
