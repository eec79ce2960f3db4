// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/demo_journey.h"

#include <QFileInfo>
#include <QTest>

#include <optional>
#include <stdexcept>
#include <string>

namespace tessera::ui {

void DemoJourney::SetUp()
{
    if (!QFileInfo::exists(QStringLiteral(TESSERA_BIN_DIR "/tessera-worker")))
        GTEST_SKIP() << "there is no tessera-worker beside the programs under test";
    Journey::SetUp();
    const Json demo = ask("project/demo", {{"folder", m_folder.path().toStdString()}});
    m_window.openPath(QString::fromStdString(demo["project"].get<std::string>()));
    settle();
    ASSERT_TRUE(m_session.project().runnable) << said();
}

Json DemoJourney::ask(const char *method, const Json &params)
{
    std::optional<Reply> answer;
    m_session.engine().call(method, params, &m_window, [&](const Reply &reply) { answer = reply; });
    EXPECT_TRUE(QTest::qWaitFor([&] { return answer.has_value(); }, 120000)) << method;
    if (!answer || !answer->ok())
        throw std::runtime_error(std::string(method) + ": " + (answer ? answer->sentence().toStdString() : "no answer"));
    return answer->result;
}

} // namespace tessera::ui
