// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/export_folder.h"

namespace tessera {

std::string deciConfigurationCode()
{
    return R"PY(# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""The configuration of a model whose layers differ: block_configs says what each of them is. Written by tessera export."""
from types import SimpleNamespace

from transformers import LlamaConfig


class Block(SimpleNamespace):
    """Members by name, as loaders of nemotron-nas read them."""

    def to_dict(self):
        return {key: value.to_dict() if isinstance(value, Block) else value for key, value in vars(self).items()}


def as_block(value):
    if isinstance(value, Block) or not isinstance(value, dict):
        return value
    return Block(**{key: as_block(member) for key, member in value.items()})


class DeciLMConfig(LlamaConfig):
    model_type = "nemotron-nas"

    def __init__(self, block_configs=None, **kwargs):
        blocks = [as_block(block) for block in block_configs or []]
        super().__init__(**kwargs)
        self.block_configs = blocks
        self.intermediate_size = kwargs.get("intermediate_size")
        self.num_key_value_heads = kwargs.get("num_key_value_heads")

    def width(self, layer):
        ffn = self.block_configs[layer].ffn
        if getattr(ffn, "ffn_mult", None) is None:
            return ffn.intermediate_size
        return (int(2 * ffn.ffn_mult * self.hidden_size / 3) + 255) // 256 * 256

    def key_value_heads(self, layer):
        return self.num_attention_heads // self.block_configs[layer].attention.n_heads_in_group

    def to_dict(self):
        values = super().to_dict()
        values["block_configs"] = [block.to_dict() for block in self.block_configs]
        return values

    def to_json_string(self, use_diff=True):
        import json
        return json.dumps(self.to_dict(), indent=2, sort_keys=True) + "\n"
)PY";
}

std::string deciModelCode()
{
    return R"PY(# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""A Llama whose layers differ, for transformers: attention and FFN of each layer as its block says. Written by tessera export."""
import copy

import torch
from torch import nn
from transformers import LlamaForCausalLM
from transformers.models.llama.modeling_llama import LlamaDecoderLayer

from .configuration_decilm import DeciLMConfig


class Nothing(nn.Module):
    """In the place of a sub-block that is not there: adds nothing to the residual stream."""

    def __init__(self, pair):
        super().__init__()
        self.pair = pair

    def forward(self, hidden_states, *args, **kwargs):
        zero = torch.zeros_like(hidden_states)
        return (zero, None) if self.pair else zero


class LinearAttention(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.linear_attn = nn.Linear(size, size, bias=False)

    def forward(self, hidden_states, *args, **kwargs):
        return self.linear_attn(hidden_states), None


class LinearFfn(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.linear_mlp = nn.Linear(size, size, bias=False)

    def forward(self, hidden_states):
        return self.linear_mlp(hidden_states)


def layer_of(config, number):
    block = config.block_configs[number]
    softmax = not block.attention.no_op and not block.attention.replace_with_linear
    gated = not block.ffn.no_op and not block.ffn.replace_with_linear
    own = copy.copy(config)
    own.num_key_value_heads = config.key_value_heads(number) if softmax else config.num_attention_heads
    own.intermediate_size = config.width(number) if gated else 1
    layer = LlamaDecoderLayer(own, number)
    if block.attention.no_op:
        layer.self_attn, layer.input_layernorm = Nothing(True), nn.Identity()
    elif block.attention.replace_with_linear:
        layer.self_attn = LinearAttention(config.hidden_size)
    if block.ffn.no_op:
        layer.mlp, layer.post_attention_layernorm = Nothing(False), nn.Identity()
    elif block.ffn.replace_with_linear:
        layer.mlp = LinearFfn(config.hidden_size)
    return layer


class DeciLMForCausalLM(LlamaForCausalLM):
    config_class = DeciLMConfig

    def __init__(self, config):
        layers = config.num_hidden_layers
        # A cache counts its tokens in the first layer, which may have none.
        if config.block_configs[0].attention.no_op or config.block_configs[0].attention.replace_with_linear:
            config.use_cache = False
        config.num_hidden_layers = 0
        super().__init__(config)
        config.num_hidden_layers = layers
        self.model.layers = nn.ModuleList(layer_of(config, number) for number in range(layers))
        self.post_init()
)PY";
}

} // namespace tessera
