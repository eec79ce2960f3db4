# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Holds the project to the rules of the house, and the rules to what they are for: each finds what breaks it."""

import sys
import tempfile
import unittest
from pathlib import Path

import rules

ROOT = Path(__file__).resolve().parents[2]
SPDX = "// SPDX-FileCopyrightText: Tessera contributors\n// SPDX-License-Identifier: Apache-2.0\n"


class TheProject(unittest.TestCase):
    def holds(self, rule):
        findings = rule(ROOT)
        self.assertFalse(findings, rule.__doc__ + "\n" + "\n".join(findings))

    def test_includes_follow_the_arrows(self):
        self.holds(rules.arrows_of_includes)

    def test_links_follow_the_arrows(self):
        self.holds(rules.arrows_of_links)

    def test_qt_and_libtorch_stay_in_their_folders(self):
        self.holds(rules.foreign_libraries)

    def test_no_file_is_longer_than_a_reader_bears(self):
        self.holds(rules.sizes)

    def test_every_source_names_its_licence(self):
        self.holds(rules.licences)

    def test_nothing_unfinished_or_local_is_left(self):
        self.holds(rules.words)


class TheRules(unittest.TestCase):
    """Each rule on a small tree that breaks it in one line."""

    def finds(self, rule, files, expected):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
            self.assertEqual([finding.rsplit(":", 1)[0] for finding in rule(Path(folder))], expected)

    def test_an_include_up_the_tiers_is_found(self):
        self.finds(rules.arrows_of_includes,
                   {"engine/base/a.h": '#include "engine/store/b.h"\n', "engine/store/b.h": '#include "engine/base/a.h"\n'},
                   ["engine/base/a.h:1"])

    def test_an_include_across_the_programs_is_found(self):
        self.finds(rules.arrows_of_includes,
                   {"app/cli/a.cpp": '\n#include "engine/nn/b.h"\n', "engine/nn/b.h": "", "app/worker/c.cpp": "",
                    "engine/score/d.cpp": '#include "engine/library/e.h"\n', "engine/library/e.h": ""},
                   ["app/cli/a.cpp:2", "engine/score/d.cpp:1"])

    def test_an_include_up_or_out_of_the_interface_is_found(self):
        self.finds(rules.arrows_of_includes,
                   {"ui/plot/a.h": '#include "ui/state/b.h"\n', "ui/state/b.h": '#include "engine/search/c.h"\n',
                    "engine/search/c.h": "", "ui/views/x/d.cpp": '#include "ui/plot/a.h"\n',
                    "app/studio/main.cpp": '#include "ui/state/b.h"\n#include "engine/store/e.h"\n', "engine/store/e.h": ""},
                   ["app/studio/main.cpp:2", "ui/plot/a.h:1", "ui/state/b.h:1"])

    def test_an_include_that_is_no_file_and_a_folder_without_arrows_are_found(self):
        self.finds(rules.arrows_of_includes,
                   {"engine/base/a.cpp": '#include "a.h"\n', "engine/new/b.cpp": '#include "engine/base/c.h"\n',
                    "engine/base/c.h": ""},
                   ["engine/base/a.cpp:1", "engine/new/b.cpp:1"])

    def test_a_link_up_the_tiers_is_found(self):
        self.finds(rules.arrows_of_links,
                   {"engine/cost/CMakeLists.txt": "tessera_library(cost\n    SOURCES a.cpp\n    LINKS tessera_store)\n",
                    "app/cli/CMakeLists.txt": "foreach(folder store nn)\n",
                    "engine/library/CMakeLists.txt": "tessera_torch_library(library\n    LINKS tessera_nn)\n"},
                   ["app/cli/CMakeLists.txt:1", "engine/cost/CMakeLists.txt:3"])

    def test_qt_and_libtorch_are_found(self):
        self.finds(rules.foreign_libraries,
                   {"engine/store/a.h": "#include <QString>\n#include <torch/torch.h>\n", "ui/b.h": "#include <QWidget>\n",
                    "engine/nn/c.h": "#include <ATen/ATen.h>\n"},
                   ["engine/store/a.h:1", "engine/store/a.h:2"])

    def test_a_long_file_is_found(self):
        self.finds(rules.sizes, {"engine/base/a.cpp": "\n" * 601, "engine/base/b.cpp": "\n" * 600}, ["engine/base/a.cpp:601"])

    def test_a_file_without_or_with_the_wrong_licence_is_found(self):
        self.finds(rules.licences,
                   {"engine/base/a.cpp": "int a;\n", "engine/base/b.cpp": SPDX, "ui/c.cpp": SPDX, "packaging/d": "#!/bin/sh\n"},
                   ["engine/base/a.cpp:1", "packaging/d:1", "ui/c.cpp:1"])

    def test_marks_of_unfinished_work_and_local_paths_are_found(self):
        self.finds(rules.words,
                   {"README.md": "see /wo" + "rk/main\n", "engine/base/a.cpp": "// TO" + "DO\n", "engine/base/b.cpp": "framework/x\n"},
                   ["README.md:1", "engine/base/a.cpp:1"])


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
