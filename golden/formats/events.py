"""TensorBoard's event files, written and read by TensorBoard itself.

Run: python events.py        writes events.out.tfevents.golden beside itself from the rows of events.jsonl, by TensorBoard's protocol buffers and its
                             record writer, and reads it back by its event accumulator
     python events.py RUN    reads the event file of a run directory by the event accumulator and compares every scalar with metrics.jsonl, and
                             metrics.csv, if it is there, cell by cell

Needs tensorboard (2.21 was taken).
"""

import csv
import json
import pathlib
import sys

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto import event_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

HERE = pathlib.Path(__file__).resolve().parent


def rows_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def write(rows, path):
    with open(path, "wb") as f:
        records = RecordWriter(f)
        records.write(event_pb2.Event(file_version="brain.Event:2").SerializeToString())
        for row in rows:
            event = event_pb2.Event(step=row["epoch"])
            event.summary.SetInParent()
            for key in sorted(row):
                if key != "epoch" and isinstance(row[key], (int, float)) and not isinstance(row[key], bool):
                    event.summary.value.add(tag=key, simple_value=row[key])
            records.write(event.SerializeToString())
        records.flush()


def check(rows, path):
    """What TensorBoard reads is what the rows say."""
    read = EventAccumulator(str(path), size_guidance={"scalars": 0})
    read.Reload()
    wanted = {}
    for row in rows:
        for key, value in row.items():
            if key != "epoch" and isinstance(value, (int, float)) and not isinstance(value, bool):
                wanted.setdefault(key, []).append((row["epoch"], np.float32(value)))
    assert sorted(read.Tags()["scalars"]) == sorted(wanted), (read.Tags(), wanted.keys())
    for tag, points in wanted.items():
        got = [(e.step, np.float32(e.value)) for e in read.Scalars(tag)]
        assert got == points, (tag, got, points)
    print(f"{path.name}: {len(wanted)} tags, {sum(map(len, wanted.values()))} scalars of {len(rows)} rows, as they are")


def check_csv(rows, path):
    with open(path, newline="") as f:
        lines = list(csv.DictReader(f))
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows):
        for key, text in line.items():
            value = row.get(key)
            assert text == "" if value is None else float(text) == value, (key, text, value)
    print(f"{path.name}: {len(lines)} rows, {len(lines[0])} columns, as they are")


if len(sys.argv) > 1:
    run = pathlib.Path(sys.argv[1])
    rows = rows_of(run / "metrics.jsonl")
    check(rows, next(run.glob("*tfevents*")))
    if (run / "metrics.csv").exists():
        check_csv(rows, run / "metrics.csv")
else:
    rows, path = rows_of(HERE / "events.jsonl"), HERE / "events.out.tfevents.golden"
    write(rows, path)
    check(rows, path)
