// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/checkpoint/hf_config.h"
#include "engine/jobs/worker_process.h"
#include "engine/protocol/requests.h"
#include "engine/text/bpe_trainer.h"
#include "engine/text/corpus.h"
#include "engine/text/token_file.h"

#include <filesystem>
#include <memory>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr const char *kEndOfText = "<|endoftext|>";

struct PretrainOptions {
    std::vector<std::string> texts;
    std::string out;
    std::string dtype = "f32";
    double heldOutPercent = 2;
    PretrainRequest request;
};

std::string trainTokenizer(const PretrainOptions &options)
{
    BpeTrainer trainer;
    for (const std::string &text : options.texts)
        readTextPieces(text, kTextPieceBytes, [&](std::string_view piece) {
            trainer.addText(piece);
            return true;
        });
    return trainer.train({.vocabularySize = options.request.config.vocabulary, .specialTokens = {kEndOfText}});
}

/// Splits off the end of every text, so that what is held out is continuous prose that the model never sees.
void writeTokens(PretrainOptions &options, const Tokenizer &tokenizer, const StopToken &stop)
{
    std::vector<TokenId> train, heldOut;
    for (const std::string &text : options.texts) {
        std::vector<TokenId> tokens = encodeTextFile(tokenizer, text, 0, stop);
        auto kept = static_cast<std::ptrdiff_t>(static_cast<double>(tokens.size()) * (1 - options.heldOutPercent / 100));
        train.insert(train.end(), tokens.begin(), tokens.begin() + kept);
        heldOut.insert(heldOut.end(), tokens.begin() + kept, tokens.end());
    }
    fs::path scratch = options.request.scratchFolder;
    options.request.tokenFile = (scratch / "train.tokens").string();
    options.request.heldOutTokenFile = (scratch / "held_out.tokens").string();
    writeTokenFile(options.request.tokenFile, train);
    writeTokenFile(options.request.heldOutTokenFile, heldOut);
}

void checkOptions(const PretrainOptions &options)
{
    const ModelConfig &config = options.request.config;
    std::string why = whyImpossible(config, parentVariant(config, Part::Attention));
    if (!why.empty())
        throw badInput("--kv-heads: " + why);
    if (config.headDim % 2 != 0 || config.hidden % config.heads != 0)
        throw badInput("--hidden must be an even multiple of --heads, as rotary embeddings turn pairs");
    if (fs::exists(fs::path(options.out) / "model.safetensors"))
        throw badInput(options.out + " already holds a trained model: choose another --out");
}

/// How this model can be made again.
Json recordOf(const PretrainOptions &options, const WorkerInfo &worker, const Json &result)
{
    Json texts = Json::array();
    for (const std::string &text : options.texts)
        texts.push_back({{"file", fs::path(text).filename().string()}, {"xxh3", hashFile(text)}});
    const PretrainRequest &r = options.request;
    return {{"texts", texts},
            {"held_out_percent", options.heldOutPercent},
            {"config", toJson(r.config)},
            {"steps", r.steps},
            {"window", r.window},
            {"batch", r.batch},
            {"learning_rate", r.learningRate},
            {"warmup", r.warmup},
            {"weight_decay", r.weightDecay},
            {"dropout", r.dropout},
            {"seed", r.run.seed},
            {"threads", r.run.threads},
            {"dtype", toString(r.run.dtype)},
            {"libtorch", worker.libtorch},
            {"held_out_loss", result.at("held_out_loss")}};
}

void runCommand(PretrainOptions &options, Console &console)
{
    PretrainRequest &request = options.request;
    request.run.dtype = parseDType(options.dtype);
    request.config.headDim = request.config.hidden / request.config.heads;
    request.config.tiedEmbeddings = true;
    checkOptions(options);
    options.out = fs::absolute(options.out).lexically_normal().string();
    request.outFolder = options.out;
    request.scratchFolder = options.out + ".training";
    fs::create_directories(request.outFolder);
    fs::create_directories(request.scratchFolder);

    std::string tokenizerJson = trainTokenizer(options);
    Tokenizer tokenizer = Tokenizer::fromJson(tokenizerJson, "the trained tokenizer");
    request.config.vocabulary = tokenizer.vocabulary();
    request.config.beginTokens = {*tokenizer.idOf(kEndOfText)};
    request.config.endTokens = request.config.beginTokens;
    writeTextFileAtomically(fs::path(options.out) / "tokenizer.json", tokenizerJson);
    writeTextFileAtomically(fs::path(options.out) / "config.json",
                            toHfConfig(parentArchitecture(request.config), StoredType::BF16).dump(2) + "\n");
    writeTokens(options, tokenizer, console.stop());

    WorkerProcess worker({}, console.stop());
    WorkContext context;
    context.stop = console.stop();
    context.progress = console.progress();
    Json curve = Json::array();
    context.item = [&](const Json &item) { curve.push_back(item); };
    Json result = worker.call("pretrain", toJson(request), context);
    Json record = recordOf(options, worker.info(), result);
    writeTextFileAtomically(fs::path(options.out) / "pretrain.json", record.dump(2) + "\n");
    fs::remove_all(request.scratchFolder);

    result["curve"] = curve;
    if (console.json)
        console.printJson(result);
    console.print("Trained " + std::to_string(parametersOf(parentArchitecture(request.config))) + " parameters for "
                  + std::to_string(request.steps) + " steps; best held-out loss "
                  + result.at("held_out_loss").dump() + " nat a token. The model is in " + options.out);
}

} // namespace

void addPretrain(CLI::App &app, Console &console)
{
    auto options = std::make_shared<PretrainOptions>();
    PretrainRequest &request = options->request;
    ModelConfig &config = request.config;
    config.vocabulary = 2048, config.hidden = 192, config.layers = 8, config.heads = 6, config.kvHeads = 3;
    config.ffnWidth = 512, config.context = 512;
    CLI::App *command = app.add_subcommand("pretrain", "Train a small parent of the Llama family from text");
    command->footer("Example: tessera pretrain --text emma.txt --text persuasion.txt --steps 2000 --out my-parent\n"
                    "Ctrl-C keeps what was reached in OUT.training; the same command continues.");
    command->add_option("--text", options->texts, "Text file (UTF-8); may be repeated")->required();
    command->add_option("--out", options->out, "Folder to make, in the Hugging Face layout")->required();
    command->add_option("--vocabulary", config.vocabulary, "Size of the byte-level BPE vocabulary")->capture_default_str()->check(CLI::Range(300, 1000000));
    command->add_option("--layers", config.layers, "Transformer layers")->capture_default_str()->check(CLI::Range(1, 512));
    command->add_option("--hidden", config.hidden, "Hidden width")->capture_default_str()->check(CLI::Range(8, 65536));
    command->add_option("--heads", config.heads, "Query heads")->capture_default_str()->check(CLI::Range(1, 1024));
    command->add_option("--kv-heads", config.kvHeads, "Key/value heads")->capture_default_str()->check(CLI::Range(1, 1024));
    command->add_option("--ffn", config.ffnWidth, "FFN width")->capture_default_str()->check(CLI::Range(8, 1048576));
    command->add_option("--context", config.context, "Longest sequence, in tokens")->capture_default_str()->check(CLI::Range(8, 1048576));
    command->add_option("--window", request.window, "Tokens a training sequence has")->capture_default_str()->check(CLI::Range(2, 65536));
    command->add_option("--batch", request.batch, "Sequences a step")->capture_default_str()->check(CLI::Range(1, 65536));
    command->add_option("--steps", request.steps, "Optimiser steps")->capture_default_str()->check(CLI::Range(1, 100000000));
    command->add_option("--learning-rate", request.learningRate, "Peak of AdamW's learning rate")->capture_default_str()->check(CLI::PositiveNumber);
    command->add_option("--warmup", request.warmup, "Share of the steps with a rising rate")->capture_default_str()->check(CLI::Range(0.0, 1.0));
    command->add_option("--weight-decay", request.weightDecay, "Decoupled weight decay")->capture_default_str()->check(CLI::Range(0.0, 10.0));
    command->add_option("--dropout", request.dropout, "On what every sub-block adds")->capture_default_str()->check(CLI::Range(0.0, 0.9));
    command->add_option("--held-out", options->heldOutPercent, "Percent of each text's end to judge by")->capture_default_str()->check(CLI::Range(0.1, 50.0));
    command->add_option("--seed", request.run.seed, "Seed of weights, order and dropout")->capture_default_str();
    command->add_option("--threads", request.run.threads, "0: as many as the machine has")->capture_default_str()->check(CLI::Range(0, 4096));
    command->add_option("--dtype", options->dtype, "Type of the products: f32 or bf16")->capture_default_str()->check(CLI::IsMember({"f32", "bf16"}));
    command->callback([options, &console] { runCommand(*options, console); });
}

} // namespace tessera
