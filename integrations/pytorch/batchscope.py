"""Writes what Batchscope needs of a PyTorch training: two numbers a micro-batch.

    import batchscope

    with batchscope.watch(model, optimizer, "batchscope-run") as watch:
        for x, y in loader:
            loss = loss_of(model(x), y) / accumulation
            loss.backward()
            watch.micro_batch(len(x), loss)
            if ...:
                watch.step()             # before optimizer.step() and zero_grad()
                optimizer.step()
                optimizer.zero_grad()

Then `batchscope attach batchscope-run` says the noise scale with its interval. The format of the file is described in
docs/foreign-runs.md; any program may write it.

One file without dependencies beyond PyTorch (1.12 or later): copy it, or `pip install` this folder. It keeps no second
copy of the gradients, changes no number of the training, never raises into it, and writes nothing while the model
computes: lines are collected and appended once a second.
"""

from __future__ import annotations

import json
import math
import os
import time
import warnings
from datetime import datetime, timezone

import torch

__version__ = "1.0.0"
__all__ = ["watch", "Watch"]

SCHEMA_VERSION = 1
FILE = "steps.jsonl"
FLUSH_SECONDS = 1.0


def watch(model, optimizer=None, path="batchscope-run", **options):
    """A `Watch` of `model`, which writes `path`/steps.jsonl; use it in a `with` statement, or call `close()`."""
    return Watch(model, optimizer, path, **options)


class Watch:
    """
    Parameters
    ----------
    model: the module that is trained. Parameters without `requires_grad` are left out.
    optimizer: its learning rate is written at each step, its other settings once.
    path: folder of the run. A file that is there is gone on with: a restart appends.
    divided: whether each loss was divided by the number of micro-batches of its step, as most loops do, so that the
        gradients add up to a mean. False where they add up to a sum.
    unit: what `micro_batch` counts, "examples" or "tokens".
    groups: names of groups of parameters: a function of a parameter's name, or "layer" for what stands before its last
        dot. Norms are then written for each group.
    per_example: the squared norm of each example's own gradient, exact, by hooks on Linear, Embedding and LayerNorm;
        says which share of the parameters they cover. For steps of one micro-batch, whose noise nothing else shows.
    gram_every: every so many steps the inner products of the micro-batch gradients, by random projections to
        `gram_dimensions` numbers; 0 for never.
    scaler: a `torch.cuda.amp.GradScaler`, by whose scale all norms are divided.
    distributed: with several processes each is a micro-batch of its own, and the gradient after the reduction is the
        step's. Default: whether `torch.distributed` runs. The process of rank 0 writes.
    """

    def __init__(
        self,
        model,
        optimizer=None,
        path="batchscope-run",
        *,
        divided=True,
        unit="examples",
        groups=None,
        per_example=False,
        gram_every=0,
        gram_dimensions=4096,
        scaler=None,
        distributed=None,
    ):
        self._broken = False
        self._lines = []
        self._hooks = []
        self._closed = False
        self._guard(
            self._open,
            model,
            optimizer,
            path,
            divided,
            unit,
            groups,
            per_example,
            gram_every,
            gram_dimensions,
            scaler,
            distributed,
        )

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.close()
        return False

    def micro_batch(self, count, loss=None):
        """After `backward()`: how many examples (or tokens) the micro-batch had, and its loss as it was given."""
        self._guard(self._micro_batch, count, loss)

    def step(self):
        """Before `optimizer.step()`, and before gradients are clipped: the window of micro-batches ends here."""
        self._guard(self._step)

    def evaluation(self, loss, accuracy=None):
        """Of held-out data, whenever it is measured; tells overfitting from bias."""
        self._guard(self._evaluation, loss, accuracy)

    def close(self):
        """Writes what is left and takes the hooks away."""
        self._guard(self._close)

    # What follows may fail; `_guard` keeps it from the training.

    def _guard(self, call, *arguments):
        if self._broken:
            return
        try:
            call(*arguments)
        except Exception as error:  # noqa: BLE001 - a measurement never ends a training
            self._broken = True
            for hook in self._hooks:
                hook.remove()
            warnings.warn(f"batchscope: {error}; the training goes on, nothing more is written", stacklevel=4)

    def _open(
        self,
        model,
        optimizer,
        path,
        divided,
        unit,
        groups,
        per_example,
        gram_every,
        gram_dimensions,
        scaler,
        distributed,
    ):
        if unit not in ("examples", "tokens"):
            raise ValueError(f'expected the unit "examples" or "tokens", got {unit!r}')
        self._optimizer, self._scaler, self._divided = optimizer, scaler, divided
        self._distributed = _distributed() if distributed is None else distributed
        self._writes = not self._distributed or torch.distributed.get_rank() == 0
        self._named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        if not self._named:
            raise ValueError("expected a model with parameters that require gradients, got none")
        name_of = _layer if groups == "layer" else groups
        self._groups = sorted({name_of(name) for name, _ in self._named}) if name_of else []
        self._group = {id(p): self._groups.index(name_of(name)) for name, p in self._named} if name_of else {}
        self._gram_every, self._gram_dimensions = int(gram_every), int(gram_dimensions)
        self._path = os.path.join(os.fspath(path), FILE)
        self._begin = time.monotonic()
        self._flushed = self._begin
        self._examples = None
        self._number = 0
        if self._writes:
            os.makedirs(os.fspath(path), exist_ok=True)
            self._number = _last_step(self._path)
        self._new_window()
        sizes = [p.numel() for _, p in self._named]
        self._offsets = [sum(sizes[:i]) for i in range(len(sizes))]
        for number, (_, parameter) in enumerate(self._named):
            self._hooks.append(parameter.register_hook(self._on_gradient(parameter, number)))
        if per_example:
            self._examples = _ExampleNorms(model, self._named)
            self._hooks.extend(self._examples.hooks)
        self._append(self._described(unit))
        self._flush()

    def _described(self, unit):
        optimizer = self._optimizer
        settings = {} if optimizer is None else {k: v for k, v in optimizer.defaults.items() if _plain(v)}
        return {
            "kind": "run",
            "schemaVersion": SCHEMA_VERSION,
            "writer": f"batchscope.py {__version__}",
            "framework": f"pytorch {torch.__version__}",
            "startedAt": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "process": f"{os.getpid()}-{int(time.time() * 1000)}",
            "step": self._number,
            "unit": unit,
            "parameters": sum(p.numel() for _, p in self._named),
            "optimizer": None if optimizer is None else {"name": type(optimizer).__name__, **settings},
            "groups": self._groups,
            "processes": torch.distributed.get_world_size() if self._distributed else 1,
            "exampleNormShare": 0 if self._examples is None else self._examples.share,
        }

    def _new_window(self):
        self._sums = {}
        self._counts, self._norms, self._group_norms, self._losses, self._example_norms = [], [], [], [], []
        self._sketches = []
        self._sketch = None

    def _sketching(self):
        return self._gram_every > 0 and (self._number + 1) % self._gram_every == 0

    def _on_gradient(self, parameter, seed):
        key = self._group.get(id(parameter), 0)

        def hook(gradient):
            try:
                # The micro-batch's own gradient, before it is added to what was accumulated.
                dense = gradient.coalesce().values() if gradient.is_sparse else gradient
                square = _square(dense.detach())
                self._sums[key] = self._sums[key] + square if key in self._sums else square
                if self._sketching() and not gradient.is_sparse:
                    self._project(dense.detach(), seed)
            except Exception as error:  # noqa: BLE001
                self._broken = True
                warnings.warn(f"batchscope: {error}; the training goes on, nothing more is written", stacklevel=2)

        return hook

    def _project(self, gradient, seed):
        # Count sketch: number i goes with a random sign to bucket i mod D; the signs are drawn anew from their seed.
        size, flat = self._gram_dimensions, gradient.reshape(-1)
        generator = torch.Generator(device=flat.device)
        generator.manual_seed(1_000_003 * (seed + 1))
        if self._sketch is None:
            self._sketch = torch.zeros(size, dtype=torch.float32, device=flat.device)
        # Parameters follow one another, so that small ones do not share their buckets.
        at = self._offsets[seed] % size
        head = min(flat.numel(), size - at)
        signs = self._signs(head, flat, generator)
        self._sketch[at : at + head] += flat[:head].float() * signs
        for start in range(head, flat.numel(), 256 * size):
            part = flat[start : start + 256 * size].float()
            part = part * self._signs(part.numel(), flat, generator)
            rows = part.numel() // size
            if rows:
                self._sketch += part[: rows * size].view(rows, size).sum(0)
            self._sketch[: part.numel() - rows * size] += part[rows * size :]

    @staticmethod
    def _signs(count, like, generator):
        return 2 * torch.randint(0, 2, (count,), generator=generator, device=like.device, dtype=torch.int8) - 1

    def _micro_batch(self, count, loss):
        if not self._sums:
            raise ValueError("expected backward() before micro_batch(), got no gradient")
        self._counts.append(int(count))
        groups = max(1, len(self._groups))
        zero = next(iter(self._sums.values())) * 0
        # Stays on the device: it is read once a step, so that no micro-batch waits for it.
        self._norms.append(torch.stack([self._sums.get(g, zero) for g in range(groups)]) / self._scale() ** 2)
        if loss is not None:
            self._losses.append(loss.detach() if torch.is_tensor(loss) else torch.tensor(float(loss)))
        if self._examples is not None:
            self._example_norms.append(self._examples.take(int(count)) / self._scale() ** 2)
        if self._sketch is not None:
            self._sketches.append(self._sketch / self._scale())
        self._sums, self._sketch = {}, None

    def _scale(self):
        return 1.0 if self._scaler is None else float(self._scaler.get_scale())

    def _step(self):
        if not self._counts:
            raise ValueError("expected micro_batch() before step(), got none")
        groups = max(1, len(self._groups))
        sums = [None] * groups
        for _, parameter in self._named:
            if parameter.grad is not None:
                square = _square(parameter.grad.detach())
                at = self._group.get(id(parameter), 0)
                sums[at] = square if sums[at] is None else sums[at] + square
        present = next((s for s in sums if s is not None), None)
        zero = torch.zeros(()) if present is None else present * 0
        window = torch.stack([zero if s is None else s for s in sums]) / self._scale() ** 2
        self._covered = None
        if self._examples is not None and self._example_norms:
            squares = [_square(p.grad.detach()) for p in self._examples.parameters if p.grad is not None]
            self._covered = sum(squares) / self._scale() ** 2
        if self._distributed:
            window = self._reduced(window)
        self._number += 1
        if self._writes:
            self._append(self._line(window))
            if time.monotonic() - self._flushed > FLUSH_SECONDS:
                self._flush()
        self._new_window()

    def _reduced(self, window):
        """Each process's micro-batches become the step's; its own window is that of all, averaged by the reducer."""
        mine = {
            "counts": self._counts,
            "norms": [norm.cpu() for norm in self._norms],
            "losses": [loss.cpu() for loss in self._losses],
        }
        everyone = [None] * torch.distributed.get_world_size()
        torch.distributed.all_gather_object(everyone, mine)
        self._counts = [count for each in everyone for count in each["counts"]]
        self._norms = [norm for each in everyone for norm in each["norms"]]
        self._losses = [loss for each in everyone for loss in each["losses"]]
        self._example_norms, self._sketches = [], []
        return window

    def _line(self, window):
        micro = len(self._counts)
        processes = torch.distributed.get_world_size() if self._distributed else 1
        # Gradients of losses that were divided come as g/k, k the micro-batches of one process.
        factor = micro / processes if self._divided else 1.0
        whole = 1.0 if self._divided else 1.0 / (micro / processes) ** 2
        norms = (torch.stack(self._norms) * factor**2).tolist()
        line = {
            "kind": "step",
            "step": self._number,
            "seconds": self._seconds(),
            "counts": self._counts,
            "squaredNorms": [sum(each) for each in norms],
            "squaredNorm": float(window.sum()) * whole,
        }
        if self._losses:
            line["loss"] = _mean([float(loss) * factor for loss in self._losses], self._counts)
        if self._optimizer is not None:
            line["learningRate"] = float(self._optimizer.param_groups[0]["lr"])
        if self._groups:
            line["groups"] = {
                name: {"squaredNorms": [each[at] for each in norms], "squaredNorm": float(window[at]) * whole}
                for at, name in enumerate(self._groups)
            }
        if self._example_norms:
            line["exampleSquaredNorms"] = [(each * factor**2).tolist() for each in self._example_norms]
            line["coveredSquaredNorm"] = float(self._covered) * whole
        if len(self._sketches) > 1:
            rows = torch.stack([sketch.cpu().double() for sketch in self._sketches]) * factor
            line["gram"] = (rows @ rows.T).tolist()
            line["gramDimensions"] = self._gram_dimensions
        return line

    def _evaluation(self, loss, accuracy):
        line = {"kind": "evaluation", "step": self._number, "seconds": self._seconds(), "validationLoss": float(loss)}
        if accuracy is not None:
            line["validationAccuracy"] = float(accuracy)
        self._append(line)

    def _seconds(self):
        return round(time.monotonic() - self._begin, 6)

    def _append(self, line):
        if self._writes:
            self._lines.append(json.dumps(_finite(line), separators=(",", ":")) + "\n")

    def _flush(self):
        if self._writes and self._lines:
            # One write of whole lines at the end of the file: two processes never mix within a line.
            with open(self._path, "ab", buffering=0) as file:
                file.write("".join(self._lines).encode())
        self._lines = []
        self._flushed = time.monotonic()

    def _close(self):
        if self._closed:
            return
        self._closed = True
        for hook in self._hooks:
            hook.remove()
        self._append({"kind": "end", "step": self._number, "seconds": self._seconds()})
        self._flush()


class _ExampleNorms:
    """
    Squared norms of each example's own gradient, without forming it (Goodfellow 2015, arXiv:1510.01799): a linear layer
    with inputs a_t and output gradients δ_t at the positions t of an example has Σ_ts (a_t·a_s)(δ_t·δ_s), an embedding
    the same with 1 where two positions hold one token, LayerNorm the sums over positions themselves.
    """

    KINDS = (torch.nn.Linear, torch.nn.Embedding, torch.nn.LayerNorm)

    def __init__(self, model, named):
        self.hooks = []
        self.parameters = []
        self._sums = None
        trained = {id(p): p.numel() for _, p in named}
        covered = 0
        for module in model.modules():
            own = [p for p in module.parameters(recurse=False) if id(p) in trained]
            if not isinstance(module, self.KINDS) or not own:
                continue
            covered += sum(trained[id(p)] for p in own)
            self.parameters.extend(own)
            self.hooks.append(module.register_forward_hook(self._forward))
        self.share = covered / sum(trained.values())

    def _forward(self, module, inputs, output):
        if not (torch.is_grad_enabled() and output.requires_grad):
            return
        x = inputs[0].detach()
        # On the output, not on the module: full backward hooks cannot be set where the input needs no gradient.
        output.register_hook(lambda delta: self._backward(module, x, delta.detach()))

    def _backward(self, module, x, delta):
        squares = _example_squares(module, x, delta)
        self._sums = squares if self._sums is None else self._sums + squares

    def take(self, count):
        sums, self._sums = self._sums, None
        if sums is None:
            raise ValueError("expected a layer of Linear, Embedding or LayerNorm in the graph, got none")
        # The loss is a mean over the examples: an example's own gradient is `count` times its part.
        return sums * count**2


def _example_squares(module, x, delta):
    n = delta.shape[0]
    d = delta.reshape(n, -1, delta.shape[-1]).float()
    if isinstance(module, torch.nn.LayerNorm):
        shape = module.normalized_shape
        hat = torch.nn.functional.layer_norm(x.float(), shape, eps=module.eps)
        size = math.prod(shape)
        weight = (hat.reshape(n, -1, size) * delta.reshape(n, -1, size).float()).sum(1).square().sum(1)
        bias = delta.reshape(n, -1, size).float().sum(1).square().sum(1)
        return _wanted(module, weight, bias)
    if isinstance(module, torch.nn.Embedding):
        tokens = x.reshape(n, -1)
        same = tokens[:, :, None] == tokens[:, None, :]
        if module.padding_idx is not None:
            same = same & (tokens != module.padding_idx)[:, :, None]
        return (torch.bmm(d, d.transpose(1, 2)) * same).sum((1, 2))
    a = x.reshape(n, -1, x.shape[-1]).float()
    positions = a.shape[1]
    if positions == 1:
        weight = a[:, 0].square().sum(1) * d[:, 0].square().sum(1)
    elif positions * positions < a.shape[2] * d.shape[2]:
        weight = (torch.bmm(a, a.transpose(1, 2)) * torch.bmm(d, d.transpose(1, 2))).sum((1, 2))
    else:
        weight = torch.bmm(d.transpose(1, 2), a).square().sum((1, 2))
    return _wanted(module, weight, d.sum(1).square().sum(1))


def _wanted(module, weight, bias):
    total = 0
    if module.weight is not None and module.weight.requires_grad:
        total = total + weight
    if module.bias is not None and module.bias.requires_grad:
        total = total + bias
    return total


def _square(gradient):
    values = gradient.coalesce().values() if gradient.is_sparse else gradient
    square = values.float().norm().square()
    # Sums over many tensors keep their digits; Apple's devices have no float64.
    return square if square.device.type == "mps" else square.double()


def _layer(name):
    return name.rsplit(".", 1)[0]


def _mean(values, weights):
    total = sum(weights)
    return sum(v * w for v, w in zip(values, weights)) / total if total else float("nan")


def _plain(value):
    return isinstance(value, (int, float, str, bool)) or (
        isinstance(value, (list, tuple)) and all(isinstance(each, (int, float)) for each in value)
    )


def _finite(value):
    if isinstance(value, float):
        return value if math.isfinite(value) else ("NaN" if value != value else "Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return value


def _distributed():
    return torch.distributed.is_available() and torch.distributed.is_initialized()


def _last_step(path):
    """The last whole line's step of a file that is gone on with; a torn line is ended, so that it spoils no other."""
    if not os.path.exists(path):
        return 0
    with open(path, "rb+") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1_000_000))
        tail = file.read()
        if tail and not tail.endswith(b"\n"):
            file.write(b"\n")
    for line in reversed(tail.split(b"\n")):
        try:
            return int(json.loads(line)["step"])
        except (ValueError, KeyError, TypeError):
            continue
    return 0
