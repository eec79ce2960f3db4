// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/common/strip_data.h"

#include "ui/state/session.h"
#include "ui/state/text.h"

#include <algorithm>
#include <cmath>

namespace tessera::ui {

StripData stripOf(const Session &session, const QList<LayerNames> &choices, const QList<LayerNames> *reference)
{
    const Library &library = session.library();
    StripData strip;
    QString weigh = library.findCost("parameters") ? QStringLiteral("cost:parameters")
                  : library.costs.isEmpty()        ? QString()
                                                   : "cost:" + library.costs.first().key;
    auto half = [&](int layer, BlockPart part, const QString &name, const QString &parentName) {
        StripData::Half made;
        made.mark = variantMark(name);
        made.title = variantTitle(name);
        made.parent = name == parentName;
        int variant = library.find(layer, part, name), parent = library.find(layer, part, parentName);
        double whole = library.value(weigh, parent), own = library.value(weigh, variant);
        made.share = whole > 0 && !std::isnan(own) ? own / whole : made.parent ? 1 : 0;
        if (variant >= 0)
            made.pinned = session.isPinned(layer, library.variants[variant].block());
        return made;
    };
    for (int layer = 0; layer < choices.size() && layer < library.parentLayers.size(); ++layer) {
        const LayerNames &choice = choices[layer], &parent = library.parentLayers[layer];
        StripData::Column column{half(layer, BlockPart::Attention, choice.attention, parent.attention),
                                 half(layer, BlockPart::Ffn, choice.ffn, parent.ffn)};
        if (reference && layer < reference->size()) {
            column.attention.changed = reference->at(layer).attention != choice.attention;
            column.ffn.changed = reference->at(layer).ffn != choice.ffn;
        }
        strip.layers.append(column);
    }
    return strip;
}

int variantOf(const Library &library, const QList<LayerNames> &choices, int layer, bool ffn)
{
    if (layer < 0 || layer >= choices.size())
        return -1;
    const LayerNames &choice = choices[layer];
    if (library.hasPairs())
        return library.find(layer, BlockPart::Pair, choice.attention + " + " + choice.ffn);
    return library.find(layer, ffn ? BlockPart::Ffn : BlockPart::Attention, ffn ? choice.ffn : choice.attention);
}

int differences(const QList<LayerNames> &a, const QList<LayerNames> &b)
{
    int count = 0;
    for (qsizetype layer = 0; layer < std::min(a.size(), b.size()); ++layer)
        count += (a[layer].attention != b[layer].attention) + (a[layer].ffn != b[layer].ffn);
    return count;
}

} // namespace tessera::ui
