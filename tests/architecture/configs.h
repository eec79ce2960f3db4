// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_config.h"

namespace tessera::test {

/// SmolLM2-135M as its published config.json has it.
inline ModelConfig smolLm2()
{
    ModelConfig config;
    config.hidden = 576;
    config.layers = 30;
    config.vocabulary = 49152;
    config.heads = 9;
    config.kvHeads = 3;
    config.headDim = 64;
    config.ffnWidth = 1536;
    config.context = 8192;
    config.ropeBase = 100000;
    config.tiedEmbeddings = true;
    return config;
}

/// Llama-3.1-8B as its published config.json has it.
inline ModelConfig llama8B()
{
    ModelConfig config;
    config.hidden = 4096;
    config.layers = 32;
    config.vocabulary = 128256;
    config.heads = 32;
    config.kvHeads = 8;
    config.headDim = 128;
    config.ffnWidth = 14336;
    config.context = 131072;
    return config;
}

} // namespace tessera::test
