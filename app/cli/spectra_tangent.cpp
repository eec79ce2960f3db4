// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/network_options.h"
#include "app/cli/spectra_options.h"

#include "engine/jobs/tangent_spectra.h"
#include "engine/store/spectra.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace tessera {
namespace {

struct TangentOptions {
    std::string project;
    TangentQuestion question;
    NetworkOptions run;
    std::int64_t seeds = 0;
    std::uint64_t seed = 1;
};

std::string shownBand(const Json &band)
{
    if (band.is_null())
        return "above 1e12 (rounding)";
    return shownNumber(band.at("mean").get<double>()) + " (" + shownNumber(band.at("low").get<double>()) + " to "
        + shownNumber(band.at("high").get<double>()) + ")";
}

void printNetwork(const Console &console, const Json &network)
{
    console.print(network.at("name").get<std::string>() + ": " + network.at("estimator").get<std::string>() + ", "
                  + network.at("probes").dump() + " probes of " + network.at("window").dump() + " tokens (" + network.at("probe_hash").get<std::string>()
                  + "), seeds " + network.at("seeds").dump());
    console.print("  effective rank " + shownBand(network.at("effective_rank")) + ", stable rank " + shownBand(network.at("stable_rank"))
                  + ", log10 condition " + shownBand(network.at("log10_condition")));
    std::string spectrum;
    for (std::size_t mode = 0; mode < std::min<std::size_t>(8, network.at("normalised").size()); ++mode)
        spectrum += " " + shownNumber(network["normalised"][mode].at("mean").get<double>());
    console.print("  eigenvalues / trace" + spectrum);
    std::vector<std::size_t> order(network.at("blocks").size());
    std::iota(order.begin(), order.end(), 0u);
    auto share = [&](std::size_t block) { return network["blocks"][block].at("trace_share").at("mean").get<double>(); };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return share(a) > share(b); });
    for (std::size_t i = 0; i < std::min<std::size_t>(8, order.size()); ++i) {
        const Json &block = network["blocks"][order[i]];
        std::string first;
        if (!block.at("mode_shares").empty())
            first = ", of the first mode " + shownNumber(100 * block["mode_shares"][0].at("mean").get<double>()) + " %";
        console.print("  " + block.at("name").get<std::string>() + ": " + shownNumber(100 * share(order[i])) + " % of the trace" + first
                      + ", " + block.at("parameters").dump() + " parameters");
    }
}

void printComparison(const Console &console, const Json &comparison)
{
    console.print(comparison.at("a").get<std::string>() + " | " + comparison.at("b").get<std::string>());
    if (comparison.contains("similarity"))
        console.print("  similarity (CKA) " + shownBand(comparison["similarity"]));
    for (const Json &row : comparison.at("rows")) {
        const Json &distinct = row.at("distinct");
        const std::string verdict = distinct.is_null() ? "one seed, no band" : distinct.get<bool>() ? "differs" : "no difference";
        console.print("  " + row.at("what").get<std::string>() + ": " + shownBand(row.at("a")) + " | " + shownBand(row.at("b")) + ": " + verdict);
    }
}

void run(TangentOptions &options, const Console &console)
{
    TangentQuestion &question = options.question;
    question.run = toSettings(options.run);
    const bool drawn = question.functional == "random_logit" || question.sketch > 0;
    question.seeds.clear();
    for (std::int64_t i = 0; i < (options.seeds > 0 ? options.seeds : drawn ? 5 : 1); ++i)
        question.seeds.push_back(options.seed + static_cast<std::uint64_t>(i));
    Project project = Project::open(options.project);
    WorkContext context;
    context.stop = console.stop();
    context.progress = console.progress();
    Json result = tangentSpectra(project, question, context);
    for (Json &network : result["networks"])
        network["id"] = project.writable() ? Json(keepTangent(project, network)) : Json();
    if (!project.writable())
        console.remark("not stored: " + project.whyReadOnly());
    if (console.json)
        return console.printJson(result);
    for (const Json &network : result.at("networks"))
        printNetwork(console, network);
    for (const Json &comparison : result.at("comparisons"))
        printComparison(console, comparison);
    console.print(result.at("caption").get<std::string>());
}

struct StoredOptions {
    std::string project;
    std::optional<std::int64_t> id, first, second;
};

Json storedJson(const SpectrumRecord &record)
{
    Json json = record.result;
    json["id"] = record.id;
    return json;
}

void list(const StoredOptions &options, const Console &console)
{
    const Project project = Project::openForReading(options.project);
    if (options.id) {
        const SpectrumRecord record = loadSpectrum(project, *options.id);
        if (console.json)
            return console.printJson(storedJson(record));
        if (record.result.contains("blocks"))
            return printNetwork(console, record.result);
        return console.print(record.result.dump(2));
    }
    Json rows = Json::array();
    for (const SpectrumHead &head : spectrumHeads(project)) {
        const SpectrumRecord &record = head.record;
        rows.push_back({{"id", record.id},
                        {"kind", record.kind},
                        {"name", record.name},
                        {"estimator", record.estimator},
                        {"probe_hash", record.probeHash ? Json(*record.probeHash) : Json()},
                        {"seeds", record.seeds},
                        {"created", record.created},
                        {"kernels", head.kernels}});
        console.print(std::to_string(record.id) + "  " + record.created + "  " + record.kind + "  " + record.name + "  " + record.estimator);
    }
    if (console.json)
        console.printJson({{"spectra", rows}});
}

void compare(const StoredOptions &options, const Console &console)
{
    const Project project = Project::openForReading(options.project);
    const Json comparison = compareTangent(loadSpectrum(project, *options.first), loadSpectrum(project, *options.second));
    if (console.json)
        console.printJson(comparison);
    else
        printComparison(console, comparison);
}

} // namespace

void addSpectraTangent(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<TangentOptions>();
    CLI::App *command = spectra.add_subcommand("tangent", R"(Tangent kernels of a project's networks, sub-block by sub-block

Gradients of one scalar output by all parameters, compared between probes (stretches of text): the spectrum of that kernel, and
exactly how much of every eigenvalue each sub-block carries. Numbers come with a band over seeds, and with estimator, probe hash and
seeds; tessera spectra compare refuses numbers that were found in different ways. Results are stored in the project.)");
    command->footer("Examples:\n  tessera spectra tangent my.tessera --probes 32 --window 32\n"
                    "  tessera spectra tangent my.tessera --replace 3:attention=none --model my-child --json");
    TangentQuestion &question = options->question;
    command->add_option("PROJECT", options->project, "Project file")->required();
    command->add_option("--replace", question.replacements, "LAYERS:BLOCK: the parent with these beside the parent; may be repeated");
    command->add_option("--model", question.models, "A child that realize made, beside the parent; may be repeated");
    command->add_option("--text", question.text, "Text file to take probes from (default: the project's text for scoring)");
    command->add_option("--probes", question.probes, "Stretches of text")->capture_default_str();
    command->add_option("--window", question.window, "Tokens of each")->capture_default_str();
    command->add_option("--functional", question.functional, "random_logit, target_logit or loss")->capture_default_str();
    command->add_option("--seeds", options->seeds, "How many kernels make the band (default: 5, or 1 where nothing is drawn)")->check(CLI::Range(1, 64));
    command->add_option("--seed", options->seed, "The first seed")->capture_default_str();
    command->add_option("--sketch", question.sketch, "Columns of a Gaussian sketch, for sub-blocks larger than memory (default: exact)")
        ->check(CLI::Range(1, 65536));
    command->add_option("--modes", question.modes, "Eigenvalues whose shares by sub-block are told")->capture_default_str();
    command->add_option("--parent", question.parent, "Where the parent is now, if it was moved");
    addNetworkOptions(*command, options->run);
    command->callback([options, &console] { run(*options, console); });
}

void addSpectraStored(CLI::App &spectra, Console &console)
{
    auto options = std::make_shared<StoredOptions>();
    CLI::App *all = spectra.add_subcommand("list", "Spectra that a project keeps");
    all->footer("Example: tessera spectra list my.tessera --id 3 --json");
    all->add_option("PROJECT", options->project, "Project file")->required();
    all->add_option("--id", options->id, "One of them, whole");
    all->callback([options, &console] { list(*options, console); });
    CLI::App *two = spectra.add_subcommand("compare", "Two stored spectra of networks, if they were found in the same way on the same probes");
    two->footer("Example: tessera spectra compare my.tessera 1 2");
    two->add_option("PROJECT", options->project, "Project file")->required();
    two->add_option("A", options->first, "Number of the first")->required();
    two->add_option("B", options->second, "Number of the second")->required();
    two->callback([options, &console] { compare(*options, console); });
}

} // namespace tessera
