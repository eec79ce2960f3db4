// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/distill/global_distill.h"

#include "engine/base/byte_size.h"
#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/distill/global_memory.h"
#include "engine/distill/student.h"
#include "engine/nn/device.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/run.h"
#include "engine/nn/streamed_model.h"
#include "engine/protocol/remark.h"
#include "engine/text/token_file.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <numeric>
#include <random>

namespace tessera {
namespace distill {

std::vector<std::int64_t> WindowOrder::ofStep(std::int64_t step, std::int64_t windows)
{
    std::vector<std::int64_t> chosen;
    for (std::int64_t i = step * windows; i < (step + 1) * windows; ++i) {
        if (i / m_count != m_epoch) {
            m_epoch = i / m_count;
            m_order.resize(static_cast<std::size_t>(m_count));
            std::iota(m_order.begin(), m_order.end(), 0);
            // Not std::shuffle, whose order depends on the library.
            std::mt19937_64 random(m_seed + static_cast<std::uint64_t>(m_epoch) * 0x9e3779b97f4a7c15ull);
            for (std::size_t k = m_order.size(); k > 1; --k)
                std::swap(m_order[k - 1], m_order[random() % k]);
        }
        chosen.push_back(m_order[static_cast<std::size_t>(i % m_count)]);
    }
    return chosen;
}

namespace {

constexpr double kCheckpointSeconds = 300;
/// Of a time budget, as warmupCosine() counts it.
constexpr std::int64_t kScheduleParts = 100000;

constexpr std::int64_t kMostTokens = std::int64_t{1} << 50;

using Clock = std::chrono::steady_clock;

void checkRequest(const DistillChildrenRequest &r)
{
    if (r.children.empty())
        throw badInput("global distillation needs at least one child");
    bool budget = r.tokens >= 0 && std::isfinite(r.minutes) && r.minutes >= 0 && (r.tokens > 0) != (r.minutes > 0);
    if (!budget)
        throw badInput("global distillation needs a budget, either of tokens or of minutes");
    if (r.tokens > kMostTokens || r.batchTokens > kMostTokens || r.minutes > 1e9)
        throw badInput("more tokens or minutes than any machine will see");
    if (r.batchTokens < 1 || r.tokensAtOnce < 1 || r.heldOutTokens < 1 || r.evaluationSteps < 1)
        throw badInput("the batch, what goes through a network at once, the held-out tokens and the steps between evaluations must be "
                       "positive");
    bool weights = r.klWeight >= 0 && r.cosineWeight >= 0 && r.lmWeight >= 0 && r.klWeight + r.cosineWeight + r.lmWeight > 0;
    if (!weights)
        throw badInput("the weights of the losses must not be negative, and one must be positive");
    if (!(r.learningRate > 0) || r.warmup < 0 || r.warmup > 1 || r.weightDecay < 0 || r.weightDecay > 1 || r.clipNorm < 0)
        throw badInput("the learning rate must be positive, warm-up and weight decay lie between 0 and 1, the clipped norm not "
                       "be negative");
}

void checkChild(const ModelConfig &parent, const ModelConfig &child, const std::string &name)
{
    auto same = [&](std::int64_t ours, std::int64_t theirs, const std::string &what) {
        if (ours != theirs)
            throw badInput(name + " is no child of this parent: it has " + what + " " + std::to_string(ours) + ", the parent "
                           + std::to_string(theirs));
    };
    same(child.vocabulary, parent.vocabulary, "a vocabulary of");
    same(child.hidden, parent.hidden, "a hidden width of");
    same(child.layers, parent.layers, "a number of layers of");
}

/// Two requests with this in common may share a state.
std::string purposeOf(const DistillChildrenRequest &request, const StudentOrder &child, const Checkpoint &parent)
{
    Json json = toJson(request);
    for (const char *key : {"parent", "children", "token_file", "held_out_token_file", "scratch_folder"})
        json.erase(key);
    json["run"].erase("threads");
    for (const std::string &tensor : child.tensors)
        json["tensors"].push_back(tensor);
    json["stored_as"] = toString(child.storedAs);
    return hashText(json.dump() + hashFile(request.tokenFile) + hashFile(request.heldOutTokenFile) + parent.fingerprint()
                    + Checkpoint::open(child.model).fingerprint());
}

/// The loop over steps, with what it needs in one place.
class Trainer {
public:
    Trainer(const DistillChildrenRequest &request, const WorkContext &context)
        : m_request(request), m_context(context), m_parent(Checkpoint::open(request.parent)), m_windows(windowsOf(request.tokenFile, 0)),
          m_heldOut(windowsOf(request.heldOutTokenFile, request.heldOutTokens)),
          m_rope(nn::makeRope(m_parent.config(), request.window)), m_order(m_windows.size(0), request.run.seed),
          m_batchWindows(std::max<std::int64_t>(1, request.batchTokens / request.window)),
          m_windowsAtOnce(std::max<std::int64_t>(1, request.tokensAtOnce / request.window)), m_memory(shareMemory()),
          m_teacher(m_parent, nn::scalarType(request.run.dtype), m_memory.layers)
    {
        for (std::size_t i = 0; i < request.children.size(); ++i) {
            const StudentOrder &child = request.children[i];
            m_students.push_back(std::make_unique<Student>(
                child, request, std::filesystem::path(request.scratchFolder) / ("child-" + std::to_string(i) + ".safetensors"),
                purposeOf(request, child, m_parent)));
        }
        for (const auto &student : m_students)
            m_secondsBefore = std::max(m_secondsBefore, student->seconds());
    }

    Json run()
    {
        try {
            train();
        } catch (const Error &error) {
            if (error.kind() != ErrorKind::Interrupted)
                throw;
            save();
            throw interrupted("stopped at step " + std::to_string(step()) + "; what was reached is in " + m_request.scratchFolder
                              + ", and the same command continues");
        }
        return finish();
    }

private:
    /// Says what is going to be taken before anything is loaded.
    GlobalMemory shareMemory() const
    {
        const at::ScalarType dtype = nn::scalarType(m_request.run.dtype);
        GlobalSize size;
        size.windows = std::min(m_windowsAtOnce, std::max(m_batchWindows, m_heldOut.size(0)));
        size.length = m_request.window;
        size.parts = (m_batchWindows + size.windows - 1) / size.windows;
        for (const StudentOrder &order : m_request.children) {
            const Checkpoint child = Checkpoint::open(order.model);
            checkChild(m_parent.config(), child.config(), order.model);
            addChild(size, child.architecture(), order.tensors, dtype);
        }
        const GlobalMemory memory = globalMemory(m_parent.architecture(), dtype, size);
        remark(m_context, "distilling " + describe(memory, m_parent.architecture(), size));
        nn::beginPeak();
        return memory;
    }

    at::Tensor windowsOf(const std::string &file, std::int64_t maxTokens) const
    {
        TokenFile tokens(file, m_parent.config().vocabulary);
        return cutWindows(tokens.tokens(), m_request.window, maxTokens).tokens;
    }

    std::int64_t batchTokens() const { return m_batchWindows * m_request.window; }
    std::int64_t steps() const { return (m_request.tokens + batchTokens() - 1) / batchTokens(); }
    double seconds() const
    {
        return m_secondsBefore + std::chrono::duration<double>(Clock::now() - m_began).count();
    }
    /// Children that were saved one after the other may be a step apart: the one behind goes first.
    std::int64_t step() const
    {
        std::int64_t least = m_students.front()->step();
        for (const auto &student : m_students)
            least = std::min(least, student->step());
        return least;
    }
    bool finished() const
    {
        return m_request.minutes > 0 ? seconds() >= 60 * m_request.minutes : step() >= steps();
    }
    double learningRate() const
    {
        if (m_request.minutes <= 0)
            return nn::warmupCosine(m_request.learningRate, step(), steps(), m_request.warmup);
        auto part = static_cast<std::int64_t>(seconds() / (60 * m_request.minutes) * static_cast<double>(kScheduleParts));
        return nn::warmupCosine(m_request.learningRate, part, kScheduleParts, m_request.warmup);
    }

    void train()
    {
        for (;;) {
            bool over = finished();
            evaluateWhereDue(over);
            if (over)
                return;
            m_context.stop.throwIfRequested();
            trainStep();
            say();
            if (std::chrono::duration<double>(Clock::now() - m_saved).count() > kCheckpointSeconds)
                save();
        }
    }

    /// Calls work with every part of some windows that goes through a network at once, and the teacher's pass over it.
    template <typename Work> void inParts(const at::Tensor &windows, const Work &work)
    {
        for (std::int64_t first = 0; first < windows.size(0);) {
            std::vector<at::Tensor> parts;
            for (; first < windows.size(0) && static_cast<std::int64_t>(parts.size()) < m_memory.together; first += m_windowsAtOnce)
                parts.push_back(windows.narrow(0, first, std::min(m_windowsAtOnce, windows.size(0) - first)));
            std::vector<TeacherPass> passes = passThrough(m_teacher, parts, m_rope, m_context.stop);
            for (std::size_t i = 0; i < parts.size(); ++i) {
                m_context.stop.throwIfRequested();
                work(parts[i], passes[i]);
                passes[i] = {};
            }
        }
    }

    /// Does work, and does it again from its start with half as many windows at once while the device has too little memory.
    template <typename Work> void whereMemoryAllows(const Work &work)
    {
        for (;;) {
            try {
                return work();
            } catch (const c10::Error &error) {
                if (!nn::isOutOfMemory(error) || m_windowsAtOnce * m_memory.together == 1)
                    throw;
            }
            // Fewer parts side by side change no bit.
            (m_memory.together > 1 ? m_memory.together : m_windowsAtOnce) /= 2;
            m_note = "the device's memory allows no more than " + std::to_string(m_windowsAtOnce * m_memory.together) + " windows at once";
            remark(m_context, "distill: " + m_note);
            for (auto &student : m_students)
                student->dropBatch();
            nn::releaseUnused();
        }
    }

    void trainStep()
    {
        std::int64_t now = step();
        double rate = learningRate();
        at::Tensor batch = m_windows.index_select(0, at::tensor(m_order.ofStep(now, m_batchWindows), at::kLong));
        whereMemoryAllows([&] {
            for (auto &student : m_students)
                student->dropBatch();
            inParts(batch, [&](const at::Tensor &part, const TeacherPass &pass) {
                for (auto &student : m_students)
                    if (student->step() == now)
                        student->learn(m_teacher.model(), pass, part, batch.size(0) * (batch.size(1) - 1));
            });
        });
        for (auto &student : m_students)
            if (student->step() == now)
                student->update(rate);
    }

    void evaluateWhereDue(bool over)
    {
        std::vector<Student *> due;
        for (auto &student : m_students)
            if (!student->evaluated() && (over || student->step() % m_request.evaluationSteps == 0))
                due.push_back(student.get());
        evaluate(due);
        for (Student *student : due) {
            student->finishEvaluation();
            Json item = student->lastPoint();
            for (std::size_t i = 0; i < m_students.size(); ++i)
                if (m_students[i].get() == student)
                    item["child"] = i;
            item["tokens"] = student->step() * batchTokens();
            m_context.item(item);
        }
        if (!due.empty())
            say();
    }

    void evaluate(const std::vector<Student *> &students)
    {
        if (students.empty())
            return;
        whereMemoryAllows([&] {
            for (Student *student : students)
                student->beginEvaluation();
            inParts(m_heldOut, [&](const at::Tensor &part, const TeacherPass &pass) {
                for (Student *student : students)
                    student->evaluate(m_teacher.model(), pass, part);
            });
        });
    }

    void save()
    {
        for (auto &student : m_students)
            student->save(seconds());
        m_saved = Clock::now();
    }

    void say() const
    {
        char text[96];
        std::snprintf(text, sizeof text, "step %lld, loss %.4f, best held out %.4f", static_cast<long long>(step()),
                      m_students.front()->trainingLoss(), m_students.front()->bestLoss());
        if (m_request.minutes > 0)
            m_context.progress({"distill", static_cast<std::int64_t>(seconds()), static_cast<std::int64_t>(60 * m_request.minutes),
                                "seconds", text});
        else
            m_context.progress({"distill", step() * batchTokens(), steps() * batchTokens(), "tokens", text});
    }

    Json finish()
    {
        save(); // Only the writing is left to do, should it fail.
        std::vector<Student *> rounded;
        for (auto &student : m_students)
            if (student->roundBest())
                rounded.push_back(student.get());
        evaluate(rounded);
        for (Student *student : rounded)
            student->finishRounded();
        Json result{{"steps", step()}, {"tokens", step() * batchTokens()}, {"seconds", seconds()}, {"children", Json::array()}};
        result["memory"] = {{"predicted", m_memory.bytes}, {"layers", m_memory.layers}, {"moved", m_teacher.bytesMoved()}};
        if (const auto taken = nn::peakBytes()) {
            result["memory"]["taken"] = *taken;
            remark(m_context, "distilling took " + bytesText(*taken) + " at its peak");
        }
        if (!m_note.empty())
            result["note"] = m_note;
        for (auto &student : m_students)
            result["children"].push_back(student->write());
        return result;
    }

    const DistillChildrenRequest &m_request;
    const WorkContext &m_context;
    Checkpoint m_parent;
    at::Tensor m_windows, m_heldOut;
    nn::Rope m_rope;
    WindowOrder m_order;
    std::int64_t m_batchWindows, m_windowsAtOnce;
    GlobalMemory m_memory;
    nn::StreamedModel m_teacher;
    std::vector<std::unique_ptr<Student>> m_students;
    std::string m_note;
    double m_secondsBefore = 0;
    Clock::time_point m_began = Clock::now(), m_saved = Clock::now();
};

} // namespace
} // namespace distill

Json runDistillChildren(const DistillChildrenRequest &request, const WorkContext &context)
{
    nn::beginRun(request.run);
    distill::checkRequest(request);
    return distill::Trainer(request, context).run();
}

} // namespace tessera
