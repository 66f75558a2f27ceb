"""The PyTorch side of pytorch.ts: answers each line of JSON on stdin with one line on stdout.

{"do": "load", ...}  builds the model with the given weights and batch; answers loss, gradients and the weights after two steps
{"do": "run", ...}   runs `count` training steps of a loaded model; answers the seconds of each, and of the processor in all
"""

import base64
import json
import sys
import time
from array import array

import torch
from pytorch_models import MODELS
from torch.nn import functional


def decode(text):
    return torch.tensor(array("f", base64.b64decode(text)))


def encode(tensor):
    return base64.b64encode(array("f", tensor.detach().flatten().tolist()).tobytes()).decode()


class Step:
    def __init__(self, request):
        self.model = MODELS[request["model"]]()
        parameters = dict(self.model.named_parameters())
        if parameters.keys() != request["parameters"].keys():
            raise KeyError(f"expected the same parameters, got {parameters.keys() ^ request['parameters'].keys()}")
        with torch.no_grad():
            for name, text in request["parameters"].items():
                parameters[name].copy_(decode(text).reshape(parameters[name].shape))
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), lr=request["firstRate"], momentum=request["momentum"]
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
    gradients = {name: encode(parameter.grad) for name, parameter in step.model.named_parameters()}
    step.run()
    step.optimizer.param_groups[0]["lr"] = request["learningRate"]
    after = {name: encode(parameter) for name, parameter in step.model.named_parameters()}
    return {"loss": loss, "gradients": gradients, "after": after}


def run(steps, request):
    step = steps[request["key"]]
    seconds = []
    begin = time.process_time()
    for _ in range(request["count"]):
        start = time.perf_counter()
        step.run()
        seconds.append(time.perf_counter() - start)
    return {"seconds": seconds, "processor": time.process_time() - begin}


def blas():
    """The matrix library that this process has loaded, in words."""
    with open("/proc/self/maps", encoding="utf8") as maps:
        files = maps.read()
    return next((name for name in ("openblas", "mkl", "blis") if name in files), "the reference BLAS")


def main():
    torch.set_num_threads(int(sys.argv[1]))
    steps = {}
    print(json.dumps({"name": f"PyTorch {torch.__version__} with {blas()}"}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps({"load": load, "run": run}[request["do"]](steps, request)), flush=True)


main()
