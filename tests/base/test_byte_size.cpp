// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/byte_size.h"

#include "engine/base/error.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(ByteSize, IsReadInPowersOfAThousandAndOf1024)
{
    EXPECT_EQ(parseBytes("4096"), 4096);
    EXPECT_EQ(parseBytes("24GiB"), std::int64_t{24} << 30);
    EXPECT_EQ(parseBytes("80 GB"), 80'000'000'000);
    EXPECT_EQ(parseBytes("1.5MiB"), 3 << 19);
    EXPECT_EQ(parseBytes("7kB"), 7000);
    EXPECT_EQ(parseBytes("7KB"), 7000);
}

TEST(ByteSize, ThatIsNoneIsRefusedInASentence)
{
    for (const char *text : {"", "GiB", "0", "-1GiB", "0.5", "nan", "inf", "1e300", "9.1e15B", "12gib", "12 GiB ", "1,5GiB"})
        try {
            ADD_FAILURE() << '"' << text << "\" was taken for " << parseBytes(text);
        } catch (const Error &error) {
            EXPECT_NE(std::string(error.what()).find("is no size: write 24GiB"), std::string::npos) << error.what();
        }
}

TEST(ByteSize, IsToldInTheLargestUnitThatFits)
{
    EXPECT_EQ(bytesText(0), "0 B");
    EXPECT_EQ(bytesText(640), "640 B");
    EXPECT_EQ(bytesText(1024), "1 KiB");
    EXPECT_EQ(bytesText(3 << 19), "1.5 MiB");
    EXPECT_EQ(bytesText(-(std::int64_t{24} << 30)), "-24 GiB");
}

} // namespace
} // namespace tessera
