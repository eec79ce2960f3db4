// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/spectra_page_journey.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/curve_chart.h"
#include "ui/plot/matrix_view.h"
#include "ui/plot/race_view.h"
#include "ui/state/kept_settings.h"
#include "ui/views/spectra/data_form.h"
#include "ui/views/spectra/gallery_form.h"
#include "ui/views/spectra/kept_form.h"
#include "ui/views/spectra/profile_form.h"
#include "ui/views/spectra/spectra_memory.h"
#include "ui/views/spectra/spectrum_form.h"
#include "ui/views/spectra/training_form.h"

#include <QAction>
#include <QCheckBox>
#include <QInputDialog>
#include <QLineEdit>
#include <QMessageBox>
#include <QProcess>
#include <QPushButton>
#include <QTableView>
#include <QTest>

using namespace tessera;
using namespace tessera::ui;

namespace {

/// The workspace of spectra on the toy project, and that project after it was closed and opened again by a new engine.
class KeptJourney : public SpectraPageJourney {
protected:
    /// By the keyboard, as a user would.
    void keep(int form)
    {
        show(form);
        ASSERT_TRUE(page().keepAction()->isEnabled()) << "in form " << form;
        qsizetype before = page().kept().rows().size();
        QTest::keyClick(&m_window, Qt::Key_S, Qt::ControlModifier);
        settled();
        ASSERT_TRUE(QTest::qWaitFor([&] { return page().kept().rows().size() > before && page().kept().isSettled(); }, 60000)) << said();
        EXPECT_FALSE(page().keepAction()->isEnabled()) << "it is kept already, in form " << form;
        EXPECT_TRUE(page().notice().startsWith("Kept: ")) << page().notice().toStdString();
    }
    void reopen()
    {
        QString path = m_session.project().path;
        m_session.close();
        qint64 first = m_session.engine().pid();
        m_session.engine().start(QString::fromLatin1(TESSERA_BIN_DIR) + "/tessera");
        ASSERT_TRUE(QTest::qWaitFor([&] { return m_session.engine().isConnected() && m_session.engine().pid() != first; }, 20000));
        m_window.openPath(path);
        settle();
    }
    /// Opens a kept row by the return key.
    void open(int row)
    {
        show(SpectraPage::kKept);
        QTableView *table = page().keptForm()->table();
        ASSERT_LT(row, table->model()->rowCount()) << said();
        table->setFocus();
        table->setCurrentIndex(table->model()->index(row, 0));
        QTest::keyClick(table, Qt::Key_Return);
        settled();
        ASSERT_TRUE(QTest::qWaitFor([&] { return page().form() != SpectraPage::kKept; }, 60000)) << said();
        settled();
        EXPECT_TRUE(page().notice().startsWith("As it was kept")) << page().notice().toStdString();
        EXPECT_FALSE(page().keepAction()->isEnabled()) << "what is kept needs no keeping";
    }
    /// What "tessera spectra list" prints of the project.
    Json listed()
    {
        QProcess program;
        program.start(QString::fromLatin1(TESSERA_BIN_DIR) + "/tessera", {"spectra", "list", m_session.project().path, "--json"});
        EXPECT_TRUE(program.waitForFinished(60000));
        return Json::parse(program.readAllStandardOutput().toStdString(), nullptr, false);
    }
};

} // namespace

TEST_F(KeptJourney, ASpectrumIsThereAgainToTheBit)
{
    spectra().setKernels({*kernelDraftOf("fc:depth=3,bias=1,bias_init=normal"), *kernelDraftOf("gamma_exponential:c=0.7,gamma=1.25")});
    spectra().setDimension(4);
    page().spectrum()->findChildren<QCheckBox *>().first()->setChecked(false);
    show(SpectraPage::kSpectrum);
    const QList<Curve> curves = page().spectrum()->chart()->data().curves;
    const QList<double> first = spectra().spectrum(0)->values, second = spectra().spectrum(1)->values;
    ASSERT_EQ(first.size(), 201);
    keep(SpectraPage::kSpectrum);

    const Json rows = listed()["spectra"];
    ASSERT_EQ(rows.size(), 1u) << rows;
    EXPECT_EQ(rows[0]["kind"], "mercer");
    EXPECT_EQ(rows[0]["kernels"].size(), 2u);
    EXPECT_EQ(rows[0]["name"], "NTK, d = 4");

    reopen();
    // Other settings, so that everything that is seen comes from the project.
    spectra().setKernels({*kernelDraftOf("laplace:c=1")});
    spectra().setDimension(9);
    spectra().setGp(true);
    page().spectrum()->findChildren<QCheckBox *>().first()->setChecked(true);
    show(SpectraPage::kSpectrum);
    open(0);
    EXPECT_EQ(page().form(), SpectraPage::kSpectrum);
    EXPECT_EQ(spectra().dimension(), 4);
    EXPECT_FALSE(spectra().isGp());
    ASSERT_EQ(spectra().kernels().size(), 2);
    EXPECT_TRUE(spectra().kernels()[0].normalBias);
    EXPECT_EQ(spectra().spectrum(0)->values, first);
    EXPECT_EQ(spectra().spectrum(1)->values, second);
    const QList<Curve> again = page().spectrum()->chart()->data().curves;
    ASSERT_EQ(again.size(), curves.size());
    for (int i = 0; i < curves.size(); ++i)
        EXPECT_EQ(again[i].points, curves[i].points) << "curve " << i << ", not divided by its trace";
    spectra().setDimension(5);
    EXPECT_EQ(page().notice(), "") << "that is another question";
    settled();
    EXPECT_TRUE(page().keepAction()->isEnabled());
    EXPECT_EQ(said(), "");
}

TEST_F(KeptJourney, EveryViewKeepsWhatItShows)
{
    spectra().setKernels({*kernelDraftOf("fc:depth=2,bias=0.5,bias_init=zero"), *kernelDraftOf("laplace:c=0.6")});
    show(SpectraPage::kProfile);
    const QList<double> profile = spectra().profile(1)->values;
    keep(SpectraPage::kProfile);
    show(SpectraPage::kTraining);
    page().training()->setKernel(1);
    settled();
    page().training()->setTime(17);
    const RaceData race = page().training()->race()->data();
    keep(SpectraPage::kTraining);
    show(SpectraPage::kData);
    page().dataForm()->setData("wine");
    settled();
    page().dataForm()->predict()->click();
    ASSERT_TRUE(QTest::qWaitFor([&] { return page().dataForm()->accuracies()->rowCount() == 2; }, 60000)) << said();
    const QList<double> matrix = page().dataForm()->matrix()->data().values;
    const QString accuracies = page().dataForm()->accuracies()->toCsv();
    keep(SpectraPage::kData);
    show(SpectraPage::kGallery);
    page().gallery()->select("parity");
    EXPECT_FALSE(page().keepAction()->isEnabled()) << "it has not run";
    page().gallery()->run();
    settled();
    const QString figures = page().gallery()->rows()->toCsv();
    keep(SpectraPage::kGallery);
    ASSERT_EQ(page().kept().rows().size(), 5) << "of the data two";

    reopen();
    spectra().setKernels({*kernelDraftOf("resfc:depth=4,alpha=1")});
    page().dataForm()->setData("sphere");
    page().training()->setTime(0);
    open(0);
    EXPECT_EQ(page().form(), SpectraPage::kProfile);
    EXPECT_EQ(spectra().profile(1)->values, profile);
    spectra().setKernels({*kernelDraftOf("resfc:depth=4,alpha=1")});
    open(1);
    EXPECT_EQ(page().form(), SpectraPage::kTraining);
    const RaceData raceAgain = page().training()->race()->data();
    ASSERT_EQ(raceAgain.rows.size(), race.rows.size());
    EXPECT_EQ(raceAgain.times, race.times);
    for (int i = 0; i < race.rows.size(); ++i)
        EXPECT_EQ(raceAgain.rows[i].left[0], race.rows[i].left[0]) << "frequency " << i + 1;
    EXPECT_EQ(page().training()->race()->time(), 17);
    spectra().setKernels({*kernelDraftOf("resfc:depth=4,alpha=1")});
    open(2);
    EXPECT_EQ(page().form(), SpectraPage::kData);
    EXPECT_EQ(page().dataForm()->matrix()->data().values, matrix);
    EXPECT_EQ(page().dataForm()->accuracies()->rowCount(), 0);
    open(3);
    EXPECT_EQ(page().dataForm()->accuracies()->toCsv(), accuracies);
    open(4);
    EXPECT_EQ(page().form(), SpectraPage::kGallery);
    EXPECT_EQ(page().gallery()->rows()->toCsv(), figures);
    EXPECT_EQ(said(), "");
}

TEST_F(KeptJourney, TheListIsEmptyAtFirstAndItsRowsAreNamedAndGivenUp)
{
    show(SpectraPage::kKept);
    EXPECT_FALSE(page().keptForm()->table()->isVisible());
    keep(SpectraPage::kSpectrum);
    spectra().setDimension(5);
    settled();
    keep(SpectraPage::kSpectrum);
    show(SpectraPage::kKept);
    QTableView *table = page().keptForm()->table();
    ASSERT_TRUE(table->isVisible());
    ASSERT_EQ(table->model()->rowCount(), 2);
    table->setFocus();
    table->setCurrentIndex(table->model()->index(0, 0));
    QTest::keyClick(table, Qt::Key_F2);
    auto *dialog = page().findChild<QInputDialog *>();
    ASSERT_TRUE(dialog);
    EXPECT_EQ(dialog->textValue(), "NTK, d = 3");
    dialog->setTextValue("  My own ");
    dialog->accept();
    settled();
    EXPECT_EQ(page().kept().rows()[0].name, "My own");
    // To delete is asked about, and no is what is at hand.
    for (bool yes : {false, true}) {
        m_window.activateWindow();
        table->setFocus();
        ASSERT_TRUE(QTest::qWaitFor([&] { return table->hasFocus() && table->currentIndex().isValid(); }, 20000));
        QTest::keyClick(table, Qt::Key_Delete);
        auto *box = page().findChild<QMessageBox *>();
        ASSERT_TRUE(box);
        EXPECT_TRUE(box->text().contains("My own"));
        if (yes) {
            for (QAbstractButton *button : box->buttons())
                if (box->buttonRole(button) == QMessageBox::DestructiveRole)
                    button->click();
        } else {
            QTest::keyClick(box, Qt::Key_Return);
        }
        QTest::qWait(20);
        settled();
        EXPECT_EQ(page().kept().rows().size(), yes ? 1 : 2);
    }
    EXPECT_EQ(listed()["spectra"].size(), 1u);
    show(SpectraPage::kSpectrum);
    EXPECT_TRUE(page().keepAction()->isEnabled()) << "what was given up may be kept again";
    m_session.close();
    settled();
    EXPECT_FALSE(page().keepAction()->isEnabled()) << "there is no project to keep it in";
    EXPECT_EQ(said(), "");
}

TEST_F(KeptJourney, WhatTheCommandLineKeptIsSeenToo)
{
    QString path = m_session.project().path;
    m_session.close();
    ASSERT_TRUE(QTest::qWaitFor([&] { return m_session.engine().pending() == 0; }, 60000));
    for (const QStringList &arguments : {QStringList{"mercer", "fc:depth=1,bias=0.5,bias_init=zero", "--dimension", "5"},
                                         QStringList{"gram", "conv:depth=2,filter=3,head=gap", "--points", "0"}, QStringList{"descend", "laplace:c=1"}}) {
        QProcess program;
        program.start(QString::fromLatin1(TESSERA_BIN_DIR) + "/tessera", QStringList{"spectra"} + arguments + QStringList{"--store", path});
        ASSERT_TRUE(program.waitForFinished(60000));
    }
    m_window.openPath(path);
    settle();
    show(SpectraPage::kKept);
    ASSERT_EQ(page().kept().rows().size(), 2) << "a convolution is not on a sphere";
    open(0);
    EXPECT_EQ(spectra().dimension(), 5);
    EXPECT_NEAR(spectra().spectrum(0)->even.slope, -5, 0.01) << "its fit is there as well";
    EXPECT_EQ(said(), "");
    page().kept().open(2);
    ASSERT_TRUE(QTest::qWaitFor([&] { return said().find("no fields for") != std::string::npos; }, 60000)) << "it has no times";
}

TEST_F(KeptJourney, AProjectIsSeenAsItWasLeft)
{
    m_window.setRemembers(true);
    spectra().setKernels({*kernelDraftOf("laplace:c=2.5"), *kernelDraftOf("resfc:depth=7,alpha=0.25")});
    spectra().setDimension(6);
    page().dataForm()->setData("digits");
    show(SpectraPage::kTraining);
    page().training()->setKernel(1);
    settled();
    page().training()->setTime(33);
    const Json left = page().settings();
    m_window.close();
    m_window.show();
    QString path = m_session.project().path;
    m_session.close();
    spectra().setKernels({*kernelDraftOf("fc:depth=2,bias=0")});
    spectra().setDimension(3);
    show(SpectraPage::kSpectrum);
    m_window.openPath(path);
    settle();
    EXPECT_EQ(page().settings(), left);
    show(SpectraPage::kTraining);
    EXPECT_EQ(page().training()->race()->time(), 33);
    m_window.setRemembers(false);
    EXPECT_EQ(said(), "");
}

TEST(KeptSettings, AreReadFromTheAnswerAndNonsenseIsRefused)
{
    const Json laplace{{"family", "laplace"}, {"c", 0.5}}, fit{{"first", 40}, {"last", 200}};
    auto kept = [](const char *kind, const Json &result) {
        KeptSpectrum spectrum;
        spectrum.row.kind = kind;
        spectrum.result = result;
        return spectrum;
    };
    auto shown = settingsToShow(kept("mercer", {{"kernel", laplace}, {"of", "gp"}, {"dimension", 7}, {"fit", fit}}));
    ASSERT_TRUE(shown);
    EXPECT_EQ((*shown)["of"], "gp");
    EXPECT_EQ((*shown)["dimension"], 7);
    EXPECT_EQ((*shown)["kernels"][0]["c"], 0.5);
    KeptSpectrum matched = kept("profile", {{"profiles", {{{"kernel", laplace}, {"of", "ntk"}}}}});
    KernelDraft draft = *kernelFromJson(laplace);
    draft.shown = false;
    matched.settings = {{"kernels", {settingsOf(draft)}}};
    EXPECT_EQ((*settingsToShow(matched))["kernels"][0]["shown"], false) << "what else was set comes back too";
    EXPECT_EQ((*settingsToShow(kept("matrix", {{"kernel", laplace}, {"data", "sphere"}, {"dimension", 2}, {"points", 30}})))["data"]["data"], "circle");
    const Json convolution{{"family", "conv"}, {"depth", 2}};
    for (const auto &[kind, result] : std::vector<std::pair<const char *, Json>>{
             {"mercer", {{"kernel", convolution}, {"dimension", 3}, {"fit", fit}}},
             {"mercer", {{"kernel", laplace}, {"dimension", 300}, {"fit", fit}}},
             {"mercer", {{"kernel", laplace}, {"dimension", 3}, {"fit", 5}}},
             {"mercer", {{"spectra", {1, 2}}}},
             {"mercer", {{"spectra", Json::array()}}},
             {"mercer", Json::array({1})},
             {"descend", {{"kernel", laplace}, {"points", 100}, {"clip", 20}}},
             {"gram", {{"kernel", laplace}}},
             {"regress", {{"results", {{{"kernel", "laplace"}}}}}},
             {"unheard of", {{"kernel", laplace}}}})
        EXPECT_FALSE(settingsToShow(kept(kind, result))) << kind << " " << result;
    for (const Json &settings : std::vector<Json>{3, "laplace", {{"family", "laplace"}, {"c", "wide"}}, {{"family", 3}}, {{"family", "laplace"}, {"colour", 1}}})
        EXPECT_FALSE(kernelFromSettings(settings)) << settings;
}
