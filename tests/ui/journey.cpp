// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/journey.h"

#include "tests/ui/studio_application.h"

#include <QFile>
#include <QTest>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr double kAttention[] = {400, 0}, kFfn[] = {800, 400, 0};

double attentionDamage(int layer, int option) { return option * (0.3 + 0.2 * layer); }
double ffnDamage(int layer, int option) { return option * option * (0.5 - 0.1 * layer); }

/// A library of four layers; costs and scores as above.
Json toyLibrary()
{
    const char *attention[] = {"attention=gqa:2", "attention=none"},
               *ffn[] = {"ffn=width:8", "ffn=width:4", "ffn=none"};
    Json layers = Json::array();
    for (int layer = 0; layer < kToyLayers; ++layer) {
        Json blocks = Json::array();
        for (int i = 0; i < 2; ++i)
            blocks.push_back({{"block", attention[i]},
                              {"costs", {{"memory", kAttention[i]}}},
                              {"scores", {{"kl_div", attentionDamage(layer, i)}}}});
        for (int i = 0; i < 3; ++i)
            blocks.push_back(
                {{"block", ffn[i]}, {"costs", {{"memory", kFfn[i]}}}, {"scores", {{"kl_div", ffnDamage(layer, i)}}}});
        layers.push_back({{"parent", "attention=gqa:2+ffn=width:8"}, {"blocks", blocks}});
    }
    return {{"name", "toy"},
            {"objective_default", "kl_div"},
            {"workload", {{"name", "chat"}, {"batch", 1}, {"input", 8}, {"output", 8}}},
            {"fixed", {{"memory", 200}}},
            {"layers", layers}};
}

} // namespace

double bestWithin(double memory)
{
    double best = 1e300;
    int combinations = 1;
    for (int layer = 0; layer < kToyLayers; ++layer)
        combinations *= 6;
    for (int code = 0; code < combinations; ++code) {
        double cost = 200, damage = 0;
        for (int layer = 0, rest = code; layer < kToyLayers; ++layer, rest /= 6) {
            cost += kAttention[rest % 2] + kFfn[rest % 6 / 2];
            damage += attentionDamage(layer, rest % 2) + ffnDamage(layer, rest % 6 / 2);
        }
        if (cost <= memory)
            best = std::min(best, damage);
    }
    return best;
}

void Journey::SetUp()
{
    QFile file(m_folder.filePath("toy.json"));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(toyLibrary().dump()));
    file.close();
    m_window.setRemembers(false);
    QObject::connect(&m_session, &Session::complained, [this](const QString &text) { m_complaints.append(text); });
    m_window.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&m_window, 20000));
    QTest::qWait(50);
    StudioApplication::forget(); // The very first picture, with all its fonts, is another promise.
    m_session.start(QString::fromLatin1(TESSERA_BIN_DIR) + "/tessera");
    ASSERT_TRUE(QTest::qWaitFor([this] { return m_session.engine().isConnected(); }, 60000)) << said();
    QString project = m_folder.filePath("toy.tessera");
    bool made = false;
    m_session.engine().call("project/import",
                            {{"format", "library"},
                             {"source", m_folder.filePath("toy.json").toStdString()},
                             {"path", project.toStdString()}},
                            &m_window, [&](const Reply &reply) {
                                made = reply.ok();
                                if (!made)
                                    m_complaints.append(reply.sentence());
                            });
    ASSERT_TRUE(QTest::qWaitFor([&] { return made; }, 60000)) << said();
    m_window.openPath(project);
    settle();
    ASSERT_EQ(m_session.library().variants.size(), kToyLayers * 5) << said();
}

void Journey::TearDown()
{
    EXPECT_LT(StudioApplication::longestMilliseconds(), StudioApplication::kMostMilliseconds)
        << "ms of the window's thread without a look at its events, in "
        << StudioApplication::longestEvent().toStdString();
    EXPECT_EQ(StudioApplication::warnings().join("; ").toStdString(), "");
}

void Journey::settle()
{
    int calm = 0;
    ASSERT_TRUE(QTest::qWaitFor(
        [&] {
            bool ready = m_session.engine().isConnected() && m_session.project().isOpen()
                      && !m_session.library().isEmpty() && m_session.isSettled() && m_search.isSettled();
            calm = ready ? calm + 1 : 0;
            return calm > 3;
        },
        60000))
        << said();
}

} // namespace tessera::ui
