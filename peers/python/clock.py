"""The clock of the peers: one pass to warm up, then timed ones, either at once or each when `cargo xtask peers` asks for it.

The same conversation as the workloads program's (`benches/src/bin/workloads/pace.rs`): a line once warm, a line a pass.
"""

import argparse
import json
import statistics
import sys
import time

UNITS = {"microseconds": 1e6, "ms": 1e3}


def arguments(variants):
    """The flags. `variants` maps a row to its variants; `--list` prints `row variant` lines and ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", help="the row")
    parser.add_argument("--variant")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--samples", type=int, default=7)
    parser.add_argument("--data", help="folder with the four gzipped IDX files of MNIST")
    parser.add_argument("--paced", action="store_true", help="a pass for each line on stdin")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    if args.list:
        for row, names in variants.items():
            for name in names:
                print(row, name)
        sys.exit(0)
    if args.variant not in variants.get(args.only, []):
        sys.exit(f"no variant {args.variant!r} of row {args.only!r}")
    return args


class Pace:
    """Counts and times the passes of one row."""

    def __init__(self, args, peer, metric):
        self.args, self.peer, self.metric = args, peer, metric
        self.values, self.first, self.begun = [], None, time.perf_counter()

    def lap(self, work, loss):
        """Ends a pass of `work` units; `loss` is called off the clock. True while there is more to do."""
        seconds = time.perf_counter() - self.begun
        if self.metric in UNITS:
            value = seconds / work * UNITS[self.metric]
        else:
            value = work / seconds / (1e9 if self.metric == "GFLOP/s" else 1)
        last = float(loss())
        if self.first is None:
            self.first = last
            self._tell({"ready": True, "metric": self.metric, "loss": last})
        else:
            self.values.append(value)
            self._tell({"value": value, "loss": last})
        if self.args.paced:
            more = bool(sys.stdin.readline())
        else:
            more = len(self.values) < self.args.samples
        if not more and not self.args.paced:
            self._record(last)
        self.begun = time.perf_counter()
        return more

    def _tell(self, line):
        if self.args.paced:
            print(json.dumps(line), flush=True)

    def _record(self, last):
        print(json.dumps({
            "workload": self.args.only, "threads": self.args.threads, "metric": self.metric,
            "median": statistics.median(self.values), "min": min(self.values), "max": max(self.values),
            "loss": self.first, "loss_last": last, "samples": len(self.values),
            "peer": self.peer, "variant": self.args.variant,
        }), flush=True)  # fmt: skip


def passes(pace, work, call, loss, seconds=0.1):
    """Passes of as many calls as take about a tenth of a second; `loss` reads the last result."""
    count = 1
    while True:
        begun = time.perf_counter()
        for _ in range(count):
            result = call()
        took = time.perf_counter() - begun
        if took > seconds / 4:
            count = max(1, round(count * seconds / took))
            break
        count *= 2
    while True:
        for _ in range(count):
            result = call()
        if not pace.lap(count * work, lambda: loss(result)):
            return
