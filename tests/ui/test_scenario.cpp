// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/scenario.h"
#include "ui/state/text.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace tessera::ui;

TEST(ScenarioDraft, ComesBackFromTheProtocolAsItWas)
{
    ScenarioDraft draft;
    draft.objective = "lm_loss";
    draft.noiseAversion = 1.5;
    draft.limits = {{"memory", false, "70%"}, {"runtime@chat", false, "12.5ms"}, {"attention_layers", true, "4"}};
    draft.pins = {"0:attention=parent"};
    draft.bans = {"3-7:ffn=none"};
    draft.rules = {"monotone"};
    EXPECT_EQ(readScenario(toJson(draft)), draft) << toJson(draft).dump();
    EXPECT_TRUE(readScenario(toJson(ScenarioDraft{})).isEmpty());
}

TEST(ScenarioDraft, WhatIsNoScenarioIsRefused)
{
    EXPECT_ANY_THROW(readScenario(tessera::Json::array()));
    EXPECT_ANY_THROW(readScenario({{"max", {"memory"}}}));
    EXPECT_ANY_THROW(readScenario({{"pin", {1}}}));
}

TEST(LimitValue, ReadsUnitsAndPerCentAsTheCommandLineDoes)
{
    EXPECT_EQ(limitValue("1KiB", "bytes", 0), 1024);
    EXPECT_EQ(limitValue("1.5GB", "bytes", 0), 1.5e9);
    EXPECT_EQ(limitValue("12.5ms", "ms", 0), 12.5);
    EXPECT_EQ(limitValue("2s", "ms", 0), 2000);
    EXPECT_EQ(limitValue("100M", "count", 0), 1e8);
    EXPECT_EQ(limitValue("50%", "ms", 300), 150);
    EXPECT_EQ(limitValue("3", "number", 0), 3);
    for (const char *wrong : {"", "ms", "1 2", "5GiB x", "--3", "1e"})
        EXPECT_FALSE(limitValue(wrong, "ms", 10)) << wrong;
    EXPECT_FALSE(limitValue("5ms", "bytes", 10));
    EXPECT_FALSE(limitValue("50%", "ms", std::nan("")));
}

TEST(LimitValue, AnAmountWrittenOutIsTheSameAmount)
{
    for (double amount : {1.0, 1023.0, 1024.0, 11623681.0, 25769803776.0, 123456789012345.0})
        EXPECT_EQ(limitValue(amountValue(amount, "bytes"), "bytes", 0), amount)
            << amountValue(amount, "bytes").toStdString();
    for (double amount : {0.000001, 151.550399, 86400000.25})
        EXPECT_NEAR(*limitValue(amountValue(amount, "ms"), "ms", 0), amount, 1e-6)
            << amountValue(amount, "ms").toStdString();
    EXPECT_EQ(amountValue(25769803776.0, "bytes").toStdString(), "24GiB");
    EXPECT_EQ(percentValue(70).toStdString(), "70%");
    EXPECT_EQ(percentValue(70.5).toStdString(), "70.5%");
}

TEST(Text, SaysUnknownAndUnitsAsPeopleReadThem)
{
    EXPECT_EQ(formatAmount(kUnknown, "bytes").toStdString(), "–");
    EXPECT_EQ(formatAmount(1024, "bytes").toStdString(), "1.000 KiB");
    EXPECT_EQ(formatAmount(183.889747, "ms").toStdString(), "183.9 ms");
    EXPECT_EQ(formatAmount(7, "count").toStdString(), "7");
    EXPECT_EQ(formatTick(0, "ms").toStdString(), "0");
    EXPECT_EQ(formatTick(0.5, {}).toStdString(), "0.5");
    EXPECT_EQ(formatTick(8 * 1048576.0, "bytes").toStdString(), "8 MiB");
    EXPECT_EQ(formatTick(2500, "ms").toStdString(), "2.5 s");
    EXPECT_EQ(tickGrain(17 * 1048576.0, "bytes"), 1048576);
    EXPECT_EQ(tickGrain(1e6, "ms"), 1);
    EXPECT_EQ(formatPercent(0.704).toStdString(), "70.4 %");
    EXPECT_EQ(formatScore(0.01772, 0.002).toStdString(), "0.01772 ± 0.0020");
    EXPECT_EQ(formatDifference(-5, "count").toStdString(), "−5");
}
