"""Reads the event files of a run with TensorBoard itself and holds them against its log.

    python reference/check_tensorboard.py <run folder>

Needs the package tensorboard.
"""

import json
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

run = Path(sys.argv[1])
accumulator = EventAccumulator(str(run / "tensorboard"), size_guidance={"tensors": 0, "scalars": 0})
accumulator.Reload()
events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines() if line]

logged = {}
for event in events:
    if event["type"] == "step":
        for name in ("forget", "retain"):
            if event["losses"][name] is not None:
                # A step done again after a resume counts once.
                logged.setdefault(f"loss/{name}", {})[event["step"]] = event["losses"][name]

worst = 0.0
for tag, points in logged.items():
    read = {point.step: point.value for point in accumulator.Scalars(tag)}
    steps = [point.step for point in accumulator.Scalars(tag)]
    assert steps == sorted(set(steps)), f"{tag}: a step twice, or out of order"
    assert read.keys() == points.keys(), f"{tag}: {len(read)} points, the log has {len(points)}"
    for step, value in points.items():
        worst = max(worst, abs(read[step] - value) / max(abs(value), 1e-30))
print(f"{len(accumulator.Tags()['scalars'])} curves; {sum(map(len, logged.values()))} losses equal the log within {worst:.1e}")
assert worst < 1e-6
