// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"
#include "app/cli/network_options.h"

#include "engine/base/error.h"
#include "engine/jobs/project_distillation.h"

#include <cstdio>
#include <memory>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Train a whole child towards its parent.

The loss is KL(parent || child) plus the mean cosine distance of the hidden states behind every layer; --loss changes that. The
weights that do best on held-out windows of the text are kept, so a child never gets worse there. Several children of one parent
share the parent's passes.

With --project the children are a project's, as realize made them: parent, text and window are the project's where they are not given
(trained on the text that variants are fitted to, judged on the text that they are scored on), and the distilled children are recorded
there beside those that they were.

Examples:
  tessera distill child --project my.tessera --out better
  tessera distill child --parent MODEL --text train.txt --tokens 500000 --out better
  tessera distill child --parent MODEL --text a.txt --text b.txt --minutes 30 --loss kl=1,cosine=0.5,lm=0.1 --out better
  tessera distill child --parent MODEL --text train.txt --train changed,norm --learning-rate 3e-4 --out better
  tessera distill small smaller --parent MODEL --text train.txt --out distilled

Ctrl-C keeps what was reached in OUT.training; the same command continues.)";

struct Options {
    Distillation order;
    NetworkOptions run;
    std::string project;
    std::uint64_t seed = 0;
    std::string storedAs;
};

std::string line(const char *name, const Json &before, const Json &after, const Json &change)
{
    char text[160];
    auto number = [](const Json &value) { return value.is_number() ? value.get<double>() : 0.0; };
    std::snprintf(text, sizeof text, "  %-20s %9.4f -> %9.4f", name, number(before), number(after));
    std::string result = text;
    if (change.at("low").is_number()) {
        std::snprintf(text, sizeof text, "   %+.4f [%+.4f, %+.4f]", number(change.at("difference")), number(change.at("low")),
                      number(change.at("high")));
        result += text;
    }
    return result;
}

void print(const Console &console, const Json &child)
{
    const Json &before = child.at("before"), &after = child.at("after"), &change = child.at("change");
    console.print(child.at("path").get<std::string>() + ": best of " + child.at("steps").dump() + " steps is "
                  + child.at("best_step").dump());
    if (child.at("best_step") == 0)
        console.print("  no step did better on held-out text than the start, which is what was written");
    console.print(line("KL from the parent", before.at("kl_to_parent"), after.at("kl_to_parent"), change.at("kl")));
    console.print(line("hidden cosine", before.at("hidden_cosine"), after.at("hidden_cosine"), change.at("hidden_cosine")));
    console.print(line("nll", before.at("nll"), after.at("nll"), change.at("nll")));
    console.print(line("next-token accuracy", before.at("next_token_accuracy"), after.at("next_token_accuracy"),
                       change.at("next_token_accuracy")));
    console.print(line("top-1 agreement", before.at("top1_agreement"), after.at("top1_agreement"), change.at("top1_agreement")));
}

Json distill(const Options &options, const WorkContext &context)
{
    if (options.project.empty())
        return distillChildren(options.order, context);
    Project project = Project::openForWriting(options.project);
    return distillProjectChildren(project, options.order, context);
}

void runCommand(Options &options, const Console &console, bool hasTokens, bool hasWindow)
{
    Distillation &order = options.order;
    if (options.project.empty() && (order.request.parent.empty() || order.texts.empty()))
        throw badInput("say what to learn from: --parent and --text, or --project for a child that a project built");
    if (!options.project.empty() && !hasWindow)
        order.request.window = 0;
    order.request.run = toSettings(options.run, options.seed);
    if (order.request.minutes > 0) {
        if (hasTokens)
            throw badInput("give a budget of either --tokens or --minutes");
        order.request.tokens = 0;
    }
    if (!options.storedAs.empty())
        order.storedAs = parseDType(options.storedAs);
    WorkContext context;
    context.stop = console.stop();
    context.progress = console.progress();
    Json result = distill(options, context);
    if (console.json) {
        console.printJson(result);
        return;
    }
    if (!result.contains("children"))
        print(console, result);
    else
        for (const Json &child : result.at("children"))
            print(console, child);
    console.print("Figures are means over held-out windows; changes with 95 % intervals of the paired windows.");
}

} // namespace

void addDistill(CLI::App &app, Console &console)
{
    auto options = std::make_shared<Options>();
    Distillation &order = options->order;
    DistillChildrenRequest &request = order.request;
    CLI::App *command = app.add_subcommand("distill", kHelp);
    command->add_option("child", order.children, "Children of the parent: checkpoint folders or .gguf files")->required();
    command->add_option("--parent", request.parent, "Model to learn from");
    command->add_option("--text", order.texts, "Text file (UTF-8); may be repeated");
    command->add_option("--project", options->project, "Project that built the children: their record goes there");
    command->add_option("--out", order.out, "Folder to make; of several children, with a folder each")->required();
    command->add_option("--loss", order.loss, "Of kl, cosine and lm, each with its weight (kl=1,cosine=0.5)")->capture_default_str();
    command->add_option("--train", order.train, "What is trained: all, changed, 3-7:ffn, 0:attention, 12, embeddings, norm, head, joined "
                                                "by commas; all are the sub-blocks of every layer")
        ->capture_default_str();
    CLI::Option *tokens = command->add_option("--tokens", request.tokens, "Budget in tokens")->capture_default_str()->check(
        CLI::Range(std::int64_t{1}, std::int64_t{1} << 50));
    command->add_option("--minutes", request.minutes, "Budget in minutes of training, instead")->check(CLI::Range(0.001, 1e6));
    command->add_option("--learning-rate", request.learningRate, "Peak of AdamW's learning rate")->capture_default_str()->check(CLI::PositiveNumber);
    command->add_option("--warmup", request.warmup, "Share of the budget with a rising rate; a cosine down to a tenth follows")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1.0));
    command->add_option("--weight-decay", request.weightDecay, "Decoupled weight decay")->capture_default_str()->check(CLI::Range(0.0, 1.0));
    command->add_option("--clip", request.clipNorm, "Largest norm of the gradient; 0: any")->capture_default_str()->check(CLI::Range(0.0, 1e9));
    CLI::Option *window = command->add_option("--window", request.window, "Tokens that a model sees at once (with --project the project's)")
                              ->capture_default_str()
                              ->check(CLI::Range(2, 1 << 20));
    command->add_option("--batch-tokens", request.batchTokens, "Tokens of a step")->capture_default_str()->check(CLI::Range(2, 1 << 30));
    command->add_option("--tokens-at-once", request.tokensAtOnce, "Tokens that pass the network together: the gradient of a batch is "
                                                                  "accumulated in parts of these, which bounds memory")
        ->capture_default_str()
        ->check(CLI::Range(2, 1 << 30));
    command->add_option("--held-out", order.heldOutPercent, "Percent of the text's windows to judge by")->capture_default_str()->check(CLI::Range(0.1, 50.0));
    command->add_option("--held-out-tokens", request.heldOutTokens, "Of these at most so many tokens")->capture_default_str()->check(CLI::Range(2, 1 << 30));
    command->add_option("--evaluate-every", request.evaluationSteps, "Steps between judgements")->capture_default_str()->check(CLI::Range(1, 1 << 30));
    command->add_option("--seed", options->seed, "Seed of the split and of the order of windows")->capture_default_str();
    command->add_option("--store-as", options->storedAs, "Type of the weights that are written: f32, f16 or bf16 (the child's; f32 for quantised ones)")
        ->check(CLI::IsMember({"f32", "f16", "bf16"}));
    command->add_option("--worker", order.workerCommand, "Command that starts tessera-worker");
    addNetworkOptions(*command, options->run);
    command->callback([options, tokens, window, &console] { runCommand(*options, console, tokens->count() > 0, window->count() > 0); });
}

} // namespace tessera
