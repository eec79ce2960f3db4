// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/post_processor.h"

#include "engine/base/error.h"

#include <cstdint>
#include <limits>

namespace tessera {
namespace {

TokenId tokenId(const Json &value, const std::string &where)
{
    if (value.is_number_integer() && value.get<std::int64_t>() >= 0
        && value.get<std::int64_t>() < std::numeric_limits<TokenId>::max())
        return static_cast<TokenId>(value.get<std::int64_t>());
    throw badInput("the post-processor in " + where + " has an id that is none");
}

const Json &member(const Json &object, const char *key, const std::string &where)
{
    if (object.is_object())
        if (auto it = object.find(key); it != object.end())
            return *it;
    throw badInput("the post-processor in " + where + " lacks \"" + key + "\"");
}

/// The ids that a template's special token stands for.
std::vector<TokenId> idsOf(const Json &specialTokens, const std::string &name, const std::string &where)
{
    std::vector<TokenId> ids;
    const Json &list = member(member(specialTokens, name.c_str(), where), "ids", where);
    if (!list.is_array())
        throw badInput("\"ids\" of the post-processor in " + where + " must be an array");
    for (const Json &id : list)
        ids.push_back(tokenId(id, where));
    return ids;
}

PostProcessor readTemplate(const Json &json, const std::string &where)
{
    PostProcessor result;
    bool textSeen = false;
    const Json &single = member(json, "single", where);
    if (!single.is_array())
        throw badInput("\"single\" of the post-processor in " + where + " must be an array");
    for (const Json &piece : single) {
        if (piece.is_object() && piece.contains("Sequence")) {
            if (textSeen || requireString(piece["Sequence"], "id", where) != "A")
                throw badInput("the post-processor in " + where + " must have the text once in \"single\"");
            textSeen = true;
            continue;
        }
        std::string name = requireString(member(piece, "SpecialToken", where), "id", where);
        std::vector<TokenId> ids = idsOf(member(json, "special_tokens", where), name, where);
        std::vector<TokenId> &side = textSeen ? result.behind : result.before;
        side.insert(side.end(), ids.begin(), ids.end());
    }
    if (!textSeen)
        throw badInput("the post-processor in " + where + " must have the text once in \"single\"");
    return result;
}

/// ["</s>", 2]
TokenId readPair(const Json &json, const char *key, const std::string &where)
{
    const Json &pair = member(json, key, where);
    if (!pair.is_array() || pair.size() != 2)
        throw badInput("\"" + std::string(key) + "\" of the post-processor in " + where + " must be [token, id]");
    return tokenId(pair[1], where);
}

} // namespace

PostProcessor PostProcessor::fromJson(const Json &json, const std::string &where)
{
    if (json.is_null())
        return {};
    std::string type = requireString(json, "type", where);
    if (type == "ByteLevel")
        return {};
    if (type == "TemplateProcessing")
        return readTemplate(json, where);
    if (type == "RobertaProcessing" || type == "BertProcessing")
        return {{readPair(json, "cls", where)}, {readPair(json, "sep", where)}};
    if (type != "Sequence")
        throw badInput("the post-processor \"" + type + "\" in " + where + " is not supported");
    PostProcessor result;
    const Json &steps = member(json, "processors", where);
    if (!steps.is_array())
        throw badInput("\"processors\" in " + where + " must be an array");
    for (const Json &step : steps) {
        PostProcessor outer = fromJson(step, where);
        result.before.insert(result.before.begin(), outer.before.begin(), outer.before.end());
        result.behind.insert(result.behind.end(), outer.behind.begin(), outer.behind.end());
    }
    return result;
}

} // namespace tessera
