"""The PyTorch side of gpt2.ts: training steps of GPT-2 small on 2 x 128 tokens, one JSON document on stdout."""

import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional

WIDTH, HEADS, LAYERS, VOCABULARY, CONTEXT, BATCH, TOKENS = 768, 12, 12, 50257, 1024, 2, 128


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.c_attn, self.c_proj = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.c_fc, self.mlp_proj = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.register_buffer("mask", torch.tril(torch.ones(TOKENS, TOKENS)) == 0)

    def forward(self, x):
        parts = self.c_attn(self.ln_1(x)).split(WIDTH, dim=2)
        q, k, v = (part.view(BATCH, TOKENS, HEADS, -1).transpose(1, 2) for part in parts)
        scores = (q @ k.transpose(2, 3)) / (WIDTH // HEADS) ** 0.5
        mixed = functional.softmax(scores.masked_fill(self.mask, float("-inf")), dim=-1) @ v
        x = x + self.c_proj(mixed.transpose(1, 2).reshape(BATCH, TOKENS, WIDTH))
        return x + self.mlp_proj(functional.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))


class Gpt2(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.ln_f = nn.LayerNorm(WIDTH)
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                deviation = 0.02 / (2 * LAYERS) ** 0.5 if "proj" in name else 0.02
                nn.init.normal_(parameter, std=deviation)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, x):
        x = self.wte(x) + self.wpe(torch.arange(TOKENS))
        return functional.linear(self.ln_f(self.blocks(x)), self.wte.weight)


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(0)
    model = Gpt2()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    text = torch.randint(VOCABULARY, (BATCH, TOKENS + 1))
    gradient, update, processor, losses = [], [], [], []
    for _ in range(int(sys.argv[2])):
        optimizer.zero_grad(set_to_none=False)
        start, used = time.perf_counter(), time.process_time()
        loss = functional.cross_entropy(model(text[:, :-1]).flatten(0, 1), text[:, 1:].flatten())
        loss.backward()
        gradient.append(time.perf_counter() - start)
        losses.append(loss.item())
        start = time.perf_counter()
        optimizer.step()
        update.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"gradient": gradient, "update": update, "processor": processor, "losses": losses, "peak": peak}))


main()
