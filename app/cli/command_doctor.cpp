// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/network_options.h"
#include "engine/service/examination.h"

#include <cstdio>
#include <memory>
#include <string>

namespace tessera {
namespace {

std::string inGib(const Json &bytes)
{
    char text[32];
    if (!bytes.is_number())
        return "unknown";
    std::snprintf(text, sizeof text, "%.1f GiB", bytes.get<double>() / (1 << 30));
    return text;
}

/// "float32 240, bfloat16 1100": a member of the worker's answer, each rate times a factor.
std::string ratesText(const Json &worker, const char *key, double factor)
{
    auto rates = worker.find(key);
    if (rates == worker.end() || !rates->is_object())
        return "unknown";
    std::string text;
    for (auto [type, name] : {std::pair("f32", "float32"), std::pair("bf16", "bfloat16")}) {
        char piece[48];
        std::snprintf(piece, sizeof piece, "%s%s %.3g", text.empty() ? "" : ", ", name, factor * numberOr(*rates, type, 0, key));
        text += piece;
    }
    return text;
}

void printWorker(const Json &worker, const Console &console)
{
    if (worker.is_null())
        return console.print("  worker         none");
    std::string where = "the worker's answer";
    console.print("  worker         " + stringOr(worker, "program", "?", where) + ", LibTorch " + stringOr(worker, "libtorch", "?", where));
    const std::string name = stringOr(worker, "device_name", "", where);
    console.print("  device         " + stringOr(worker, "device", "?", where) + (name.empty() ? "" : " (" + name + ")") + ", "
                  + std::to_string(integerOr(worker, "threads", 0, where)) + " threads");
    // The worker counts multiply-adds; a FLOP is one of the two operations in it.
    console.print("  products       " + ratesText(worker, "dtypes", 2) + " GFLOP/s");
    console.print("  log-softmax    " + ratesText(worker, "log_softmax", 1) + " GB/s");
}

void print(const Examination &found, const Console &console)
{
    std::string features, libraries;
    for (const std::string &feature : found.processor.features)
        features += " " + feature;
    for (const auto &[name, version] : found.libraries.items())
        libraries += (libraries.empty() ? "" : ", ") + name + " " + version.get<std::string>();
    console.print("tessera " TESSERA_VERSION);
    console.print("  system         " + found.system["system"].get<std::string>() + ", " + found.system["kernel"].get<std::string>());
    console.print("  processor      " + found.processor.model + ", " + std::to_string(found.processor.cores) + " cores");
    console.print("  features      " + features);
    console.print("  memory         " + inGib(found.system["memory"]) + ", " + inGib(found.system["memory_available"]) + " available");
    console.print("  disk           " + inGib(found.system["disk_free"]) + " free in " + found.system["folder"].get<std::string>());
    console.print("  locale         " + found.system["locale"].get<std::string>());
    console.print("  built with     " + libraries);
    printWorker(found.worker, console);
    console.print("");
    if (found.complaints.empty())
        console.print("Everything is in order.");
    for (const Complaint &complaint : found.complaints) {
        console.print(std::string(complaint.blocking ? "Wrong: " : "Could be better: ") + complaint.what + ".");
        console.print("  What to do: " + complaint.remedy + ".");
    }
}

} // namespace

void addDoctor(CLI::App &app, Console &console)
{
    CLI::App *command = app.add_subcommand("doctor", "Say whether this machine is fit for Tessera, and what to do where it is not");
    command->footer("Ends with 1 when something keeps Tessera from working.\nExample: tessera doctor --json");
    auto worker = std::make_shared<std::string>();
    command->add_option("--worker", *worker, "Command that starts tessera-worker (\"ssh host tessera-worker\")");
    addDeviceOption(*command);
    command->callback([worker, &console] {
        Examination found = examine(*worker, console.stop());
        if (console.json)
            console.printJson(toJson(found));
        else
            print(found, console);
        setExitCode(healthy(found) ? 0 : 1);
    });
}

} // namespace tessera
