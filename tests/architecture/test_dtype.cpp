// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/architecture/dtype.h"

#include "engine/base/error.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(DType, PrintsAndParsesTheWordsOfTheCommandLine)
{
    for (const char *word : {"f32", "f16", "bf16", "fp8"})
        EXPECT_EQ(toString(parseDType(word)), word);
    EXPECT_EQ(bytesOf(DType::F32), 4);
    EXPECT_EQ(bytesOf(DType::F16), 2);
    EXPECT_EQ(bytesOf(DType::BF16), 2);
    EXPECT_EQ(bytesOf(DType::Fp8), 1);
}

TEST(DType, RefusesOtherWords)
{
    for (const char *word : {"", "F32", "float32", "f32 "})
        EXPECT_THROW(parseDType(word), Error) << word;
}

} // namespace
} // namespace tessera
