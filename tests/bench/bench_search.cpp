// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
//
// The search at slider speed: a limit moves by 1 % and the optimum is proved again, on instances built like real libraries
// (tests/search/instances.h), many seeds, one thread. The peer is CBC, asked for the same exact answer in the same run.
// "reach" in a case's name is the figure to reach; its ratio is reach / measured, so that 1 is the goal.
#include "engine/search/cbc_solver.h"
#include "engine/search/label_solver.h"
#include "engine/search/shrinkage.h"
#include "tests/search/instances.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tessera {
namespace {

/// Of this thread's processor time, which other programs on the machine cannot take; everything here runs on one thread.
double millisecondsOf(const std::function<void()> &work)
{
    auto now = [] {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
    };
    const double start = now();
    work();
    return now() - start;
}

double percentile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::max<std::size_t>(rank, 1) - 1];
}

std::string numberOrNull(double value)
{
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", value);
    return std::isfinite(value) ? text : "null";
}

void row(const std::string &name, double measured, double peer, double ratio, double goal, const char *unit)
{
    std::printf("{\"case\": \"%s\", \"measured\": %s, \"peer\": %s, \"ratio\": %s, \"goal\": %s, \"unit\": \"%s\"}\n", name.c_str(),
                numberOrNull(measured).c_str(), numberOrNull(peer).c_str(), numberOrNull(ratio).c_str(), numberOrNull(goal).c_str(), unit);
    std::fflush(stdout);
}

void against(const std::string &name, double measured, double reach, const char *unit)
{
    row(name + " (reach " + numberOrNull(reach) + ")", measured, NAN, reach / measured, 1, unit);
}

/// The limits of one program wander by a hundredth of themselves, one at a time.
class Slider {
public:
    explicit Slider(const Program &program) : m_program(program), m_solver(program) {}

    LabelSolver &solver() { return m_solver; }
    const Program &program() const { return m_program; }
    void move(int step)
    {
        Program::Row &limit = m_program.rows[static_cast<std::size_t>(step) % m_program.rows.size()];
        const bool down = step / static_cast<int>(m_program.rows.size()) % 2 == 0;
        limit.upper = static_cast<Amount>(static_cast<double>(limit.upper) * (down ? 0.99 : 1.01));
        m_solver.setBounds(static_cast<std::size_t>(step) % m_program.rows.size(), limit.lower, limit.upper);
    }

private:
    Program m_program;
    LabelSolver m_solver;
};

struct Measured {
    std::vector<double> cold, moved, previews, previewGaps, gaps;
    int unproved = 0;
};

/// New problems, then steps of a slider: one search that proves, and another one that only previews the same steps.
Measured measure(const instances::RealLike &shape, int seeds, int steps, double maxSeconds = 20)
{
    Measured result;
    SolverOptions options;
    options.maxSeconds = maxSeconds;
    for (int seed = 0; seed < seeds; ++seed) {
        const Program program = instances::realLike(shape, static_cast<std::uint64_t>(seed));
        Slider proof(program), preview(program);
        ProgramResult answer;
        result.cold.push_back(millisecondsOf([&] { answer = proof.solver().solve(options, {}); }));
        preview.solver().preview();
        for (int step = 0; step < steps; ++step) {
            proof.move(step);
            preview.move(step);
            double shown = INFINITY;
            result.previews.push_back(millisecondsOf([&] { shown = preview.solver().preview().objective; }));
            result.moved.push_back(millisecondsOf([&] { answer = proof.solver().solve(options, {}); }));
            const bool proved = answer.status == SolveStatus::Optimal;
            result.unproved += !proved;
            result.gaps.push_back((answer.objective - answer.bound) / answer.objective);
            if (proved)
                result.previewGaps.push_back((shown - answer.objective) / answer.objective);
        }
    }
    return result;
}

/// CBC's exact answer to the first programs of a shape, each with its first limit moved.
double cbcMedian(const instances::RealLike &shape, int seeds)
{
    std::vector<double> times;
    for (int seed = 0; seed < seeds; ++seed) {
        Slider slider(instances::realLike(shape, static_cast<std::uint64_t>(seed)));
        slider.move(0);
        SolverOptions options;
        options.maxSeconds = 60;
        times.push_back(millisecondsOf([&] { solveWithCbc(slider.program(), options); }));
    }
    return percentile(times, 0.5);
}

struct Case {
    const char *name;
    instances::RealLike shape;
    double median, p95;
};

void benchMovedLimits()
{
    const Case cases[] = {{"80 x 16, 2 limits", {.layers = 80, .attentions = 2, .ffns = 8, .rows = 2}, 2, 5},
                          {"80 x 54, 3 limits", {.layers = 80, .attentions = 6, .ffns = 9, .rows = 3}, 2, 5},
                          {"126 x 54, 3 limits", {.layers = 126, .attentions = 6, .ffns = 9, .rows = 3}, 10, 20},
                          {"162 x 100, 3 limits", {.layers = 162, .attentions = 10, .ffns = 10, .rows = 3}, 10, 20},
                          {"80 x 54, 4 limits", {.layers = 80, .attentions = 6, .ffns = 9, .rows = 4}, 10, 100},
                          {"126 x 54, 4 limits", {.layers = 126, .attentions = 6, .ffns = 9, .rows = 4}, 10, 100}};
    for (const Case &one : cases) {
        const std::string name = one.name;
        Measured measured = measure(one.shape, 20, 8);
        const double median = percentile(measured.moved, 0.5), peer = cbcMedian(one.shape, 3);
        row(name + ", a limit moved by 1 %: median, peer CBC", median, peer, peer / median, 100, "ms");
        against(name + ", moved: median", median, one.median, "ms");
        against(name + ", moved: 95th percentile", percentile(measured.moved, 0.95), one.p95, "ms");
        row(name + ", moved: the longest", percentile(measured.moved, 1), NAN, NAN, NAN, "ms");
        row(name + ", moved: unproved of " + std::to_string(measured.moved.size()), measured.unproved, NAN, NAN, NAN, "answers");
        row(name + ", new problem: median", percentile(measured.cold, 0.5), NAN, NAN, NAN, "ms");
        row(name + ", new problem: 95th percentile", percentile(measured.cold, 0.95), NAN, NAN, NAN, "ms");
        against(name + ", preview: 95th percentile", percentile(measured.previews, 0.95), one.shape.layers > 100 ? 2 : 1, "ms");
        against(name + ", preview above the optimum: 95th percentile", 100 * percentile(measured.previewGaps, 0.95), 0.2, "%");
    }
}

/// Where labels are many: layers that are all alike, and layers that are nearly so.
void benchAlike()
{
    Measured same = measure({.layers = 80, .attentions = 6, .ffns = 9, .rows = 3, .identical = true}, 20, 4, 2);
    against("80 x 54, 3 limits, identical layers, moved: 95th percentile", percentile(same.moved, 0.95), 100, "ms");
    row("identical layers: unproved of " + std::to_string(same.moved.size()), same.unproved, NAN, NAN, NAN, "answers");
    const instances::RealLike alike{.layers = 80, .attentions = 6, .ffns = 9, .rows = 3, .scoreNoise = 0, .costNoise = 0.01, .identical = true};
    Measured nearly = measure(alike, 20, 4, 0.016);
    row("80 x 54, 3 limits, nearly identical layers: gap shown after 16 ms, median", percentile(nearly.gaps, 0.5), NAN, NAN, NAN, "of 1");
    against("80 x 54, 3 limits, nearly identical layers: gap shown after 16 ms, 95th percentile", percentile(nearly.gaps, 0.95), 1e-3, "of 1");
    row("nearly identical layers: unproved after 16 ms of " + std::to_string(nearly.moved.size()), nearly.unproved, NAN, NAN, NAN, "answers");
    Measured longer = measure(alike, 20, 1, 1);
    row("nearly identical layers: gap shown after 1 s, median", percentile(longer.gaps, 0.5), NAN, NAN, NAN, "of 1");
    row("nearly identical layers: gap shown after 1 s, 95th percentile", percentile(longer.gaps, 0.95), NAN, NAN, NAN, "of 1");
}

/// 100 points of a front against the first limit, each proved from its neighbour.
void benchFront()
{
    const instances::RealLike shape{.layers = 80, .attentions = 2, .ffns = 8, .rows = 2};
    std::vector<double> times, cbcTimes;
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        Program program = instances::realLike(shape, seed);
        const auto most = static_cast<double>(program.rows[0].upper) / 0.65;
        LabelSolver solver(program);
        auto limitAt = [&](int point) { return static_cast<Amount>(most * (0.35 + 0.0065 * point)); };
        times.push_back(millisecondsOf([&] {
            for (int point = 0; point < 100; ++point) {
                solver.setBounds(0, kNoLowerBound, limitAt(point));
                solver.solve();
            }
        }));
        program.rows[0].upper = limitAt(static_cast<int>(10 + 20 * seed));
        cbcTimes.push_back(100 * millisecondsOf([&] { solveWithCbc(program, {}); }));
    }
    const double ours = percentile(times, 0.5), cbc = percentile(cbcTimes, 0.5);
    row("front of 100 points, 80 x 16, 2 limits, peer CBC point by point (100 times one point)", ours, cbc, cbc / ours, 100, "ms");
    against("front of 100 points, 80 x 16, 2 limits", ours, 300, "ms");
}

/// Time against layers, variants and limits, one varied at a time.
void benchScaling()
{
    auto show = [](const std::string &name, const instances::RealLike &shape) {
        row("scaling: " + name + ", moved: median", percentile(measure(shape, 5, 4).moved, 0.5), NAN, NAN, NAN, "ms");
    };
    for (int layers : {20, 40, 80, 160, 320})
        show(std::to_string(layers) + " layers x 54, 3 limits", {.layers = layers, .attentions = 6, .ffns = 9, .rows = 3});
    for (int ffns : {3, 9, 27})
        show("80 layers x " + std::to_string(6 * ffns) + ", 3 limits", {.layers = 80, .attentions = 6, .ffns = ffns, .rows = 3});
    for (int limits : {1, 2, 3, 4, 5})
        show("80 layers x 54, " + std::to_string(limits) + " limits", {.layers = 80, .attentions = 6, .ffns = 9, .rows = limits});
}

/// What noise in the scores costs: children are chosen on noisy scores and judged by the true ones. The standard error of a
/// score is share * (a tenth of the mean score + the score), half or twice as much for some. measured is the median loss of
/// the objective that allows for it, the peer that of the plain sum.
void benchNoise()
{
    const instances::RealLike shape{.layers = 80, .attentions = 3, .ffns = 8, .rows = 2};
    for (double share : {0.02, 0.05, 0.1, 0.2}) {
        std::vector<double> plain, aware, shrunk, both;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const Program truth = instances::realLike(shape, seed);
            const double best = LabelSolver(truth).solve().objective;
            std::mt19937_64 random(seed);
            std::normal_distribution<double> normal;
            const double mean = std::accumulate(truth.scores.begin(), truth.scores.end(), 0.0) / static_cast<double>(truth.options());
            std::vector<Problem::Option> options;
            std::vector<double> noisy;
            for (std::size_t option = 0; option < truth.options(); ++option) {
                const auto slot = option / (truth.options() / truth.slots()), number = option % (truth.options() / truth.slots());
                const double error = truth.scores[option] > 0 ? share * (0.1 * mean + truth.scores[option]) * std::exp(0.7 * normal(random)) : 0;
                options.push_back({static_cast<std::int64_t>(slot), gqa(static_cast<std::int64_t>(number) + 1), ffnWidth(1), error, {}});
                noisy.push_back(truth.scores[option] + error * normal(random));
            }
            const std::vector<ShrunkScore> drawn = shrink(options, noisy);
            auto lossOf = [&](const std::function<double(std::size_t)> &score) {
                Program program = truth;
                for (std::size_t option = 0; option < truth.options(); ++option)
                    program.scores[option] = score(option);
                return 100 * (scoreOf(truth, LabelSolver(program).solve().selection) / best - 1);
            };
            plain.push_back(lossOf([&](std::size_t option) { return noisy[option]; }));
            aware.push_back(lossOf([&](std::size_t option) { return noisy[option] + options[option].standardError; }));
            shrunk.push_back(lossOf([&](std::size_t option) { return drawn[option].mean; }));
            both.push_back(lossOf([&](std::size_t option) { return drawn[option].mean + drawn[option].standardError; }));
        }
        char name[80];
        std::snprintf(name, sizeof name, "loss from score noise of %.0f %%, ", 100 * share);
        const double lost = percentile(plain, 0.5);
        using Way = std::pair<const char *, const std::vector<double> *>;
        for (auto [how, losses] : {Way{"mean + 1 standard error", &aware}, Way{"shrinkage", &shrunk}, Way{"shrinkage + 1 standard error", &both}})
            row(std::string(name) + how + ", peer the plain mean", percentile(*losses, 0.5), lost, lost / percentile(*losses, 0.5), NAN, "%");
    }
}

/// For another peer: an instance with its first limit moved, the time of that step here, and the optimum.
void printInstance(const instances::RealLike &shape, std::uint64_t seed)
{
    Slider slider(instances::realLike(shape, seed));
    slider.solver().solve();
    slider.move(0);
    ProgramResult answer;
    const double time = millisecondsOf([&] { answer = slider.solver().solve(); });
    auto list = [](const char *name, const auto &values) {
        std::printf("\"%s\": [", name);
        for (std::size_t i = 0; i < values.size(); ++i)
            std::printf("%s%.17g", i ? ", " : "", static_cast<double>(values[i]));
        std::printf("], ");
    };
    const Program &program = slider.program();
    std::printf("{");
    list("begin", program.begin);
    list("scores", program.scores);
    std::printf("\"rows\": [");
    for (std::size_t row = 0; row < program.rows.size(); ++row) {
        std::printf("%s{", row ? ", " : "");
        list("amounts", program.rows[row].amounts);
        std::printf("\"upper\": %lld}", static_cast<long long>(program.rows[row].upper));
    }
    std::printf("], \"ms\": %.6g, \"objective\": %.17g, \"optimal\": %s}\n", time, answer.objective,
                answer.status == SolveStatus::Optimal ? "true" : "false");
}

} // namespace
} // namespace tessera

/// Without arguments all cases, or those of one name: moved, alike, front, scaling, noise; --instance LAYERS ATTENTIONS FFNS LIMITS SEED prints one problem with its answer.
int main(int argc, char **argv)
{
    if (argc == 7 && std::strcmp(argv[1], "--instance") == 0) {
        tessera::printInstance({.layers = std::atoi(argv[2]), .attentions = std::atoi(argv[3]), .ffns = std::atoi(argv[4]), .rows = std::atoi(argv[5])},
                               static_cast<std::uint64_t>(std::atoll(argv[6])));
        return 0;
    }
    const std::pair<const char *, void (*)()> all[] = {{"moved", tessera::benchMovedLimits},
                                                       {"alike", tessera::benchAlike},
                                                       {"front", tessera::benchFront},
                                                       {"scaling", tessera::benchScaling},
                                                       {"noise", tessera::benchNoise}};
    for (auto [name, run] : all)
        if (argc == 1 || (argc == 2 && std::strcmp(argv[1], name) == 0))
            run();
}
