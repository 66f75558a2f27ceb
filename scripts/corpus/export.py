"""Exports the corpus of models.py with what PyTorch finds for them, for check.ts.

    apt-get install python3-torchvision
    python3 scripts/corpus/export.py FOLDER [--opset 13 17] [--only resnet18 gpt] [--probes 64]

Each model becomes FOLDER/<name>-<opset>/ with `model.onnx`, exported as one exports for training (TrainingMode.TRAINING, no constant folding,
dynamic batch axis), `batch.npz` (the inputs by name, and the target `y`) and `expected.npz`, all in float64: `loss`, and for each parameter P
`norm/P` (L2 norm of its gradient), `probe/P` (the gradient at the flat indices `index/P`; all of them when there are few), and `noise`: how
far PyTorch's own float32 gradients are from these, as the largest difference of a parameter relative to its norm.
"""

import argparse
import copy
import os
import sys
import warnings

import numpy as np
import torch
from torch.nn import functional as F
from torch.onnx import TrainingMode

from models import MODELS


def without_dropout(module):
    for part in module.modules():
        if isinstance(part, (torch.nn.Dropout, torch.nn.Dropout2d)):
            part.p = 0.0
    return module


def gradients(module, inputs, y):
    module.zero_grad(set_to_none=True)
    output = module(*inputs)
    output = output[0] if isinstance(output, tuple) else output
    if y.is_floating_point():
        loss = F.mse_loss(output, y.to(output.dtype))
    else:
        loss = F.cross_entropy(output.flatten(0, -2), y.flatten())
    loss.backward()
    return loss.item(), {name: p.grad for name, p in module.named_parameters() if p.grad is not None}


def expected(module, inputs, y, probes):
    wide = copy.deepcopy(module).double()
    loss, exact = gradients(wide, [x.double() if x.is_floating_point() else x for x in inputs], y)
    _, rounded = gradients(copy.deepcopy(module), inputs, y)
    whole = sum(float(g.norm()) ** 2 for g in exact.values()) ** 0.5
    result = {"loss": np.float64(loss)}
    noise = 0.0
    for name, gradient in exact.items():
        flat = gradient.flatten().numpy()
        few = flat.size <= probes
        index = np.arange(flat.size) if few else np.sort(np.random.choice(flat.size, probes, replace=False))
        norm = float(np.linalg.norm(flat))
        difference = float((rounded[name].double() - gradient).norm())
        noise = max(noise, difference / max(norm, whole / 1000, 1e-30))
        result |= {f"norm/{name}": np.float64(norm), f"probe/{name}": flat[index], f"index/{name}": index}
    return result | {"noise": np.float64(noise)}


def export(name, opset, folder, probes):
    torch.manual_seed(0)
    np.random.seed(0)
    module, batch, y = MODELS[name]()
    without_dropout(module).train()
    inputs = list(batch.values())
    os.makedirs(folder, exist_ok=True)
    torch.onnx.export(
        copy.deepcopy(module), tuple(inputs), os.path.join(folder, "model.onnx"), opset_version=opset, training=TrainingMode.TRAINING,
        do_constant_folding=False, input_names=list(batch), output_names=["logits"], dynamic_axes={key: {0: "N"} for key in batch},
    )  # fmt: skip
    np.savez_compressed(os.path.join(folder, "batch.npz"), y=y.numpy(), **{key: x.numpy() for key, x in batch.items()})
    np.savez_compressed(os.path.join(folder, "expected.npz"), **expected(module, inputs, y, probes))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--opset", type=int, nargs="+", default=[13, 17])
    parser.add_argument("--only", nargs="+", default=list(MODELS))
    parser.add_argument("--probes", type=int, default=512)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    failed = []
    for name in options.only:
        for opset in options.opset:
            try:
                export(name, opset, os.path.join(options.folder, f"{name}-{opset}"), options.probes)
                print(f"{name}-{opset}", flush=True)
            except Exception as error:  # one model that PyTorch cannot export must not stop the others
                failed.append(f"{name}-{opset}: {str(error).splitlines()[0]}")
                print(failed[-1], file=sys.stderr, flush=True)
    if failed:
        sys.exit(f"not exported: {len(failed)}")


if __name__ == "__main__":
    main()
