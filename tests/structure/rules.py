# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""The rules of the house, as functions from a source tree to findings ("file:line: what is wrong")."""

import re
from pathlib import Path

_VALUES = {"base"}
_PIPES = _VALUES | {"architecture"}
_FILES = _PIPES | {"protocol"}
_DATA = _FILES | {"checkpoint", "text", "cost", "store"}
_WORK = _DATA | {"interop", "search", "spectra"}
_NETWORK = _FILES | {"checkpoint", "text"}
_INTERFACE = _PIPES | {"protocol"}

# The folders and what each may include and link to. This table is the design's list of arrows; a folder that is not here
# must be added with its arrows.
ARROWS = {
    "engine/base": set(),
    "engine/cuda": _VALUES,
    "engine/architecture": _VALUES,
    "engine/protocol": _PIPES,
    "engine/checkpoint": _FILES,
    "engine/text": _FILES | {"checkpoint"},
    "engine/cost": _FILES,
    "engine/store": _FILES | {"cost"},
    "engine/search": _PIPES | {"cost"},
    "engine/spectra": _DATA,
    "engine/interop": _DATA,
    "engine/jobs": _WORK,
    "engine/service": _WORK | {"jobs"},
    "app/cli": _WORK | {"jobs", "service"},
    "engine/nn": _NETWORK | {"cuda"},
    "engine/library": _NETWORK | {"nn"},
    "engine/measure": _NETWORK | {"nn"},
    "engine/score": _NETWORK | {"cuda", "nn"},
    "engine/distill": _NETWORK | {"nn"},
    "engine/pretrain": _NETWORK | {"nn"},
    "engine/tangent": _NETWORK | {"nn"},
    "app/worker": _NETWORK | {"nn", "library", "measure", "score", "distill", "pretrain", "tangent"},
    "ui": _INTERFACE,
    "ui/theme": set(),
    "ui/plot": {"ui/theme"},
    "ui/client": _INTERFACE,
    "ui/state": _INTERFACE | {"ui/client"},
    "ui/models": {"ui/client", "ui/state", "ui/plot", "ui/theme"},
    "ui/views": _INTERFACE | {"ui/client", "ui/state", "ui/models", "ui/plot", "ui/theme"},
    "app/studio": _INTERFACE | {"ui/client", "ui/state", "ui/theme", "ui/views"},
}
TORCH_FOLDERS = {"nn", "library", "measure", "score", "distill", "pretrain", "tangent"}

SOURCE_SUFFIXES = {".h", ".cpp", ".cu", ".cuh"}
CODE_SUFFIXES = SOURCE_SUFFIXES | {".py", ".cmake", ".sh"}
TEXT_SUFFIXES = CODE_SUFFIXES | {".md", ".txt", ".json", ".1", ".ts", ".in"}
TOP_FOLDERS = (".ci", "app", "cmake", "engine", "packaging", "resources", "tests", "translations", "ui")
MOST_LINES = 600
# What may include Qt, and is licensed as what links Qt Charts must be.
INTERFACE = ("ui/", "app/studio/", "tests/ui/", "tests/bench/bench_studio.")

_INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def files(root):
    """Every file of the project below root, as (path relative to root, path); what a build leaves behind is not among them."""
    found = [path for path in root.iterdir() if path.is_file()]
    for top in TOP_FOLDERS:
        found += [path for path in (root / top).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return sorted((path.relative_to(root).as_posix(), path) for path in found)


def lines(path):
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def is_script(name):
    return (name.startswith("packaging/") or name.startswith(".ci/")) and "." not in name.rsplit("/", 1)[1]


def is_code(name):
    return Path(name).suffix in CODE_SUFFIXES or name.endswith("CMakeLists.txt") or is_script(name)


def folder_of(name):
    """The folder of the house that a file lies in ("engine/base"), or None."""
    parts = name.split("/")
    if parts[0] == "ui" and len(parts) == 2:
        return "ui"
    return "/".join(parts[:2]) if parts[0] in ("engine", "app", "ui") and len(parts) > 2 else None


def includes(root):
    for name, path in files(root):
        if Path(name).suffix in SOURCE_SUFFIXES:
            for number, line in enumerate(lines(path), 1):
                match = _INCLUDE.match(line)
                if match:
                    yield name, number, match.group(1) == '"', match.group(2)


def arrows_of_includes(root):
    """Includes follow the arrows, name existing files, and are written from the project's root."""
    findings = []
    for name, number, quoted, target in includes(root):
        if not quoted:
            continue
        if not (root / target).is_file():
            findings.append(f"{name}:{number}: \"{target}\" is no file of the project, written from its root")
            continue
        source, goal = folder_of(name), folder_of(target)
        if source is None or source == goal:
            continue
        if source not in ARROWS:
            findings.append(f"{name}:{number}: {source} has no line in the table of arrows")
        elif goal is None or goal.startswith("app/") or goal.removeprefix("engine/") not in ARROWS[source]:
            findings.append(f"{name}:{number}: the arrow {source} -> {goal or target} is not in the design")
    return findings


def arrows_of_links(root):
    """CMake link lines follow the arrows: no CMakeLists.txt names the target of a folder that its own may not include."""
    findings = []
    for name, path in files(root):
        source = folder_of(name)
        if not name.endswith("/CMakeLists.txt") or source not in ARROWS:
            continue
        own = source.split("/")[-1]
        known = {folder.split("/")[1] for folder in ARROWS if folder.startswith("engine/")}
        for number, line in enumerate(lines(path), 1):
            code = line.split("#")[0]
            words = set(re.findall(r"\btessera_(\w+)", code))
            if "foreach(" in code:
                words |= set(re.findall(r"\w+", code))
            for target in sorted(words & known - {own} - ARROWS[source]):
                # tessera_library() declares any folder; only the library's own target ends its name so.
                if not re.search(rf"tessera_{target}\s*\(", code):
                    findings.append(f"{name}:{number}: the link {source} -> engine/{target} is not in the design")
    return findings


def foreign_libraries(root):
    """No Qt outside ui, app/studio and their tests; no LibTorch outside the folders that run networks."""
    findings = []
    for name, number, _, target in includes(root):
        parts = name.split("/")
        if re.match(r"(Q[A-Z]|Qt)", target) and not name.startswith(INTERFACE):
            findings.append(f"{name}:{number}: Qt ({target}) belongs into ui and app/studio")
        torch = re.match(r"(torch|ATen|c10|caffe2)/", target)
        may_torch = (parts[0] == "tests" or name.startswith("app/worker/")
                    or parts[0] == "engine" and parts[1] in TORCH_FOLDERS)
        if torch and not may_torch:
            findings.append(f"{name}:{number}: LibTorch ({target}) belongs into the folders that run networks")
    return findings


def sizes(root):
    """No file of code has more than 600 lines."""
    return [f"{name}:{len(lines(path))}: has more than {MOST_LINES} lines; divide it by purpose"
            for name, path in files(root) if is_code(name) and len(lines(path)) > MOST_LINES]


def licences(root):
    """Every file of code names its copyright and its licence in the first lines."""
    findings = []
    for name, path in files(root):
        if is_code(name):
            head = "\n".join(lines(path)[:4])
            gui = name.startswith(INTERFACE)
            licence = "GPL-3.0-or-later" if gui else "Apache-2.0"
            if "SPDX-FileCopyrightText: " not in head or f"SPDX-License-Identifier: {licence}" not in head:
                findings.append(f"{name}:1: lacks the two SPDX lines ({licence})")
    return findings


def words(root):
    """Words that no file of a finished product holds: marks of unfinished work, and places where somebody worked."""
    unfinished = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
    places = re.compile("(" + "|".join((r"(?<![\w.])/wo" + "rk/", "/ho" + r"me/\w", "/ro" + r"ot/\w", "/tm" + "p/bu" + "ild",
                                        "deb" + r"\.debian\.org", r"py" + r"pi\.org", "python" + r"hosted\.org")) + ")")
    findings = []
    for name, path in files(root):
        if not (is_code(name) or Path(name).suffix in TEXT_SUFFIXES) or name.startswith("tests/data/"):
            continue
        if name.startswith("resources/") and name.endswith(".txt"):
            continue  # Somebody else's prose.
        for number, line in enumerate(lines(path), 1):
            for pattern in (unfinished, places):
                match = pattern.search(line)
                if match:
                    findings.append(f"{name}:{number}: \"{match.group()}\" must not occur")
    return findings


RULES = (arrows_of_includes, arrows_of_links, foreign_libraries, sizes, licences, words)
