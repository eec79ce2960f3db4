// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/service/client.h"
#include "tests/service/toy_library.h"

#include <gtest/gtest.h>

namespace tessera {

/// The codes of PROTOCOL.md.
enum ErrorCode {
    kNoJson = -32700,
    kNoRequest = -32600,
    kNoMethod = -32601,
    kWrongParams = -32602,
    kFailedCode = -32001,
    kBadInputCode = -32002,
    kSupersededCode = -32004,
    kTooManyCode = -32005,
    kInterruptedCode = -32130
};

/// A service with the toy library open as a project.
class ToyService : public testing::Test {
protected:
    void SetUp() override
    {
        toy.write(folder.file("toy.json"));
        client.call("project/import", {{"format", "library"}, {"source", folder.file("toy.json")}, {"path", project()}});
        client.call("project/open", {{"path", project()}});
    }
    std::string project() const { return folder.file("toy.tessera"); }

    TestFolder folder;
    ToyLibrary toy;
    Client client;
};

} // namespace tessera
