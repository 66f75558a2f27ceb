"""Of batchscope.py, against plain computations: `python3 integrations/pytorch/test_batchscope.py`."""

import copy
import json
import os
import tempfile
import unittest
import warnings

import torch

import batchscope


class Net(torch.nn.Module):
    """An embedding, a linear layer at each position, a normalisation and a linear layer."""

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(11, 6)
        self.first = torch.nn.Linear(6, 7)
        self.norm = torch.nn.LayerNorm(7)
        self.last = torch.nn.Linear(7, 3)

    def forward(self, x):
        return self.last(torch.tanh(self.norm(self.first(self.embedding(x)))).mean(1))


def lines_of(folder):
    with open(os.path.join(folder, batchscope.FILE)) as file:
        return [json.loads(line) for line in file]


def flat(gradients):
    return torch.cat([g.reshape(-1).double() for g in gradients])


def loss_of(model, x, y):
    return torch.nn.functional.cross_entropy(model(x), y)


def gradient(model, x, y):
    return flat(torch.autograd.grad(loss_of(model, x, y), list(model.parameters())))


def batches(count, size, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [
        (torch.randint(0, 11, (size, 5), generator=generator), torch.randint(0, 3, (size,), generator=generator))
        for _ in range(count)
    ]


class Watching(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.folder = tempfile.mkdtemp()
        self.model = Net()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=0.01)

    def train(self, windows, divided=True, **options):
        """Trains, and gives what an independent computation finds at each step."""
        expected = []
        model, optimizer = self.model, self.optimizer
        # Another model computes what is expected: the hooks of the watched one would take it for training.
        twin = copy.deepcopy(model)
        with batchscope.watch(model, optimizer, self.folder, divided=divided, **options) as watch:
            for window in windows:
                twin.load_state_dict(model.state_dict())
                expected.append([gradient(twin, x, y) for x, y in window])
                for x, y in window:
                    loss = loss_of(model, x, y) / (len(window) if divided else 1)
                    loss.backward()
                    watch.micro_batch(len(x), loss)
                watch.step()
                optimizer.step()
                optimizer.zero_grad()
        return expected

    def check(self, expected):
        steps = [line for line in lines_of(self.folder) if line["kind"] == "step"]
        self.assertEqual([line["step"] for line in steps], list(range(1, len(expected) + 1)))
        for line, rows in zip(steps, expected):
            for found, row in zip(line["squaredNorms"], rows):
                self.assertAlmostEqual(found / float(row @ row), 1, delta=1e-5)
            mean = sum(rows) / len(rows)
            self.assertAlmostEqual(line["squaredNorm"] / float(mean @ mean), 1, delta=1e-5)

    def test_norms(self):
        self.check(self.train([batches(3, 4, seed) for seed in range(5)]))

    def test_norms_of_sums(self):
        self.check(self.train([batches(3, 4, seed) for seed in range(5)], divided=False))

    def test_watching_changes_nothing(self):
        watched = self.train([batches(2, 4, seed) for seed in range(5)], per_example=True, gram_every=2)
        torch.manual_seed(0)
        plain = Net()
        optimizer = torch.optim.AdamW(plain.parameters(), lr=0.01)
        for seed in range(len(watched)):
            window = batches(2, 4, seed)
            for x, y in window:
                (loss_of(plain, x, y) / len(window)).backward()
            optimizer.step()
            optimizer.zero_grad()
        for a, b in zip(self.model.parameters(), plain.parameters()):
            self.assertTrue(torch.equal(a, b))

    def test_norms_of_examples(self):
        window = batches(2, 5)
        singles = [[gradient(self.model, x[i : i + 1], y[i : i + 1]) for i in range(len(x))] for x, y in window]
        self.train([window], per_example=True)
        header, step = lines_of(self.folder)[:2]
        self.assertEqual(header["exampleNormShare"], 1)
        for found, rows in zip(step["exampleSquaredNorms"], singles):
            for square, row in zip(found, rows):
                self.assertAlmostEqual(square / float(row @ row), 1, delta=1e-5)
        self.assertAlmostEqual(step["coveredSquaredNorm"] / step["squaredNorm"], 1, delta=1e-6)

    def test_groups_add_up(self):
        self.train([batches(2, 4)], groups="layer")
        step = lines_of(self.folder)[1]
        self.assertEqual(set(step["groups"]), {"embedding", "first", "norm", "last"})
        total = sum(group["squaredNorm"] for group in step["groups"].values())
        self.assertAlmostEqual(total / step["squaredNorm"], 1, delta=1e-9)

    def test_products(self):
        (rows,) = self.train([batches(4, 4)], gram_every=1, gram_dimensions=4096)
        gram = torch.tensor(lines_of(self.folder)[1]["gram"])
        exact = torch.stack(rows) @ torch.stack(rows).T
        scale = exact.diagonal().sqrt()
        self.assertLess(float(((gram - exact) / scale[:, None] / scale[None]).abs().max()), 0.1)

    def test_scaled_losses(self):
        class Scaler:
            def get_scale(self):
                return 1024.0

        rows = [gradient(self.model, x, y) for x, y in batches(2, 4)]
        with batchscope.watch(self.model, self.optimizer, self.folder, scaler=Scaler()) as watch:
            for x, y in batches(2, 4):
                loss = loss_of(self.model, x, y) / 2
                (loss * 1024).backward()
                watch.micro_batch(len(x), loss)
            watch.step()
        self.check([rows])

    def test_goes_on_after_a_kill(self):
        self.train([batches(2, 4, seed) for seed in range(3)])
        path = os.path.join(self.folder, batchscope.FILE)
        with open(path, "a") as file:
            file.write('{"kind":"step","step":9')
        self.train([batches(2, 4)])
        with open(path) as file:
            texts = file.read().split("\n")
        steps = []
        for text in texts:
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if line["kind"] == "step":
                steps.append(line["step"])
        self.assertEqual(steps, [1, 2, 3, 4])

    def test_never_raises(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with batchscope.watch(self.model, self.optimizer, "/proc/none/run") as watch:
                loss_of(self.model, *batches(1, 4)[0]).backward()
                watch.micro_batch(4, 0.5)
                watch.step()
                watch.step()
        self.assertEqual(len(caught), 1)
        self.assertIn("the training goes on", str(caught[0].message))

    def test_a_step_without_micro_batch_is_said(self):
        with self.assertWarnsRegex(UserWarning, "expected micro_batch"):
            with batchscope.watch(self.model, self.optimizer, self.folder) as watch:
                watch.step()

    def test_nan_is_written(self):
        with batchscope.watch(self.model, self.optimizer, self.folder) as watch:
            (loss_of(self.model, *batches(1, 4)[0]) * float("nan")).backward()
            watch.micro_batch(4, float("nan"))
            watch.step()
        self.assertEqual(lines_of(self.folder)[1]["squaredNorm"], "NaN")


if __name__ == "__main__":
    unittest.main()
