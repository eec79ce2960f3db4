// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace tessera {

/// Makes a random Llama of three layers with a tokenizer in folder/parent, and folder/text.txt, folder/space.json,
/// folder/workload.json to make a project of it. The same bytes every time.
void makeToyParent(const std::filesystem::path &folder);

} // namespace tessera
