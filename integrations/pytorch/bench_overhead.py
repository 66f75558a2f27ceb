"""What `watch` costs a training: plain and watched loops take turns, block by block, in one process.

    python bench_overhead.py [blocks]

For each model the median over blocks of watched seconds over plain seconds, with the 10th and 90th percentile. Both
loops must end with the same parameters, bit for bit.
"""

import statistics
import sys
import tempfile
import time

import batchscope
import torch
from torch import nn
from torch.nn import functional as F

BLOCKS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
ACCUMULATION, STEPS = 4, 4


class Gpt(nn.Module):
    def __init__(self, vocabulary=256, width=128, layers=4, heads=4, length=64):
        super().__init__()
        self.embed, self.place = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        layer = nn.TransformerEncoderLayer(width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True)
        self.body, self.norm = nn.TransformerEncoder(layer, layers), nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)
        self.register_buffer("mask", torch.triu(torch.full((length, length), float("-inf")), 1))

    def forward(self, tokens):
        x = self.embed(tokens) + self.place(torch.arange(tokens.shape[1]))
        return self.head(self.norm(self.body(x, self.mask)))


def lenet():
    head = [nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    first = [nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.AvgPool2d(2)]
    return nn.Sequential(*first, nn.Conv2d(6, 16, 5), nn.ReLU(), nn.AvgPool2d(2), *head)


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def images(batch):
    return lambda: (torch.randn(batch, 1, 28, 28), torch.randint(10, (batch,)))


def texts(batch):
    def draw():
        tokens = torch.randint(256, (batch, 65))
        return tokens[:, :-1], tokens[:, 1:]

    return draw


class Loop:
    def __init__(self, make, draw, watched):
        torch.manual_seed(0)
        self.model = make()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), 1e-3)
        self.batches = [draw() for _ in range(ACCUMULATION)]
        self.watch = batchscope.watch(self.model, self.optimizer, tempfile.mkdtemp()) if watched else None

    def block(self):
        began = time.perf_counter()
        for _ in range(STEPS):
            for x, y in self.batches:
                loss = F.cross_entropy(self.model(x).flatten(0, -2), y.flatten()) / ACCUMULATION
                loss.backward()
                if self.watch:
                    self.watch.micro_batch(len(x), loss)
            if self.watch:
                self.watch.step()
            self.optimizer.step()
            self.optimizer.zero_grad()
        return time.perf_counter() - began


def ratio(name, make, draw):
    plain, watched = Loop(make, draw, False), Loop(make, draw, True)
    for loop in (plain, watched):
        loop.block()
    ratios = []
    for block in range(BLOCKS):
        order = (plain, watched) if block % 2 == 0 else (watched, plain)
        seconds = {id(loop): loop.block() for loop in order}
        ratios.append(seconds[id(watched)] / seconds[id(plain)])
    watched.watch.close()
    same = all(torch.equal(a, b) for a, b in zip(plain.model.parameters(), watched.model.parameters()))
    if not same:
        raise SystemExit(f"{name}: expected the same parameters watched or not")
    low, *_, high = statistics.quantiles(ratios, n=10)
    parameters = sum(p.numel() for p in plain.model.parameters())
    print(f"{name}, {parameters:,} parameters: {statistics.median(ratios):.3f} ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    torch.set_num_threads(1)
    ratio("MLP, 4 x 32 images", mlp, images(32))
    ratio("LeNet, 4 x 32 images", lenet, images(32))
    ratio("GPT, 4 x 8 texts of 64 tokens", Gpt, texts(8))
