"""Appends what `batchscope attach` reads, from any framework: docs/foreign-runs.md describes the lines. Copy this file."""

import json
import math
import os
import time


class Steps:
    """`path`/steps.jsonl. `optimizer`: its name and settings; `unit` of counts: "examples" or "tokens"."""

    def __init__(self, path="batchscope-run", *, framework=None, optimizer=None, unit="examples"):
        os.makedirs(path, exist_ok=True)
        self._file = open(os.path.join(path, "steps.jsonl"), "a", encoding="utf-8")
        self._began, self._step = time.monotonic(), 0
        run = {"schemaVersion": 1, "unit": unit, "framework": framework, "optimizer": optimizer, "process": os.getpid()}
        self._write("run", {name: value for name, value in run.items() if value is not None})

    def step(self, counts, squared_norms, squared_norm, *, loss=None, learning_rate=None):
        """`counts` [K] and `squared_norms` [K] of the micro-batches' mean gradients; ‖ḡ‖² of their mean over the step."""
        self._step += 1
        told = {"loss": loss, "learningRate": learning_rate}
        line = {"step": self._step, "seconds": time.monotonic() - self._began, "counts": [int(n) for n in counts]}
        line |= {"squaredNorms": [_number(x) for x in squared_norms], "squaredNorm": _number(squared_norm)}
        self._write("step", line | {name: _number(x) for name, x in told.items() if x is not None})

    def evaluation(self, loss, accuracy=None):
        line = {"step": self._step, "seconds": time.monotonic() - self._began, "validationLoss": _number(loss)}
        self._write("evaluation", line | ({} if accuracy is None else {"validationAccuracy": _number(accuracy)}))

    def close(self):
        self._write("end", {"step": self._step, "seconds": time.monotonic() - self._began})
        self._file.close()

    def _write(self, kind, fields):
        self._file.write(json.dumps({"kind": kind} | fields, allow_nan=False) + "\n")
        self._file.flush()


def _number(value):
    value = float(value)
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
