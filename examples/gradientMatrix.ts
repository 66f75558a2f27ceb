/** What K gradients of any framework say. These are planted: their noise scale is 20 examples. */
import { describeGradients, gramOfRows, random } from "batchscope";

const [rows, batchSize, parameters, noiseScale] = [64, 16, 2000, 20];
const { normal } = random(1);
// The true gradient has length 1, and that of one example `noiseScale` as much variance.
const deviation = Math.sqrt(noiseScale / parameters / batchSize);
const gradients = Array.from({ length: rows }, () =>
  Float32Array.from({ length: parameters }, () => 1 / Math.sqrt(parameters) + deviation * normal()),
);

const gram = gramOfRows(gradients, new Array(rows).fill(batchSize));
const said = describeGradients(gram, { datasetSize: null, seed: 0 });
const { value, lower, upper } = said.noiseScale;
console.log(`noise scale ${value.toFixed(1)} examples, 95 % interval ${lower.toFixed(1)} to ${upper.toFixed(1)}`);
console.log(`mean cosine ${said.meanCosine.toFixed(3)}, expected ${said.expectedCosine.toFixed(3)}`);
