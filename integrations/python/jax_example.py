"""Logistic regression in JAX and Optax with 4 micro-batches a step. Run it, then: batchscope attach batchscope-run"""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax
from batchscope_steps import Steps

ACCUMULATION, MICRO_BATCH, STEPS, RATE = 4, 8, 200, 0.05
draw = np.random.default_rng(0)
x = draw.normal(size=(4096, 20)).astype(np.float32)
y = (x @ draw.normal(size=20) + 2 * draw.normal(size=4096) > 0).astype(np.float32)


def loss_of(parameters, x, y):
    logits = x @ parameters["w"] + parameters["b"]
    return optax.sigmoid_binary_cross_entropy(logits, y).mean()


value_and_gradient = jax.jit(jax.value_and_grad(loss_of))
squared_norm = jax.jit(lambda tree: sum(jnp.vdot(leaf, leaf) for leaf in jax.tree.leaves(tree)))
parameters = {"w": jnp.zeros(20), "b": jnp.zeros(())}
optimizer = optax.sgd(RATE)
state = optimizer.init(parameters)
steps = Steps(
    sys.argv[1] if len(sys.argv) > 1 else "batchscope-run",
    framework=f"jax {jax.__version__}",
    optimizer={"name": "sgd", "learningRate": RATE},
)
for _ in range(STEPS):
    losses, gradients = [], []
    for _ in range(ACCUMULATION):
        rows = draw.integers(len(x), size=MICRO_BATCH)
        loss, gradient = value_and_gradient(parameters, x[rows], y[rows])
        losses.append(loss)
        gradients.append(gradient)
    mean = jax.tree.map(lambda *leaves: sum(leaves) / ACCUMULATION, *gradients)
    # The two numbers a micro-batch that Batchscope needs.
    norms = [squared_norm(one) for one in gradients]
    steps.step([MICRO_BATCH] * ACCUMULATION, norms, squared_norm(mean), loss=np.mean(losses), learning_rate=RATE)
    updates, state = optimizer.update(mean, state)
    parameters = optax.apply_updates(parameters, updates)
steps.close()
