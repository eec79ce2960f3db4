// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/demo_run.h"

#include "app/cli/resources.h"
#include "engine/base/error.h"
#include "engine/cost/totals.h"
#include "engine/jobs/check_child.h"
#include "engine/jobs/new_project.h"
#include "engine/jobs/realize.h"
#include "engine/jobs/run.h"
#include "engine/search/solve.h"
#include "engine/service/search_json.h"
#include "engine/store/library_rows.h"

#include <chrono>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr const char *kLimits[] = {"runtime=85%", "runtime=70%", "memory=70%", "memory=50%"};
constexpr std::int64_t kEvaluatedTokens = 16384;
constexpr double kCheckSeconds = 3;
constexpr int kFrontPoints = 12;

WorkContext contextOf(const Console &console)
{
    WorkContext context;
    context.stop = console.stop();
    context.progress = console.progress();
    return context;
}

void makeProject(const fs::path &path, const Console &console)
{
    fs::path demo = resourcesFolder() / "demo";
    NewProject order;
    order.path = path;
    order.parent = demo;
    order.texts = {demo / "northanger_abbey.txt", demo / "persuasion.txt"};
    order.dtype = DType::F32;
    order.devices = readDeviceProfiles(resourcesFolder() / "devices");
    createProject(order, console.stop(), console.progress());
}

/// Evaluation and run times, beside what was predicted.
Json checked(WorkerProcess &worker, Project &project, const fs::path &child, const Console &console)
{
    ChildCheck order;
    order.child = child;
    order.maxTokens = kEvaluatedTokens;
    order.measureSeconds = kCheckSeconds;
    return checkChild(project, order, worker, contextOf(console));
}

DemoRow childUnder(const std::string &limit, Project &project, const DemoResult &demo, const Console &console)
{
    Scenario scenario;
    scenario.name = "demo " + limit;
    scenario.limits = {parseLimit(limit, LimitSense::Max)};
    SolveOptions options;
    options.solver.stop = console.stop();
    DemoRow row;
    row.name = limit;
    row.solution = solve(makeProblem(demo.library, scenario), options);
    if (!row.solution->found())
        throw failed("the demo found no child within " + limit);
    row.solutionId = storeSolution(project, scenario, *row.solution, hashOf(*demo.library));
    row.costs = row.solution->costs.front();
    std::string name = limit.substr(0, limit.find('=')) + "-" + limit.substr(limit.find('=') + 1, limit.size() - limit.find('=') - 2);
    row.path = demo.project.parent_path() / "children" / (name + "-" + std::to_string(row.solutionId));
    fs::create_directories(row.path.parent_path());
    if (!fs::exists(row.path)) {
        RealizeOptions realize;
        realize.out = row.path;
        realize.solution = row.solutionId;
        realizeChild(project, row.solution->choices, realize, contextOf(console));
    }
    return row;
}

void runStages(Project &project, DemoResult &demo, const Console &console)
{
    auto remark = [&](const std::string &sentence) { console.remark(sentence); };
    RunOrder options;
    options.measureSeconds = 12;
    for (const StageReport &stage : runProject(project, options, contextOf(console), remark))
        demo.stages.push_back({{"name", stage.name}, {"done", stage.done}, {"total", stage.total}, {"seconds", stage.seconds}});
}

} // namespace

DemoResult runDemo(const fs::path &folder, const Console &console)
{
    auto began = std::chrono::steady_clock::now();
    DemoResult demo;
    fs::create_directories(folder);
    demo.project = fs::absolute(folder).lexically_normal() / "demo.tessera";
    if (!fs::exists(demo.project))
        makeProject(demo.project, console);
    Project project = Project::openForWriting(demo.project);
    runStages(project, demo, console);
    demo.library = std::make_shared<BlockLibrary>(loadLibrary(project));

    WorkerProcess worker({}, console.stop());
    DemoRow parent;
    parent.name = "parent";
    parent.costs = totalCosts(*demo.library, parentChoice(*demo.library), 0);
    parent.path = project.settings().parentPath;
    demo.rows.push_back(std::move(parent));
    for (const char *limit : kLimits) {
        DemoRow row = childUnder(limit, project, demo, console);
        Json found = checked(worker, project, row.path, console);
        row.evaluation = found["evaluation"];
        row.measured = found["measured"];
        demo.rows.front().evaluation = row.evaluation["parent"];
        demo.rows.front().measured = row.measured["parent"];
        demo.rows.push_back(std::move(row));
    }

    FrontRequest request;
    request.axes = {parseAxis("memory", *demo.library)};
    request.points = kFrontPoints;
    demo.front = traceFront(demo.library, request, {});
    demo.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return demo;
}

} // namespace tessera
