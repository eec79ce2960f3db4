// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/error.h"
#include "engine/store/project.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace tessera {

inline ModelConfig smallConfig()
{
    ModelConfig config;
    config.hidden = 64;
    config.layers = 3;
    config.vocabulary = 256;
    config.heads = 4;
    config.kvHeads = 2;
    config.headDim = 16;
    config.ffnWidth = 128;
    config.context = 128;
    config.tiedEmbeddings = true;
    return config;
}

inline ProjectSettings smallSettings()
{
    ProjectSettings settings;
    settings.name = "small";
    settings.parentPath = "/models/small";
    settings.parentFingerprint = "f00d";
    settings.config = smallConfig();
    settings.space.ffnFractions = {100, 50, 25};
    settings.seed = 18446744073709551615u;
    return settings;
}

inline std::vector<Workload> smallWorkloads()
{
    Workload chat;
    chat.name = "chat";
    Workload batch;
    batch.name = "batch";
    batch.batch = 8;
    return {chat, batch};
}

/// A folder of its own for every test, deleted afterwards.
class StoreTest : public testing::Test {
protected:
    void SetUp() override
    {
        const auto *info = testing::UnitTest::GetInstance()->current_test_info();
        folder = std::filesystem::path(testing::TempDir())
            / (std::string("tessera-store-") + info->name() + std::to_string(::getpid()));
        std::filesystem::create_directories(folder);
        path = folder / "small.tessera";
    }
    void TearDown() override
    {
        std::error_code ignored;
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
        std::filesystem::remove_all(folder, ignored);
    }

    Project makeProject() const
    {
        return Project::create(path, smallSettings(), smallWorkloads(), parentArchitecture(smallConfig()).layers);
    }

    std::filesystem::path folder, path;
};

/// The sentence of the Error that an action throws, or "no error".
template <typename Action> std::string complaintOf(Action action)
{
    try {
        action();
    } catch (const Error &e) {
        return e.what();
    }
    return "no error";
}

inline bool contains(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

} // namespace tessera
