// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Programs that run exported models.
enum class Runtime { Transformers, Vllm, TensorRtLlm, LlamaCpp, Megatron };
inline constexpr Runtime kRuntimes[] = {Runtime::Transformers, Runtime::Vllm, Runtime::TensorRtLlm, Runtime::LlamaCpp, Runtime::Megatron};

std::string toString(Runtime runtime); ///< "transformers", "vllm", "tensorrt-llm", "llama.cpp", "megatron"
/// Takes other spellings too (vLLM, TensorRT-LLM, trtllm, llamacpp). Throws Error (BadInput) for another word.
Runtime parseRuntime(std::string_view word);

/// Something about a child that a runtime cannot load (refused), or that the export changes for it at a price.
struct Finding {
    bool refused = true;
    std::vector<std::int64_t> layers; ///< Empty: the model as a whole.
    std::optional<Part> part;
    std::string why;    ///< A sentence.
    std::string source; ///< Where the rule is from.
};

struct RuntimeVerdict {
    Runtime runtime = Runtime::Transformers;
    std::string format; ///< What to export for it: hf, decilm or gguf.
    std::vector<Finding> findings;
    bool loads() const;
};

/// What of a model a runtime will not load, and why.
RuntimeVerdict lint(const ModelArchitecture &model, Runtime runtime);
/// The same before there is a model. Without config, of an imported library, what depends on the parent's sizes and norms stays unsaid,
/// and a note says so. layers must not be empty.
RuntimeVerdict lint(const std::vector<LayerChoice> &layers, const std::optional<ModelConfig> &config, Runtime runtime);

/// {"runtime","loads","why","format","findings":[{"refused","layers","part","why","source"}]}; why is one text of the refusals, null where
/// there are none.
Json toJson(const RuntimeVerdict &verdict);

/// What a search must keep to, so that the runtime loads every child: bans as L:BLOCK and rules, as scenarios have them. Only sub-blocks
/// in variants, those of a library, are banned. config may be missing (an imported library).
struct RuntimeRules {
    std::vector<std::string> bans, rules;
};
RuntimeRules rulesFor(Runtime runtime, const std::vector<Variant> &variants, const std::optional<ModelConfig> &config);

} // namespace tessera
