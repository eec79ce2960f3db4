// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/dtype.h"
#include "engine/architecture/model_architecture.h"
#include "engine/architecture/workload.h"
#include "engine/base/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

// What tessera asks of tessera-worker: one method a struct, named in its comment, with the items it says while it runs and
// the result it ends with. Every struct converts to and from JSON (requests.cpp); unknown members are refused. Paths are
// absolute. Token files hold little-endian int32 without a header. Numbers that do not exist are null.

/// Where the weights of a variant come from.
enum class Origin {
    Parent,    ///< The parent's own sub-block, unchanged.
    Paper,     ///< The paper's initialisation (facts: independent of data but for the ranking of FFN channels).
    Closed,    ///< Fitted in closed form.
    Distilled, ///< Trained block-wise, best state on held-out tokens.
    Refitted   ///< Fitted again inside a chosen child.
};
std::string toString(Origin origin); ///< "parent", "paper", "closed", "distilled", "refitted"
Origin parseOrigin(const std::string &word);

/// A sub-block with its weights. file holds the tensors of tensorsOf(config, variant) under their relative names as
/// safetensors; it is empty for the parent's variant and for none.
struct SubBlockSource {
    std::int64_t layer = 0;
    Variant variant;
    Origin origin = Origin::Parent;
    std::string file;
    std::string hash; ///< hashFile(file); checked before use where it is not empty.
    bool operator==(const SubBlockSource &) const = default;
};

struct RunSettings {
    DType dtype = DType::F32;
    int threads = 0;         ///< 0: as many as the machine has.
    std::uint64_t seed = 0;
    bool operator==(const RunSettings &) const = default;
};

/// "logits": writes float32 rows [positions x vocabulary] to outFile. Result {"tokens","positions","vocabulary"}.
struct LogitsRequest {
    std::string model;
    std::vector<std::int64_t> tokens;
    std::vector<std::int64_t> positions; ///< Empty: all.
    std::string outFile;
    RunSettings run;
    bool operator==(const LogitsRequest &) const = default;
};

/// "generate": items {"token": id} as they come; result {"tokens": [...]} (new ones only).
struct GenerateRequest {
    std::string model;
    std::vector<std::int64_t> tokens;
    std::int64_t maxTokens = 64;
    bool greedy = true;
    double temperature = 1;
    bool ignoreEnd = false;
    bool useCache = true;
    RunSettings run;
    bool operator==(const GenerateRequest &) const = default;
};

/// "evaluate": result as cli.md's evaluation, plus "windows": {"nll": [...], "kl": [...] or null} per window.
struct EvaluateRequest {
    std::string model;
    std::string parent; ///< Empty: no KL, unless replacements are given, whose parent is model itself.
    std::string tokenFile;
    std::int64_t maxTokens = 0; ///< 0: all
    std::int64_t window = 512;
    std::vector<SubBlockSource> replacements; ///< origin Paper, no file: computed on the evaluated tokens.
    RunSettings run;
    bool operator==(const EvaluateRequest &) const = default;
};

/// "fit": closed-form variants of some layers (facts: closed_form.md), in order of layers; the parent's residual stream
/// before the next layer is kept in scratchFolder, so that a run that was stopped goes on there.
/// Items {"layer","variant","origin","file","hash","loss_before","loss_after","increment_before","increment_after"}: losses
/// are normalised MSE of the whole layer's output, increments of the sub-block's own output, before = the paper's start.
struct FitRequest {
    std::string parent;
    std::string tokenFile;
    std::int64_t maxTokens = 0;
    std::int64_t window = 512;
    std::vector<SubBlockSource> wanted; ///< layer and variant; parent's and none are ignored. Grouped by layer, ascending.
    std::string outFolder;
    std::string scratchFolder;
    double ridge = 1e-3;                ///< lambda as a multiple of the mean diagonal.
    std::string channelRanking = "elimination"; ///< or "contribution", "iterative"
    std::string kvHeads = "mean";       ///< or "best"
    bool closedForm = true;             ///< false: stop at the paper's initialisation (origin paper).
    RunSettings run;
    bool operator==(const FitRequest &) const = default;
};

/// "distill": block-wise local distillation. Items {"layer","variant","origin":"distilled","file","hash","loss_before",
/// "loss_after","increment_before","increment_after","tokens","curve":[[tokens,loss,increment_loss],...]}.
struct DistillRequest {
    std::string parent;
    std::string tokenFile;        ///< Tokens to train on; used from the start, again from the start when they end.
    std::string heldOutTokenFile; ///< Tokens that choose the best state.
    std::int64_t window = 512;
    std::int64_t batchTokens = 2048;
    std::int64_t tokensPerVariant = 131072;
    std::int64_t heldOutTokens = 8192;
    double learningRate = 3e-3;
    double warmup = 0.05;
    double weightDecay = 0.1;
    double clipNorm = 1;
    std::string mode = "decoupled"; ///< or "coupled"
    std::int64_t memoryBytes = 0;   ///< Groups of variants are sized to it; 0: half of the free memory.
    std::int64_t checkpointSteps = 16;
    std::vector<SubBlockSource> start; ///< In the order in which the budget is to be spent.
    std::string outFolder;
    std::string scratchFolder;
    RunSettings run;
    bool operator==(const DistillRequest &) const = default;
};

/// The two sub-blocks of one layer that stand in for the parent's together.
struct PairSource {
    SubBlockSource attention, ffn;
    bool operator==(const PairSource &) const = default;
};

/// "score": replace-one-block scores. Items {"layer","variant","origin","window": first,"scores":{name:[one per window]}}; of
/// a pair {"layer","attention","ffn","window","scores"}.
struct ScoreRequest {
    std::string parent;
    std::string tokenFile;
    std::int64_t window = 512;
    std::int64_t firstWindow = 0;
    std::int64_t windows = 16;
    std::vector<std::string> metrics; ///< Of kl_div, lm_loss, hidden_cosine, accuracy_loss.
    std::vector<SubBlockSource> candidates;
    std::vector<PairSource> pairs;
    RunSettings run;
    bool operator==(const ScoreRequest &) const = default;
};

/// "measure": run times. Items {"variant" or "fixed" or "model": name,"workload","prefill","decode" (ns),"prefill_spread",
/// "decode_spread" (relative, half the interquartile range over the median),"repeats"}.
struct MeasureRequest {
    struct Whole {
        std::string name;
        std::string model; ///< Checkpoint; random weights of this architecture where it is empty.
        std::vector<LayerChoice> layers;
        bool operator==(const Whole &) const = default;
    };
    std::string parent; ///< Checkpoint: shapes come from it, weights do not matter.
    std::vector<Workload> workloads;
    std::vector<Variant> variants;
    bool fixed = true; ///< Embedding, final norm and head too.
    std::vector<Whole> models;
    std::int64_t leastRepeats = 7;
    double spreadGoal = 0.02;
    double maxSeconds = 60; ///< Per workload.
    RunSettings run;
    bool operator==(const MeasureRequest &) const = default;
};

/// "refit": fits the last matrix of every replaced sub-block of a child again, layer by layer on the child's own stream
/// towards the parent's (closed_form.md section 6). Items {"layer","variant","origin":"refitted","file","hash"}.
struct RefitRequest {
    std::string parent;
    std::string tokenFile;
    std::int64_t maxTokens = 0;
    std::int64_t window = 512;
    std::vector<SubBlockSource> chosen; ///< Every replaced sub-block, by layer, attention before FFN.
    std::string outFolder;
    double ridge = 1e-3;
    RunSettings run;
    bool operator==(const RefitRequest &) const = default;
};

/// "pretrain": trains a small parent from text. Items {"step","tokens","loss","held_out_loss"}; result {"path","steps",
/// "held_out_loss"}. The folder outFolder holds config.json and tokenizer.json before; model.safetensors is added.
struct PretrainRequest {
    ModelConfig config;
    std::string tokenFile;
    std::string heldOutTokenFile;
    std::string outFolder;
    std::string scratchFolder; ///< Checkpoints, for resuming.
    std::int64_t steps = 1000;
    std::int64_t window = 256;
    std::int64_t batch = 16;
    double learningRate = 1e-3;
    double warmup = 0.02;
    double weightDecay = 0.1;
    double dropout = 0;
    RunSettings run;
    bool operator==(const PretrainRequest &) const = default;
};

Json toJson(const ModelConfig &config);
ModelConfig parseModelConfig(const Json &json, const std::string &where);
Json toJson(const SubBlockSource &source);
SubBlockSource parseSubBlockSource(const Json &json, const std::string &where);

// toJson(request) and parse...(json) for each of the requests above. Every member must be there and of its type, and no other
// member may be; otherwise parse... throws Error (BadInput) that names member and request. Variants are written as cli.md's
// BLOCK, numbers in full.
Json toJson(const LogitsRequest &request);
Json toJson(const GenerateRequest &request);
Json toJson(const EvaluateRequest &request);
Json toJson(const FitRequest &request);
Json toJson(const DistillRequest &request);
Json toJson(const ScoreRequest &request);
Json toJson(const MeasureRequest &request);
Json toJson(const RefitRequest &request);
Json toJson(const PretrainRequest &request);
LogitsRequest parseLogitsRequest(const Json &json);
GenerateRequest parseGenerateRequest(const Json &json);
EvaluateRequest parseEvaluateRequest(const Json &json);
FitRequest parseFitRequest(const Json &json);
DistillRequest parseDistillRequest(const Json &json);
ScoreRequest parseScoreRequest(const Json &json);
MeasureRequest parseMeasureRequest(const Json &json);
RefitRequest parseRefitRequest(const Json &json);
PretrainRequest parsePretrainRequest(const Json &json);

} // namespace tessera
