"""Makes a data folder for `lethe eval --benchmark semeval` from what the organisers released, and LUME if it is there.

    python reference/make_semeval_data.py semeval25-unlearning-data my-folder [--lume lume/data]

The release has one parquet file for each of forget and retain, train and validation (semeval25-unlearning-dataset-public,
which needs their token). my-folder gets forget.jsonl, retain.jsonl, and split_map.json, which says of every row id where it
belongs: {"<id>": {"semeval_split": "train"}}. Rows of LUME that are not in the release are the test set; without --lume
there is none. Needs pyarrow.
"""

import argparse
import json
import shutil
from pathlib import Path

from pyarrow.parquet import read_table

FIELDS = ("id", "input", "output", "task")
SPLITS = ("train", "validation")


def released(folder: Path, group: str, split: str) -> list[dict]:
    rows = read_table(folder / "data" / f"{group}_{split}-00000-of-00001.parquet").to_pylist()
    return [{field: row[field] for field in FIELDS} for row in rows]


def lume(folder: Path | None, group: str) -> list[dict]:
    if folder is None:
        return []
    lines = (folder / f"{group}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("release", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--lume", type=Path)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    splits: dict[str, dict[str, str]] = {}
    for group in ("forget", "retain"):
        rows: dict[str, dict] = {}
        for split in SPLITS:
            for row in released(options.release, group, split):
                rows[row["id"]] = row
                splits[row["id"]] = {"semeval_split": split}
        for row in lume(options.lume, group):
            rows.setdefault(row["id"], row)
            splits.setdefault(row["id"], {"semeval_split": "test"})
        text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows.values())
        (options.output / f"{group}.jsonl").write_text(text, encoding="utf-8")
    (options.output / "split_map.json").write_text(json.dumps(splits, indent=0), encoding="utf-8")
    members = options.release / "mia_data"
    if members.is_dir():
        shutil.copytree(members, options.output / "mia_data", dirs_exist_ok=True)


if __name__ == "__main__":
    main()
