// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plot/heat_map_view.h"
#include "ui/views/common/dock_page.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;

namespace tessera::ui {

class Search;
class Segments;
class Session;
class Tangents;
class VariantInspector;
class VariantTableModel;

/// The block library: a heat map of layers x variants or the same as a table, and the inspector beside it.
class LibraryPage : public DockPage {
    Q_OBJECT
public:
    LibraryPage(Session &session, Search &search, Tangents &tangents, QWidget *parent = nullptr);
    HeatMapView *map() const { return m_map; }
    VariantTableModel *table() const { return m_model; }
    VariantInspector *inspector() const { return m_inspector; }
    /// Colours the map by a column of the library, where it has it.
    void colourBy(const QString &column);

private:
    void libraryChanged();
    void fillChoices();
    void rebuildMap();
    void rebuildMarks();
    void showCurrent(int variant);
    void openMenu(int variant, const QPoint &global);
    int variantAt(int row, int column) const;
    QString tipOf(int variant) const;
    QString stateOf(int variant) const;
    double valueOf(int variant) const;
    void keyPressEvent(QKeyEvent *event) override;

    Session &m_session;
    Search &m_search;
    QLabel *m_summary;
    QComboBox *m_value, *m_per;
    Segments *m_scale, *m_form;
    QLineEdit *m_filter;
    QStackedWidget *m_views;
    HeatMapView *m_map;
    VariantTableModel *m_model;
    QTableView *m_table;
    VariantInspector *m_inspector;
    QList<int> m_cells; ///< Variant of each cell of the map, -1 where there is none.
};

} // namespace tessera::ui
