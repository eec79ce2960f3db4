// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/training_form.h"

#include "ui/plot/curve_chart.h"
#include "ui/plot/race_view.h"
#include "ui/state/session.h"
#include "ui/state/spectra.h"
#include "ui/views/common/export_picture.h"
#include "ui/views/common/limit_slider.h"
#include "ui/views/common/parts.h"

#include "engine/base/error.h"

#include <QComboBox>
#include <QEvent>
#include <QLocale>
#include <QSplitter>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace tessera::ui {
namespace {

constexpr int kRest = 120;        ///< ms without a change after which the engine is asked: it takes a moment.
constexpr int kFrame = 33;        ///< ms.
constexpr int kTimes = 240, kFrequencies = 12, kPoints = 100, kClip = 20;

} // namespace

TrainingForm::TrainingForm(Session &session, Spectra &spectra, QWidget *parent)
    : QWidget(parent), m_session(session), m_spectra(spectra)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(kSpaceL);
    QVBoxLayout *controls = nullptr, *race = nullptr, *function = nullptr;
    QFrame *controlPanel = makePanel({}, &controls);
    controls->setContentsMargins(kSpaceL, kSpaceM, kSpaceL, kSpaceM);
    auto *row = new QHBoxLayout;
    row->setSpacing(kSpaceM);
    m_play = makeButton(tr("Play"), "primary");
    row->addWidget(m_play);
    m_slider = new LimitSlider;
    m_slider->setAccessibleName(tr("Time"));
    row->addWidget(m_slider, 1);
    m_steps = makeLabel({}, Type::Strong);
    m_steps->setMinimumWidth(112);
    m_steps->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_steps);
    controls->addLayout(row);
    auto *choices = new QHBoxLayout;
    choices->setSpacing(kSpaceM);
    choices->addWidget(makeLabel(tr("Kernel"), Type::Body, "muted"));
    m_kernel = new QComboBox;
    m_kernel->setAccessibleName(tr("Kernel that is trained with"));
    m_kernel->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    choices->addWidget(m_kernel);
    choices->addStretch();
    choices->addWidget(makeLabel(tr("Preconditioner"), Type::Body, "muted"));
    m_way = new Segments({tr("S = K⁻¹"), tr("Clipped after %1").arg(kClip)}, tr("Preconditioner"));
    choices->addWidget(m_way);
    controls->addLayout(choices);
    outer->addWidget(controlPanel);

    auto *split = new QSplitter(Qt::Horizontal);
    split->setHandleWidth(kSpaceL);
    split->setChildrenCollapsible(false);
    QFrame *racePanel = makePanel(tr("What is left of each frequency"), &race);
    QToolButton *exportRace = makeIconButton(Icon::Export, tr("Export the frequencies"));
    headingOf(racePanel)->addWidget(exportRace);
    m_race = new RaceView;
    m_race->setAccessibleName(tr("What is left of each frequency"));
    race->addWidget(m_race);
    split->addWidget(racePanel);
    QFrame *functionPanel = makePanel(tr("The function by then"), &function);
    QToolButton *exportFunction = makeIconButton(Icon::Export, tr("Export the function"));
    headingOf(functionPanel)->addWidget(exportFunction);
    m_function = new CurveChart;
    m_function->setAccessibleName(tr("The function that is learnt, and the target"));
    function->addWidget(m_function);
    QLabel *caption = makeLabel(tr("Exact dynamics of the kernel on 100 points of the circle, each way with its best stable "
                                   "step: what an infinitely wide network does. Both ways end in the same function. A "
                                   "narrow network leaves this regime first on the high frequencies, and Adam is not "
                                   "gradient descent."),
                                Type::Caption, "muted");
    caption->setWordWrap(true);
    caption->setContentsMargins(kSpaceL, 0, kSpaceL, kSpaceM);
    function->addWidget(caption);
    split->addWidget(functionPanel);
    split->setSizes({440, 400});
    outer->addWidget(split, 1);

    m_rest.setSingleShot(true);
    m_rest.setInterval(kRest);
    m_frame.setInterval(kFrame);
    connect(&m_rest, &QTimer::timeout, this, &TrainingForm::ask);
    connect(&m_frame, &QTimer::timeout, this, &TrainingForm::tick);
    connect(m_play, &QPushButton::clicked, this, [this] { setPlaying(!m_frame.isActive()); });
    connect(m_slider, &QSlider::valueChanged, this, &TrainingForm::setTime);
    connect(m_race, &RaceView::timeWanted, this, &TrainingForm::setTime);
    connect(m_kernel, &QComboBox::activated, this, [this] { questionChanged(); });
    connect(m_way, &Segments::currentChanged, this, [this] {
        showRace();
        Q_EMIT changed();
    });
    connect(&spectra, &Spectra::questionChanged, this, &TrainingForm::questionChanged);
    connect(&session.engine(), &EngineClient::connected, this, [this] {
        m_asked = false;
        ++m_round;
        m_question.clear();
        questionChanged();
    });
    connect(exportRace, &QToolButton::clicked, this, [this] { exportPlot(m_race, m_session, "training"); });
    connect(exportFunction, &QToolButton::clicked, this,
            [this] { exportPicture(m_function->picture(provenance()), m_session, this, "trained-function"); });
    questionChanged();
}

QString TrainingForm::provenance() const
{
    return QStringLiteral("Tessera %1 · %2 · %3").arg(m_session.engine().version(), m_kernel->currentText(), m_steps->text());
}

void TrainingForm::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    questionChanged();
}

void TrainingForm::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    setPlaying(false);
}

void TrainingForm::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showFunction();
}

void TrainingForm::setKernel(int index)
{
    m_kernel->setCurrentIndex(index);
    questionChanged();
}

void TrainingForm::questionChanged()
{
    int chosen = std::max(0, m_kernel->currentIndex());
    QStringList titles;
    for (const KernelDraft &kernel : m_spectra.kernels())
        titles.append(kernelTitle(kernel));
    bool same = titles.size() == m_kernel->count();
    for (int i = 0; same && i < titles.size(); ++i)
        same = m_kernel->itemText(i) == titles[i];
    if (!same) {
        m_kernel->clear();
        m_kernel->addItems(titles);
        m_kernel->setCurrentIndex(std::min(chosen, static_cast<int>(titles.size()) - 1));
    }
    if (isVisible())
        m_rest.start();
    Q_EMIT changed();
}

SpectraQuestion TrainingForm::question() const
{
    int kernel = m_kernel->currentIndex();
    if (kernel < 0 || kernel >= m_spectra.kernels().size())
        return {};
    Json params{{"kernels", {toJson(m_spectra.kernels()[kernel])}},
                {"points", kPoints},
                {"frequencies", kFrequencies},
                {"clip", kClip},
                {"curve", kTimes}};
    return {QStringLiteral("spectra/descend"), params, tr("Sines of the circle")};
}

void TrainingForm::adoptKept(const Json &result)
{
    const bool several = result.is_object() && result.contains("descents");
    m_data = readDescent(several ? result : Json{{"descents", Json::array({result})}});
    m_question = m_answered = question().key();
    m_failure.clear();
    m_asked = false;
    ++m_round;
    showRace();
    Q_EMIT changed();
}

Json TrainingForm::settings() const { return {{"kernel", m_kernel->currentIndex()}, {"way", m_way->current()}, {"time", m_time}}; }

void TrainingForm::restore(const Json &settings)
{
    if (!settings.is_object())
        return;
    auto number = [&](const char *name, int most) -> std::optional<int> {
        auto found = settings.find(name);
        if (found == settings.end() || !found->is_number_integer())
            return std::nullopt;
        return static_cast<int>(std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, most));
    };
    setPlaying(false);
    if (auto kernel = number("kernel", m_kernel->count() - 1))
        setKernel(*kernel);
    if (auto way = number("way", 1))
        m_way->setCurrent(*way);
    if (auto time = number("time", kTimes))
        m_time = *time;
    showRace();
}

void TrainingForm::ask()
{
    const SpectraQuestion asked = question();
    if (asked.method.isEmpty() || !m_session.engine().isConnected())
        return;
    if (m_asked || asked.key() == m_question) // An answer that is out of date asks again when it comes.
        return;
    m_question = asked.key();
    m_asked = true;
    m_session.engine().call("spectra/descend", asked.params, this, [this, round = m_round, key = m_question](const Reply &reply) {
        if (round != m_round)
            return;
        m_asked = false;
        m_failure.clear();
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            m_data = readDescent(reply.result);
            m_answered = key;
        } catch (const Error &error) {
            m_failure = QString::fromStdString(error.what());
            m_data.reset();
        }
        showRace();
        if (isVisible())
            m_rest.start();
        Q_EMIT changed();
    });
}

void TrainingForm::showRace()
{
    RaceData race;
    race.empty = m_failure.isEmpty() ? tr("The training is being computed…") : m_failure;
    race.names[0] = tr("Gradient descent");
    race.names[1] = tr("Preconditioned");
    int other = m_way->current() == 0 ? DescentData::kInverse : DescentData::kClipped;
    if (m_data) {
        race.times = m_data->times;
        race.tolerance = m_data->tolerance;
        for (const DescentData::Row &row : m_data->rows)
            race.rows.append({row.frequency,
                              {row.steps[DescentData::kPlain], row.steps[other]},
                              {row.left[DescentData::kPlain], row.left[other]}});
    }
    m_race->setData(race);
    const int time = m_time;
    m_slider->setRange(0, std::max(1, static_cast<int>(race.times.size()) - 1));
    m_slider->setEnabled(!race.times.isEmpty());
    m_play->setEnabled(!race.times.isEmpty());
    setTime(std::min(time, m_slider->maximum()));
    if (!m_data)
        m_time = time; // It is gone back to when there is something to show.
}

void TrainingForm::setTime(int index)
{
    m_time = index;
    m_slider->setValue(index);
    m_race->setTime(index);
    bool known = m_data && index < m_data->times.size();
    m_steps->setText(known ? tr("%1 steps").arg(QLocale().toString(m_data->times[index], 'f', 0)) : QString());
    showFunction();
    Q_EMIT changed();
}

void TrainingForm::showFunction()
{
    CurveData picture;
    picture.x = {tr("Angle"), false, 0, 360};
    picture.y = {tr("Value"), false, -5, 5};
    picture.empty = QString();
    if (m_data && m_time < m_data->times.size()) {
        int other = m_way->current() == 0 ? DescentData::kInverse : DescentData::kClipped;
        Curve target{tr("Target"), tr("Target"), {}, colour(Colour::TextMuted), 1.5, Qt::DashLine},
            plain{tr("Gradient descent"), tr("Gradient descent"), {}, colour(Colour::Attention)},
            changed{tr("Preconditioned"), tr("Preconditioned"), {}, colour(Colour::Ffn)};
        for (int degree = 0; degree <= 360; degree += 2) {
            double angle = degree * std::numbers::pi / 180, sums[3] = {0, 0, 0};
            for (const DescentData::Row &row : m_data->rows) {
                // Every sine is an eigenfunction: it is learnt in its own time, whatever the others do.
                double wave = std::sin(row.frequency * angle) / std::sqrt(row.frequency);
                sums[0] += wave;
                sums[1] += wave * (1 - row.left[DescentData::kPlain][m_time]);
                sums[2] += wave * (1 - row.left[other][m_time]);
            }
            target.points.append({static_cast<double>(degree), sums[0]});
            plain.points.append({static_cast<double>(degree), sums[1]});
            changed.points.append({static_cast<double>(degree), sums[2]});
        }
        picture.curves = {target, changed, plain};
    }
    m_function->setData(picture);
}

void TrainingForm::setPlaying(bool play)
{
    if (play && m_time >= m_slider->maximum())
        setTime(0);
    if (play)
        m_frame.start();
    else
        m_frame.stop();
    m_play->setText(play ? tr("Pause") : tr("Play"));
}

void TrainingForm::tick()
{
    if (m_time >= m_slider->maximum())
        return setPlaying(false);
    setTime(m_time + 1);
}

} // namespace tessera::ui
