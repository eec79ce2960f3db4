// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/protocol/requests.h"

#include "engine/base/error.h"
#include "engine/protocol/distill_children_request.h"

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <utility>

namespace tessera {
namespace {

constexpr std::array kOrigins{"parent", "paper", "closed", "distilled", "refitted"};

// How values are written. Every struct lists its members once, in describe() below; Writer and Reader walk that list, so
// that the two directions cannot drift apart.

class Writer;
class Reader;
template <typename T> Json write(const T &value);
template <typename T> void read(T &value, const Json &json, const std::string &where);

class Writer {
public:
    Json json = Json::object();
    template <typename T> void operator()(const char *key, const T &value) { json[key] = write(value); }
};

class Reader {
public:
    Reader(const Json &json, std::string where) : m_json(json), m_where(std::move(where))
    {
        if (!json.is_object())
            throw badInput(m_where + " must be a JSON object");
    }

    template <typename T> void operator()(const char *key, T &value)
    {
        auto member = m_json.find(key);
        if (member == m_json.end())
            throw badInput(m_where + " lacks \"" + key + "\"");
        read(value, *member, "\"" + std::string(key) + "\" in " + m_where);
        m_known.push_back(key);
    }

    void refuseOthers() const
    {
        for (const auto &[key, value] : m_json.items()) {
            bool known = false;
            for (const char *name : m_known)
                known = known || key == name;
            if (!known)
                throw badInput("\"" + key + "\" in " + m_where + " is unknown");
        }
    }

private:
    const Json &m_json;
    std::string m_where;
    std::vector<const char *> m_known;
};

// The members of every struct. T is const where they are written.

template <typename T, typename U>
concept Is = std::same_as<std::remove_const_t<T>, U>;

void describe(Is<RunSettings> auto &v, auto &walk)
{
    walk("dtype", v.dtype);
    walk("threads", v.threads);
    walk("seed", v.seed);
}

void describe(Is<RopeScaling> auto &v, auto &walk)
{
    walk("kind", v.kind);
    walk("factor", v.factor);
    walk("low_frequency_factor", v.lowFrequencyFactor);
    walk("high_frequency_factor", v.highFrequencyFactor);
    walk("original_context", v.originalContext);
}

void describe(Is<ModelConfig> auto &v, auto &walk)
{
    walk("architecture", v.architecture);
    walk("hidden", v.hidden);
    walk("layers", v.layers);
    walk("vocabulary", v.vocabulary);
    walk("heads", v.heads);
    walk("kv_heads", v.kvHeads);
    walk("head_dim", v.headDim);
    walk("ffn_width", v.ffnWidth);
    walk("context", v.context);
    walk("norm_epsilon", v.normEpsilon);
    walk("rope_base", v.ropeBase);
    walk("rope_scaling", v.ropeScaling);
    walk("tied_embeddings", v.tiedEmbeddings);
    walk("qkv_bias", v.qkvBias);
    walk("output_bias", v.outputBias);
    walk("mlp_bias", v.mlpBias);
    walk("qk_norm", v.qkNorm);
    walk("begin_tokens", v.beginTokens);
    walk("end_tokens", v.endTokens);
}

void describe(Is<SubBlockSource> auto &v, auto &walk)
{
    walk("layer", v.layer);
    walk("variant", v.variant);
    walk("origin", v.origin);
    walk("file", v.file);
    walk("hash", v.hash);
}

void describe(Is<LogitsRequest> auto &v, auto &walk)
{
    walk("model", v.model);
    walk("tokens", v.tokens);
    walk("positions", v.positions);
    walk("out_file", v.outFile);
    walk("run", v.run);
}

void describe(Is<GenerateRequest> auto &v, auto &walk)
{
    walk("model", v.model);
    walk("tokens", v.tokens);
    walk("max_tokens", v.maxTokens);
    walk("greedy", v.greedy);
    walk("temperature", v.temperature);
    walk("ignore_end", v.ignoreEnd);
    walk("use_cache", v.useCache);
    walk("run", v.run);
}

void describe(Is<EvaluateRequest> auto &v, auto &walk)
{
    walk("model", v.model);
    walk("parent", v.parent);
    walk("token_file", v.tokenFile);
    walk("max_tokens", v.maxTokens);
    walk("window", v.window);
    walk("replacements", v.replacements);
    walk("run", v.run);
}

void describe(Is<FitRequest> auto &v, auto &walk)
{
    walk("parent", v.parent);
    walk("token_file", v.tokenFile);
    walk("max_tokens", v.maxTokens);
    walk("window", v.window);
    walk("wanted", v.wanted);
    walk("out_folder", v.outFolder);
    walk("scratch_folder", v.scratchFolder);
    walk("ridge", v.ridge);
    walk("channel_ranking", v.channelRanking);
    walk("kv_heads", v.kvHeads);
    walk("closed_form", v.closedForm);
    walk("run", v.run);
}

void describe(Is<DistillRequest> auto &v, auto &walk)
{
    walk("parent", v.parent);
    walk("token_file", v.tokenFile);
    walk("held_out_token_file", v.heldOutTokenFile);
    walk("window", v.window);
    walk("batch_tokens", v.batchTokens);
    walk("tokens_per_variant", v.tokensPerVariant);
    walk("held_out_tokens", v.heldOutTokens);
    walk("learning_rate", v.learningRate);
    walk("warmup", v.warmup);
    walk("weight_decay", v.weightDecay);
    walk("clip_norm", v.clipNorm);
    walk("mode", v.mode);
    walk("memory_bytes", v.memoryBytes);
    walk("checkpoint_steps", v.checkpointSteps);
    walk("start", v.start);
    walk("out_folder", v.outFolder);
    walk("scratch_folder", v.scratchFolder);
    walk("run", v.run);
}

void describe(Is<StudentOrder> auto &v, auto &walk)
{
    walk("model", v.model);
    walk("tensors", v.tensors);
    walk("out_folder", v.outFolder);
    walk("stored_as", v.storedAs);
}

void describe(Is<DistillChildrenRequest> auto &v, auto &walk)
{
    walk("parent", v.parent);
    walk("children", v.children);
    walk("token_file", v.tokenFile);
    walk("held_out_token_file", v.heldOutTokenFile);
    walk("held_out_tokens", v.heldOutTokens);
    walk("window", v.window);
    walk("batch_tokens", v.batchTokens);
    walk("tokens_at_once", v.tokensAtOnce);
    walk("tokens", v.tokens);
    walk("minutes", v.minutes);
    walk("evaluation_steps", v.evaluationSteps);
    walk("kl_weight", v.klWeight);
    walk("cosine_weight", v.cosineWeight);
    walk("lm_weight", v.lmWeight);
    walk("learning_rate", v.learningRate);
    walk("warmup", v.warmup);
    walk("weight_decay", v.weightDecay);
    walk("clip_norm", v.clipNorm);
    walk("scratch_folder", v.scratchFolder);
    walk("run", v.run);
}

void describe(Is<PairSource> auto &v, auto &walk)
{
    walk("attention", v.attention);
    walk("ffn", v.ffn);
}

void describe(Is<ScoreRequest> auto &v, auto &walk)
{
    walk("parent", v.parent);
    walk("token_file", v.tokenFile);
    walk("window", v.window);
    walk("first_window", v.firstWindow);
    walk("windows", v.windows);
    walk("metrics", v.metrics);
    walk("candidates", v.candidates);
    walk("pairs", v.pairs);
    walk("run", v.run);
}

void describe(Is<LayerChoice> auto &v, auto &walk)
{
    walk("attention", v.attention);
    walk("ffn", v.ffn);
}

void describe(Is<MeasureRequest::Whole> auto &v, auto &walk)
{
    walk("name", v.name);
    walk("model", v.model);
    walk("layers", v.layers);
}

void describe(Is<MeasureRequest> auto &v, auto &walk)
{
    walk("parent", v.parent);
    walk("workloads", v.workloads);
    walk("variants", v.variants);
    walk("fixed", v.fixed);
    walk("models", v.models);
    walk("least_repeats", v.leastRepeats);
    walk("spread_goal", v.spreadGoal);
    walk("max_seconds", v.maxSeconds);
    walk("run", v.run);
}

void describe(Is<RefitRequest> auto &v, auto &walk)
{
    walk("parent", v.parent);
    walk("token_file", v.tokenFile);
    walk("max_tokens", v.maxTokens);
    walk("window", v.window);
    walk("chosen", v.chosen);
    walk("out_folder", v.outFolder);
    walk("ridge", v.ridge);
    walk("run", v.run);
}

void describe(Is<PretrainRequest> auto &v, auto &walk)
{
    walk("config", v.config);
    walk("token_file", v.tokenFile);
    walk("held_out_token_file", v.heldOutTokenFile);
    walk("out_folder", v.outFolder);
    walk("scratch_folder", v.scratchFolder);
    walk("steps", v.steps);
    walk("window", v.window);
    walk("batch", v.batch);
    walk("learning_rate", v.learningRate);
    walk("warmup", v.warmup);
    walk("weight_decay", v.weightDecay);
    walk("dropout", v.dropout);
    walk("run", v.run);
}

// Values that are no struct, one overload a type and direction.

Json writeValue(const std::string &value) { return value; }
Json writeValue(bool value) { return value; }
Json writeValue(std::integral auto value) { return value; }
Json writeValue(double value)
{
    if (!std::isfinite(value))
        throw failed("a request holds a number that is not finite");
    return value;
}
Json writeValue(DType value) { return toString(value); }
Json writeValue(Origin value) { return toString(value); }
Json writeValue(const Variant &value) { return toString(value); }
Json writeValue(const Workload &value) { return toJson(value); }
Json writeValue(RopeScaling::Kind value)
{
    return value == RopeScaling::Kind::None ? "none" : value == RopeScaling::Kind::Linear ? "linear" : "llama3";
}
template <typename T> Json writeValue(const std::vector<T> &values)
{
    Json list = Json::array();
    for (const T &value : values)
        list.push_back(write(value));
    return list;
}

std::string stringIn(const Json &json, const std::string &where)
{
    if (!json.is_string())
        throw badInput(where + " must be a string");
    return json.get<std::string>();
}

void readValue(std::string &value, const Json &json, const std::string &where) { value = stringIn(json, where); }

void readValue(bool &value, const Json &json, const std::string &where)
{
    if (!json.is_boolean())
        throw badInput(where + " must be true or false");
    value = json.get<bool>();
}

template <std::integral T> void readValue(T &value, const Json &json, const std::string &where)
{
    if (!json.is_number_integer())
        throw badInput(where + " must be a whole number");
    bool fits = json.is_number_unsigned() ? std::in_range<T>(json.get<std::uint64_t>())
                                          : std::in_range<T>(json.get<std::int64_t>());
    if (!fits)
        throw badInput(where + " must lie between " + std::to_string(std::numeric_limits<T>::min()) + " and "
                       + std::to_string(std::numeric_limits<T>::max()));
    value = json.get<T>();
}

void readValue(double &value, const Json &json, const std::string &where)
{
    if (!json.is_number() || !std::isfinite(json.get<double>()))
        throw badInput(where + " must be a finite number");
    value = json.get<double>();
}

void readValue(DType &value, const Json &json, const std::string &where) { value = parseDType(stringIn(json, where)); }

void readValue(Origin &value, const Json &json, const std::string &where) { value = parseOrigin(stringIn(json, where)); }

void readValue(Variant &value, const Json &json, const std::string &where)
{
    std::string text = stringIn(json, where);
    std::size_t equals = text.find('=');
    std::string half = text.substr(0, equals);
    if (equals == std::string::npos || (half != "attention" && half != "ffn"))
        throw badInput(where + " must be a variant like \"attention=gqa:3\", not \"" + text + "\"");
    value = parseVariant(half == "ffn" ? Part::Ffn : Part::Attention, text.substr(equals + 1));
}

void readValue(Workload &value, const Json &json, const std::string &where) { value = parseWorkload(json, where); }

void readValue(RopeScaling::Kind &value, const Json &json, const std::string &where)
{
    for (RopeScaling::Kind kind : {RopeScaling::Kind::None, RopeScaling::Kind::Linear, RopeScaling::Kind::Llama3})
        if (json == writeValue(kind)) {
            value = kind;
            return;
        }
    throw badInput(where + " must be \"none\", \"linear\" or \"llama3\"");
}

template <typename T> void readValue(std::vector<T> &values, const Json &json, const std::string &where)
{
    if (!json.is_array())
        throw badInput(where + " must be a list");
    values.clear();
    for (const Json &element : json) {
        T value{};
        read(value, element, "entry " + std::to_string(values.size()) + " of " + where);
        values.push_back(std::move(value));
    }
}

template <typename T> Json write(const T &value)
{
    if constexpr (requires(Writer walk) { describe(value, walk); }) {
        Writer walk;
        describe(value, walk);
        return std::move(walk.json);
    } else {
        return writeValue(value);
    }
}

template <typename T> void read(T &value, const Json &json, const std::string &where)
{
    if constexpr (requires(Reader walk) { describe(value, walk); }) {
        Reader walk(json, where);
        describe(value, walk);
        walk.refuseOthers();
    } else {
        readValue(value, json, where);
    }
}

template <typename T> T parse(const Json &json, const std::string &where)
{
    T value;
    read(value, json, where);
    return value;
}

} // namespace

std::string toString(Origin origin) { return kOrigins[static_cast<std::size_t>(origin)]; }

Origin parseOrigin(const std::string &word)
{
    for (std::size_t i = 0; i < kOrigins.size(); ++i)
        if (word == kOrigins[i])
            return static_cast<Origin>(i);
    throw badInput("\"" + word + "\" is no origin of weights: use parent, paper, closed, distilled or refitted");
}

Json toJson(const ModelConfig &config) { return write(config); }
ModelConfig parseModelConfig(const Json &json, const std::string &where) { return parse<ModelConfig>(json, where); }
Json toJson(const SubBlockSource &source) { return write(source); }
SubBlockSource parseSubBlockSource(const Json &json, const std::string &where) { return parse<SubBlockSource>(json, where); }

Json toJson(const LogitsRequest &request) { return write(request); }
Json toJson(const GenerateRequest &request) { return write(request); }
Json toJson(const EvaluateRequest &request) { return write(request); }
Json toJson(const FitRequest &request) { return write(request); }
Json toJson(const DistillRequest &request) { return write(request); }
Json toJson(const DistillChildrenRequest &request) { return write(request); }
Json toJson(const ScoreRequest &request) { return write(request); }
Json toJson(const MeasureRequest &request) { return write(request); }
Json toJson(const RefitRequest &request) { return write(request); }
Json toJson(const PretrainRequest &request) { return write(request); }

LogitsRequest parseLogitsRequest(const Json &json) { return parse<LogitsRequest>(json, "a logits request"); }
GenerateRequest parseGenerateRequest(const Json &json) { return parse<GenerateRequest>(json, "a generate request"); }
EvaluateRequest parseEvaluateRequest(const Json &json) { return parse<EvaluateRequest>(json, "an evaluate request"); }
FitRequest parseFitRequest(const Json &json) { return parse<FitRequest>(json, "a fit request"); }
DistillRequest parseDistillRequest(const Json &json) { return parse<DistillRequest>(json, "a distill request"); }
DistillChildrenRequest parseDistillChildrenRequest(const Json &json)
{
    return parse<DistillChildrenRequest>(json, "a distill_children request");
}
ScoreRequest parseScoreRequest(const Json &json) { return parse<ScoreRequest>(json, "a score request"); }
MeasureRequest parseMeasureRequest(const Json &json) { return parse<MeasureRequest>(json, "a measure request"); }
RefitRequest parseRefitRequest(const Json &json) { return parse<RefitRequest>(json, "a refit request"); }
PretrainRequest parsePretrainRequest(const Json &json) { return parse<PretrainRequest>(json, "a pretrain request"); }

} // namespace tessera
