"""Starts the process again with threads that sleep when idle, and memory that stays with it: without these PyTorch is 2–4× slower here.

They are read while a process starts, so import this before PyTorch.
"""

import os
import sys

THREADS = int(os.environ.get("BENCH_THREADS", "2"))
TUNING = {
    "OMP_NUM_THREADS": str(THREADS),
    "MKL_NUM_THREADS": str(THREADS),
    "OMP_WAIT_POLICY": "passive",
    "MALLOC_MMAP_THRESHOLD_": "1000000000000",
    "MALLOC_TRIM_THRESHOLD_": "1000000000000",
    "MALLOC_TOP_PAD_": "67108864",
}
if any(os.environ.get(name) != value for name, value in TUNING.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | TUNING)
