#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Writes mixed.gguf, a random llama model with every weight type Tessera reads, biases and llama3 rope factors, and
mixed.json, samples of its weights in the row order of Hugging Face. Quantised and dequantised by gguf-py (made with gguf
0.19 and numpy 2.4), which Tessera's reader knows nothing of."""
import json
import math
import pathlib

import gguf
import numpy as np

HIDDEN, HEADS, KV, HEAD, WIDTH, VOCABULARY, LAYERS = 256, 4, 2, 32, 64, 40, 2
T = gguf.GGMLQuantizationType
here = pathlib.Path(__file__).parent
rng = np.random.default_rng(5)
expected = {}


def blocks_of_k(kind, rows, columns):
    """Random blocks of a K-type (gguf-py has no quantiser for them), with small finite scales."""
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    count = rows * columns // elements
    blocks = rng.integers(0, 256, size=(count, size), dtype=np.uint8)
    for at in [208] if kind == T.Q6_K else [0, 2]:
        blocks[:, at:at + 2] = (rng.random((count, 1)) * 1e-3).astype(np.float16).view(np.uint8)
    return blocks.reshape(rows, columns // elements * size)


def permuted(weights, heads):
    """What converters to GGUF do to q and k: the two halves of every head become neighbours."""
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def unpermuted(weights, heads):
    return weights.reshape(heads, weights.shape[0] // heads // 2, 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def add(writer, name, ours, kind, *shape, heads=None):
    if kind in (T.Q4_K, T.Q5_K, T.Q6_K):
        data = blocks_of_k(kind, *shape)
    else:
        values = (rng.standard_normal(shape) * 0.05).astype(np.float32)
        data = gguf.quants.quantize(permuted(values, heads) if heads else values, kind)
    writer.add_tensor(name, data, raw_dtype=kind)
    values = gguf.quants.dequantize(data, kind).reshape(shape)
    values = unpermuted(values, heads) if heads else values
    flat = values.reshape(-1).astype(np.float64)
    at = rng.integers(0, flat.size, size=min(48, flat.size))
    expected[ours] = dict(type=kind.name, shape=list(shape), sum=float(flat.sum()), at=at.tolist(), values=flat[at].tolist())


def llama3_factors(base, factor, low, high, original):
    factors = []
    for i in range(HEAD // 2):
        wavelength = 2 * math.pi * base ** (2 * i / HEAD)
        if wavelength < original / high:
            factors.append(1.0)
        elif wavelength > original / low:
            factors.append(factor)
        else:
            smooth = (original / wavelength - low) / (high - low)
            factors.append(1 / ((1 - smooth) / factor + smooth))
    return np.array(factors, dtype=np.float32)


def main():
    writer = gguf.GGUFWriter(here / "mixed.gguf", "llama")
    writer.add_context_length(131072)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(500000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_tensor("rope_freqs.weight", llama3_factors(500000.0, 32.0, 1.0, 4.0, 8192))
    add(writer, "token_embd.weight", "model.embed_tokens.weight", T.Q8_0, VOCABULARY, HIDDEN)
    types = [[T.Q4_K, T.Q5_K, T.Q6_K, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1], [T.Q4_1, T.Q8_0, T.BF16, T.F16, T.F32, T.Q4_0, T.Q8_0]]
    for layer, (q, k, v, o, gate, up, down) in enumerate(types):
        g, h = f"blk.{layer}.", f"model.layers.{layer}."
        add(writer, g + "attn_norm.weight", h + "input_layernorm.weight", T.F32, HIDDEN)
        add(writer, g + "attn_q.weight", h + "self_attn.q_proj.weight", q, HEADS * HEAD, HIDDEN, heads=HEADS)
        add(writer, g + "attn_q.bias", h + "self_attn.q_proj.bias", T.F32, HEADS * HEAD, heads=HEADS)
        add(writer, g + "attn_k.weight", h + "self_attn.k_proj.weight", k, KV * HEAD, HIDDEN, heads=KV)
        add(writer, g + "attn_k.bias", h + "self_attn.k_proj.bias", T.F32, KV * HEAD, heads=KV)
        add(writer, g + "attn_v.weight", h + "self_attn.v_proj.weight", v, KV * HEAD, HIDDEN)
        add(writer, g + "attn_v.bias", h + "self_attn.v_proj.bias", T.F32, KV * HEAD)
        add(writer, g + "attn_output.weight", h + "self_attn.o_proj.weight", o, HIDDEN, HEADS * HEAD)
        add(writer, g + "ffn_norm.weight", h + "post_attention_layernorm.weight", T.F32, HIDDEN)
        add(writer, g + "ffn_gate.weight", h + "mlp.gate_proj.weight", gate, WIDTH, HIDDEN)
        add(writer, g + "ffn_up.weight", h + "mlp.up_proj.weight", up, WIDTH, HIDDEN)
        add(writer, g + "ffn_down.weight", h + "mlp.down_proj.weight", down, HIDDEN, WIDTH)
    add(writer, "output_norm.weight", "model.norm.weight", T.F32, HIDDEN)
    add(writer, "output.weight", "lm_head.weight", T.F16, VOCABULARY, HIDDEN)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    (here / "mixed.json").write_text(json.dumps(expected) + "\n")


main()
