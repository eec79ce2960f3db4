// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tessera {

class GgufFile;

/// tokenizer.json of the tokenizer that GGUF metadata describe. Throws Error (BadInput) that names what is unsupported.
std::string tokenizerJsonOf(const GgufFile &file);

} // namespace tessera
