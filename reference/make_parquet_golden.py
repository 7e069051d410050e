"""Writes test/golden/rows.parquet: three rows as the Hugging Face hub stores them, with a list, whole numbers and a null."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = {
    "question": ["Which river?", "Café?", None],
    "choices": [["Lethe", "Styx"], ["Nil"], []],
    "answer": [0, 1, 2],
}
TARGET = Path(__file__).resolve().parent.parent / "test" / "golden" / "rows.parquet"


def main() -> None:
    pq.write_table(pa.table(ROWS), TARGET, compression="snappy")


if __name__ == "__main__":
    main()
