// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/spectra/kernel.h"

#include "engine/base/error.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace tessera {
namespace {

struct FamilyRow {
    KernelFamily family;
    const char *word;
    std::vector<std::string> fields;
};

const std::vector<FamilyRow> &rows()
{
    static const std::vector<FamilyRow> table = {
        {KernelFamily::Fc, "fc", {"depth", "bias", "bias_init"}},
        {KernelFamily::ResFc, "resfc", {"depth", "alpha"}},
        {KernelFamily::Conv, "conv", {"depth", "filter", "head"}},
        {KernelFamily::ResConv, "resconv", {"block", "depth", "alpha", "filter", "head"}},
        {KernelFamily::Laplace, "laplace", {"c"}},
        {KernelFamily::GammaExponential, "gamma_exponential", {"c", "gamma"}},
        {KernelFamily::Linear, "linear", {}},
    };
    return table;
}

const FamilyRow &rowOf(KernelFamily family)
{
    return *std::find_if(rows().begin(), rows().end(), [&](const FamilyRow &row) { return row.family == family; });
}

std::string joined(const std::vector<std::string> &words)
{
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? "none" : text;
}

/// The fields of one kernel's JSON, with sentences for what is wrong with them.
class Fields {
public:
    Fields(const Json &json, const std::string &where) : m_json(json), m_where(where) {}

    bool has(const std::string &key) const { return m_json.contains(key) && !m_json.at(key).is_null(); }

    double number(const std::string &key, double least, bool open, double most) const
    {
        double value = requireNumber(m_json, key, m_where);
        if (!std::isfinite(value) || value < least || (open && value == least) || value > most)
            throw badInput("\"" + key + "\" in " + m_where + " is " + m_json.at(key).dump() + ": it must be " + (open ? "above " : "at least ")
                           + plain(least) + (most < kLargest ? " and at most " + plain(most) : ""));
        return value;
    }

    std::int64_t integer(const std::string &key, std::int64_t most) const
    {
        std::int64_t value = requireInteger(m_json, key, m_where);
        if (value < 1 || value > most)
            throw badInput("\"" + key + "\" in " + m_where + " is " + std::to_string(value) + ": it must be 1 to " + std::to_string(most));
        return value;
    }

    template <typename T> T word(const std::string &key, const std::vector<std::pair<std::string, T>> &words) const
    {
        std::string given = requireString(m_json, key, m_where);
        std::vector<std::string> known;
        for (const auto &[text, value] : words) {
            if (text == given)
                return value;
            known.push_back(text);
        }
        throw badInput("\"" + key + "\" in " + m_where + " is \"" + given + "\": choose from " + joined(known));
    }

    static constexpr double kLargest = 1e150;

private:
    static std::string plain(double value) { return Json(value).dump(); }

    const Json &m_json;
    const std::string &m_where;
};

const std::vector<std::pair<std::string, BiasInit>> kBiasInits = {{"zero", BiasInit::Zero}, {"normal", BiasInit::Normal}};
const std::vector<std::pair<std::string, ConvHead>> kHeads = {
    {"trace", ConvHead::Trace}, {"gap", ConvHead::Gap}, {"equivariant", ConvHead::Equivariant}};
const std::vector<std::pair<std::string, ResBlock>> kBlocks = {{"A", ResBlock::A}, {"B", ResBlock::B}};

template <typename T> std::string wordOf(const std::vector<std::pair<std::string, T>> &words, T value)
{
    for (const auto &[text, known] : words)
        if (known == value)
            return text;
    return {};
}

const FamilyRow &familyOf(const Json &json, const std::string &where)
{
    std::string word = requireString(json, "family", where);
    for (const FamilyRow &row : rows())
        if (row.word == word)
            return row;
    throw badInput("\"family\" in " + where + " is \"" + word + "\": choose from " + joined(kernelFamilies()));
}

/// A bias of 0 is what every other family has, so that one template of fields may serve all families.
bool isNeutral(const std::string &key, const Json &value)
{
    return value.is_null() || key == "bias_init" || (key == "bias" && value.is_number() && value.get<double>() == 0);
}

void refuseUnknown(const Json &json, const FamilyRow &row, const std::string &where)
{
    for (const auto &[key, value] : json.items()) {
        bool known = key == "family" || key == "name" || std::find(row.fields.begin(), row.fields.end(), key) != row.fields.end();
        if (!known && !isNeutral(key, value))
            throw badInput("\"" + key + "\" in " + where + " is no field of " + row.word + " (its fields: " + joined(row.fields) + ")");
    }
}

void readBias(const Fields &fields, Kernel &kernel, const std::string &where)
{
    kernel.bias = fields.has("bias") ? fields.number("bias", 0, false, Fields::kLargest) : 0;
    if (fields.has("bias_init"))
        kernel.biasInit = fields.word("bias_init", kBiasInits);
    else if (kernel.bias > 0)
        throw badInput(where + " has a bias but no \"bias_init\": say zero (biases start at zero and are trained) or normal");
}

/// "3" and "0.5" become numbers, everything else a word.
Json valueOf(const std::string &text)
{
    Json value = Json::parse(text, nullptr, false);
    return value.is_number() ? value : Json(text);
}

} // namespace

bool isConvolutional(const Kernel &kernel)
{
    return kernel.family == KernelFamily::Conv || kernel.family == KernelFamily::ResConv;
}

bool isNetwork(const Kernel &kernel)
{
    return isConvolutional(kernel) || kernel.family == KernelFamily::Fc || kernel.family == KernelFamily::ResFc;
}

Kernel kernelFromJson(const Json &json, const std::string &where)
{
    const FamilyRow &row = familyOf(json, where);
    refuseUnknown(json, row, where);
    Kernel kernel;
    kernel.family = row.family;
    Fields fields(json, where);
    for (const std::string &field : row.fields) {
        if (field == "depth")
            kernel.depth = fields.integer(field, kDeepest);
        else if (field == "bias")
            readBias(fields, kernel, where);
        else if (field == "alpha")
            kernel.alpha = fields.number(field, 0, false, Fields::kLargest);
        else if (field == "filter")
            kernel.filter = fields.integer(field, 1 << 16);
        else if (field == "head")
            kernel.head = fields.word(field, kHeads);
        else if (field == "block")
            kernel.block = fields.word(field, kBlocks);
        else if (field == "c")
            kernel.c = fields.number(field, 0, true, Fields::kLargest);
        else if (field == "gamma")
            kernel.gamma = fields.number(field, 0, true, 2);
    }
    return kernel;
}

Kernel kernelFromText(const std::string &text)
{
    const std::string where = "the kernel " + text;
    std::size_t colon = text.find(':');
    Json json = {{"family", text.substr(0, colon)}};
    std::size_t begin = colon == std::string::npos ? text.size() : colon + 1;
    while (begin < text.size()) {
        std::size_t end = std::min(text.find(',', begin), text.size());
        std::string part = text.substr(begin, end - begin);
        std::size_t equals = part.find('=');
        if (equals == std::string::npos)
            throw badInput(where + " has \"" + part + "\" where NAME=VALUE is expected, as in fc:depth=3,bias=0.5,bias_init=normal");
        if (json.contains(part.substr(0, equals)))
            throw badInput(where + " gives " + part.substr(0, equals) + " twice");
        json[part.substr(0, equals)] = valueOf(part.substr(equals + 1));
        begin = end + 1;
    }
    return kernelFromJson(json, where);
}

Json toJson(const Kernel &kernel)
{
    const FamilyRow &row = rowOf(kernel.family);
    Json json = {{"family", row.word}};
    for (const std::string &field : row.fields) {
        if (field == "depth")
            json[field] = kernel.depth;
        else if (field == "bias")
            json[field] = kernel.bias;
        else if (field == "bias_init" && kernel.bias > 0)
            json[field] = wordOf(kBiasInits, kernel.biasInit);
        else if (field == "alpha")
            json[field] = kernel.alpha;
        else if (field == "filter")
            json[field] = kernel.filter;
        else if (field == "head")
            json[field] = wordOf(kHeads, kernel.head);
        else if (field == "block")
            json[field] = wordOf(kBlocks, kernel.block);
        else if (field == "c")
            json[field] = kernel.c;
        else if (field == "gamma")
            json[field] = kernel.gamma;
    }
    return json;
}

std::string toText(const Kernel &kernel)
{
    const Json json = toJson(kernel);
    std::string text = json.at("family").get<std::string>(), fields;
    for (const std::string &field : rowOf(kernel.family).fields)
        if (json.contains(field))
            fields += (fields.empty() ? ":" : ",") + field + "="
                + (json[field].is_string() ? json[field].get<std::string>() : json[field].dump());
    return text + fields;
}

std::string toString(KernelOf of) { return of == KernelOf::Gp ? "gp" : "ntk"; }

KernelOf kernelOfFromText(const std::string &text)
{
    if (text == "gp")
        return KernelOf::Gp;
    if (text == "ntk")
        return KernelOf::Ntk;
    throw badInput("\"" + text + "\" names no kernel of a network: choose gp or ntk");
}

std::vector<std::string> kernelFamilies()
{
    std::vector<std::string> words;
    for (const FamilyRow &row : rows())
        words.push_back(row.word);
    return words;
}

} // namespace tessera
