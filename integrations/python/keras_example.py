"""A classifier in Keras 3 on JAX with 4 micro-batches a step. Run it, then: batchscope attach batchscope-run"""

import os
import sys

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import keras
import numpy as np
from batchscope_steps import Steps

ACCUMULATION, MICRO_BATCH, STEPS, RATE = 4, 8, 200, 0.01
draw = np.random.default_rng(0)
x = draw.normal(size=(4096, 20)).astype("float32")
y = (x @ draw.normal(size=20) + draw.normal(size=4096) > 0).astype("int32")

keras.utils.set_random_seed(0)
model = keras.Sequential([keras.Input((20,)), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(2)])
optimizer = keras.optimizers.Adam(RATE)
optimizer.build(model.trainable_variables)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def loss_of(trainable, rest, x, y):
    logits, _ = model.stateless_call(trainable, rest, x, training=True)
    return cross_entropy(y, logits)


value_and_gradient = jax.jit(jax.value_and_grad(loss_of))
squared_norm = jax.jit(lambda leaves: sum(jnp.vdot(leaf, leaf) for leaf in leaves))
trainable, rest = ([one.value for one in some] for some in (model.trainable_variables, model.non_trainable_variables))
state = [one.value for one in optimizer.variables]
steps = Steps(
    sys.argv[1] if len(sys.argv) > 1 else "batchscope-run",
    framework=f"keras {keras.__version__}",
    optimizer={"name": "adam", "learningRate": RATE, "betas": [optimizer.beta_1, optimizer.beta_2]},
)
for _ in range(STEPS):
    losses, gradients = [], []
    for _ in range(ACCUMULATION):
        rows = draw.integers(len(x), size=MICRO_BATCH)
        loss, gradient = value_and_gradient(trainable, rest, x[rows], y[rows])
        losses.append(loss)
        gradients.append(gradient)
    mean = [sum(leaves) / ACCUMULATION for leaves in zip(*gradients)]
    # The two numbers a micro-batch that Batchscope needs.
    norms = [squared_norm(one) for one in gradients]
    steps.step([MICRO_BATCH] * ACCUMULATION, norms, squared_norm(mean), loss=np.mean(losses), learning_rate=RATE)
    trainable, state = optimizer.stateless_apply(state, mean, trainable)
steps.close()
