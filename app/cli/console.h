// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/base/progress.h"
#include "engine/base/stop_token.h"

#include <string>

namespace tessera {

/// What a command of tessera sees of the terminal. With --json one JSON value goes to standard output and everything else
/// to standard error.
class Console {
public:
    bool json = false;

    /// Requested by Ctrl-C and by SIGTERM.
    const StopToken &stop() const { return m_stop; }

    /// The command's result in JSON mode: called at most once.
    void printJson(const Json &value) const;
    /// A line of the command's result for a person, on standard output; nothing in JSON mode.
    void print(const std::string &line) const;
    /// A remark for a person, on standard error, in both modes.
    void remark(const std::string &line) const;
    /// On a terminal one line that is rewritten, with rate and time left; otherwise a plain line now and then. Standard error.
    ProgressSink progress() const;

private:
    StopToken m_stop;
};

} // namespace tessera
