// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace tessera {

/// What kind of end an operation came to. The kinds are the exit codes of the command line (cli.md).
enum class ErrorKind {
    Failed = 1,       ///< The work could not be done: infeasible, disk full, worker lost.
    BadInput = 2,     ///< A file, an argument or a message is wrong; the sentence says what, where, and what to do.
    Interrupted = 130 ///< Stopped on request; the same command continues.
};

/// Ends an operation with one sentence for the user. Thrown anywhere in the engine, caught at the borders: main() of each
/// program, the loop of a pipe. Expected outcomes (an infeasible scenario, say) are return values, never errors.
class Error : public std::runtime_error {
public:
    Error(ErrorKind kind, const std::string &sentence) : std::runtime_error(sentence), m_kind(kind) {}
    ErrorKind kind() const { return m_kind; }
    int exitCode() const { return static_cast<int>(m_kind); }

private:
    ErrorKind m_kind;
};

inline Error badInput(const std::string &sentence) { return {ErrorKind::BadInput, sentence}; }
inline Error failed(const std::string &sentence) { return {ErrorKind::Failed, sentence}; }
inline Error interrupted(const std::string &sentence) { return {ErrorKind::Interrupted, sentence}; }

} // namespace tessera
