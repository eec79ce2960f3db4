// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// tessera-studio as a program: pictures, and what it says of arguments that cannot be.
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

struct Ended {
    int code = -1;
    std::string said;
};

class Program : public testing::Test {
protected:
    void SetUp() override
    {
        if (!QFileInfo::exists(kProgram))
            GTEST_SKIP() << "there is no tessera-studio beside the programs under test";
        ASSERT_TRUE(QFile::copy(TESSERA_RESOURCES "/demo/finished.tessera", m_project));
    }
    Ended run(const QStringList &arguments)
    {
        QProcess process;
        process.start(kProgram, arguments);
        if (!process.waitForFinished(120000))
            process.kill();
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardError().toStdString()};
    }

    const QString kProgram = QStringLiteral(TESSERA_BIN_DIR "/tessera-studio");
    QTemporaryDir m_folder;
    const QString m_project = m_folder.filePath("demo.tessera"), m_picture = m_folder.filePath("picture.png");
};

} // namespace

TEST_F(Program, WritesAPictureWithTheVariantThatIsNamed)
{
    const Ended ended = run({m_project, "--screenshot", "library", m_picture, "--select", "0:attention=none", "--size", "1024x700"});
    EXPECT_EQ(ended.code, 0) << ended.said;
    EXPECT_EQ(QImage(m_picture).size(), QSize(1024, 700));
}

TEST_F(Program, RefusesWhatTheProjectDoesNotHaveAsItRefusesEveryBadArgument)
{
    const std::vector<std::pair<QStringList, std::string>> refused{
        {{m_project, "--screenshot", "library", m_picture, "--select", "0:ffn=width:77777"}, "no variant 0:ffn=width:77777"},
        {{m_project, "--screenshot", "library", m_picture, "--select", "nonsense"}, "no variant nonsense"},
        {{m_project, "--screenshot", "search", m_picture, "--max", "patience=70%"}, "no cost patience"},
        {{m_project, "--screenshot", "search", m_picture, "--max", "memory=5 cats"}, "5 cats is no amount of memory"},
        {{"--screenshot", "welcome", m_picture, "--select", "0:attention=none"}, "need a project"},
        {{m_project, "--select", "0:attention=none"}, "for --screenshot"},
        {{m_project, "--screenshot", "library", m_picture, "--size", "huge"}, "--size is WIDTHxHEIGHT"},
        {{"--screenshot", "library", m_picture}, "needs a project"},
        {{"--screenshot", "nowhere", m_picture}, "not nowhere"},
        {{"--theme", "green"}, "not green"},
        {{"--colour"}, "colour"}};
    for (const auto &[arguments, part] : refused) {
        const Ended ended = run(arguments);
        EXPECT_EQ(ended.code, 2) << part << ": " << ended.said;
        EXPECT_NE(ended.said.find("tessera-studio: "), std::string::npos) << part;
        EXPECT_NE(ended.said.find(part), std::string::npos) << ended.said;
        EXPECT_FALSE(QFileInfo::exists(m_picture)) << part;
    }
}
