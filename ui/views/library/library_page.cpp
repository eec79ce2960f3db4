// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/library/library_page.h"

#include "ui/models/variant_table_model.h"
#include "ui/state/search.h"
#include "ui/state/session.h"
#include "ui/state/text.h"
#include "ui/views/common/export_picture.h"
#include "ui/views/common/parts.h"
#include "ui/views/library/variant_inspector.h"

#include <QApplication>
#include <QComboBox>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QSortFilterProxyModel>
#include <QStackedWidget>

#include <cmath>
#include <utility>

namespace tessera::ui {

LibraryPage::LibraryPage(Session &session, Search &search, Tangents &tangents, QWidget *parent)
    : DockPage("library", parent), m_session(session), m_search(search)
{
    QVBoxLayout *content = nullptr;
    QFrame *panel = makePanel(tr("Block library"), &content);
    QHBoxLayout *heading = headingOf(panel);
    m_summary = makeLabel({}, Type::Body, "muted");
    heading->insertWidget(1, m_summary);
    m_form = new Segments({tr("Map"), tr("Table")}, tr("Shown as"));
    heading->addWidget(m_form);
    QToolButton *exportButton = makeIconButton(Icon::Export, tr("Export this view"));
    heading->addWidget(exportButton);

    auto *tools = new QHBoxLayout;
    tools->setContentsMargins(kSpaceL, 0, kSpaceL, kSpaceS);
    tools->setSpacing(kSpaceS);
    m_value = new QComboBox;
    m_value->setAccessibleName(tr("Colour by"));
    m_per = new QComboBox;
    m_per->setAccessibleName(tr("Per saved"));
    m_per->setToolTip(tr("Divides by what the variant saves against the parent's"));
    m_scale = new Segments({tr("Logarithmic"), tr("Linear")}, tr("Scale"));
    m_filter = new QLineEdit;
    m_filter->setPlaceholderText(tr("Filter: layer, variant, origin"));
    m_filter->setAccessibleName(tr("Filter"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(260);
    QLabel *colourBy = makeLabel(tr("Colour by"), Type::Body, "muted");
    colourBy->setBuddy(m_value);
    auto *mapTools = new QWidget;
    auto *mapRow = new QHBoxLayout(mapTools);
    mapRow->setContentsMargins(0, 0, 0, 0);
    mapRow->setSpacing(kSpaceS);
    mapRow->addWidget(colourBy);
    mapRow->addWidget(m_value);
    mapRow->addWidget(m_per);
    mapRow->addWidget(m_scale);
    mapRow->addStretch();
    auto *toolStack = new QStackedWidget;
    toolStack->addWidget(mapTools);
    toolStack->addWidget(m_filter);
    toolStack->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    tools->addWidget(toolStack, 1);
    content->addLayout(tools);
    content->addWidget(makeLine());

    m_views = new QStackedWidget;
    m_map = new HeatMapView;
    m_map->setAccessibleName(tr("Library as a heat map of layers and variants"));
    m_map->setEmptyText(tr("This project has no variants yet. Run its jobs to make some."));
    m_map->setTip([this](int row, int column) { return tipOf(variantAt(row, column)); });
    m_model = new VariantTableModel(this);
    m_model->setState([this](int variant) { return stateOf(variant); });
    m_table = makeTable(m_model, tr("Library as a table"));
    m_views->addWidget(m_map);
    m_views->addWidget(m_table);
    content->addWidget(m_views, 1);
    setCentralWidget(panel);
    m_inspector = new VariantInspector(session, tangents);
    QHBoxLayout *inspectorTools = nullptr;
    addPanel("inspector", tr("Inspector"), Qt::RightDockWidgetArea, m_inspector, &inspectorTools);
    QToolButton *exportVariant = makeIconButton(Icon::Export, tr("Export this variant"));
    exportVariant->setEnabled(false);
    inspectorTools->addWidget(exportVariant);
    panelsAdded();
    setFocusPolicy(Qt::ClickFocus);
    // A focus proxy would send the tab key back and forth between the two.
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget *, QWidget *now) {
        if (now == this)
            m_map->setFocus();
    });

    connect(m_form, &Segments::currentChanged, this, [this, toolStack](int form) {
        m_views->setCurrentIndex(form);
        toolStack->setCurrentIndex(form);
        showCurrent(m_session.currentVariant());
    });
    connect(exportButton, &QToolButton::clicked, this, [this] {
        if (m_form->current() == 0)
            exportPlot(m_map, m_session, "library");
        else
            exportRows(m_model, m_session, this, "library");
    });
    connect(m_value, &QComboBox::currentIndexChanged, this, [this] {
        m_per->setVisible(m_value->currentData().toString().startsWith("score:"));
        rebuildMap();
    });
    connect(m_per, &QComboBox::currentIndexChanged, this, &LibraryPage::rebuildMap);
    connect(m_scale, &Segments::currentChanged, this, &LibraryPage::rebuildMap);
    connect(m_filter, &QLineEdit::textChanged, qobject_cast<QSortFilterProxyModel *>(m_table->model()),
            &QSortFilterProxyModel::setFilterFixedString);
    connect(m_map, &HeatMapView::currentChanged, this,
            [this](int row, int column) { m_session.setCurrentVariant(variantAt(row, column)); });
    connect(m_map, &HeatMapView::menuWanted, this,
            [this](int row, int column, const QPoint &at) { openMenu(variantAt(row, column), at); });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &index) {
        if (index.isValid())
            m_session.setCurrentVariant(
                qobject_cast<QSortFilterProxyModel *>(m_table->model())->mapToSource(index).row());
    });
    connect(&session, &Session::libraryChanged, this, &LibraryPage::libraryChanged);
    connect(&session, &Session::scenarioChanged, this, &LibraryPage::rebuildMarks);
    connect(&search, &Search::solutionChanged, this, &LibraryPage::rebuildMarks);
    connect(&session, &Session::currentVariantChanged, this, &LibraryPage::showCurrent);
    connect(&session, &Session::currentVariantChanged, exportVariant,
            [exportVariant](int variant) { exportVariant->setEnabled(variant >= 0); });
    connect(exportVariant, &QToolButton::clicked, this,
            [this] { exportPicture(m_inspector->picture(), m_session, this, "variant"); });
}

void LibraryPage::libraryChanged()
{
    const Library &library = m_session.library();
    m_summary->setText(library.isEmpty()
                           ? QString()
                           : tr("%n layer(s)", nullptr, library.layers) + QStringLiteral(" · ")
                                 + tr("%n variant(s)", nullptr, static_cast<int>(library.variants.size())));
    fillChoices();
    m_model->setLibrary(library);
    for (int column = 0; column < m_model->columnCount(); ++column)
        m_table->setColumnWidth(column, column == VariantTableModel::kOrigin       ? 176
                                        : column < VariantTableModel::kFirstNumber ? 96
                                                                                   : 112);
    rebuildMap();
    showCurrent(m_session.currentVariant());
}

void LibraryPage::fillChoices()
{
    const Library &library = m_session.library();
    QString before = m_value->currentData().toString(), perBefore = m_per->currentData().toString();
    QSignalBlocker blockValue(m_value), blockPer(m_per);
    m_value->clear();
    for (const QString &metric : library.metrics)
        m_value->addItem(metricTitle(metric), "score:" + metric);
    m_per->clear();
    m_per->addItem(tr("per variant"), QString());
    for (const CostKey &cost : library.costs) {
        if (cost.unit == "tokens/s")
            continue;
        m_value->addItem(costTitle(cost.key), "cost:" + cost.key);
        m_per->addItem(tr("per saved %1").arg(costTitle(cost.key)), cost.key);
    }
    for (auto [column, title] :
         {std::pair{"loss_before", tr("Loss before")}, std::pair{"loss_after", tr("Loss after")}})
        if (library.columns.contains(column))
            m_value->addItem(title, column);
    int at = m_value->findData(before.isEmpty() ? "score:" + library.objectiveDefault : before);
    m_value->setCurrentIndex(std::max(0, at));
    m_per->setCurrentIndex(std::max(0, m_per->findData(perBefore)));
    m_per->setVisible(m_value->currentData().toString().startsWith("score:"));
}

void LibraryPage::colourBy(const QString &column)
{
    if (int at = m_value->findData(column); at >= 0)
        m_value->setCurrentIndex(at);
}

double LibraryPage::valueOf(int variant) const
{
    const Library &library = m_session.library();
    double value = library.value(m_value->currentData().toString(), variant);
    QString per = m_per->currentData().toString();
    if (per.isEmpty() || !m_value->currentData().toString().startsWith("score:"))
        return value;
    const VariantRow &row = library.variants[variant];
    for (int i = library.begin[row.layer]; i < library.begin[row.layer + 1]; ++i)
        if (library.variants[i].parent && library.variants[i].part == row.part) {
            double saved = library.value("cost:" + per, i) - library.value("cost:" + per, variant);
            return saved > 0 ? value / saved : kUnknown;
        }
    return kUnknown;
}

void LibraryPage::rebuildMap()
{
    const Library &library = m_session.library();
    HeatMapData map;
    if (library.isEmpty()) {
        m_cells.clear();
        m_map->setData(map);
        return;
    }
    QList<QPair<BlockPart, QString>> columns;
    auto group = [&](const QString &title, BlockPart part, const QStringList &names) {
        if (names.isEmpty())
            return;
        HeatMapData::Group next{title, {}};
        for (const QString &name : names) {
            next.columns.append(variantMark(name));
            columns.append({part, name});
        }
        map.groups.append(next);
    };
    if (library.hasPairs()) {
        QStringList pairs;
        for (const VariantRow &row : library.variants)
            if (row.part == BlockPart::Pair && !pairs.contains(row.shortName()))
                pairs.append(row.shortName());
        group(tr("Whole layers"), BlockPart::Pair, pairs);
    } else {
        group(tr("Attention: kv heads"), BlockPart::Attention, library.attention);
        group(tr("FFN: width"), BlockPart::Ffn, library.ffn);
    }
    QHash<QPair<int, QString>, int> columnOf;
    for (int i = 0; i < columns.size(); ++i)
        columnOf.insert({static_cast<int>(columns[i].first), columns[i].second}, i);
    map.rowTitle = tr("Layer");
    for (int layer = 0; layer < library.layers; ++layer)
        map.rows.append(QString::number(layer));
    qsizetype count = qsizetype(library.layers) * columns.size();
    map.values = QList<double>(count, kUnknown);
    map.exists = QList<char>(count, 0);
    m_cells = QList<int>(count, -1);
    for (int i = 0; i < library.variants.size(); ++i) {
        const VariantRow &row = library.variants[i];
        int column = columnOf.value({static_cast<int>(row.part), row.shortName()}, -1);
        if (column < 0 || row.layer < 0 || row.layer >= library.layers)
            continue;
        qsizetype cell = qsizetype(row.layer) * columns.size() + column;
        m_cells[cell] = i;
        map.exists[cell] = 1;
        map.values[cell] = valueOf(i);
    }
    QString unit = m_value->currentData().toString().startsWith("cost:")
                     ? library.unitOf(m_value->currentData().toString().mid(5))
                     : QString();
    map.valueTitle = m_value->currentText();
    map.logarithmic = m_scale->current() == 0;
    map.map = unit.isEmpty() ? ColourMap::Cividis : ColourMap::Viridis;
    map.text = [unit](double value) { return unit.isEmpty() ? formatScore(value) : formatAmount(value, unit); };
    map.shortText = [unit](double value) {
        return !unit.isEmpty() ? formatAmount(value, unit)
             : value == 0      ? QStringLiteral("0")
                               : QLocale().toString(value, 'g', value < 0.001 ? 1 : 2);
    };
    map.tickText = [unit](double value) { return formatTick(value, unit); };
    double high = 0;
    for (double value : std::as_const(map.values))
        high = value > high ? value : high; // Unknown ones are not.
    map.tickGrain = tickGrain(high, unit);
    m_map->setData(map);
    rebuildMarks();
    showCurrent(m_session.currentVariant());
}

void LibraryPage::rebuildMarks()
{
    const Library &library = m_session.library();
    const SolutionData &solution = m_search.solution();
    bool pins = !m_session.scenario().pins.isEmpty(), bans = !m_session.scenario().bans.isEmpty();
    QList<char> marks(m_cells.size(), 0);
    for (qsizetype cell = 0; cell < m_cells.size(); ++cell) {
        if (m_cells[cell] < 0 || m_cells[cell] >= library.variants.size())
            continue;
        const VariantRow &row = library.variants[m_cells[cell]];
        char mark = row.parent ? kMarkParent : 0;
        if (row.layer < solution.choices.size()) {
            const LayerNames &choice = solution.choices[row.layer];
            bool attention = row.attention.isEmpty() || row.attention == choice.attention;
            bool ffn = row.ffn.isEmpty() || row.ffn == choice.ffn;
            if (attention && ffn)
                mark |= kMarkChosen;
        }
        if (pins && m_session.isPinned(row.layer, row.block()))
            mark |= kMarkPinned;
        if (bans && m_session.isBanned(row.layer, row.block()))
            mark |= kMarkBanned;
        marks[cell] = mark;
    }
    m_map->setMarks(marks);
    if (m_table->isVisible()) // Otherwise it asks when it is shown.
        m_model->stateChanged();
}

int LibraryPage::variantAt(int row, int column) const
{
    qsizetype cell = m_map->data().index(row, column);
    return cell >= 0 && cell < m_cells.size() ? m_cells[cell] : -1;
}

QString LibraryPage::stateOf(int variant) const
{
    const VariantRow &row = m_session.library().variants[variant];
    QStringList words;
    const SolutionData &solution = m_search.solution();
    if (row.layer < solution.choices.size()
        && (row.attention.isEmpty() || row.attention == solution.choices[row.layer].attention)
        && (row.ffn.isEmpty() || row.ffn == solution.choices[row.layer].ffn))
        words.append(tr("chosen"));
    if (row.parent)
        words.append(tr("parent"));
    if (m_session.isPinned(row.layer, row.block()))
        words.append(tr("pinned"));
    if (m_session.isBanned(row.layer, row.block()))
        words.append(tr("banned"));
    return words.join(QStringLiteral(", "));
}

QString LibraryPage::tipOf(int variant) const
{
    const Library &library = m_session.library();
    if (variant < 0 || variant >= library.variants.size())
        return {};
    const VariantRow &row = library.variants[variant];
    QStringList lines{tr("Layer %1, %2: %3").arg(row.layer).arg(partTitle(row.part), variantTitle(row.shortName()))};
    QString state = stateOf(variant);
    if (!state.isEmpty())
        lines.append(state);
    for (const QString &metric : {m_session.objective()})
        lines.append(metricTitle(metric) + ": "
                     + formatScore(library.value("score:" + metric, variant), library.value("se:" + metric, variant)));
    for (const char *key : {"memory", "runtime"})
        if (library.findCost(key)) {
            bool estimated = library.value(QStringLiteral("estimated:") + key, variant) == 1;
            lines.append(costTitle(key) + ": "
                         + formatAmount(library.value(QStringLiteral("cost:") + key, variant), library.unitOf(key))
                         + (estimated ? " (" + tr("estimated") + ")" : QString()));
        }
    if (!row.origin.isEmpty() && !row.parent)
        lines.append(tr("Weights: %1").arg(originTitle(row.origin)));
    return lines.join('\n');
}

void LibraryPage::showCurrent(int variant)
{
    qsizetype cell = variant < 0 ? -1 : m_cells.indexOf(variant);
    int columns = m_map->data().columnCount();
    m_map->setCurrent(cell < 0 ? -1 : static_cast<int>(cell / columns),
                      cell < 0 ? -1 : static_cast<int>(cell % columns));
    auto *sorted = qobject_cast<QSortFilterProxyModel *>(m_table->model());
    if (variant < 0 || m_views->currentIndex() != 1)
        return;
    QModelIndex index = sorted->mapFromSource(m_model->index(variant, 0));
    if (index.isValid() && index.row() != m_table->currentIndex().row())
        m_table->setCurrentIndex(index);
}

void LibraryPage::openMenu(int variant, const QPoint &global)
{
    if (variant < 0)
        return;
    const VariantRow &row = m_session.library().variants[variant];
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(m_session.isPinned(row.layer, row.block()) ? tr("Unpin") : tr("Pin: the child must have it"), this,
                    [this, variant] { m_session.togglePin(variant); });
    menu->addAction(m_session.isBanned(row.layer, row.block()) ? tr("Allow again")
                                                               : tr("Ban: the child must not have it"),
                    this, [this, variant] { m_session.toggleBan(variant); });
    menu->addAction(tr("Explain: what the best child loses with it"), this, [this, variant] {
        m_session.setCurrentVariant(variant);
        m_inspector->explain();
    });
    menu->popup(global);
}

void LibraryPage::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_P && event->modifiers() == Qt::NoModifier)
        m_session.togglePin(m_session.currentVariant());
    else if (event->key() == Qt::Key_B && event->modifiers() == Qt::NoModifier)
        m_session.toggleBan(m_session.currentVariant());
    else
        QWidget::keyPressEvent(event);
}

} // namespace tessera::ui
