#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Makes resources/demo/finished.tessera, the project of `tessera demo --finished`, from a demo that was run to its end:

    tessera demo --out my-demo
    packaging/finish_demo.py my-demo/demo.tessera resources/demo/finished.tessera

What belongs to the machine it ran on goes: places of files, and children, whose folders are not shipped."""
import json
import os
import shutil
import sqlite3
import sys


def names_only(value):
    """Texts are named by their file names alone."""
    if isinstance(value, dict):
        return {k: os.path.basename(v) if k == "file" else names_only(v) for k, v in value.items()}
    if isinstance(value, list):
        return [names_only(v) for v in value]
    return value


def finish(source, target):
    shutil.copyfile(source, target)
    database = sqlite3.connect(target)
    with database:
        database.execute("DELETE FROM child")
        database.execute("UPDATE project SET parent_path = 'demo'")
        for row, text in database.execute("SELECT id, json FROM provenance").fetchall():
            clean = json.dumps(names_only(json.loads(text)), separators=(",", ":"))
            database.execute("UPDATE provenance SET json = ? WHERE id = ?", (clean, row))
    database.execute("VACUUM")
    database.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    finish(*sys.argv[1:])
