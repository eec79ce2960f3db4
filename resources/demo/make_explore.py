# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Makes explore.tessera, the demo that Studio opens at once, from a finished one.

usage: make_explore.py DEMO.tessera EXPLORE.tessera

DEMO.tessera is what "tessera demo --out FOLDER" leaves. Scores, costs, errors, solutions and the log of jobs stay as they are;
what belongs to the machine that made it (places of files, weights, tokens, children) goes."""

import json
import sqlite3
import sys
from pathlib import Path


def main(source, target):
    Path(target).unlink(missing_ok=True)
    with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as before, sqlite3.connect(target) as after:
        before.backup(after)
        after.execute("PRAGMA foreign_keys = OFF")
        after.execute("UPDATE project SET parent_path = NULL")
        after.execute("DELETE FROM child")
        after.execute("DELETE FROM token_split")
        for identifier, text in after.execute("SELECT id, json FROM provenance").fetchall():
            for entry in (content := json.loads(text)) if text.startswith("[") else ():
                entry["file"] = Path(entry["file"]).name
            if text.startswith("["):
                after.execute("UPDATE provenance SET json = ? WHERE id = ?", (json.dumps(content, separators=(",", ":")), identifier))
        after.commit()
        after.execute("VACUUM")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
