// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/dtype.h"
#include "engine/architecture/variant_space.h"
#include "engine/base/progress.h"
#include "engine/base/stop_token.h"
#include "engine/cost/roofline.h"
#include "engine/store/project.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// What tessera new is told.
struct NewProject {
    std::filesystem::path path;
    std::filesystem::path parent;
    std::vector<std::filesystem::path> texts;
    VariantSpace space;
    std::vector<Workload> workloads;     ///< Empty: one of 512 tokens in and 128 out, in the networks' type, on the CPU.
    std::optional<DType> dtype;          ///< Of the networks; missing: the one chooseDType says.
    std::int64_t window = 512;           ///< Tokens that are looked at together; at most the parent's context.
    std::uint64_t seed = 0;
    std::vector<DeviceProfile> devices;  ///< For estimates of run times.
    std::function<DType()> chooseDType;  ///< Asks a device; called where dtype is missing.
};

struct NewProjectSummary {
    std::int64_t layers = 0;
    std::int64_t variants = 0; ///< The parent's own included.
    DType dtype = DType::F32;
    std::int64_t tokens = 0;
    std::vector<std::string> remarks;
};

/// Reads the parent, tokenises and splits the texts, and makes the project with its space and estimated run times. Throws Error
/// when anything is wrong; a project is then not there.
NewProjectSummary createProject(const NewProject &order, const StopToken &stop, const ProgressSink &progress);

/// A project that was finished elsewhere and is shipped without its weights, and where it is to go.
struct FinishedProject {
    std::filesystem::path source, path; ///< Project files.
    std::filesystem::path parent;
    std::vector<std::filesystem::path> texts; ///< In the order in which the project was made of them.
};

/// Copies a finished project: its scores, run times and solutions as they are, its parent where it is here, its tokens made
/// again from the same texts; the stages that make weights make them again when somebody wants a child. Throws Error (BadInput)
/// when path exists, Error (Failed) when something cannot be written or the texts are others.
void adoptProject(const FinishedProject &finished, const StopToken &stop, const ProgressSink &progress);

/// The faster of f32 and bf16 as a worker's "device" answer says; bf16 only where it is at least a tenth faster.
DType fasterDType(const Json &device);

} // namespace tessera
