"""JSON of golden files, with lists of numbers on one line."""

import json
import re
from pathlib import Path


def pretty_json(value: object) -> str:
    """Indented, with arrays of numbers on one line."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return re.sub(r"\[[-+0-9.eE,\s]+\]", lambda found: " ".join(found[0].split()), text)


def write_json(path: Path, value: object) -> None:
    path.write_text(pretty_json(value) + "\n", encoding="utf-8")
