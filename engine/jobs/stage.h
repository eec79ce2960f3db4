// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/jobs/run.h"
#include "engine/store/results.h"
#include "engine/store/scores.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace tessera {

/// What every stage works with.
struct StageInput {
    Project &project;
    const RunOrder &options;
    ProjectSettings settings;
    std::int64_t window = 512;
    std::vector<VariantAt> variants; ///< All that are not the parent's own, in order of layers.
    std::string parent;              ///< Absolute path.

    const TokenSplit &split(const std::string &name) const;
    std::string folder(const std::string &name) const; ///< Of blocksFolder(), made where it is missing.
    RunSettings run() const;
    std::vector<TokenSplit> splits;
};

/// One call of a worker, and what becomes of its items.
struct StageCall {
    std::string method;
    Json request;
    /// Commits an item; returns by how much the stage's done grows.
    std::function<std::int64_t(const Json &item)> commit;
    /// What the worker's device must begin with ("cuda"); empty: any. Where it does not, otherwise is said instead.
    std::string device{}, otherwise{};
};

/// A stage as far as it is left to do: pure in what the project holds, so that planning again after any end goes on.
struct StagePlan {
    std::int64_t done = 0, total = 0;
    std::vector<StageCall> calls;
    std::vector<std::string> remarks;
};

StagePlan planInit(const StageInput &input);
StagePlan planFit(const StageInput &input);
StagePlan planDistill(const StageInput &input);
StagePlan planCouple(const StageInput &input);
StagePlan planScore(const StageInput &input);
StagePlan planScorePaper(const StageInput &input);
StagePlan planMeasure(const StageInput &input);

/// The options of a stage: what it was begun with, else what is asked for, else the default. Throws Error (BadInput) when what is
/// asked for differs from what the stage was begun with, since its results would not fit together.
class StageOptions {
public:
    StageOptions(Project &project, std::string stage);
    template <typename T> T value(const std::string &key, const std::optional<T> &asked, const T &otherwise)
    {
        if (m_saved.contains(key)) {
            T saved = m_saved[key].get<T>();
            if (asked && *asked != saved)
                throw contradiction(key, Json(saved).dump());
            return saved;
        }
        T chosen = asked.value_or(otherwise);
        m_saved[key] = chosen;
        return chosen;
    }
    /// What was found out when the stage was begun.
    template <typename Find> Json fixed(const std::string &key, const Find &find)
    {
        if (!m_saved.contains(key))
            m_saved[key] = find();
        return m_saved[key];
    }
    /// To be called before the stage's first result.
    void save();

private:
    Error contradiction(const std::string &key, const std::string &saved) const;
    Project &m_project;
    std::string m_stage;
    Json m_saved;
};

/// Weights that are recorded and whose file is still there.
std::map<Candidate, WeightsRecord> presentWeights(const Project &project);
/// Reads a worker's item of weights and checks that it is of this origin and that its file lies in folder.
WeightsRecord weightsRecordOf(const Json &item, Origin origin, const std::string &folder);
/// The best weights that a variant has, none among them; nothing where it has no file. chosen, present: of one project.
std::optional<SubBlockSource> chosenSource(const VariantAt &at, const std::map<VariantAt, Origin> &chosen,
                                           const std::map<Candidate, WeightsRecord> &present);
/// A request of training by its options alone: how long, how fast.
DistillRequest distillRequest(const StageInput &input, StageOptions &options);
/// Adds the parent, texts and folders, once it is known that something is to be trained.
void addPlaces(DistillRequest &request, const StageInput &input, const std::string &scratch);

} // namespace tessera
