// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/client/spectra_answers.h"
#include "ui/state/kernel_draft.h"
#include "ui/state/spectra_question.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <optional>

namespace tessera::ui {

class Session;

/// The kernels of the Spectra workspace and what the engine says about them. Answers are a pure function of a kernel, the
/// dimension and "gp or ntk", and are kept: a slider asks for the one kernel that it moves. Until an answer comes, the one
/// before is shown. No project needs to be open.
class Spectra : public QObject {
    Q_OBJECT
public:
    explicit Spectra(Session &session);

    static constexpr int kMostKernels = 6; ///< As many as there are colours that can be told apart.
    static constexpr int kLeastDimension = 2, kMostDimension = 20;
    static constexpr int kDegrees = 201;

    const QList<KernelDraft> &kernels() const { return m_kernels; }
    void setKernels(const QList<KernelDraft> &kernels);
    void setKernel(int index, const KernelDraft &kernel);
    void addKernel(KernelDraft::Family family);
    void removeKernel(int index);

    int dimension() const { return m_dimension; }
    void setDimension(int dimension);
    /// The network's tangent kernel, or the covariance of its random outputs.
    bool isGp() const { return m_gp; }
    void setGp(bool gp);
    QString ofWord() const { return m_gp ? QStringLiteral("gp") : QStringLiteral("ntk"); }

    /// {"of","dimension","kernels"}, as kept_settings.h has them; what is missing or nonsense stays as it is.
    Json settings() const;
    void restore(const Json &settings);

    /// What the engine is asked about all kernels.
    SpectraQuestion question(bool profiles) const;
    /// Whether it is answered, and is what is shown.
    bool isAnswered(bool profiles) const;
    /// Takes an answer to the present question from elsewhere. Errors are those of answers.h.
    void adoptKept(const Json &result, bool profiles);

    /// The question in one line, for pictures and tables.
    QString describe() const;

    /// The last that is known of a kernel; nothing before the first answer.
    const std::optional<MercerData> &spectrum(int index) const { return m_spectra[index]; }
    const std::optional<ProfileData> &profile(int index) const { return m_profiles[index]; }
    /// Whether answers to the present question are still to come.
    bool isStale() const { return m_asked || m_again || m_timer.isActive(); }
    /// Why the last question failed; empty where it did not.
    QString failure() const { return m_failure; }

    enum class Wanted { Nothing, Spectra, Profiles };
    /// Only what is looked at is asked for.
    void setWanted(Wanted wanted);

Q_SIGNALS:
    /// Kernels were added, removed or changed, or what they are asked for.
    void questionChanged();
    void answered();

private:
    void change(const QList<KernelDraft> &kernels);
    void changed();
    void ask();
    /// Takes what is known for the present question; returns the kernels of which something is missing.
    QList<int> adopt();
    void takeSpectra(const Json &result, const QStringList &keys);
    void takeProfiles(const Json &result, const QStringList &keys);
    /// Shows what has been answered, even where the slider has gone on meanwhile.
    void show(const QList<int> &indices, const QStringList &keys);
    bool asksProfiles() const { return m_wanted == Wanted::Profiles; }
    QString keyOf(int index, bool profile) const;
    Json paramsOf(const Json &kernels, bool profiles) const;

    Session &m_session;
    QList<KernelDraft> m_kernels;
    QList<std::optional<MercerData>> m_spectra;
    QList<std::optional<ProfileData>> m_profiles;
    QHash<QString, MercerData> m_knownSpectra;
    QHash<QString, ProfileData> m_knownProfiles;
    int m_dimension = 3, m_arrangement = 0;
    bool m_gp = false, m_asked = false, m_again = false;
    Wanted m_wanted = Wanted::Nothing;
    QString m_failure;
    QTimer m_timer;
};

} // namespace tessera::ui
