// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/distillation.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/jobs/network_model.h"
#include "engine/jobs/paired_difference.h"
#include "engine/jobs/worker_process.h"
#include "engine/text/corpus.h"
#include "engine/text/token_file.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

namespace tessera {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> pieces(const std::string &text)
{
    std::vector<std::string> result;
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
        end = text.find(',', begin);
        result.push_back(text.substr(begin, end == std::string::npos ? end : end - begin));
    }
    return result;
}

double weightIn(const std::string &term, std::size_t equals)
{
    if (equals == std::string::npos)
        return 1;
    double value = 0;
    const char *begin = term.data() + equals + 1, *end = term.data() + term.size();
    auto [stop, code] = std::from_chars(begin, end, value);
    if (code != std::errc() || stop != end || !std::isfinite(value) || value < 0 || value > 1e6)
        throw badInput("the loss \"" + term + "\" has no weight between 0 and 1000000");
    return value;
}

/// Adds the names of what a term of what to train means.
void addTrained(std::set<std::string> &names, const std::string &term, const ModelArchitecture &child)
{
    auto addBlock = [&](std::int64_t layer, Part part) {
        for (const TensorSpec &spec : tensorsOf(child.config, child.layers[static_cast<std::size_t>(layer)].of(part)))
            names.insert(tensorName(layer, spec.name));
    };
    auto layers = static_cast<std::int64_t>(child.layers.size());
    if (term == "changed") {
        for (std::int64_t layer = 0; layer < layers; ++layer)
            for (Part part : {Part::Attention, Part::Ffn})
                if (child.layers[static_cast<std::size_t>(layer)].of(part) != parentVariant(child.config, part))
                    addBlock(layer, part);
    } else if (term == "embeddings") {
        names.insert(kEmbeddingName);
    } else if (term == "norm") {
        names.insert(kFinalNormName);
    } else if (term == "head") {
        if (child.config.tiedEmbeddings)
            throw badInput("the head of this model is its embedding: train embeddings instead of head");
        names.insert(kHeadName);
    } else {
        std::size_t colon = term.find(':');
        std::string part = colon == std::string::npos ? "" : term.substr(colon + 1);
        bool known = colon == std::string::npos || part == "attention" || part == "ffn";
        if (!known || term.empty())
            throw badInput("\"" + term + "\" names nothing to train; write all, changed, 3-7:ffn, 0:attention, 12, embeddings, "
                           "norm or head, joined by commas");
        for (std::int64_t layer : parseLayers(term.substr(0, colon), layers)) {
            if (part != "ffn")
                addBlock(layer, Part::Attention);
            if (part != "attention")
                addBlock(layer, Part::Ffn);
        }
    }
}

DType storedTypeOf(const Checkpoint &child, const std::optional<DType> &wanted)
{
    if (wanted)
        return *wanted;
    StoredType type = child.mainType();
    return type == StoredType::F16 ? DType::F16 : type == StoredType::BF16 ? DType::BF16 : DType::F32;
}

/// Throws unless the child can be held against the parent layer by layer.
void checkChild(const Checkpoint &parent, const Checkpoint &child)
{
    const ModelConfig &ours = child.config(), &theirs = parent.config();
    for (auto [what, own, wanted] : {std::tuple{"vocabulary", ours.vocabulary, theirs.vocabulary},
                                     std::tuple{"hidden width", ours.hidden, theirs.hidden},
                                     std::tuple{"number of layers", ours.layers, theirs.layers}})
        if (own != wanted)
            throw badInput(child.path().string() + " is no child of " + parent.path().string() + ": its " + what + " is "
                           + std::to_string(own) + ", the parent's " + std::to_string(wanted));
}

/// A name that a folder below out can have, for each child.
std::vector<std::string> folderNames(const std::vector<StudentOrder> &children)
{
    std::vector<std::string> names;
    for (const StudentOrder &child : children) {
        fs::path path = child.model;
        std::string name = (path.filename().empty() ? path.parent_path() : path).filename().string();
        if (std::ranges::find(names, name) != names.end())
            throw badInput("two children are called " + name + ": their folders would be the same");
        names.push_back(name);
    }
    return names;
}

class Order {
public:
    Order(Distillation order, const WorkContext &context) : m_order(std::move(order)), m_request(m_order.request), m_context(context)
    {
        m_out = distilledFolder(m_order.out);
        m_scratch = trainingFolder(m_order.out);
    }

    Json run()
    {
        std::error_code ignored;
        if (fs::exists(m_out, ignored) && !(fs::is_directory(m_out, ignored) && fs::is_empty(m_out, ignored)))
            throw badInput(m_out.string() + " exists and is not empty; choose another place");
        LossTerms loss = parseLossWeights(m_order.loss);
        m_request.klWeight = loss.kl, m_request.cosineWeight = loss.cosine, m_request.lmWeight = loss.lm;
        orderChildren();
        if (m_order.texts.empty() && (m_request.tokenFile.empty() || m_request.heldOutTokenFile.empty()))
            throw badInput("name a text to learn from");
        m_order.begun();
        std::optional<CorpusParts> parts;
        if (!m_order.texts.empty())
            parts = readTexts();
        try {
            fs::create_directories(m_scratch, ignored);
            m_request.scratchFolder = m_scratch.string();
            if (parts)
                writeTokens(std::move(*parts));
            return finish(train());
        } catch (...) {
            // A folder without a state is of no use to anybody.
            if (!fs::exists(m_scratch / "child-0.safetensors", ignored))
                fs::remove_all(m_scratch, ignored);
            throw;
        }
    }

private:
    void orderChildren()
    {
        m_request.parent = modelPath(m_request.parent);
        Checkpoint parent = Checkpoint::open(m_request.parent);
        for (const std::string &path : m_order.children) {
            StudentOrder child;
            child.model = modelPath(path);
            Checkpoint checkpoint = Checkpoint::open(child.model);
            checkChild(parent, checkpoint);
            child.tensors = trainedTensors(m_order.train, checkpoint.architecture());
            child.storedAs = storedTypeOf(checkpoint, m_order.storedAs);
            m_request.children.push_back(std::move(child));
        }
        m_names = folderNames(m_request.children);
        // The folder gets its name in one step, whether it holds one child or several.
        m_made = m_scratch / "made";
        for (std::size_t i = 0; i < m_names.size(); ++i)
            m_request.children[i].outFolder = (m_names.size() == 1 ? m_made : m_made / m_names[i]).string();
    }

    Tokenizer tokenizer() const
    {
        std::optional<Tokenizer> first;
        for (const StudentOrder &child : m_request.children) {
            std::optional<Tokenizer> found = tokenizerOf(child.model);
            if (!found)
                throw badInput(child.model + " has no tokenizer.json, so no text can be read for it");
            if (!first)
                first = std::move(found);
            else if (found->toJson() != first->toJson())
                throw badInput(child.model + " has another tokenizer than " + m_request.children.front().model
                               + ": distil them one by one");
        }
        return std::move(*first);
    }

    CorpusParts readTexts() const
    {
        std::vector<fs::path> texts(m_order.texts.begin(), m_order.texts.end());
        std::vector<TokenId> tokens = encodeTextFiles(tokenizer(), texts, 0, m_context.stop, m_context.progress);
        CorpusSplit split;
        split.window = m_request.window;
        split.scoreShare = m_order.heldOutPercent / 100;
        split.testShare = 0; // At least a window; it is trained on too.
        split.seed = m_request.run.seed;
        return splitCorpus(tokens, split);
    }

    void writeTokens(CorpusParts parts)
    {
        parts.distil.insert(parts.distil.end(), parts.test.begin(), parts.test.end());
        m_request.tokenFile = (m_scratch / "train.tokens").string();
        m_request.heldOutTokenFile = (m_scratch / "held_out.tokens").string();
        writeTokenFile(m_request.tokenFile, parts.distil);
        writeTokenFile(m_request.heldOutTokenFile, parts.score);
    }

    Json train()
    {
        std::error_code ignored;
        fs::remove_all(m_made, ignored); // What a run that was killed while it wrote has left.
        WorkerOptions how;
        how.command = m_order.workerCommand;
        how.lockFile = m_scratch / "worker.lock";
        how.stopPatience = std::chrono::minutes(10); // A large state takes its time to be written.
        return WorkerProcess(how, m_context.stop).call("distill_children", toJson(m_request), m_context);
    }

    /// How a child can be made again, beside its weights.
    void writeRecord(const StudentOrder &child, const Json &made, const Json &result) const
    {
        Json texts = Json::array();
        const std::vector<std::string> &files =
            m_order.texts.empty() ? std::vector{m_request.tokenFile, m_request.heldOutTokenFile} : m_order.texts;
        for (const std::string &text : files)
            texts.push_back({{"file", fs::path(text).filename().string()}, {"xxh3", hashFile(text)}});
        Json options = toJson(m_request);
        for (const char *key : {"parent", "children", "token_file", "held_out_token_file", "scratch_folder"})
            options.erase(key);
        Json record{{"parent", Checkpoint::open(m_request.parent).fingerprint()},
                    {"child", Checkpoint::open(child.model).fingerprint()},
                    {"texts", texts},
                    {"held_out_percent", m_order.heldOutPercent},
                    {"train", m_order.train},
                    {"options", options},
                    {"steps", result.at("steps")},
                    {"seconds", result.at("seconds")}};
        for (const char *key : {"best_step", "before", "after", "change", "curve"})
            record[key] = made.at(key);
        writeTextFileAtomically(fs::path(child.outFolder) / "distill.json", record.dump(2) + "\n");
    }

    static Json changeOf(const Json &before, const Json &after)
    {
        Json change = Json::object();
        for (const char *name : {"nll", "kl", "next_token_accuracy", "top1_agreement", "hidden_cosine"})
            change[name] = toJson(pairedDifference(after.at("windows").at(name).get<std::vector<double>>(),
                                                   before.at("windows").at(name).get<std::vector<double>>()));
        return change;
    }

    Json finish(Json result)
    {
        Json &children = result.at("children");
        for (std::size_t i = 0; i < children.size(); ++i) {
            Json &child = children[i];
            child["change"] = changeOf(child.at("before"), child.at("after"));
            writeRecord(m_request.children.at(i), child, result);
            child["path"] = (m_names.size() == 1 ? m_out : m_out / m_names[i]).string();
        }
        std::error_code code;
        fs::create_directories(m_out.parent_path(), code);
        fs::rename(m_made, m_out, code);
        if (code)
            throw failed("cannot give " + m_made.string() + " the name " + m_out.string() + ": " + code.message());
        syncFolder(m_out.parent_path());
        fs::remove_all(m_scratch, code);
        bool single = children.size() == 1;
        Json answer{{"path", m_out.string()}, {"steps", result.at("steps")}, {"tokens", result.at("tokens")},
                    {"seconds", result.at("seconds")}};
        for (const char *key : {"best_step", "before", "after", "change", "curve"})
            answer[key] = single ? children[0].at(key) : Json(nullptr);
        if (!single)
            answer["children"] = children;
        return answer;
    }

    Distillation m_order;
    DistillChildrenRequest &m_request;
    const WorkContext &m_context;
    fs::path m_out, m_scratch, m_made;
    std::vector<std::string> m_names;
};

} // namespace

LossTerms parseLossWeights(const std::string &text)
{
    LossTerms terms;
    std::set<std::string> named;
    for (const std::string &term : pieces(text)) {
        std::size_t equals = term.find('=');
        std::string name = term.substr(0, equals);
        double weight = weightIn(term, equals);
        if (name != "kl" && name != "cosine" && name != "lm")
            throw badInput("\"" + name + "\" is no loss; write kl, cosine or lm, each with a weight if you like: kl=1,cosine=0.5");
        if (!named.insert(name).second)
            throw badInput("the loss names " + name + " twice");
        (name == "kl" ? terms.kl : name == "cosine" ? terms.cosine : terms.lm) = weight;
    }
    if (terms.kl + terms.cosine + terms.lm <= 0)
        throw badInput("one of the weights of the loss must be positive");
    return terms;
}

std::vector<std::string> trainedTensors(const std::string &text, const ModelArchitecture &child)
{
    std::set<std::string> names;
    for (const std::string &term : pieces(text))
        addTrained(names, term, child);
    std::vector<std::string> ordered;
    for (const TensorSpec &spec : tensorsOf(child))
        if (names.contains(spec.name))
            ordered.push_back(spec.name);
    if (ordered.empty())
        throw badInput("\"" + text + "\" names nothing of this child that has weights to train");
    return ordered;
}

fs::path distilledFolder(const std::string &out)
{
    fs::path folder = fs::absolute(out).lexically_normal();
    return folder.filename().empty() ? folder.parent_path() : folder;
}

fs::path trainingFolder(const std::string &out) { return distilledFolder(out).string() + ".training"; }

Json distillChildren(Distillation order, const WorkContext &context)
{
    return Order(std::move(order), context).run();
}

} // namespace tessera
