import type { Objective } from "../../analysis/curvature/objective.ts";
import { filterNormalizedDirection } from "../../curvature/directions.ts";
import { pathPlane } from "../../curvature/pathPlane.ts";
import { evenly, type LossSlice, slice } from "../../curvature/slice.ts";
import { selectCheckpoints } from "../../store/checkpoints.ts";
import { option, UsageError } from "../../tensor/errors.ts";
import type { Meter, SliceKind } from "./parts.ts";
import { type Trained, vectorOf } from "./subject.ts";

/** A slice reaches so far: in lengths of the parameters' own filters, or of the line or path itself. */
const REACH = { line: 1, plane: 1, path: 0.3, between: 0.5 };

/** A slice of the training loss and, on a line, of the loss on the data that was held back. */
export interface DrawnSlice {
  readonly kind: SliceKind;
  readonly training: LossSlice;
  readonly validation: LossSlice | null;
  /** Of a path: its points on the plane and the shares of variance that the two axes explain. */
  readonly path: {
    readonly points: readonly (readonly [number, number])[];
    readonly explained: readonly number[];
  } | null;
}

/** What is drawn. */
export interface SliceAsked {
  readonly kind: Exclude<SliceKind, "between">;
  /** Where the line ends, θ of another training of the same network. */
  readonly to: Float64Array | null;
  /** Along each axis. */
  readonly points: number;
  readonly seed: number;
}

/** Objectives on both parts of the data, and whose path there is. */
export interface SliceScene {
  readonly objective: Objective;
  /** Null where nothing is held back. */
  readonly held: Objective | null;
  readonly trained: Trained | null;
  readonly meter: Meter;
}

/** Throws `UsageError` for a path without three checkpoints. */
export async function drawSlice({ kind, to, points, seed }: SliceAsked, scene: SliceScene): Promise<DrawnSlice> {
  const { objective, held, meter } = scene;
  const along = (one: Objective) => one.lossesByBatchStatistics ?? one.lossesAlong;
  const { start, slices } = objective;
  if (to !== null || kind === "line") {
    meter.start("slice", 2 * points);
    const drawn = to === null ? "line" : "between";
    const direction = to?.map((x, i) => x - start[i]!) ?? filterNormalizedDirection(start, slices, seed);
    const x = to === null ? evenly(-REACH.line, REACH.line, points) : evenly(-REACH.between, 1 + REACH.between, points);
    const training = await slice(along(objective), start, [direction], { x });
    const validation = held && (await slice(along(held), start, [direction], { x }));
    return { kind: drawn, training, validation, path: null };
  }
  const path = kind === "path" ? planeOf(scene) : null;
  meter.start("slice", points ** 2);
  if (path === null) {
    const directions = [seed, seed + 1].map((one) => filterNormalizedDirection(start, slices, one));
    const axis = evenly(-REACH.plane, REACH.plane, points);
    const plane = { x: axis, y: axis };
    const training = await slice(along(objective), start, directions as [Float64Array, Float64Array], plane);
    return { kind, training, validation: null, path: null };
  }
  const [x, y] = ([0, 1] as const).map((axis) => {
    const places = path.points.map((point) => point[axis]);
    const [low, high] = [Math.min(...places), Math.max(...places)];
    const room = REACH.path * Math.max(high - low, 1e-3);
    return evenly(low - room, high + room, points);
  });
  const training = await slice(along(objective), start, path.directions, { x: x!, y: y! });
  return { kind, training, validation: null, path: { points: path.points, explained: path.explained } };
}

function planeOf({ trained }: SliceScene) {
  if (trained?.place == null)
    throw new UsageError(
      `${option("slice")}: expected a checkpoint of a run for path, got parameters alone; draw a line or a plane`,
    );
  const { run, place, modelOf } = trained;
  const before = selectCheckpoints(run, "all").filter(({ step }) => step <= place.step);
  if (before.length < 3)
    throw new UsageError(
      `${option("slice")}: expected at least 3 checkpoints for path, got ${before.length} of ${run.record.id}; train with a lower ${option("checkpointEvery")}, or draw a line`,
    );
  return pathPlane(before.map((one) => vectorOf(modelOf(one))));
}
