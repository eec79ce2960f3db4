// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the own painters draw, against the pictures in tests/data/ui; kept_picture.h says how they are compared and written anew.
// Every test also makes small changes, one at a time, and expects each of them to be noticed.
#include "tests/ui/kept_picture.h"

#include "ui/plot/contribution_view.h"
#include "ui/plot/front_view.h"
#include "ui/plot/heat_map_view.h"
#include "ui/plot/matrix_view.h"
#include "ui/plot/parallel_view.h"
#include "ui/plot/race_view.h"
#include "ui/plot/solution_strip.h"
#include "ui/theme/theme.h"
#include "ui/theme/tokens.h"

#include <cmath>
#include <limits>
#include <memory>

using namespace tessera::ui;

namespace {

QString rounded(double value) { return QString::number(value, 'f', 1); }

} // namespace

TEST_F(Pictures, TheHeatMap)
{
    HeatMapData data;
    data.groups = {{"Attention", {"3", "1", "lin", "∅"}}, {"FFN", {"512", "256", "lin", "∅"}}};
    data.rowTitle = "Layer";
    data.valueTitle = "KL";
    data.shortText = rounded;
    QList<char> marks;
    for (int row = 0; row < 12; ++row) {
        data.rows.append(QString::number(row));
        for (int column = 0; column < 8; ++column) {
            bool unknown = row == 3 && column == 2;
            data.values.append(unknown ? std::numeric_limits<double>::quiet_NaN()
                                       : (column % 4) * (1 + std::abs(row - 6)) / 20.0);
            data.exists.append(row == 8 && column == 5 ? 0 : 1);
            int mark = 0;
            if (column % 4 == row % 4)
                mark |= kMarkChosen;
            if (row == 2 && column == 1)
                mark |= kMarkPinned;
            if (row == 2 && column == 7)
                mark |= kMarkBanned;
            marks.append(static_cast<char>(mark));
        }
    }
    HeatMapView view;
    view.resize(480, 400);
    auto show = [&](const HeatMapData &shown, const QList<char> &marked) {
        view.setData(shown);
        view.setMarks(marked);
    };
    show(data, marks);
    expectPicture(view, "heat-map");

    HeatMapData other = data;
    other.values[other.index(9, 6)] += 0.15;
    show(other, marks);
    expectOtherThan("heat-map", view, "another colour of one cell");
    other = data;
    other.values[other.index(3, 2)] = 0;
    show(other, marks);
    expectOtherThan("heat-map", view, "a number where there was none");
    for (int mark : {kMarkChosen, kMarkPinned, kMarkBanned}) {
        QList<char> marked = marks;
        marked[data.index(5, 6)] = static_cast<char>(mark);
        show(data, marked);
        expectOtherThan("heat-map", view, "one more mark");
    }
}

TEST_F(Pictures, TheSolutionStrip)
{
    StripData data;
    for (int layer = 0; layer < 12; ++layer) {
        StripData::Half attention{"3", "3 kv heads", 1, true}, ffn{"512", "512 wide", 1, true};
        if (layer % 3 == 1)
            attention = {"1", "1 kv head", 0.55, false, layer == 4};
        if (layer > 7)
            ffn = {"∅", "removed", 0, false, false, true};
        else if (layer > 3)
            ffn = {"256", "256 wide", 0.5};
        data.layers.append(StripData::Column{attention, ffn});
    }
    SolutionStrip strip;
    strip.resize(480, 200);
    strip.setData(data);
    expectPicture(strip, "solution-strip");

    StripData other = data;
    other.layers[6].ffn.share = 0.6;
    strip.setData(other);
    expectOtherThan("solution-strip", strip, "one bar a tenth longer");
    other = data;
    other.layers[6].ffn.pinned = true;
    strip.setData(other);
    expectOtherThan("solution-strip", strip, "one more pin");
    other = data;
    other.layers[9].ffn.changed = false;
    strip.setData(other);
    expectOtherThan("solution-strip", strip, "a change less");
    other = data;
    other.stale = true;
    strip.setData(other);
    expectOtherThan("solution-strip", strip, "that it is stale");
}

TEST_F(Pictures, TheFront)
{
    FrontData data;
    data.xTitle = "Memory";
    data.yTitle = "KL divergence";
    data.xText = data.yText = rounded;
    for (int i = 0; i < 20; ++i)
        data.front.append({100.0 + 20 * i, 2 * std::exp(-0.2 * i)});
    data.limit = 300;
    data.current = QPointF(300, 2 * std::exp(-2.0));
    data.marks = {{"Parent", {480, 0}, MarkShape::Diamond, Colour::Parent},
                  {"Greedy", {300, 0.8}, MarkShape::Square, Colour::MarkA},
                  {"Uniform", {300, 1.5}, MarkShape::Triangle, Colour::MarkB}};
    auto cloud = std::make_shared<QList<QPointF>>();
    for (int i = 0; i < 40; ++i)
        cloud->append({320.0 + 3 * i, 1 + 0.4 * std::sin(0.6 * i)});
    data.cloud = cloud;
    data.cloudName = "Random";
    FrontView view;
    view.resize(480, 300);
    view.setData(data);
    expectPicture(view, "front");

    FrontData other = data;
    other.front[5].ry() += 0.08;
    view.setData(other);
    expectOtherThan("front", view, "one point moved");
    other = data;
    other.marks[1].shape = MarkShape::Cross;
    view.setData(other);
    expectOtherThan("front", view, "another sign");
    other = data;
    other.marks[2].at.rx() += 12;
    view.setData(other);
    expectOtherThan("front", view, "one baseline moved");
    other = data;
    other.limit = 306;
    view.setData(other);
    expectOtherThan("front", view, "the limit moved");
    other = data;
    other.cloud = nullptr;
    view.setData(other);
    expectOtherThan("front", view, "a cloud less");
    view.setData(data);
    applyTheme(ThemeChoice::Dark);
    expectPicture(view, "front-dark");
    const PaperColours paper;
    expectPicture(view, "front");
}

TEST_F(Pictures, TheParallelCoordinates)
{
    ParallelData data;
    for (const char *title : {"KL", "Memory", "Run time", "Changes"})
        data.axes.append(ParallelData::Axis{title, rounded});
    for (int i = 0; i < 10; ++i)
        data.rows.append(QList<double>{0.1 * i, 20.0 - i * i / 6.0, i == 4 ? std::nan("") : 15.0 - i, 1.0 + i % 4});
    data.emphasised = {0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
    ParallelView view;
    view.resize(480, 260);
    view.setData(data);
    view.setBrush(1, QPair{9.0, 19.5});
    expectPicture(view, "parallel");

    ParallelData other = data;
    other.rows[3][2] += 1.5;
    view.setData(other);
    expectOtherThan("parallel", view, "one line moved at one axis");
    view.setData(data);
    view.setBrush(1, QPair{9.0, 18.0});
    expectOtherThan("parallel", view, "a shorter brush");
}

TEST_F(Pictures, TheContributions)
{
    ContributionData data;
    for (int layer = 0; layer < 3; ++layer) {
        data.parts.append(ContributionData::Part{QStringLiteral("attention %1").arg(layer), false, layer});
        data.parts.append(ContributionData::Part{QStringLiteral("FFN %1").arg(layer), true, layer});
    }
    data.parts.append(ContributionData::Part{"embedding", false, 0, true});
    data.rows = {{"trace", {0.1, 0.2, 0.1, 0.2, 0.1, 0.1, 0.2}},
                 {"mode 1", {0.05, 0.4, 0.05, 0.1, 0.2, 0.1, 0.1}},
                 {"mode 2", {0.3, 0.1, 0.1, 0.3, 0.05, 0.1, 0.05}}};
    ContributionView view;
    view.resize(480, 160);
    view.setData(data);
    expectPicture(view, "contributions");

    ContributionData other = data;
    other.rows[1].shares[1] -= 0.03;
    other.rows[1].shares[2] += 0.03;
    view.setData(other);
    expectOtherThan("contributions", view, "three per cent given to another part");
    other = data;
    other.parts[3].layer = 0;
    view.setData(other);
    expectOtherThan("contributions", view, "a part of another layer");
}

TEST_F(Pictures, TheRaceOfFrequencies)
{
    RaceData data;
    data.names[0] = "Gradient descent";
    data.names[1] = "Preconditioned";
    data.times = {0, 5, 50};
    for (int k = 1; k <= 5; ++k)
        data.rows.append(RaceData::Row{
            k, {10.0 * k * k, k == 5 ? std::nan("") : 5}, {{1, 1 - 0.9 / k, 0.1 * k}, {1, 0.5, k == 5 ? 0.5 : 0}}});
    RaceView view;
    view.resize(480, 220);
    view.setData(data);
    view.setTime(1);
    expectPicture(view, "race");

    RaceData other = data;
    other.rows[2].left[0][1] += 0.04;
    view.setData(other);
    expectOtherThan("race", view, "one bar a little longer");
    view.setData(data);
    view.setTime(2);
    expectOtherThan("race", view, "another moment");
}

TEST_F(Pictures, TheMatrix)
{
    MatrixPicture data;
    data.order = 12;
    for (int i = 0; i < 12; ++i) {
        data.labels.append(i / 4);
        for (int j = 0; j < 12; ++j)
            data.values.append(std::exp(-0.2 * std::abs(i - j)) + (i / 4 == j / 4 ? 0.5 : 0));
    }
    data.classes = {"one", "two", "three"};
    MatrixView view;
    view.resize(400, 320);
    view.setData(data);
    expectPicture(view, "matrix");

    MatrixPicture other = data;
    other.values[2 * 12 + 7] += 0.2;
    view.setData(other);
    expectOtherThan("matrix", view, "one entry");
    other = data;
    other.labels[4] = 0;
    view.setData(other);
    expectOtherThan("matrix", view, "a point of another class");
}
