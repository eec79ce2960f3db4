// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/spectra/data_form.h"

#include "ui/models/row_table_model.h"
#include "ui/plot/curve_chart.h"
#include "ui/plot/matrix_view.h"
#include "ui/state/session.h"
#include "ui/state/spectra.h"
#include "ui/state/text.h"
#include "ui/views/common/export_picture.h"
#include "ui/views/common/parts.h"
#include "ui/views/spectra/kernel_row.h"

#include "engine/base/error.h"

#include <QComboBox>
#include <QEvent>
#include <QHeaderView>
#include <QLocale>
#include <QSpinBox>
#include <QSplitter>

#include <algorithm>
#include <cstdint>

namespace tessera::ui {
namespace {

constexpr int kRest = 120; ///< ms without a change after which the engine is asked.
constexpr int kVectors = 3, kLeastPoints = 20, kMostPoints = 200;
const char *const kData[] = {"sphere", "circle", "iris", "wine", "breast_cancer", "digits"};

} // namespace

DataForm::DataForm(Session &session, Spectra &spectra, QWidget *parent)
    : QWidget(parent), m_session(session), m_spectra(spectra)
{
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(kSpaceL);
    outer->addWidget(makeControls());

    auto *split = new QSplitter(Qt::Vertical);
    auto *upper = new QSplitter(Qt::Horizontal), *lower = new QSplitter(Qt::Horizontal);
    for (QSplitter *each : {split, upper, lower}) {
        each->setHandleWidth(kSpaceL);
        each->setChildrenCollapsible(false);
    }
    auto add = [](QSplitter *to, const QString &title, QWidget *content, const QString &exportName) {
        QVBoxLayout *column = nullptr;
        QFrame *panel = makePanel(title, &column);
        QToolButton *button = makeIconButton(Icon::Export, exportName);
        headingOf(panel)->addWidget(button);
        column->addWidget(content);
        to->addWidget(panel);
        return button;
    };
    m_matrix = new MatrixView;
    m_matrix->setAccessibleName(tr("Kernel matrix of the points"));
    m_vectors = new CurveChart;
    m_vectors->setAccessibleName(tr("First eigenvectors over the points"));
    m_values = new CurveChart;
    m_values->setAccessibleName(tr("Eigenvalues of the matrix"));
    m_accuracies = new RowTableModel(this);
    m_accuracies->setHeads({{tr("Kernel")}, {tr("Accuracy"), true}, {QStringLiteral("±"), true}, {tr("Ridge"), true}});
    m_table = makeTable(m_accuracies, tr("Accuracies by cross-validation"));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);
    auto *accuracyPage = new QWidget;
    auto *accuracyColumn = new QVBoxLayout(accuracyPage);
    accuracyColumn->setContentsMargins(0, 0, 0, kSpaceM);
    QLabel *invitation = makeLabel(tr("How well each kernel predicts the classes, by cross-validation: a second or two."), Type::Body, "muted");
    invitation->setAlignment(Qt::AlignCenter);
    invitation->setWordWrap(true);
    invitation->setContentsMargins(kSpaceL, 0, kSpaceL, 0);
    accuracyColumn->addWidget(invitation, 1);
    accuracyColumn->addWidget(m_table, 1);
    auto showAccuracies = [this, invitation] {
        m_table->setVisible(m_accuracies->rowCount() > 0);
        invitation->setVisible(m_accuracies->rowCount() == 0);
    };
    connect(m_accuracies, &QAbstractItemModel::modelReset, this, showAccuracies);
    showAccuracies();
    QLabel *caption = makeLabel(tr("Differences below a deviation are none. Kernels that share their tail predict alike; "
                                   "a finite sample's smallest eigenvalues are not the kernel's own."),
                                Type::Caption, "muted");
    caption->setWordWrap(true);
    caption->setContentsMargins(kSpaceL, 0, kSpaceL, 0);
    accuracyColumn->addWidget(caption);

    QToolButton *exportMatrix = add(upper, tr("Kernel matrix"), m_matrix, tr("Export the matrix"));
    QToolButton *exportVectors = add(upper, tr("Eigenvectors"), m_vectors, tr("Export the eigenvectors"));
    QToolButton *exportValues = add(lower, tr("Spectrum on the data"), m_values, tr("Export the spectrum"));
    QToolButton *exportTable = add(lower, tr("Predicting the classes"), accuracyPage, tr("Export the accuracies"));
    m_predict = makeButton(tr("Compare all kernels"));
    if (auto *panel = qobject_cast<QFrame *>(lower->widget(1)))
        headingOf(panel)->insertWidget(2, m_predict);
    upper->setSizes({400, 440});
    lower->setSizes({400, 440});
    split->addWidget(upper);
    split->addWidget(lower);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    outer->addWidget(split, 1);

    m_rest.setSingleShot(true);
    m_rest.setInterval(kRest);
    connect(&m_rest, &QTimer::timeout, this, &DataForm::ask);
    connect(m_predict, &QPushButton::clicked, this, &DataForm::askAccuracies);
    connect(&spectra, &Spectra::questionChanged, this, &DataForm::questionChanged);
    connect(&session.engine(), &EngineClient::connected, this, [this] {
        m_asked = false;
        ++m_round;
        m_question.clear();
        questionChanged();
    });
    connect(exportMatrix, &QToolButton::clicked, this, [this] { exportPlot(m_matrix, m_session, "kernel-matrix"); });
    connect(exportVectors, &QToolButton::clicked, this,
            [this] { exportPicture(m_vectors->picture(provenance()), m_session, this, "eigenvectors"); });
    connect(exportValues, &QToolButton::clicked, this,
            [this] { exportPicture(m_values->picture(provenance()), m_session, this, "data-spectrum"); });
    connect(exportTable, &QToolButton::clicked, this, [this] { exportRows(m_accuracies, m_session, this, "accuracies"); });
    questionChanged();
}

QWidget *DataForm::makeControls()
{
    QVBoxLayout *column = nullptr;
    QFrame *panel = makePanel({}, &column);
    column->setContentsMargins(kSpaceL, kSpaceM, kSpaceL, kSpaceM);
    auto *row = new QHBoxLayout;
    row->setSpacing(kSpaceM);
    m_which = new QComboBox;
    const QString titles[] = {tr("Sphere, random points"), tr("Circle, random points"), tr("Iris"),
                              tr("Wine"),                  tr("Breast cancer"),         tr("Digits")};
    for (int i = 0; i < 6; ++i)
        m_which->addItem(titles[i], QString::fromLatin1(kData[i]));
    m_which->setCurrentIndex(2);
    m_which->setAccessibleName(tr("Data"));
    m_kernel = new QComboBox;
    m_kernel->setAccessibleName(tr("Kernel of the matrix"));
    m_kernel->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_points = new QSpinBox;
    m_points->setRange(kLeastPoints, kMostPoints);
    m_points->setValue(90);
    m_points->setSingleStep(10);
    m_points->setKeyboardTracking(false);
    m_points->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_points->setAccessibleName(tr("Points"));
    row->addWidget(makeLabel(tr("Data"), Type::Body, "muted"));
    row->addWidget(m_which);
    row->addSpacing(kSpaceS);
    row->addWidget(makeLabel(tr("Points"), Type::Body, "muted"));
    row->addWidget(m_points);
    row->addSpacing(kSpaceS);
    row->addWidget(makeLabel(tr("Kernel"), Type::Body, "muted"));
    row->addWidget(m_kernel);
    row->addStretch();
    column->addLayout(row);
    connect(m_which, &QComboBox::currentIndexChanged, this, [this] { questionChanged(); });
    connect(m_kernel, &QComboBox::activated, this, [this] { questionChanged(); });
    connect(m_points, &QSpinBox::valueChanged, this, [this] { questionChanged(); });
    return panel;
}

QString DataForm::provenance() const
{
    return QStringLiteral("Tessera %1 · %2 · %3 · n = %4")
        .arg(m_session.engine().version(), m_kernel->currentText(), m_which->currentText())
        .arg(m_points->value());
}

void DataForm::setData(const QString &word) { m_which->setCurrentIndex(std::max(0, m_which->findData(word))); }

void DataForm::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    questionChanged();
}

void DataForm::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        showVectors();
}

void DataForm::questionChanged()
{
    int chosen = std::max(0, m_kernel->currentIndex());
    QStringList titles;
    for (const KernelDraft &kernel : m_spectra.kernels())
        titles.append(kernelTitle(kernel));
    QStringList before;
    for (int i = 0; i < m_kernel->count(); ++i)
        before.append(m_kernel->itemText(i));
    if (titles != before) {
        m_kernel->clear();
        m_kernel->addItems(titles);
        m_kernel->setCurrentIndex(std::min(chosen, static_cast<int>(titles.size()) - 1));
    }
    if (m_predicted && m_predicted->key() != accuracyQuestion().key()) {
        m_accuracies->setRows({});
        m_predicted.reset();
    }
    m_predict->setEnabled(m_which->currentIndex() > 1);
    if (isVisible())
        m_rest.start();
    Q_EMIT changed();
}

SpectraQuestion DataForm::matrixQuestion() const
{
    int kernel = m_kernel->currentIndex();
    if (kernel < 0 || kernel >= m_spectra.kernels().size())
        return {};
    QString word = m_which->currentData().toString();
    bool drawn = word == "sphere" || word == "circle";
    Json params{{"kernels", {toJson(m_spectra.kernels()[kernel])}},
                {"of", m_spectra.ofWord().toStdString()},
                {"points", m_points->value()},
                {"vectors", kVectors}};
    if (drawn)
        params["dimension"] = word == "circle" ? 2 : m_spectra.dimension();
    else
        params["data"] = word.toStdString();
    return {QStringLiteral("spectra/matrix"), params, tr("%1, %2 points").arg(m_which->currentText()).arg(m_points->value())};
}

SpectraQuestion DataForm::accuracyQuestion() const
{
    Json kernels = Json::array();
    for (const KernelDraft &kernel : m_spectra.kernels())
        kernels.push_back(toJson(kernel));
    Json params{{"kernels", kernels},
                {"of", m_spectra.ofWord().toStdString()},
                {"data", m_which->currentData().toString().toStdString()},
                {"points", 300},
                {"repeats", 3}};
    return {QStringLiteral("spectra/regress"), params, tr("Classes of %1").arg(m_which->currentText())};
}

SpectraQuestions DataForm::questions() const
{
    SpectraQuestions all{matrixQuestion()};
    if (m_predicted)
        all.append(*m_predicted);
    return all;
}

SpectraQuestions DataForm::answered() const
{
    SpectraQuestions all = questions();
    if (!m_data || m_answered != all.first().key())
        all.removeFirst();
    return all;
}

Json DataForm::settings() const
{
    return {{"data", m_which->currentData().toString().toStdString()}, {"points", m_points->value()}, {"kernel", m_kernel->currentIndex()}};
}

void DataForm::restore(const Json &settings)
{
    if (!settings.is_object())
        return;
    if (auto word = settings.find("data"); word != settings.end() && word->is_string())
        setData(QString::fromStdString(word->get<std::string>()));
    auto number = [&](const char *name, int least, int most) -> std::optional<int> {
        auto found = settings.find(name);
        if (found == settings.end() || !found->is_number_integer())
            return std::nullopt;
        return static_cast<int>(std::clamp<std::int64_t>(found->get<std::int64_t>(), least, most));
    };
    if (auto points = number("points", kLeastPoints, kMostPoints))
        m_points->setValue(*points);
    if (auto kernel = number("kernel", 0, std::max(0, m_kernel->count() - 1)))
        m_kernel->setCurrentIndex(*kernel);
    questionChanged();
}

void DataForm::ask()
{
    const SpectraQuestion asked = matrixQuestion();
    if (asked.method.isEmpty() || !m_session.engine().isConnected())
        return;
    if (m_asked || asked.key() == m_question)
        return;
    m_question = asked.key();
    m_asked = true;
    m_session.engine().call("spectra/matrix", asked.params, this, [this, round = m_round, key = m_question](const Reply &reply) {
        if (round != m_round)
            return;
        m_asked = false;
        m_failure.clear();
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            m_data = readMatrix(reply.result);
            m_answered = key;
        } catch (const Error &error) {
            m_failure = QString::fromStdString(error.what());
            m_data.reset();
        }
        showMatrix();
        showVectors();
        if (isVisible())
            m_rest.start(); // The question may have gone on.
        Q_EMIT changed();
    });
}

void DataForm::adoptMatrix(const Json &result)
{
    m_data = readMatrix(result);
    m_question = m_answered = matrixQuestion().key();
    m_failure.clear();
    m_asked = false;
    ++m_round;
    showMatrix();
    showVectors();
    Q_EMIT changed();
}

void DataForm::showMatrix()
{
    MatrixPicture picture;
    picture.empty = m_failure.isEmpty() ? tr("The matrix is being computed…") : m_failure;
    if (m_data) {
        picture.order = m_data->points;
        picture.values = m_data->matrix;
        picture.labels = m_data->labels;
        picture.classes = m_data->classes;
    }
    m_matrix->setData(picture);
}

void DataForm::showVectors()
{
    CurveData vectors, values;
    vectors.x = {tr("Point"), false};
    vectors.y = {tr("Entry"), false, 0, 0, QStringLiteral("%.1f")};
    values.x = {tr("Number of the eigenvalue"), true};
    values.y = {QStringLiteral("λ / n"), true, 0, 0, QStringLiteral("%.0e")};
    vectors.empty = values.empty = m_failure;
    if (m_data) {
        double largest = m_data->values.isEmpty() ? 0 : m_data->values.first(), trace = 0;
        for (double value : m_data->values)
            trace += value;
        for (int mode = 0; mode < m_data->vectors.size(); ++mode) {
            QString share = formatPercent(m_data->values[mode] / trace);
            Curve curve{tr("Eigenvector %1").arg(mode + 1), QStringLiteral("%1: %2").arg(mode + 1).arg(share), {},
                        colour(kernelColour(mode)), mode == 0 ? 2.0 : 1.5};
            for (int i = 0; i < m_data->vectors[mode].size(); ++i)
                curve.points.append({static_cast<double>(i + 1), m_data->vectors[mode][i]});
            vectors.curves.append(curve);
        }
        Curve spectrum{tr("Eigenvalue / n"), {}, {}, colour(kernelColour(std::max(0, m_kernel->currentIndex()))), 2};
        for (int i = 0; i < m_data->values.size(); ++i)
            if (m_data->values[i] > 1e-14 * largest)
                spectrum.points.append({static_cast<double>(i + 1), m_data->values[i] / m_data->points});
        values.curves.append(spectrum);
    }
    m_vectors->setData(vectors);
    m_values->setData(values);
}

void DataForm::askAccuracies()
{
    const SpectraQuestion asked = accuracyQuestion();
    m_predict->setEnabled(false);
    m_predict->setText(tr("Comparing…"));
    m_session.engine().call("spectra/regress", asked.params, this, [this, asked, round = ++m_predictRound](const Reply &reply) {
        m_predict->setText(tr("Compare all kernels"));
        m_predict->setEnabled(m_which->currentIndex() > 1);
        if (round != m_predictRound)
            return;
        try {
            if (!reply.ok())
                throw toError(*reply.error);
            if (asked.key() == accuracyQuestion().key()) // Others are asked for by now otherwise.
                showAccuracies(reply.result);
        } catch (const Error &error) {
            Q_EMIT m_session.complained(QString::fromStdString(error.what()));
        }
    });
}

void DataForm::adoptAccuracies(const Json &result)
{
    ++m_predictRound;
    showAccuracies(result);
}

void DataForm::showAccuracies(const Json &result)
{
    const QList<RegressionRow> found = readRegressions(result);
    QList<RowTableModel::Row> rows;
    for (int i = 0; i < std::min(found.size(), m_spectra.kernels().size()); ++i)
        rows.append({i,
                     {{kernelTitle(m_spectra.kernels()[i])},
                      {formatPercent(found[i].accuracy), found[i].accuracy},
                      {formatPercent(found[i].deviation), found[i].deviation},
                      {QLocale().toString(found[i].ridge, 'g', 3), found[i].ridge}}});
    m_accuracies->setRows(rows);
    m_predicted = accuracyQuestion();
    Q_EMIT changed();
}

} // namespace tessera::ui
