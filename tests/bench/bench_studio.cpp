// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the window promises, without a display: each case against the milliseconds that are promised for it ("peer").
// 80 layers with 54 pairs each and three limits, as in bench_serve; the engine is the real one.
#include "ui/plot/curve_chart.h"
#include "ui/plot/front_view.h"
#include "ui/plot/heat_map_view.h"
#include "ui/plot/solution_strip.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/spectra.h"
#include "ui/theme/theme.h"
#include "ui/views/common/limit_slider.h"
#include "ui/views/search/constraint_panel.h"
#include "ui/views/search/limit_row.h"
#include "ui/views/search/search_page.h"
#include "ui/views/spectra/kernel_panel.h"
#include "ui/views/spectra/kernel_row.h"
#include "ui/views/spectra/parameter_row.h"
#include "ui/views/spectra/spectra_page.h"
#include "ui/views/spectra/spectrum_form.h"
#include "ui/views/window/main_window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <vector>

namespace {

using namespace tessera;
using namespace tessera::ui;

constexpr int kLayers = 80, kAttentions = 6, kFfns = 9, kMoves = 60;

double millisecondsOf(const QElapsedTimer &timer) { return static_cast<double>(timer.nsecsElapsed()) / 1e6; }

double quantile(std::vector<double> times, double share)
{
    std::sort(times.begin(), times.end());
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
}

void printCase(const char *name, double measured, double promised)
{
    std::printf("{\"case\":\"%s\",\"measured\":%.6g,\"peer\":%.6g,\"ratio\":%.4f,\"goal\":1.00,\"unit\":\"ms\"}\n",
                name, measured, promised, promised / measured);
    std::fflush(stdout);
}

/// Sleeps between events, as the window does: one that spins takes a processor from the engine.
bool waitFor(const std::function<bool()> &done, int milliseconds = 60000)
{
    QElapsedTimer timer;
    timer.start();
    QTimer alarm; // Wakes it in the end.
    alarm.start(milliseconds);
    while (!done() && timer.elapsed() < milliseconds)
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    return done();
}

Json syntheticLibrary()
{
    std::mt19937_64 random(1);
    auto noise = [&] { return 0.9 + 0.2 * static_cast<double>(random() >> 11) * 0x1p-53; };
    Json layers = Json::array();
    for (int layer = 0; layer < kLayers; ++layer) {
        double factor = 0.01 * std::exp(std::abs(layer - kLayers / 2.0) / (kLayers / 4.0));
        Json blocks = Json::array();
        std::string parent;
        for (int attention = 0; attention < kAttentions; ++attention)
            for (int ffn = 0; ffn < kFfns; ++ffn) {
                std::string a =
                    attention + 1 < kAttentions ? "gqa:" + std::to_string(1 << (kAttentions - 2 - attention)) : "none";
                std::string f = ffn + 1 < kFfns ? "width:" + std::to_string(3584 * (kFfns - 1 - ffn)) : "none";
                std::string block = "attention=" + a + "+ffn=" + f;
                double kept = 1 - attention / (kAttentions - 1.0), width = 1 - ffn / (kFfns - 1.0);
                bool first = attention == 0 && ffn == 0;
                if (first)
                    parent = block;
                auto amount = [&](double value) { return std::floor(value * (first ? 1 : noise())) + 1; };
                blocks.push_back(
                    {{"block", block},
                     {"costs",
                      {{"memory", amount(3e8 * kept + 1.4e9 * width)},
                       {"parameters", amount(1.5e8 * kept + 7e8 * width)},
                       {"runtime", amount(4000 * kept + 6000 * width) / 1000}}},
                     {"scores",
                      {{"kl_div",
                        first ? 0 : factor * noise() * (0.4 * std::pow(1 - kept, 2) + std::pow(1 - width, 2))}}}});
            }
        layers.push_back({{"parent", parent}, {"blocks", blocks}});
    }
    return {{"name", "synthetic"},
            {"objective_default", "kl_div"},
            {"workload", {{"name", "chat"}, {"batch", 1}, {"input", 512}, {"output", 128}}},
            {"fixed", {{"memory", 2e9}, {"parameters", 1e9}, {"runtime", 3}}},
            {"layers", layers}};
}

/// Says when a window has been painted: widgets are, all that wait for it, when their window is asked to update.
class PaintingApplication : public QApplication {
public:
    using QApplication::QApplication;
    std::function<void()> painted;

    bool notify(QObject *receiver, QEvent *event) override
    {
        const bool update = event->type() == QEvent::UpdateRequest;
        const bool handled = QApplication::notify(receiver, event);
        if (update && painted)
            painted();
        return handled;
    }
};

double paintOnce(PlotView &view)
{
    QImage image(view.size(), QImage::Format_RGB32);
    QPainter painter(&image);
    QElapsedTimer timer;
    timer.start();
    view.paintPlot(painter, view.rect(), false);
    return millisecondsOf(timer);
}

void benchPainters()
{
    QRandomGenerator random(1);
    HeatMapData map;
    map.groups = {{"all", {}}};
    for (int column = 0; column < 500; ++column)
        map.groups[0].columns.append(QString::number(column));
    for (int row = 0; row < 200; ++row)
        map.rows.append(QString::number(row));
    for (int i = 0; i < 100000; ++i)
        map.values.append(random.generateDouble());
    map.exists = QList<char>(100000, 1);
    HeatMapView heat;
    heat.resize(1800, 1000);
    heat.setData(map);
    std::vector<double> times;
    for (int i = 0; i < 21; ++i)
        times.push_back(paintOnce(heat));
    printCase("repaint of a heat map of 200 x 500", quantile(times, 0.5), 5);

    auto cloud = std::make_shared<QList<QPointF>>();
    for (int i = 0; i < 100000; ++i)
        cloud->append({random.generateDouble() * 100, random.generateDouble()});
    FrontData front;
    front.cloud = cloud;
    for (int i = 0; i < 32; ++i)
        front.front.append({3.0 * i + 1, 1.0 / (i + 1)});
    FrontView view;
    view.resize(1000, 600);
    times.clear();
    for (int i = 0; i < 21; ++i) {
        front.cloud =
            std::make_shared<QList<QPointF>>(*cloud); // Another cloud each time: nothing is kept from the last one.
        view.setData(front);
        times.push_back(paintOnce(view));
    }
    printCase("front with 100,000 sampled points, first paint", quantile(times, 0.5), 16);
    times.clear();
    for (int i = 0; i < 21; ++i)
        times.push_back(paintOnce(view));
    printCase("front with 100,000 sampled points, repaint", quantile(times, 0.5), 16);
}

/// From a slider's move until the picture of the window with the proven optimum is painted. Returns false where one never
/// was.
bool benchSlider(PaintingApplication &application, Session &session, Search &search, MainWindow &window)
{
    window.showPlace(MainWindow::kSearch);
    ConstraintPanel &panel = *window.searchPage()->constraints();
    panel.setLimit("memory", "70%", false);
    panel.setLimit("runtime", "75%", false);
    panel.setLimit("parameters", "80%", false);
    auto settled = [&] { return session.isSettled() && search.isSettled(); };
    if (!waitFor(settled))
        return false;
    std::vector<double> times, shown;
    std::mt19937_64 random(2);
    for (int move = 0; move < kMoves; ++move) {
        double firstShown = -1, provenShown = -1;
        QElapsedTimer timer;
        timer.start();
        application.painted = [&] {
            const double now = millisecondsOf(timer);
            if (!search.isStale() && firstShown < 0)
                firstShown = now;
            const bool proven = search.solution().proved() || search.solution().infeasible();
            if (!search.isStale() && proven && provenShown < 0)
                provenShown = now;
        };
        panel.rows()[0]->slider()->setValue(450 + static_cast<int>(random() % 450));
        const bool shownInTime = waitFor([&] { return provenShown >= 0; });
        application.painted = nullptr;
        if (!shownInTime)
            return false;
        shown.push_back(firstShown);
        times.push_back(provenShown);
    }
    printCase("slider to something painted, median", quantile(shown, 0.5), 16);
    printCase("slider to painted proven optimum, median", quantile(times, 0.5), 16);
    printCase("slider to painted proven optimum, 95th percentile", quantile(times, 0.95), 33);
    return true;
}

/// From a kernel's slider until its new spectrum is painted in the chart.
void benchSpectrum(MainWindow &window)
{
    window.showPlace(MainWindow::kSpectra);
    SpectraPage &page = *window.spectraPage();
    page.setForm(SpectraPage::kSpectrum);
    if (!waitFor([&] { return page.isSettled(); }))
        return;
    bool painted = false;
    QObject::connect(page.spectrum()->chart(), &CurveChart::painted, &window,
                     [&] { painted = !window.spectra().isStale(); });
    LimitSlider *slider = page.kernels()->rows()[0]->parameter(KernelParameter::Bias)->slider();
    std::vector<double> times;
    for (int move = 0; move < kMoves; ++move) {
        painted = false;
        QElapsedTimer timer;
        timer.start();
        slider->setSliderPosition(16 * move + 3);
        if (waitFor([&] { return painted; }))
            times.push_back(millisecondsOf(timer));
    }
    if (times.empty())
        return;
    printCase("slider to painted spectrum, median", quantile(times, 0.5), 16);
    printCase("slider to painted spectrum, 95th percentile", quantile(times, 0.95), 33);
}

bool benchWindow(PaintingApplication &application, const QString &folder)
{
    QFile file(folder + "/bench.json");
    if (!file.open(QIODevice::WriteOnly))
        return false;
    file.write(QByteArray::fromStdString(syntheticLibrary().dump()));
    file.close();
    Session session;
    Search search(session);
    MainWindow window(session, search);
    window.setRemembers(false);
    window.show();
    session.start(QString::fromLatin1(TESSERA_BIN_DIR) + "/tessera");
    if (!waitFor([&] { return session.engine().isConnected(); }))
        return false;
    bool answered = false;
    QString why;
    session.engine().call("project/import",
                          {{"format", "library"},
                           {"source", (folder + "/bench.json").toStdString()},
                           {"path", (folder + "/bench.tessera").toStdString()}},
                          &window, [&](const Reply &reply) {
                              answered = true;
                              why = reply.sentence();
                          });
    if (!waitFor([&] { return answered; }) || !why.isEmpty()) {
        std::fprintf(stderr, "bench_studio: %s\n", qPrintable(why));
        return false;
    }
    QElapsedTimer timer;
    timer.start();
    window.openPath(folder + "/bench.tessera");
    if (!waitFor([&] { return session.library().variants.size() == qsizetype(kLayers) * kAttentions * kFfns; }))
        return false;
    window.repaint();
    printCase("open a project of 80 x 54 and paint it", millisecondsOf(timer), 300);
    waitFor([&] { return session.isSettled() && search.isSettled(); });
    const bool slid = benchSlider(application, session, search, window);
    benchSpectrum(window);
    session.engine().stop();
    return slid;
}

/// The other half of the case below: shows the window once and ends.
int paintFirst()
{
    Session session;
    Search search(session);
    MainWindow window(session, search);
    window.setRemembers(false);
    window.show();
    session.start(QString::fromLatin1(TESSERA_BIN_DIR) + "/tessera");
    window.repaint();
    return 0;
}

void benchStart(const QString &self)
{
    std::vector<double> times;
    for (int i = 0; i < 5; ++i) {
        QElapsedTimer timer;
        timer.start();
        QProcess::execute(self, {"--paint-first"});
        times.push_back(millisecondsOf(timer));
    }
    printCase("start to first paint, and out again", quantile(times, 0.5), 1000);
}

} // namespace

int main(int argc, char **argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QStandardPaths::setTestModeEnabled(true);
    PaintingApplication application(argc, argv);
    QApplication::setApplicationName("tessera-studio-bench");
    applyTheme(ThemeChoice::Light);
    if (QApplication::arguments().contains("--paint-first"))
        return paintFirst();
    benchStart(QApplication::applicationFilePath());
    benchPainters();
    QTemporaryDir folder;
    return benchWindow(application, folder.path()) ? 0 : 1;
}
