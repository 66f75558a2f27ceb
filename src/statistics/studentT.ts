/**
 * The t with P(|T| ≤ t) = `level` for Student's t with an integer number of degrees of freedom, e.g. 2.262157 for
 * (0.95, 9). Abramowitz & Stegun 26.7.3 and 26.7.4: with θ = atan(t/√ν) that probability is a finite trigonometric
 * sum, which rises from 0 to 1 on [0, π/2] and is inverted here by bisection, to about 1e-14.
 */
export function studentTQuantile(level: number, degreesOfFreedom: number): number {
  let low = 0;
  let high = Math.PI / 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, degreesOfFreedom) < level) low = middle;
    else high = middle;
  }
  return Math.sqrt(degreesOfFreedom) * Math.tan((low + high) / 2);
}

/** P(|T| ≤ √ν tan θ). */
function centralProbability(theta: number, degreesOfFreedom: number): number {
  const odd = degreesOfFreedom % 2 === 1;
  const squaredCosine = Math.cos(theta) ** 2;
  let term = odd ? Math.cos(theta) : 1;
  let sum = 0;
  for (let i = odd ? 3 : 2; i <= degreesOfFreedom; i += 2) {
    sum += term;
    term *= ((i - 1) / i) * squaredCosine;
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
}
