import { isStable, landscapeVerdict } from "../advice/landscapeVerdict.ts";
import type { CertifiedEigenvalue } from "../curvature/certified.ts";
import type { Landscape } from "../session/landscape/measure.ts";
import type { Interval } from "../statistics/types.ts";
import type { LandscapePlace } from "../store/landscape.ts";
import type { StudyVerdict } from "../store/verdicts.ts";

/** What is said first of a place of the loss. */
export function landscapeAnswer(found: Landscape): StudyVerdict[] {
  const { point, flatness, critical, trace, loss, lossBefore, parameters } = found;
  return [
    landscapeVerdict({
      ...{ verdict: point?.verdict ?? null, size: parameters, loss, lossBefore },
      ...{ asam: flatness?.sharpness.asam ?? null, critical, trace: trace?.value ?? null },
    }),
  ];
}

/** What a run keeps of it: nothing of parameters that are no checkpoint's. */
export function landscapePlace(found: Landscape, seed: number): LandscapePlace[] {
  const { place, examples, loss, point, trace, flatness, critical, slice } = found;
  if (place === null) return [];
  const bounds = ({ value, lower, upper }: Interval) => ({ value, lower, upper });
  return [
    {
      ...{ ...place, examples, seed, loss, gradientNorm: point?.gradientNorm ?? null },
      largest: point && bounds(point.spectrum.largest[0]!),
      smallest: point && bounds(point.spectrum.smallest[0]!),
      trace: trace && bounds(trace),
      verdict: point?.verdict.kind ?? null,
      asam: flatness?.sharpness.asam ?? null,
      criticalSharpness: critical?.kind === "found" ? critical.value : null,
      slices: slice ? [slice] : [],
    },
  ];
}

/** The document of `landscape`: what was not measured is null, and `omitted` says why where it was asked for. */
export function landscapeDocument(found: Landscape) {
  const { point, flatness, critical, trace, density, place, groups, preconditioned, slice, omitted, ...rest } = found;
  return {
    answer: landscapeAnswer(found),
    epoch: place?.epoch ?? null,
    step: place?.step ?? null,
    ...rest,
    gradientNorm: point?.gradientNorm ?? null,
    history: point?.history ?? null,
    eigenvalues: point && {
      largest: point.spectrum.largest.map(plain),
      smallest: point.spectrum.smallest.map(plain),
      enclosure: point.spectrum.enclosure,
      negative: point.spectrum.negative,
      positive: point.spectrum.positive,
      exact: point.spectrum.complete !== null,
      products: point.spectrum.products,
    },
    verdict: point?.verdict ?? null,
    escape: point?.escape ?? null,
    taylor: point?.taylor ?? null,
    trace,
    density: density && {
      ...density,
      ...Object.fromEntries(
        (["at", "value", "lower", "upper"] as const).map((name) => [name, Array.from(density[name])]),
      ),
    },
    sharpness: flatness && {
      ...flatness.sharpness,
      lambdaMax: point === null ? null : point.spectrum.largest[0]!.value,
    },
    twin: flatness?.twin ?? null,
    criticalSharpness: critical && criticalOf(critical),
    ...{ groups, preconditioned, slice, omitted },
  };
}

function criticalOf(critical: NonNullable<Landscape["critical"]>) {
  const { kind, value, lower, upper, criticalRate, learningRate, alpha, tried } = critical;
  const bounds = { kind, value, lower, upper, learningRate, criticalRate };
  return { ...bounds, stable: isStable(critical), alpha, passes: tried.length + 1 };
}

const plain = ({ value, lower, upper, residual }: CertifiedEigenvalue) => ({ value, lower, upper, residual });
