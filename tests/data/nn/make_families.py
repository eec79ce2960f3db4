#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""The same as make_fixtures.py for the families that differ from Llama in details: Mistral, Qwen2 (biases of q, k, v; a window
that is switched off) and Qwen3 (norms of queries and keys, heads wider than the hidden size).

Made with transformers 4.51.3 and torch 1.13.1: python3 make_families.py. That version masks by Qwen2's window even where the window
is switched off (4.48.3 and the later ones do not), so it is taken out of the configuration that computes.
"""
import json
import pathlib
import shutil

import torch
from transformers import (MistralConfig, MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM)

HERE = pathlib.Path(__file__).parent
SHAPE = dict(vocab_size=64, hidden_size=32, intermediate_size=48, num_hidden_layers=3, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=128)
CASES = {
    "mistral": (MistralConfig(**SHAPE, head_dim=12, sliding_window=None), MistralForCausalLM),
    "mistral_window": (MistralConfig(**{**SHAPE, "max_position_embeddings": 512}, sliding_window=128), MistralForCausalLM),
    "qwen2": (Qwen2Config(**SHAPE, tie_word_embeddings=True, use_sliding_window=False, sliding_window=16,
                          bos_token_id=1, eos_token_id=2), Qwen2ForCausalLM),
    "qwen3": (Qwen3Config(**SHAPE, head_dim=16, rope_theta=1000000.0, bos_token_id=1, eos_token_id=2), Qwen3ForCausalLM),
}


def randomise(model):
    for name, tensor in model.named_parameters():
        if "norm" in name:
            tensor.data.uniform_(0.5, 1.5)
        else:
            tensor.data.normal_(0, 0.3 if name.endswith("bias") else 0.25)


for seed, (name, (config, model_class)) in enumerate(CASES.items()):
    torch.manual_seed(seed + 100)
    config._attn_implementation = "eager"
    model = model_class(config).eval()
    randomise(model)
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    model.to(torch.bfloat16).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    model.to(torch.float32)
    if not getattr(config, "use_sliding_window", True):
        config.sliding_window = None
    # The tables of the rotation are float32 whatever the weights are.
    prompt = torch.randint(0, 64, (1, 24))
    fresh = model_class(config).eval()
    fresh.load_state_dict(model.state_dict())
    with torch.no_grad():
        logits = fresh(prompt).logits[0]
        tokens, margins = prompt, []
        for _ in range(64):
            best = fresh(tokens).logits[0, -1].topk(2)
            margins.append((best.values[0] - best.values[1]).item())
            tokens = torch.cat([tokens, best.indices[:1][None]], 1)
    expected = {"prompt": prompt[0].tolist(), "logits": [[round(x, 6) for x in row] for row in logits.tolist()],
                "greedy": tokens[0, 24:].tolist(), "smallest_margin": min(margins)}
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")
    print(name, "smallest margin", min(margins), "largest logit", logits.abs().max().item())
