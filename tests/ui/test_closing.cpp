// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/views/window/main_window.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <optional>

using namespace tessera;
using namespace tessera::ui;

namespace {

/// What the system says of a process: its state and its parent.
struct ProcessState {
    char state = 0; ///< 0: there is none.
    qint64 parent = 0;
    bool runs() const { return state != 0 && state != 'Z' && state != 'X'; }
};

ProcessState stateOf(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    // Behind the name, which may hold anything.
    const QByteArray text = file.readAll();
    const QList<QByteArray> words = text.mid(text.lastIndexOf(')') + 2).split(' ');
    return words.size() > 1 ? ProcessState{words[0].isEmpty() ? '\0' : words[0][0], words[1].toLongLong()} : ProcessState{};
}

QList<qint64> childrenOf(qint64 parent)
{
    QList<qint64> found;
    const QStringList all = QDir(QStringLiteral("/proc")).entryList(QDir::Dirs);
    for (const QString &name : all)
        if (qint64 pid = name.toLongLong(); pid > 0 && stateOf(pid).parent == parent)
            found.append(pid);
    return found;
}

/// The window with its engine, closed when it goes.
struct Studio {
    QStringList complaints;
    Session session;
    Search search{session};
    MainWindow window{session, search};

    Studio()
    {
        window.setRemembers(false);
        QObject::connect(&session, &Session::complained, &window, [this](const QString &text) { complaints.append(text); });
        window.show();
        session.start(QStringLiteral(TESSERA_BIN_DIR "/tessera"));
        EXPECT_TRUE(QTest::qWaitFor([this] { return session.engine().isConnected(); }, 60000)) << said();
    }
    ~Studio() { window.close(); }
    std::string said() const { return complaints.join("; ").toStdString(); }
    std::optional<Reply> ask(const char *method, const Json &params, const EngineClient::Item &onItem = {})
    {
        std::optional<Reply> answer;
        session.engine().call(method, params, &window, [&](const Reply &reply) { answer = reply; }, onItem);
        EXPECT_TRUE(QTest::qWaitFor([&] { return answer.has_value(); }, 180000)) << method;
        return answer;
    }
    void open(const QString &path)
    {
        window.openPath(path);
        ASSERT_TRUE(QTest::qWaitFor([&] { return session.project().isOpen() && session.isSettled() && search.isSettled(); }, 60000))
            << said();
    }
};

const Json kFit{{"stages", {"fit"}}, {"fit_tokens", 1024}, {"threads", 1}};

} // namespace

TEST(Closing, WhileAJobRunsLeavesNoProcessBehindAndTheJobContinuesLater)
{
    if (!QFileInfo::exists(QStringLiteral(TESSERA_BIN_DIR "/tessera-worker")))
        GTEST_SKIP() << "there is no tessera-worker beside the programs under test";
    QTemporaryDir folder;
    const QString project = folder.filePath("small.tessera");
    QList<qint64> processes;
    std::int64_t finished = 0;
    {
        Studio studio;
        auto made = studio.ask("project/create", {{"path", project.toStdString()},
                                                  {"parent", TESSERA_RESOURCES "/demo"},
                                                  {"texts", {TESSERA_RESOURCES "/demo/persuasion.txt"}},
                                                  {"space", {{"ffn_fractions", {100, 50}}}},
                                                  {"dtype", "f32"},
                                                  {"window", 64}});
        ASSERT_TRUE(made && made->ok()) << made->sentence().toStdString();
        studio.open(project);
        studio.session.engine().call("jobs/run", kFit, &studio.window, [](const Reply &) {},
                                     [&](const Json &item) { finished = item.at("done").get<std::int64_t>(); });
        ASSERT_TRUE(QTest::qWaitFor([&] { return finished > 0; }, 180000)) << studio.said();
        processes = childrenOf(studio.session.engine().pid());
        EXPECT_FALSE(processes.isEmpty()) << "a worker is at work";
        processes.append(studio.session.engine().pid());
    }
    for (qint64 pid : processes)
        EXPECT_TRUE(QTest::qWaitFor([&] { return !stateOf(pid).runs(); }, 20000)) << "process " << pid << " outlives the window";

    Studio studio;
    studio.open(project);
    auto history = studio.ask("jobs/history", Json::object());
    ASSERT_TRUE(history && history->ok() && history->result["rows"].size() == 1) << studio.said();
    const Json first = history->result["rows"][0];
    EXPECT_NE(first["state"], "done");
    EXPECT_LT(first["done"], first["total"]);
    std::int64_t next = 0;
    auto run = studio.ask("jobs/run", kFit, [&](const Json &item) { next = next > 0 ? next : item.at("done").get<std::int64_t>(); });
    ASSERT_TRUE(run && run->ok()) << run->sentence().toStdString();
    EXPECT_GT(next, finished) << "what was finished is kept";
    EXPECT_EQ(run->result["stages"][0]["done"], run->result["stages"][0]["total"]);
    EXPECT_EQ(studio.said(), "");
}
