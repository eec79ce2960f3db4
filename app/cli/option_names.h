// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tessera {

/// The engine's sentences say what to do in words that are true in every interface; here each gets the option that does it.
std::string withOptionNames(std::string sentence);

} // namespace tessera
