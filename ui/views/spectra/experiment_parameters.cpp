// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/experiment_parameters.h"

#include "ui/state/gallery_words.h"
#include "ui/views/common/parts.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLocale>

#include <algorithm>

namespace tessera::ui {
namespace {

constexpr int kFieldWidth = 76, kUsualFields = 4, kDecimals = 3;

/// Without the zeros behind the last digit.
class ShortField : public QDoubleSpinBox {
public:
    using QDoubleSpinBox::QDoubleSpinBox;
    QString textFromValue(double value) const override
    {
        QLocale plain = locale();
        plain.setNumberOptions(QLocale::OmitGroupSeparator);
        return plain.toString(value, 'f', QLocale::FloatingPointShortest);
    }
};

} // namespace

ExperimentParameters::ExperimentParameters(QWidget *parent) : QWidget(parent)
{
    m_grid = new QGridLayout(this);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(kSpaceM);
    m_grid->setVerticalSpacing(kSpaceS);
    // Made before they are needed: the order of making is that of the tabulator key.
    while (m_fields.size() < kUsualFields)
        addField();
    m_defaults = makeButton(tr("Defaults"));
    m_defaults->setToolTip(tr("Sets every number back to what published figures belong to"));
    m_grid->addWidget(m_defaults, 0, 2);
    m_grid->setColumnStretch(1, 1);
    connect(m_defaults, &QPushButton::clicked, this, [this] {
        for (int i = 0; i < m_parameters.size(); ++i)
            m_fields[i].number->setValue(m_parameters[i].usual);
    });
}

void ExperimentParameters::addField()
{
    int index = static_cast<int>(m_fields.size());
    Field field{makeLabel({}, Type::Body, "muted"), new ShortField};
    field.title->setWordWrap(true);
    field.title->setBuddy(field.number);
    field.number->setFixedWidth(kFieldWidth);
    field.number->setButtonSymbols(QAbstractSpinBox::NoButtons);
    field.number->setAlignment(Qt::AlignRight);
    field.number->setKeyboardTracking(false);
    field.number->setStepType(QAbstractSpinBox::AdaptiveDecimalStepType);
    m_grid->addWidget(field.number, index, 0);
    m_grid->addWidget(field.title, index, 1);
    connect(field.number, &QDoubleSpinBox::valueChanged, this, [this, index](double value) {
        if (!m_showing)
            Q_EMIT changed(index, value);
    });
    m_fields.append(field);
}

void ExperimentParameters::setParameters(const QList<ExperimentData::Parameter> &parameters)
{
    m_showing = true;
    m_parameters = parameters;
    while (m_fields.size() < parameters.size())
        addField();
    for (int i = 0; i < m_fields.size(); ++i) {
        const Field &field = m_fields[i];
        bool used = i < parameters.size();
        field.title->setVisible(used);
        field.number->setVisible(used);
        if (!used)
            continue;
        const ExperimentData::Parameter &one = parameters[i];
        QString meaning = galleryText(one.meaning);
        field.title->setText(meaning.left(1).toUpper() + meaning.mid(1));
        field.number->setAccessibleName(field.title->text());
        QLocale locale;
        field.number->setToolTip(
            tr("%1: from %2 to %3, by default %4")
                .arg(one.name, locale.toString(one.least), locale.toString(one.most), locale.toString(one.usual)));
        field.number->setDecimals(one.whole ? 0 : kDecimals);
        field.number->setRange(one.least, one.most);
        field.number->setValue(one.value);
    }
    setVisible(!parameters.isEmpty());
    m_defaults->setEnabled(std::any_of(parameters.cbegin(), parameters.cend(),
                                       [](const ExperimentData::Parameter &one) { return one.value != one.usual; }));
    m_showing = false;
}

void ExperimentParameters::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        Q_EMIT runWanted();
    else
        QWidget::keyPressEvent(event);
}

} // namespace tessera::ui
