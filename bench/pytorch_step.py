"""The PyTorch side of pytorch.ts: answers each line of JSON on stdin with one line on stdout.

{"do": "load", ...}  builds the model with the given weights and batch; answers loss, gradients and the weights after two steps
{"do": "run", ...}   runs `count` training steps of a loaded model; answers the seconds of each
"""

import base64
import json
import sys
import time
from array import array

import torch
from torch import nn
from torch.nn import functional


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


MODELS = {"lenet": lenet, "mlp": mlp}


def decode(text):
    return torch.tensor(array("f", base64.b64decode(text)))


def encode(tensor):
    return base64.b64encode(array("f", tensor.detach().flatten().tolist()).tobytes()).decode()


class Step:
    def __init__(self, request):
        self.model = MODELS[request["model"]]()
        with torch.no_grad():
            for parameter, text in zip(self.model.parameters(), request["parameters"]):
                parameter.copy_(decode(text).reshape(parameter.shape))
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), lr=request["learningRate"], momentum=request["momentum"]
        )
        labels = torch.tensor(request["labels"])
        images = decode(request["images"]).reshape(*labels.shape, *request["shape"])
        self.batches = list(zip(images.unbind(), labels.unbind()))
        self.done = 0

    def run(self):
        images, labels = self.batches[self.done % len(self.batches)]
        self.done += 1
        self.optimizer.zero_grad(set_to_none=True)
        loss = functional.cross_entropy(self.model(images), labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()


def load(steps, request):
    step = steps[request["key"]] = Step(request)
    loss = step.run()
    gradients = [encode(parameter.grad) for parameter in step.model.parameters()]
    step.run()
    return {"loss": loss, "gradients": gradients, "after": [encode(parameter) for parameter in step.model.parameters()]}


def run(steps, request):
    step = steps[request["key"]]
    seconds = []
    for _ in range(request["count"]):
        start = time.perf_counter()
        step.run()
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds}


def blas():
    """The matrix library that this process has loaded, in words; None where it is only the reference BLAS."""
    with open("/proc/self/maps", encoding="utf8") as maps:
        files = maps.read()
    return next((name for name in ("openblas", "mkl", "blis") if name in files), None)


def main():
    torch.set_num_threads(int(sys.argv[1]))
    steps = {}
    print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads(), "blas": blas()}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps({"load": load, "run": run}[request["do"]](steps, request)), flush=True)


main()
