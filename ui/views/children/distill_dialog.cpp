// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/children/distill_dialog.h"

#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/parts.h"

#include "engine/base/error.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QLineEdit>
#include <QSignalBlocker>

#include <cmath>
#include <tuple>
#include <utility>

namespace tessera::ui {
namespace {

constexpr int kLeastWidth = 560;
constexpr double kUsualMinutes = 10, kMostTokens = 1e12, kMostMinutes = 1e5;
/// Of a trained parameter: weight, gradient, two moments and the best weight so far, in float32.
constexpr double kBytesOfParameter = 20;

const QStringList kEnds{QStringLiteral("embeddings"), QStringLiteral("norm"), QStringLiteral("head")};

/// A folder beside the child in which there is nothing yet.
QString freePlace(const QString &child)
{
    const QString first = child + QStringLiteral("-distilled");
    QString place = first;
    for (int number = 2; QFileInfo::exists(place) || QFileInfo::exists(place + ".training"); ++number)
        place = first + QStringLiteral("-%1").arg(number);
    return place;
}

QDoubleSpinBox *makeField(const QString &name, int decimals, double least, double most)
{
    auto *field = new QDoubleSpinBox;
    field->setDecimals(decimals);
    field->setRange(least, most);
    field->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    field->setButtonSymbols(QAbstractSpinBox::NoButtons);
    field->setAlignment(Qt::AlignRight);
    field->setGroupSeparatorShown(true);
    field->setAccessibleName(name);
    return field;
}

} // namespace

DistillDialog::DistillDialog(Session &session, const QString &child, QWidget *parent)
    : QDialog(parent), m_session(session), m_child(child), m_otherAmount(kUsualMinutes)
{
    setWindowTitle(tr("Distil %1").arg(QFileInfo(child).fileName()));
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(kSpaceL, kSpaceL, kSpaceL, kSpaceL);
    outer->setSpacing(kSpaceL);
    QLabel *what = makeLabel(tr("Trains the whole child towards its parent, on the project's text. The weights that do best on held-out "
                                "windows become a new child; this one stays as it is."),
                             Type::Body, "muted");
    what->setWordWrap(true);
    what->setMinimumWidth(kLeastWidth); // Not the dialog itself: its form may need more.
    outer->addWidget(what);
    m_continue = new QCheckBox;
    m_continue->hide();
    outer->addWidget(m_continue);
    outer->addLayout(makeForm());

    m_told = makeLabel({}, Type::Body, "muted");
    m_told->setWordWrap(true);
    m_told->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    outer->addWidget(m_told);
    outer->addStretch();
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(kSpaceS);
    buttons->addStretch();
    m_close = makeButton(tr("Close"));
    m_stop = makeButton(tr("Stop"));
    m_start = makeButton(tr("Distil"), "primary");
    m_start->setDefault(true);
    for (QPushButton *button : {m_close, m_stop, m_start})
        buttons->addWidget(button);
    // The return key starts, wherever the focus is.
    for (QPushButton *button : {m_close, m_stop, m_browse})
        button->setAutoDefault(false);
    outer->addLayout(buttons);

    connect(m_continue, &QCheckBox::toggled, this,
            [this](bool on) { showOrder(on ? m_choices.unfinished.first() : m_choices.defaults); });
    connect(m_unit, &QComboBox::currentIndexChanged, this, &DistillDialog::unitChanged);
    for (QDoubleSpinBox *field : {m_kl, m_cosine, m_lm})
        connect(field, &QDoubleSpinBox::valueChanged, this, &DistillDialog::updateState);
    connect(m_train, &QComboBox::currentIndexChanged, this, &DistillDialog::updateState);
    connect(m_ends, &QCheckBox::toggled, this, &DistillDialog::updateState);
    connect(m_place, &QLineEdit::textChanged, this, &DistillDialog::updateState);
    connect(m_browse, &QPushButton::clicked, this, &DistillDialog::browse);
    connect(m_start, &QPushButton::clicked, this, &DistillDialog::start);
    connect(m_stop, &QPushButton::clicked, this, &DistillDialog::stop);
    connect(m_close, &QPushButton::clicked, this, &DistillDialog::reject);
    connect(&m_session, &Session::progressed, this, &DistillDialog::progressed);
    updateState();
    askChoices();
}

QLayout *DistillDialog::makeForm()
{
    auto *form = new QFormLayout;
    form->setSpacing(kSpaceS);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    auto *budget = new QHBoxLayout;
    budget->setSpacing(kSpaceS);
    m_amount = makeField(tr("Budget"), 0, 1, kMostTokens);
    m_unit = new QComboBox;
    m_unit->addItem(tr("Tokens"));
    m_unit->addItem(tr("Minutes"));
    m_unit->setAccessibleName(tr("Unit of the budget"));
    budget->addWidget(m_amount, 1);
    budget->addWidget(m_unit);
    form->addRow(tr("Budget"), budget);

    auto *losses = new QHBoxLayout;
    losses->setSpacing(kSpaceS);
    for (auto [field, name, tip] :
         {std::tuple{&m_kl, tr("KL"), tr("KL divergence of the child's predictions from the parent's")},
          std::tuple{&m_cosine, tr("Cosine"), tr("Mean cosine distance of the hidden states behind every layer from the parent's")},
          std::tuple{&m_lm, tr("Next token"), tr("Loss on the text itself, without the parent")}}) {
        *field = makeField(tr("Weight of %1").arg(name), 2, 0, 1e6);
        (*field)->setToolTip(tip);
        QLabel *label = makeLabel(name, Type::Body, "muted");
        label->setToolTip(tip);
        losses->addWidget(label);
        losses->addWidget(*field, 1);
    }
    form->addRow(tr("Weights of the losses"), losses);

    m_rate = makeField(tr("Learning rate"), 6, 1e-6, 1);
    m_rate->setToolTip(tr("Its peak: it rises at first, then falls along a cosine to a tenth"));
    form->addRow(tr("Learning rate"), m_rate);
    m_train = new QComboBox;
    m_train->setAccessibleName(tr("What is trained"));
    form->addRow(tr("What is trained"), m_train);
    m_ends = new QCheckBox(tr("Embeddings, final norm and head too"));
    form->addRow(QString(), m_ends);
    m_effort = makeLabel({}, Type::Caption, "muted");
    form->addRow(QString(), m_effort);

    auto *place = new QHBoxLayout;
    place->setSpacing(kSpaceS);
    m_place = new QLineEdit(freePlace(m_child));
    m_place->setAccessibleName(tr("Folder of the new child"));
    m_browse = makeButton(tr("Choose…"));
    place->addWidget(m_place, 1);
    place->addWidget(m_browse);
    form->addRow(tr("Where"), place);
    return form;
}

void DistillDialog::askChoices()
{
    m_session.engine().call("children/distill_options", {{"child", m_child.toStdString()}}, this, [this](const Reply &reply) {
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            takeChoices(readDistillChoices(reply.result, "children/distill_options"));
        } catch (const Error &error) {
            tell(QString::fromUtf8(error.what()), "error");
        }
    });
}

void DistillDialog::takeChoices(const DistillChoices &choices)
{
    const bool first = !m_known;
    m_known = true;
    m_choices = choices;
    if (first) {
        const QMap<QString, QString> names{{"all", tr("All sub-blocks")},
                                           {"changed", tr("Sub-blocks that are not the parent's")},
                                           {"all:attention", tr("Attention of every layer")},
                                           {"all:ffn", tr("FFN of every layer")}};
        const QSignalBlocker quiet(m_train);
        for (const auto &[words, parameters] : choices.trainable)
            if (names.contains(words))
                m_train->addItem(names[words], words);
        showOrder(choices.defaults);
    }
    const bool left = !choices.unfinished.isEmpty();
    if (left)
        m_continue->setText(tr("Go on with %1, which was interrupted").arg(QFileInfo(choices.unfinished.first().out).fileName()));
    m_continue->setVisible(left);
    m_continue->setChecked(left);
    updateState();
    if (first)
        (left ? static_cast<QWidget *>(m_continue) : m_amount)->setFocus();
}

void DistillDialog::showOrder(const DistillOrder &order)
{
    const bool minutes = !std::isnan(order.minutes);
    m_unit->setCurrentIndex(minutes ? 1 : 0);
    m_amount->setValue(minutes ? order.minutes : order.tokens);
    m_kl->setValue(order.loss.value("kl"));
    m_cosine->setValue(order.loss.value("cosine"));
    m_lm->setValue(order.loss.value("lm"));
    m_rate->setValue(order.learningRate);
    showTrain(order.train);
    m_place->setText(order.out.isEmpty() ? freePlace(m_child) : order.out);
    updateState();
}

void DistillDialog::showTrain(const QString &words)
{
    QStringList blocks;
    bool ends = false;
    const QStringList all = words.split(',');
    for (const QString &word : all)
        if (kEnds.contains(word))
            ends = true;
        else
            blocks.append(word);
    const QString joined = blocks.join(',');
    if (m_train->findData(joined) < 0)
        m_train->addItem(joined, joined);
    m_train->setCurrentIndex(m_train->findData(joined));
    m_ends->setChecked(ends);
}

void DistillDialog::unitChanged()
{
    const bool minutes = m_unit->currentIndex() == 1;
    const double shown = m_amount->value();
    m_amount->setDecimals(minutes ? 1 : 0);
    m_amount->setRange(minutes ? 0.1 : 1, minutes ? kMostMinutes : kMostTokens);
    m_amount->setValue(m_otherAmount);
    m_otherAmount = shown;
}

QStringList DistillDialog::trainWords() const
{
    QStringList words{m_train->currentData().toString()};
    if (m_ends->isChecked())
        for (const auto &[word, parameters] : m_choices.trainable)
            if (kEnds.contains(word))
                words.append(word);
    return words;
}

bool DistillDialog::continues() const { return !m_choices.unfinished.isEmpty() && m_continue->isChecked(); }

void DistillDialog::updateState()
{
    const bool free = m_known && !m_running && !m_made;
    for (QWidget *widget : std::initializer_list<QWidget *>{m_amount, m_unit, m_kl, m_cosine, m_lm, m_rate, m_train, m_ends, m_place, m_browse})
        widget->setEnabled(free && !continues());
    m_continue->setEnabled(free);
    const bool complete = m_kl->value() + m_cosine->value() + m_lm->value() > 0 && !m_place->text().isEmpty();
    m_start->setEnabled(free && (continues() || complete));
    m_start->setText(continues() ? tr("Continue") : tr("Distil"));
    m_stop->setVisible(m_running.has_value());
    m_stop->setEnabled(m_running.has_value());
    double parameters = 0;
    const QStringList words = trainWords();
    for (const auto &[word, count] : m_choices.trainable)
        if (words.contains(word))
            parameters += static_cast<double>(count);
    m_effort->setText(parameters > 0 ? tr("%1 parameters; about %2 of memory beside the models")
                                           .arg(formatAmount(parameters, "count"), formatAmount(kBytesOfParameter * parameters, "bytes"))
                                     : QString());
}

void DistillDialog::browse()
{
    QString path = QFileDialog::getSaveFileName(this, tr("Folder of the new child"), m_place->text());
    if (!path.isEmpty())
        m_place->setText(path);
}

Json DistillDialog::orderShown() const
{
    QStringList losses;
    for (auto [name, field] : {std::pair{"kl", m_kl}, std::pair{"cosine", m_cosine}, std::pair{"lm", m_lm}})
        if (field->value() > 0)
            losses.append(QStringLiteral("%1=%2").arg(QLatin1String(name), QString::number(field->value(), 'g', 12)));
    Json order{{"children", {m_child.toStdString()}},
               {"out", m_place->text().toStdString()},
               {"loss", losses.join(',').toStdString()},
               {"train", trainWords().join(',').toStdString()},
               {"learning_rate", m_rate->value()}};
    if (m_unit->currentIndex() == 1)
        order["minutes"] = m_amount->value();
    else
        order["tokens"] = static_cast<std::int64_t>(m_amount->value());
    return order;
}

void DistillDialog::start()
{
    tell(tr("Preparing…"), "muted");
    m_running = m_session.engine().call("children/distill", continues() ? m_choices.unfinished.first().params : orderShown(), this,
                                        [this](const Reply &reply) { finished(reply); });
    updateState();
}

void DistillDialog::stop()
{
    m_stop->setEnabled(false);
    tell(tr("Stopping…"), "muted");
    m_session.engine().cancel(*m_running);
}

void DistillDialog::progressed(const Json &params)
{
    const bool ours = m_running && params.is_object() && params.value("id", Json()) == *m_running;
    if (!ours || !m_stop->isEnabled() || params.value("name", Json()) != "distill-child")
        return;
    const double done = numberOr(params, "done", 0, "progress"), total = numberOr(params, "total", 0, "progress"),
                 left = numberOr(params, "seconds_left", kUnknown, "progress");
    QString text = total > 0 ? tr("%1 done").arg(formatPercent(done / total, 0)) : tr("Running");
    if (!std::isnan(left))
        text += QStringLiteral(" · ") + tr("%1 left").arg(formatSeconds(left));
    tell(text + "\n" + tr("It goes on when this window is closed; the Jobs workspace shows it."), "muted");
}

void DistillDialog::finished(const Reply &reply)
{
    m_running.reset();
    if (reply.interrupted()) {
        tell(tr("Stopped. What was reached is kept, and goes on from there."), "muted");
        askChoices();
    } else {
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            const DistilledData made = readDistilled(reply.result, "children/distill");
            m_made = true;
            QString text = tr("The new child is %1.").arg(m_place->text());
            text += "\n" + (made.bestStep == 0 ? tr("No step did better on held-out text than the beginning, which is what was written.")
                                          : tr("%1 on held-out text: %2 before, %3 now.")
                                                .arg(metricTitle("kl_div"), formatScore(made.before.value("kl_to_parent", kUnknown)),
                                                     formatScore(made.after.value("kl_to_parent", kUnknown))));
            tell(text, "muted");
            Q_EMIT distilled();
        } catch (const Error &error) {
            tell(QString::fromUtf8(error.what()), "error");
            if (!isVisible())
                Q_EMIT m_session.complained(QString::fromUtf8(error.what()));
        }
    }
    updateState();
    if (!isVisible())
        deleteLater();
}

void DistillDialog::tell(const QString &text, const char *role)
{
    m_told->setText(text);
    setRole(m_told, role);
}

void DistillDialog::done(int result)
{
    setAttribute(Qt::WA_DeleteOnClose, !m_running);
    QDialog::done(result);
}

} // namespace tessera::ui
