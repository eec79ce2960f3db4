// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/architecture/dtype.h"
#include "engine/base/error.h"
#include "engine/cost/totals.h"
#include "engine/interop/cost_file.h"
#include "engine/interop/library_file.h"
#include "engine/interop/nemotron_nas.h"
#include "engine/interop/nvlabs.h"
#include "engine/interop/puzzletron.h"
#include "engine/jobs/demo_files.h"
#include "engine/jobs/new_project.h"
#include "engine/jobs/worker_process.h"
#include "engine/protocol/requests.h"
#include "engine/search/solution.h"
#include "engine/service/references.h"
#include "engine/store/job_log.h"
#include "engine/store/library_rows.h"
#include "engine/store/results.h"
#include "engine/store/solutions.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <set>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostThumbnailPoints = 200;

std::set<std::string> costsKnown(const BlockLibrary &library)
{
    std::set<std::string> costs;
    for (std::size_t workload = 0; workload < library.workloads.size(); ++workload)
        costs.merge(costNames(library, workload));
    return costs;
}

Json ifText(const std::string &text) { return text.empty() ? Json() : Json(text); }

Json settingsJson(const ProjectSettings &settings)
{
    const bool hasParent = settings.config.has_value();
    return {{"objective", settings.objective},
            {"parent_path", ifText(settings.parentPath)},
            {"parent_fingerprint", ifText(settings.parentFingerprint)},
            {"dtype", hasParent ? Json(toString(settings.dtype)) : Json()},
            {"seed", hasParent ? Json(settings.seed) : Json()},
            {"config", hasParent ? toJson(*settings.config) : Json()},
            {"space", hasParent ? toJson(settings.space) : Json()}};
}

Json libraryJson(const LibraryView &view)
{
    return {{"hash", view.hash},
            {"variants", view.variants.size()},
            {"scored", view.scored},
            {"metrics", metricsOf(*view.library)},
            {"costs", costsKnown(*view.library)}};
}

Json provenanceJson(const Project &project)
{
    Json notes = Json::array();
    for (const auto &[what, json] : provenanceOf(project))
        notes.push_back({{"what", what}, {"json", json}});
    return notes;
}

/// What project/open and project/describe answer.
Json factsOf(const OpenProject &open)
{
    const Project &project = open.project;
    const ProjectSettings settings = project.settings();
    Json workloads = Json::array(), splits = Json::array();
    for (const Workload &workload : project.workloads())
        workloads.push_back(toJson(workload));
    for (const TokenSplit &split : project.tokenSplits())
        splits.push_back({{"name", split.name}, {"tokens", split.tokens}});
    return {{"path", fs::absolute(project.path()).string()},
            {"name", settings.name},
            {"writable", project.writable()},
            {"why_read_only", project.whyReadOnly()},
            {"settings", settingsJson(settings)},
            {"runnable", settings.config && !splits.empty()},
            {"workloads", std::move(workloads)},
            {"layers", toJson(project.parentLayers())},
            {"splits", std::move(splits)},
            {"library", libraryJson(*open.library())},
            {"counts",
             {{"solutions", solutionsOf(project).size()},
              {"fronts", frontsOf(project).size()},
              {"children", childrenOf(project).size()},
              {"scenarios", scenariosOf(project).size()}}},
            {"provenance", provenanceJson(project)}};
}

NewProject orderOf(Call &call)
{
    const Params &params = call.params;
    NewProject order;
    order.path = params.text("path");
    order.parent = params.text("parent");
    for (const std::string &text : params.textsOr("texts", {}))
        order.texts.emplace_back(text);
    if (order.texts.empty())
        order.texts = shippedTexts(order.parent, call.session.options().resources);
    if (order.texts.empty())
        throw badInput("name a text: variants are fitted, scored and tested on it (plain UTF-8, a few hundred kilobytes are enough)");
    if (params.has("space"))
        order.space = parseVariantSpace(params.json("space"), "the space");
    if (params.has("workloads")) {
        if (!params.json("workloads").is_array())
            throw InvalidParams("\"workloads\" of project/create must be an array");
        for (const Json &workload : params.json("workloads"))
            order.workloads.push_back(parseWorkload(workload, "a workload"));
    }
    if (params.has("dtype"))
        order.dtype = parseDType(params.text("dtype"));
    order.window = params.integerOr("window", order.window, 2, 1 << 20);
    order.seed = static_cast<std::uint64_t>(params.integerOr("seed", 0, 0, INT64_MAX));
    order.devices = readDeviceProfiles(call.session.options().resources / "devices");
    order.chooseDType = [&call] {
        WorkerOptions how;
        how.command = call.session.options().workerCommand;
        WorkContext context;
        context.stop = call.stop;
        return fasterDType(WorkerProcess(how, call.stop).call("device", Json::object(), context));
    };
    return order;
}

std::string timeOf(const fs::path &path)
{
    std::error_code why;
    const auto written = std::chrono::file_clock::to_sys(fs::last_write_time(path, why));
    const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::time_point_cast<std::chrono::seconds>(written));
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}

/// The last stored front against one cost as pairs, or null.
Json thumbnailOf(const Project &project)
{
    Json thumbnail;
    for (const FrontRecord &record : frontsOf(project)) {
        if (record.axes.size() != 1 || !record.front.contains("points"))
            continue;
        const std::string axis = record.axes.front().get<std::string>();
        Json points = Json::array();
        for (const Json &point : record.front.at("points"))
            if (points.size() < kMostThumbnailPoints)
                points.push_back({point.value("/costs"_json_pointer, Json::object()).value(axis, Json()), point.value("objective", Json())});
        thumbnail = {{"axis", axis}, {"points", std::move(points)}};
    }
    return thumbnail;
}

Json peekAt(const Project &project)
{
    const ProjectSettings settings = project.settings();
    std::int64_t variants = 0;
    project.database().each("SELECT count(*) FROM entry", [&](SQLite::Statement &row) { variants = row.getColumn(0).getInt64(); });
    return {{"path", fs::absolute(project.path()).string()},       {"name", settings.name},
            {"layers", project.parentLayers().size()}, {"variants", variants},
            {"metric", settings.objective}, {"modified", timeOf(project.path())},
            {"front", thumbnailOf(project)}};
}

BlockLibrary readForeign(const std::string &format, const std::string &source)
{
    if (format == "library")
        return readLibraryFile(source);
    if (format == "nvlabs")
        return readNvlabs(source);
    if (format == "puzzletron")
        return readPuzzletron(source);
    if (format == "nemotron-nas")
        return libraryOf(readNemotronNas(source), fs::path(source).stem().string());
    throw badInput("there is no import of \"" + format + "\": use library, nvlabs, puzzletron or nemotron-nas");
}

} // namespace

namespace methods {

Json createProject(Call &call)
{
    const NewProject order = orderOf(call);
    const NewProjectSummary made = createProject(order, call.stop, call.progress);
    return {{"project", order.path.string()}, {"layers", made.layers}, {"variants", made.variants},
            {"dtype", toString(made.dtype)},  {"tokens", made.tokens}, {"remarks", made.remarks}};
}

Json takeDemo(Call &call)
{
    const DemoFiles demo = demoFiles(call.session.options().resources);
    const std::string folder = call.params.textOr("folder", "");
    const fs::path path = demoProjectIn(folder.empty() ? demoFolder() : fs::path(folder));
    const bool isNew = !fs::exists(path);
    if (isNew)
        adoptProject({demo.finished, path, demo.parent, demo.texts}, call.stop, call.progress);
    return {{"project", path.string()}, {"new", isNew}};
}

Json importProject(Call &call)
{
    const std::string format = call.params.text("format"), source = call.params.text("source"), path = call.params.text("path");
    const BlockLibrary library = readForeign(format, source);
    call.stop.throwIfRequested();
    saveLibrary(path, library);
    std::size_t variants = 0;
    for (const BlockLibrary::Layer &layer : library.layers)
        variants += layer.entries.size();
    return {{"project", path},
            {"layers", library.layers.size()},
            {"variants", variants},
            {"metrics", metricsOf(library)},
            {"costs", costsKnown(library)}};
}

Json importReferenceChild(Call &call)
{
    auto open = call.session.project(call.stop);
    const Reference reference = importReference(open->project, call.params.text("source"));
    return {{"solution", reference.solution}, {"name", reference.name}};
}

Json importCosts(Call &call)
{
    auto open = call.session.project(call.stop);
    const std::string source = call.params.text("source");
    if (!open->project.writable())
        throw failed(open->project.whyReadOnly() + " (nothing was stored)");
    const CostFile costs = readCostFile(source, open->project);
    if (costs.records.empty())
        throw badInput(source + " has no cost that this project could take");
    saveCosts(open->project, costs.records);
    for (const std::string &remark : costs.remarks)
        call.log(remark);
    call.session.refreshLibrary(*open);
    return {{"taken", costs.records.size()}, {"passed_over", costs.passedOver}};
}

Json openProject(Call &call)
{
    call.session.open(call.params.text("path"));
    return describeProject(call);
}

Json describeProject(Call &call)
{
    return factsOf(*call.session.project(call.stop));
}

Json peekProject(Call &call)
{
    // Opening and closing a file that is open already would lift SQLite's locks on it.
    const fs::path path = call.params.text("path");
    auto open = call.session.projectIfOpen(call.stop);
    std::error_code why;
    if (open && fs::equivalent(path, open->project.path(), why))
        return peekAt(open->project);
    return peekAt(Project::openForReading(path));
}

Json closeProject(Call &call)
{
    call.session.close();
    return Json::object();
}

} // namespace methods
} // namespace tessera
