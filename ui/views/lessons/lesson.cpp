// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/lessons/lesson.h"

#include "ui/plot/front_view.h"
#include "ui/plot/solution_strip.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/strip_data.h"
#include "ui/views/compare/compare_page.h"
#include "ui/views/library/library_page.h"
#include "ui/views/search/constraint_panel.h"
#include "ui/views/search/search_page.h"
#include "ui/views/window/main_window.h"

#include <QCoreApplication>

#include <cmath>

namespace tessera::ui {
namespace {

class Words {
    Q_DECLARE_TR_FUNCTIONS(tessera::ui::Lessons)
};

QString costOf(MainWindow &window)
{
    const Library &library = window.session().library();
    return library.findCost("memory") || library.costs.isEmpty() ? QStringLiteral("memory") : library.costs.first().key;
}

using Act = std::function<void(MainWindow &)>;

/// The search under one limit on the lessons' cost, with the given aversion to noise; an empty value: no limit.
Act searchWith(const QString &value, double noise = 0)
{
    return [value, noise](MainWindow &window) {
        ScenarioDraft next;
        if (!value.isEmpty())
            next.limits.append({costOf(window), false, value});
        next.noiseAversion = noise;
        window.showPlace(MainWindow::kSearch);
        window.session().setScenario(next, Words::tr("lesson"));
        window.search().setFrontAxis(costOf(window));
    };
}

QWidget *strip(MainWindow &window) { return window.searchPage()->strip(); }
QWidget *front(MainWindow &window) { return window.searchPage()->front(); }
QWidget *limits(MainWindow &window) { return window.searchPage()->constraints(); }
QWidget *map(MainWindow &window) { return window.libraryPage()->map(); }
QWidget *inspector(MainWindow &window) { return window.libraryPage()->panels().first(); }

QString greedyAgainstBest(MainWindow &window)
{
    double best = window.search().solution().objective;
    for (const BaselineData &baseline : window.search().baselines())
        if (baseline.name == "greedy" && !std::isnan(baseline.objective) && best > 0)
            return Words::tr("Greedy: %1. Proven best: %2. Greedy loses %3 more.")
                .arg(formatScore(baseline.objective), formatScore(best), formatPercent(baseline.objective / best - 1));
    return Words::tr("The baselines are being computed…");
}

QString proof(MainWindow &window)
{
    const SolutionData &solution = window.search().solution();
    return Words::tr("Found: %1. No child is below: %2.")
        .arg(formatScore(solution.objective), formatScore(solution.bound));
}

Lesson greedy()
{
    return {
        "greedy",
        Words::tr("Why greedy fails, and what the proof adds"),
        {{Words::tr(
              "A child has one variant in each half of each layer: more combinations than anybody can try. Here the "
              "memory may be at most 60 % of the parent's, and this strip is the best child there is."),
          searchWith("60%"), proof, strip},
         {Words::tr(
              "The greedy rule takes away, step by step, what costs the least score for each byte saved. It never "
              "takes a step back, so an early bargain can block a better combination."),
          searchWith("60%"), greedyAgainstBest, front},
         {Words::tr("The proof is the other half: a bound that no child can get below. Where bound and child meet, "
                    "looking further is useless, for this library and these scores."),
          searchWith("60%"), proof, front},
         {Words::tr(
              "The tighter the limit, the more every decision depends on all others, and the more a rule of thumb "
              "gives away."),
          searchWith("40%"), greedyAgainstBest, front}}};
}

QString price(MainWindow &window)
{
    const SolutionData &solution = window.search().solution();
    QString key = costOf(window), unit = window.session().library().unitOf(key);
    return Words::tr("Score: %1. Price: %2 per %3.")
        .arg(formatScore(solution.objective), formatScore(solution.prices.value(key, 0)), priceUnit(unit));
}

Lesson prices()
{
    return {
        "prices",
        Words::tr("What a price means"),
        {{Words::tr("Under a limit that binds, every further byte would buy a better child. The price says how much "
                    "better, per unit: it is read beside the limit."),
          searchWith("70%"), price, limits},
         {Words::tr("Give one per cent more and the score falls by about price times what was given. About, because "
                    "a child is made of whole blocks and moves in steps."),
          searchWith("71%"), price, limits},
         {Words::tr("On the front the price is the slope: steep where memory is scarce, flat where there is plenty."),
          searchWith("45%"), price, front},
         {Words::tr(
              "A limit that nothing presses against costs nothing: its price is 0, and relaxing it buys nothing."),
          searchWith("100%"), price, limits}}};
}

void repair(MainWindow &window)
{
    window.showPlace(MainWindow::kSearch);
    for (const Relaxation &relaxation : window.search().solution().relaxations)
        if (auto repaired = parseLimitText(relaxation.repaired, false)) {
            ScenarioDraft next = window.session().scenario();
            for (LimitDraft &limit : next.limits)
                if (limit.text() == relaxation.limit)
                    limit.value = repaired->value;
            window.session().setScenario(next, Words::tr("lesson"));
            return;
        }
}

Lesson infeasible()
{
    auto status = [](MainWindow &window) {
        const SolutionData &solution = window.search().solution();
        return solution.infeasible() ? Words::tr("Together impossible: %1").arg(solution.conflict.join(", "))
                                     : Words::tr("Score: %1.").arg(formatScore(solution.objective));
    };
    return {
        "infeasible",
        Words::tr("A limit that cannot hold, and its repair"),
        {{Words::tr("One per cent of the parent's memory is less than what remains when every block is removed: the "
                    "embeddings stay. No child can keep this, and that too is proved."),
          searchWith("1%"), status, limits},
         {Words::tr(
              "The hatched part of the slider is dead: no position in it can be kept, whatever is chosen. The panel "
              "names the limits that conflict and, for each, the least that repairs it."),
          searchWith("1%"), status, limits},
         {Words::tr("The button takes that least step. What comes out is the smallest child of all."), repair, status,
          strip},
         {Words::tr("Undo leads back through every one of these steps, the impossible one too: no decision is lost."),
          searchWith("60%"), status, limits}}};
}

Lesson noise()
{
    auto keepThenAvoid = [](MainWindow &window) {
        if (window.session().scenario().noiseAversion == 0)
            window.search().setPinned(0, window.search().solution());
        searchWith("50%", 2)(window);
    };
    auto compare = [](MainWindow &window) {
        window.showPlace(MainWindow::kCompare);
        window.comparePage()->setForm(ComparePage::kTwo);
    };
    auto changed = [](MainWindow &window) {
        const auto &a = window.search().pinned(0);
        if (!a || !window.search().solution().found())
            return QString();
        return Words::tr("%n sub-block(s) were chosen otherwise.", nullptr,
                         differences(a->choices, window.search().solution().choices));
    };
    return {"noise",
            Words::tr("How noise in the scores moves the choice"),
            {{Words::tr(
                  "A score is a mean over windows of text, and a mean has a standard error. This child takes the means "
                  "as they are."),
              searchWith("50%"), proof, strip},
             {Words::tr("Now two standard errors are added to every score: a variant that was measured badly has to be "
                        "that much better to be chosen. The first child was kept as A."),
              keepThenAvoid, changed, limits},
             {Words::tr(
                  "Side by side: where A and B differ, the measurement could not tell the variants apart. Score those "
                  "on more text before you trust either."),
              compare, changed, [](MainWindow &window) -> QWidget * { return window.comparePage()->strip(1); }}}};
}

int mostImproved(const Library &library)
{
    int best = -1;
    double least = 1;
    for (int i = 0; i < library.variants.size(); ++i) {
        double before = library.value("loss_before", i), after = library.value("loss_after", i);
        if (before > 0 && after / before < least) {
            least = after / before;
            best = i;
        }
    }
    return best;
}

Lesson distillation()
{
    auto colour = [](const QString &column) {
        return [column](MainWindow &window) {
            window.showPlace(MainWindow::kLibrary);
            window.libraryPage()->colourBy(column);
        };
    };
    auto select = [](MainWindow &window) {
        window.showPlace(MainWindow::kLibrary);
        window.session().setCurrentVariant(mostImproved(window.session().library()));
    };
    auto missing = [](MainWindow &window) {
        return mostImproved(window.session().library()) < 0 ? Words::tr("This project has no fitted variants.")
                                                            : QString();
    };
    return {
        "distillation",
        Words::tr("What distillation does to a variant"),
        {{Words::tr("A variant begins as a copy with parts taken away. The colour is the error of the layer's output "
                    "before anything was fitted."),
          colour("loss_before"), missing, map},
         {Words::tr(
              "The same after the variant was fitted to do what the parent's layer did, on the same text. The scale "
              "is its own: look at the numbers."),
          colour("loss_after"), missing, map},
         {Words::tr("This variant gained the most. The inspector shows both errors and what is left of the first."),
          select,
          [](MainWindow &window) {
              const Library &library = window.session().library();
              int variant = mostImproved(library);
              return variant < 0 ? Words::tr("This project has no fitted variants.")
                                 : Words::tr("%1 of the error is left.")
                                       .arg(formatPercent(library.value("loss_after", variant)
                                                          / library.value("loss_before", variant)));
          },
          inspector},
         {Words::tr(
              "What counts in the end is the score: the damage to the whole model when only this block is replaced."),
          [](MainWindow &window) {
              window.showPlace(MainWindow::kLibrary);
              window.libraryPage()->colourBy("score:" + window.session().objective());
          },
          {},
          map}}};
}

} // namespace

QList<Lesson> allLessons() { return {greedy(), prices(), infeasible(), noise(), distillation()}; }

} // namespace tessera::ui
