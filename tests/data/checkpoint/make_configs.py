#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Writes configs-N.json: config.json as transformers N saves it, for several Llama configurations, with what transformers
itself reads out of them again. Run once with transformers 4 (made with 4.57.1) and once with 5 (made with 5.23.0)."""
import json
import pathlib
import tempfile

import transformers

MAJOR = int(transformers.__version__.split(".")[0])
SMALL = dict(vocab_size=300, hidden_size=64, intermediate_size=160, num_hidden_layers=3, num_attention_heads=4)
LLAMA3 = dict(rope_type="llama3", factor=32.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=8192)


def rope(theta, **scaling):
    """The same rope settings in the arguments of either version."""
    if MAJOR >= 5:
        return dict(rope_parameters=dict(rope_theta=theta, **(scaling or dict(rope_type="default"))))
    return dict(rope_theta=theta, **(dict(rope_scaling=scaling) if scaling else {}))


CASES = {
    "defaults": dict(SMALL),
    "grouped": dict(SMALL, num_key_value_heads=2, rms_norm_eps=1e-5, max_position_embeddings=8192, tie_word_embeddings=True),
    "head_dim": dict(SMALL, head_dim=32, num_key_value_heads=1),
    "theta": dict(SMALL, **rope(500000.0)),
    "linear": dict(SMALL, **rope(10000.0, rope_type="linear", factor=4.0)),
    "llama3": dict(SMALL, max_position_embeddings=131072, **rope(500000.0, **LLAMA3)),
    "attention_bias": dict(SMALL, attention_bias=True),
    "mlp_bias": dict(SMALL, mlp_bias=True),
    "tokens": dict(SMALL, bos_token_id=128, eos_token_id=[129, 130]),
    "no_tokens": dict(SMALL, bos_token_id=None, eos_token_id=None),
}


def attributes(config):
    parameters = getattr(config, "rope_parameters", None) or getattr(config, "rope_scaling", None) or {}
    theta = parameters.get("rope_theta", getattr(config, "rope_theta", None))
    names = ["vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
             "head_dim", "max_position_embeddings", "rms_norm_eps", "tie_word_embeddings", "attention_bias", "mlp_bias",
             "bos_token_id", "eos_token_id"]
    return dict({name: getattr(config, name) for name in names}, rope_theta=theta,
                rope_type=parameters.get("rope_type", "default"), factor=parameters.get("factor"),
                low_freq_factor=parameters.get("low_freq_factor"), high_freq_factor=parameters.get("high_freq_factor"),
                original=parameters.get("original_max_position_embeddings"))


def main():
    cases = []
    for name, arguments in CASES.items():
        config = transformers.LlamaConfig(architectures=["LlamaForCausalLM"], dtype="bfloat16", **arguments)
        with tempfile.TemporaryDirectory() as folder:
            config.save_pretrained(folder)
            saved = json.loads((pathlib.Path(folder) / "config.json").read_text())
            read = transformers.AutoConfig.from_pretrained(folder)
        cases.append(dict(name=name, config=saved, expected=attributes(read)))
    out = pathlib.Path(__file__).with_name(f"configs-{MAJOR}.json")
    out.write_text(json.dumps(dict(transformers=transformers.__version__, cases=cases), indent=1) + "\n")


main()
