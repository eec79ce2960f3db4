// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/hash.h"

#include "engine/base/error.h"
#include "tests/base/temporary_folder.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(Hash, IsXxh3With128BitsInItsCanonicalForm)
{
    // Of xxhsum -H2, the reference's own program.
    EXPECT_EQ(hashText(""), "99aa06d3014798d86001c324468d497f");
    EXPECT_EQ(hashText("tessera"), "157800c744fd9a1904c1a9b49517cd58");
}

TEST(Hash, OfAFileIsThatOfItsBytes)
{
    test::TemporaryFolder folder;
    std::string text;
    for (int i = 0; i < 300000; ++i)
        text += std::to_string(i);
    std::ofstream(folder / "a", std::ios::binary) << text;
    EXPECT_EQ(hashFile(folder / "a"), hashText(text));
    EXPECT_EQ(hashBytes(std::as_bytes(std::span(text))), hashText(text));
    EXPECT_NE(hashText(text), hashText(text + " "));
}

TEST(Hash, OfWhatCannotBeReadIsAnError)
{
    test::TemporaryFolder folder;
    EXPECT_THROW(hashFile(folder / "missing"), Error);
    EXPECT_THROW(hashFile(folder.path()), Error);
}

} // namespace
} // namespace tessera
