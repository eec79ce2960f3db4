// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0

// What the pipe costs: a preview asked of a running tessera serve, against the same problem made and solved in this process.
// 80 layers with 54 (attention, FFN) pairs each and three limits, one of which moves from request to request. The same while
// a front is traced and while the library is fetched.

#include "engine/base/error.h"
#include "engine/jobs/child_process.h"
#include "engine/protocol/message.h"
#include "engine/search/solve.h"
#include "engine/store/library_rows.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

using namespace tessera;
using Clock = std::chrono::steady_clock;

constexpr int kLayers = 80, kAttentions = 6, kFfns = 9, kRequests = 200;

double millisecondsSince(Clock::time_point begin) { return std::chrono::duration<double, std::milli>(Clock::now() - begin).count(); }

double quantile(std::vector<double> times, double share)
{
    std::ranges::sort(times);
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
}

LibraryEntry pairOf(int attention, int ffn, double layerFactor, std::mt19937_64 &random)
{
    auto noise = [&] { return 0.9 + 0.2 * static_cast<double>(random() >> 11) * 0x1p-53; };
    const double kept = 1 - attention / (kAttentions - 1.0), width = 1 - ffn / (kFfns - 1.0);
    LibraryEntry entry;
    entry.attention = attention + 1 < kAttentions ? gqa(1 << (kAttentions - 2 - attention)) : noneVariant(Part::Attention);
    entry.ffn = ffn + 1 < kFfns ? ffnWidth(3584 * (kFfns - 1 - ffn)) : noneVariant(Part::Ffn);
    const bool parent = attention == 0 && ffn == 0;
    auto amount = [&](double value) { return CostValue{static_cast<Amount>(value), false}; };
    entry.costs = {{{"memory", amount((3e8 * kept + 1.4e9 * width) * (parent ? 1 : noise()) + 1)},
                    {"parameters", amount((1.5e8 * kept + 7e8 * width) * (parent ? 1 : noise()) + 1)},
                    {"runtime", amount((4e6 * kept + 6e6 * width) * (parent ? 1 : noise()) + 1)}}};
    entry.scores["kl_div"] = {parent ? 0 : layerFactor * noise() * (0.4 * std::pow(1 - kept, 2) + std::pow(1 - width, 2)), {}, {}};
    return entry;
}

BlockLibrary syntheticLibrary()
{
    std::mt19937_64 random(1);
    BlockLibrary library;
    library.name = "synthetic";
    library.workloads.emplace_back();
    library.fixed = {{{"memory", {2'000'000'000, false}}, {"parameters", {1'000'000'000, false}}, {"runtime", {3'000'000, false}}}};
    for (int layer = 0; layer < kLayers; ++layer) {
        const double factor = 0.01 * std::exp(std::abs(layer - kLayers / 2.0) / (kLayers / 4.0));
        BlockLibrary::Layer made{{gqa(1 << (kAttentions - 2)), ffnWidth(3584 * (kFfns - 1))}, {}};
        for (int attention = 0; attention < kAttentions; ++attention)
            for (int ffn = 0; ffn < kFfns; ++ffn)
                made.entries.push_back(pairOf(attention, ffn, factor, random));
        library.layers.push_back(std::move(made));
    }
    return library;
}

Json scenarioAt(int request)
{
    char memory[32];
    std::snprintf(memory, sizeof memory, "memory=%.2f%%", 80 - 30.0 * request / kRequests);
    return {{"max", {memory, "parameters=75%", "runtime=80%"}}};
}

/// A running tessera serve.
class Service {
public:
    Service() : m_child({TESSERA_BIN_DIR "/tessera", "serve"})
    {
        call("hello", {{"protocol", kProtocolVersion}, {"program", "bench"}});
    }

    std::int64_t ask(const std::string &method, Json params)
    {
        m_child.send(toLine(makeRequest(++m_lastId, method, std::move(params))));
        m_child.exchange(std::chrono::milliseconds(0), [&](std::string_view bytes) { m_lines.feed(bytes); });
        return m_lastId;
    }
    Json answer(std::int64_t id)
    {
        for (;;) {
            while (auto line = m_lines.next()) {
                Message message = parseMessage(*line, "tessera serve");
                if (message.id != id)
                    continue;
                if (message.error)
                    throw toError(*message.error);
                return *message.result;
            }
            if (!m_child.exchange(std::chrono::seconds(60), [&](std::string_view bytes) { m_lines.feed(bytes); }))
                throw failed("tessera serve ended");
        }
    }
    Json call(const std::string &method, Json params) { return answer(ask(method, std::move(params))); }

private:
    ChildProcess m_child;
    LineSplitter m_lines;
    std::int64_t m_lastId = 0;
};

void printCase(const std::string &name, double measured, double peer, double goal)
{
    std::printf("{\"case\":\"%s\",\"measured\":%.6g,\"peer\":%.6g,\"ratio\":%.4f,\"goal\":%.2f,\"unit\":\"ms\"}\n", name.c_str(), measured,
                peer, peer / measured, goal);
    std::fflush(stdout);
}

struct Times {
    std::vector<double> here, there;
};

/// Each request both ways in turn. besides is called before each.
Times measure(Service &service, const std::shared_ptr<const BlockLibrary> &library, const std::function<void()> &besides)
{
    Times times;
    for (int request = 0; request < kRequests; ++request) {
        besides();
        const Json scenario = scenarioAt(request);
        Clock::time_point begin = Clock::now();
        const Json told = service.call("preview", {{"scenario", scenario}, {"max_ms", 1000}});
        times.there.push_back(millisecondsSince(begin));
        begin = Clock::now();
        SolveOptions how;
        how.choice = SolverChoice::Labels;
        how.solver.maxSeconds = 1;
        const Solution solution = solve(makeProblem(library, parseScenario(scenario, "the bench")), how);
        times.here.push_back(millisecondsSince(begin));
        if (solution.found() && solution.status == SolveStatus::Optimal && told["objective"] != solution.objective)
            throw failed("the service and this process disagree");
    }
    return times;
}

void report(const std::string &name, const Times &times, double goal)
{
    printCase("preview over the pipe" + name + ", median", quantile(times.there, 0.5), quantile(times.here, 0.5), goal);
    printCase("preview over the pipe" + name + ", 95th percentile", quantile(times.there, 0.95), quantile(times.here, 0.95), goal);
}

void run(const std::string &project)
{
    auto library = std::make_shared<const BlockLibrary>(syntheticLibrary());
    saveLibrary(project, *library);
    Service service;
    Clock::time_point begin = Clock::now();
    service.call("project/open", {{"path", project}});
    const double opened = millisecondsSince(begin);
    begin = Clock::now();
    loadLibrary(Project::openForReading(project));
    printCase("open 80 x 54 over the pipe", opened, millisecondsSince(begin), 0.3);
    report("", measure(service, library, [] {}), 0.8);
    report(" while the library is fetched", measure(service, library, [&] { service.ask("library/variants", Json::object()); }), 0.4);
    service.ask("front", {{"axes", {"memory"}}, {"points", 1000}});
    report(" while a front is traced", measure(service, library, [] {}), 0.4);
}

} // namespace

int main()
{
    std::string folder = (std::filesystem::temp_directory_path() / "tessera-bench-XXXXXX").string();
    if (!::mkdtemp(folder.data()))
        return 1;
    int code = 0;
    try {
        run(folder + "/bench.tessera");
    } catch (const Error &e) {
        std::fprintf(stderr, "%s\n", e.what());
        code = 1;
    }
    std::filesystem::remove_all(folder);
    return code;
}
