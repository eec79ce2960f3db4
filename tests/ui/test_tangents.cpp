// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state/tangents.h"

#include "tests/ui/demo_journey.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/curve_chart.h"
#include "ui/views/library/library_page.h"
#include "ui/views/library/tangent_section.h"
#include "ui/views/library/variant_inspector.h"
#include "ui/views/spectra/models_form.h"
#include "ui/views/spectra/spectra_page.h"

#include "engine/base/error.h"

#include <QPushButton>
#include <QTest>

using namespace tessera;
using namespace tessera::ui;

namespace {

/// The demo with a kernel of its parent on few probes.
class KeptTangents : public DemoJourney {
protected:
    void SetUp() override
    {
        DemoJourney::SetUp();
        if (IsSkipped() || HasFatalFailure())
            return;
        ask("spectra/tangent", {{"probes", 4}, {"window", 8}, {"seeds", 2}});
        m_window.showPlace(MainWindow::kLibrary);
        settle();
    }
    Tangents &tangents() { return *m_session.findChild<Tangents *>(); }
    TangentSection &section() { return *m_window.libraryPage()->inspector()->spectrum(); }
    void select(int layer, BlockPart part, const QString &name)
    {
        m_session.setCurrentVariant(m_session.library().find(layer, part, name));
        QTest::qWait(60); // The inspector waits for a cursor that stands.
        settle();
    }
    void finish()
    {
        ASSERT_TRUE(QTest::qWaitFor([this] { return !tangents().isComputing(); }, 120000)) << said();
        settle();
    }
};

Json record(const Json &replaced, const std::string &name = "parent", const std::string &probes = "ab")
{
    Json band{{"mean", 0.5}, {"low", 0.4}, {"high", 0.6}};
    Json json{{"id", 7},
              {"created", "2026-01-02T03:04:05Z"},
              {"result",
               {{"name", name}, {"estimator", "loss/sketch:64/f32"}, {"probe_hash", probes}, {"probes", 8}, {"window", 4},
                {"seeds", {5, 6}}, {"normalised", {band}}, {"effective_rank", band}, {"stable_rank", band},
                {"log10_condition", nullptr}, {"blocks", Json::array()}}}};
    if (!replaced.is_discarded())
        json["result"]["replaced"] = replaced;
    return json;
}

} // namespace

TEST(TangentNetworks, SayWhatTheyAre)
{
    EXPECT_TRUE(readTangentNetwork(record(Json::array())).isParent());
    const Json block{{"layer", 3}, {"block", "attention=none"}, {"origin", nullptr}};
    const TangentNetwork replaced = readTangentNetwork(record(Json::array({block}), "parent with 3:attention=none"));
    EXPECT_FALSE(replaced.isParent());
    EXPECT_EQ(replaced.replaced, QStringList{"3:attention=none"});
    EXPECT_EQ(replaced.origins, QStringList{""});
    EXPECT_EQ(replaced.firstSeed, 5);
    EXPECT_EQ(replaced.title().toStdString(), "Layer 3, Attention: removed");
    const TangentNetwork own = readTangentNetwork(record(nullptr, "/data/child"));
    EXPECT_TRUE(own.ownModel);
    EXPECT_EQ(own.title().toStdString(), "child");
    EXPECT_TRUE(readTangentNetwork(record(nullptr, "parent")).ownModel) << "a model that happens to be called so";
    const Json old = Json(Json::value_t::discarded);
    EXPECT_TRUE(readTangentNetwork(record(old)).isParent());
    EXPECT_TRUE(readTangentNetwork(record(old, "parent with 3:attention=none")).ownModel) << "not known to be anything else";
    EXPECT_FALSE(comparable(own.spectrum, readTangentNetwork(record(nullptr, "x", "cd")).spectrum)) << "other probes";
    EXPECT_THROW(readTangentNetwork(record("attention=none")), Error);
}

TEST_F(KeptTangents, TheVariantUnderTheCursorShowsItsSpectrumBesideTheParents)
{
    select(2, BlockPart::Attention, "none");
    EXPECT_TRUE(section().chart()->isHidden());
    EXPECT_EQ(section().sentence(), "");
    ASSERT_TRUE(section().computeButton()->isEnabled()) << section().computeButton()->toolTip().toStdString();
    ASSERT_EQ(tangents().kept().size(), 1) << said();
    section().computeButton()->click();
    EXPECT_FALSE(section().stopButton()->isHidden());
    finish();
    ASSERT_EQ(tangents().kept().size(), 2) << "the parent was not made a second time";
    EXPECT_EQ(tangents().kept()[1].replaced, QStringList{"2:attention=none"});
    EXPECT_EQ(tangents().kept()[1].spectrum.probes, 4) << "on the parent's probes";
    EXPECT_FALSE(section().chart()->isHidden());
    const QList<Curve> curves = section().chart()->data().curves;
    ASSERT_EQ(curves.size(), 2);
    EXPECT_NE(curves[0].points, curves[1].points);
    EXPECT_TRUE(section().sentence().contains("the parent's")) << section().sentence().toStdString();

    // Another variant has none; the parent's own shows the parent alone; and back.
    select(2, BlockPart::Ffn, "none");
    EXPECT_TRUE(section().chart()->isHidden());
    select(2, BlockPart::Attention, m_session.library().parentLayers[2].attention);
    EXPECT_EQ(section().chart()->data().curves.size(), 1);
    select(2, BlockPart::Attention, "none");
    EXPECT_EQ(section().chart()->data().curves.size(), 2);
    EXPECT_EQ(said(), "");
}

TEST_F(KeptTangents, SpectraOnOtherProbesAreNeverShownSideBySide)
{
    ask("spectra/tangent", {{"probes", 5}, {"window", 8}, {"seeds", 2}, {"parent_too", false}, {"replace", {"2:attention=none"}}});
    select(2, BlockPart::Attention, "none");
    ASSERT_EQ(tangents().kept().size(), 2);
    EXPECT_EQ(section().chart()->data().curves.size(), 1);
    EXPECT_TRUE(section().sentence().contains("No spectrum of the parent")) << section().sentence().toStdString();
    m_window.showPlace(MainWindow::kSpectra);
    m_window.spectraPage()->setForm(SpectraPage::kModels);
    settle();
    EXPECT_EQ(m_window.spectraPage()->models()->networks()->rowCount(), 2);
    EXPECT_EQ(m_window.spectraPage()->models()->chart()->data().curves.size(), 1);
    m_window.showPlace(MainWindow::kLibrary);
    section().computeButton()->click(); // Both, on the same probes.
    finish();
    EXPECT_EQ(section().chart()->data().curves.size(), 2);
    EXPECT_EQ(said(), "");
}

TEST_F(KeptTangents, AComputationCanBeStopped)
{
    select(0, BlockPart::Ffn, "none");
    section().computeButton()->click();
    ASSERT_TRUE(tangents().isComputing());
    section().stopButton()->click();
    finish();
    EXPECT_EQ(tangents().find({"0:ffn=none"}, {}), -1);
    EXPECT_TRUE(section().stopButton()->isHidden());
    EXPECT_TRUE(section().computeButton()->isEnabled());
    EXPECT_EQ(said(), "") << "to stop is no failure";
}
