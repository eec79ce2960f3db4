// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/spectra_page_journey.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/contribution_view.h"
#include "ui/plot/curve_chart.h"
#include "ui/plot/matrix_view.h"
#include "ui/plot/race_view.h"
#include "ui/state/gallery_words.h"
#include "ui/views/spectra/data_form.h"
#include "ui/views/spectra/gallery_form.h"
#include "ui/views/spectra/models_form.h"
#include "ui/views/spectra/profile_form.h"
#include "ui/views/spectra/training_form.h"

#include "engine/base/error.h"

#include <QDoubleSpinBox>
#include <QImage>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QRegularExpression>
#include <QTest>
#include <QValueAxis>

#include <algorithm>
#include <cmath>

using namespace tessera;
using namespace tessera::ui;

namespace {

class SpectraForms : public SpectraPageJourney {};

} // namespace

TEST_F(SpectraForms, AProfileIsThatOfTheClosedForm)
{
    spectra().setKernels({*kernelDraftOf("fc:depth=1,bias=0"), *kernelDraftOf("laplace:c=1")});
    show(SpectraPage::kProfile);
    const QList<Curve> &curves = page().profile()->chart()->data().curves;
    ASSERT_EQ(curves.size(), 2);
    ASSERT_EQ(curves[0].points.size(), 181);
    EXPECT_NEAR(curves[0].points[90].y(), 1 / (2 * std::acos(-1.0)), 1e-14) << "one hidden layer at a right angle";
    EXPECT_NEAR(curves[0].points[180].y(), 0, 1e-14);
    EXPECT_NEAR(curves[1].points[180].y(), std::exp(-2.0), 1e-14) << "Laplace at opposite points";
}

TEST_F(SpectraForms, PreconditionedDescentWinsTheRaceAndBothArrive)
{
    spectra().setKernels({*kernelDraftOf("fc:depth=1,bias=1,bias_init=zero")});
    show(SpectraPage::kTraining);
    TrainingForm &training = *page().training();
    const RaceData race = training.race()->data();
    ASSERT_EQ(race.rows.size(), 12) << race.empty.toStdString();
    const double published[] = {8, 39, 279, 367, 772, 968, 1502, 1809, 2457, 2873, 3622, 4139};
    for (int i = 0; i < 12; ++i) {
        EXPECT_EQ(race.rows[i].steps[0], published[i]) << "frequency " << i + 1;
        EXPECT_EQ(race.rows[i].steps[1], 5);
        EXPECT_EQ(race.rows[i].left[0][0], 1);
    }
    training.setTime(static_cast<int>(race.times.size()) - 1);
    const QList<Curve> &curves = training.function()->data().curves;
    ASSERT_EQ(curves.size(), 3);
    for (int i = 0; i < curves[0].points.size(); ++i)
        EXPECT_NEAR(curves[2].points[i].y(), curves[0].points[i].y(), 0.3) << "at the end the target is learnt";
    training.setTime(0);
    for (const QPointF &point : curves[1].points)
        EXPECT_EQ(point.y(), 0) << "nothing is learnt at first";
    training.setPlaying(true);
    ASSERT_TRUE(QTest::qWaitFor([&] { return training.race()->time() > 3; }, 20000));
    training.setPlaying(false);
    QTest::keyClick(training.race(), Qt::Key_End);
    EXPECT_EQ(training.race()->time(), race.times.size() - 1);
    EXPECT_TRUE(training.race()->accessibleDescription().contains("12"));
    EXPECT_EQ(training.race()->toCsv().count('\n'), 1 + 12 * race.times.size());
}

TEST_F(SpectraForms, DataShowAMatrixItsEigenvectorsAndHowWellKernelsPredict)
{
    show(SpectraPage::kData);
    DataForm &form = *page().dataForm();
    const MatrixPicture &matrix = form.matrix()->data();
    ASSERT_EQ(matrix.order, 90) << matrix.empty.toStdString();
    for (int i = 0; i < matrix.order; ++i)
        for (int j = 0; j < i; ++j)
            EXPECT_EQ(matrix.values[i * 90 + j], matrix.values[j * 90 + i]);
    EXPECT_TRUE(std::is_sorted(matrix.labels.begin(), matrix.labels.end()));
    EXPECT_EQ(matrix.classes.size(), 3);
    for (const Curve &vector : form.vectors()->data().curves) {
        double length = 0;
        for (const QPointF &point : vector.points)
            length += point.y() * point.y();
        EXPECT_NEAR(length, 1, 1e-12);
    }
    auto *entries = qobject_cast<QValueAxis *>(form.vectors()->chart()->axes(Qt::Vertical).first());
    ASSERT_TRUE(entries);
    for (int tick = 0; tick < entries->tickCount(); ++tick) {
        double value = entries->min() + tick * (entries->max() - entries->min()) / (entries->tickCount() - 1);
        EXPECT_TRUE(value == 0 || std::abs(value) > 1e-3) << "a tick at " << value << " reads -0.0";
    }
    QTest::keyClick(form.matrix(), Qt::Key_Down);
    QTest::keyClick(form.matrix(), Qt::Key_Down);
    EXPECT_FALSE(form.matrix()->accessibleDescription().isEmpty());
    form.predict()->click();
    ASSERT_TRUE(QTest::qWaitFor([&] { return form.accuracies()->rowCount() == spectra().kernels().size(); }, 60000)) << said();
    for (int row = 0; row < form.accuracies()->rowCount(); ++row)
        EXPECT_GT(form.accuracies()->index(row, 1).data(RowTableModel::kSortRole).toDouble(), 0.8);
    form.setData("sphere");
    settled();
    EXPECT_TRUE(form.matrix()->data().labels.isEmpty());
    EXPECT_FALSE(form.predict()->isEnabled()) << "random points have no classes";
    EXPECT_EQ(said(), "");
}

TEST_F(SpectraForms, AnExperimentIsOneClickAndCanBePlayedWith)
{
    show(SpectraPage::kGallery);
    GalleryForm &gallery = *page().gallery();
    ASSERT_GE(gallery.experiments().size(), 12) << said();
    const QStringList known = galleryTexts();
    for (const ExperimentData &experiment : gallery.experiments())
        for (const QString &text : {experiment.claim, experiment.lesson, experiment.notReproduced})
            EXPECT_TRUE(text.isEmpty() || known.contains(text)) << "no translator sees: " << text.toStdString();
    for (const ExperimentData &experiment : gallery.experiments())
        for (const ExperimentData::Parameter &one : experiment.parameters)
            EXPECT_TRUE(known.contains(one.meaning)) << "no translator sees: " << one.meaning.toStdString();
    gallery.select("parity");
    EXPECT_EQ(gallery.rows()->rowCount(), 0);
    gallery.run();
    settled();
    ASSERT_EQ(gallery.rows()->rowCount(), 4) << said();
    for (int row = 0; row < 4; ++row)
        EXPECT_NEAR(gallery.rows()->index(row, 1).data(RowTableModel::kSortRole).toDouble(),
                    gallery.rows()->index(row, 2).data(RowTableModel::kSortRole).toDouble(), 2e-3);
    for (QPushButton *button : gallery.findChildren<QPushButton *>())
        if (button->text() == "Explore these kernels")
            button->click();
    EXPECT_EQ(page().form(), SpectraPage::kSpectrum);
    ASSERT_EQ(spectra().kernels().size(), 2);
    EXPECT_EQ(spectra().kernels()[1], *kernelDraftOf("fc:depth=2,bias=0"));
    EXPECT_EQ(spectra().dimension(), 2);
    EXPECT_EQ(said(), "");
}

TEST_F(SpectraForms, ParametersOfAnExperimentChangeItsFigures)
{
    show(SpectraPage::kGallery);
    GalleryForm &gallery = *page().gallery();
    gallery.select("lengths");
    QList<QDoubleSpinBox *> fields;
    for (QDoubleSpinBox *field : gallery.findChildren<QDoubleSpinBox *>())
        if (field->isVisible())
            fields.append(field);
    ASSERT_EQ(fields.size(), 2) << said();
    EXPECT_EQ(fields[0]->accessibleName().toStdString(), "How many times as long");
    EXPECT_EQ(fields[0]->value(), 2);
    EXPECT_EQ(fields[1]->decimals(), 0) << "layers are whole";
    QPushButton *defaults = nullptr;
    for (QPushButton *button : gallery.findChildren<QPushButton *>())
        if (button->text() == "Defaults")
            defaults = button;
    ASSERT_TRUE(defaults);
    EXPECT_FALSE(defaults->isEnabled());
    auto measured = [&] { return gallery.rows()->index(0, 1).data(RowTableModel::kSortRole).toDouble(); };
    gallery.run();
    settled();
    EXPECT_NEAR(measured(), 4, 1e-11);

    // By the keyboard alone: from one field to the next, a number, and Enter runs it.
    fields[1]->setFocus();
    QTest::keyClick(fields[1], Qt::Key_Backtab);
    EXPECT_TRUE(fields[0]->hasFocus());
    fields[0]->selectAll();
    QTest::keyClicks(fields[0], QLocale().toString(3.5));
    QTest::keyClick(fields[0], Qt::Key_Return);
    settled();
    EXPECT_NEAR(measured(), 12.25, 1e-11) << said();
    EXPECT_EQ(gallery.rows()->index(0, 2).data(RowTableModel::kSortRole).toDouble(), 12.25) << "what is expected follows";
    EXPECT_TRUE(defaults->isEnabled());
    gallery.select("parity");
    gallery.select("lengths");
    EXPECT_EQ(fields[0]->value(), 3.5) << "it stays set";
    auto stale = [&] {
        const QList<QLabel *> labels = gallery.findChildren<QLabel *>();
        return std::any_of(labels.begin(), labels.end(), [](QLabel *label) { return label->text().startsWith("Measured with other"); });
    };
    EXPECT_FALSE(stale());
    defaults->click();
    EXPECT_EQ(fields[0]->value(), 2);
    EXPECT_TRUE(stale());
    EXPECT_NEAR(measured(), 12.25, 1e-11) << "figures stay until it runs again";
    gallery.run();
    settled();
    EXPECT_NEAR(measured(), 4, 1e-11);
    EXPECT_FALSE(stale());
    EXPECT_EQ(said(), "");
}

TEST(Play, CommandLinesOfTheGalleryAreReadOrLeftAlone)
{
    auto data = playOf("tessera spectra regress fc:depth=2,bias=1,bias_init=zero laplace:c=0.5 linear --data wine");
    ASSERT_TRUE(data);
    EXPECT_EQ(data->view, PlayDraft::kData);
    EXPECT_EQ(data->kernels.size(), 2) << "linear has no sliders";
    EXPECT_EQ(data->data.toStdString(), "wine");
    auto gp = playOf("tessera spectra gram resfc:depth=50,alpha=1 fc:depth=50,bias=0 --of gp --dimension 50 --points 100");
    ASSERT_TRUE(gp);
    EXPECT_TRUE(gp->gp);
    EXPECT_FALSE(playOf("tessera spectra gallery variance"));
    EXPECT_FALSE(playOf(""));
}

TEST(Gallery, FormulasAreSetAsInPrint)
{
    EXPECT_EQ(galleryRow("eta = 2 / (lambda_21 + lambda_100), as the corollary has it").toStdString(),
              "η = 2 / (λ₂₁ + λ₁₀₀), as the corollary has it");
    EXPECT_EQ(galleryRow("g = lambda + 0.01: variance of the interpolant of noise").toStdString(),
              "g = λ + 0.01: variance of the interpolant of noise");
    EXPECT_EQ(galleryRow("frequency 3: steps with S = K^-1").toStdString(), "frequency 3: steps with S = K⁻¹");
    EXPECT_EQ(galleryText("A step of 1 / lambda_(k+1) ends the levelled modes in one step").toStdString(),
              "A step of 1 / λₖ₊₁ ends the levelled modes in one step");
    EXPECT_EQ(galleryText("With c = L / (2 pi) and alpha = 1/sqrt L the beta of a pipe").toStdString(),
              "With c = L / (2 π) and α = 1/√L the beta of a pipe");
}

TEST_F(SpectraForms, WhatIsMeasuredCanBeTranslated)
{
    show(SpectraPage::kGallery);
    auto known = [](const QString &text) {
        const QStringList rows = galleryRows();
        return std::any_of(rows.begin(), rows.end(), [&](const QString &row) {
            QString expression = QRegularExpression::escape(row);
            for (const char *place : {"\\%1", "\\%2", "\\%3"})
                expression.replace(QLatin1String(place), QLatin1String(".+"));
            return QRegularExpression(QRegularExpression::anchoredPattern(expression)).match(text).hasMatch();
        });
    };
    GalleryForm &gallery = *page().gallery();
    for (const char *name : {"parity", "tails", "lengths", "shallow-limit", "step-size"}) {
        gallery.select(QLatin1String(name));
        gallery.run();
        settled();
    }
    int rows = 0;
    for (const ExperimentData &experiment : gallery.experiments())
        for (const ExperimentData::Row &row : experiment.rows) {
            ++rows;
            EXPECT_TRUE(known(row.what)) << "no translator sees: " << row.what.toStdString();
            EXPECT_TRUE(known(row.rule)) << "no translator sees: " << row.rule.toStdString();
            static const QRegularExpression formula("alpha|gamma|eta|lambda|sqrt|pi|\\^");
            if (!row.what.contains(formula)) {
                EXPECT_EQ(galleryRow(row.what), row.what) << "in English it stays as it is";
            }
        }
    EXPECT_GT(rows, 10) << said();
}

TEST_F(SpectraForms, AProjectWithoutTangentKernelsSaysHowTheyAreMade)
{
    show(SpectraPage::kModels);
    EXPECT_EQ(page().models()->networks()->rowCount(), 0);
    bool offered = false;
    for (QPushButton *button : page().models()->findChildren<QPushButton *>())
        if (button->isVisible()) {
            offered = true;
            EXPECT_FALSE(button->isEnabled()) << "a library that was imported has no gradients";
            EXPECT_FALSE(button->toolTip().isEmpty());
        }
    EXPECT_TRUE(offered);
    m_session.close();
    m_window.showPlace(MainWindow::kSpectra);
    settled();
    for (QPushButton *button : page().models()->findChildren<QPushButton *>())
        EXPECT_FALSE(button->isVisible());
}

TEST(Contributions, SharesOfARowFillItsBar)
{
    ContributionView view;
    view.resize(600, 160);
    ContributionData shares;
    shares.parts = {{"layer 0 attention", false, 0}, {"layer 0 ffn", true, 0}, {"layer 1 attention", false, 1}};
    shares.rows = {{"Whole trace", {0.25, 0.25, 0.5}}, {"Eigenvalue 1", {1, 0, 0}}};
    view.setData(shares);
    QImage image = view.grab().toImage();
    EXPECT_FALSE(image.isNull());
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::keyClick(&view, Qt::Key_Right);
    EXPECT_EQ(view.accessibleDescription().toStdString(), "layer 1 attention: 50.0 % of Whole trace");
    EXPECT_EQ(view.toCsv().toStdString(), "Block,Whole trace,Eigenvalue 1\nlayer 0 attention,0.25,1\nlayer 0 ffn,0.25,0\n"
                                          "layer 1 attention,0.5,0\n");
}

TEST(SpectraAnswers, ATangentKernelIsReadWithItsBandsAndRefusedWhereItIsNone)
{
    Json band{{"mean", 0.5}, {"low", 0.4}, {"high", 0.6}};
    Json block{{"name", "layer 3 ffn"}, {"layer", 3}, {"part", "ffn"}, {"variant", "width:8"}, {"parameters", 12},
               {"trace_share", band}, {"mode_shares", {band, band}}};
    Json record{{"id", 7},
                {"created", "2026-01-02T03:04:05Z"},
                {"result",
                 {{"name", "parent"}, {"estimator", "loss/jacobian/f32"}, {"probe_hash", "ab"}, {"probes", 8}, {"window", 4},
                  {"seeds", {1, 2}}, {"normalised", {band, band}}, {"effective_rank", band}, {"stable_rank", band},
                  {"log10_condition", nullptr}, {"blocks", {block}}}}};
    TangentData network = readTangent(record);
    EXPECT_EQ(network.seeds, 2);
    EXPECT_EQ(network.normalised.size(), 2);
    EXPECT_EQ(network.blocks[0].modeShares[1].high, 0.6);
    EXPECT_TRUE(std::isnan(network.logCondition.mean));
    record["result"]["blocks"] = "none";
    EXPECT_THROW(readTangent(record), Error);
    EXPECT_THROW(readTangent(Json::array()), Error);
    EXPECT_THROW(readMatrix({{"points", 3}, {"matrix", {{1, 2}, {2, 1}}}}), Error);
    EXPECT_THROW(readMercer({{"spectra", {{{"values", {1, 2}}, {"errors", {0}}}}}}), Error);
}
