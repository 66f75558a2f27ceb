import { displayWidth, truncate } from "../../report/terminal/displayWidth.ts";
import type { ProgressMode } from "../../session/progressModes.ts";
import type { NoiseScale } from "../../statistics/types.ts";
import type { TerminalText } from "../../text/en/terminal.ts";
import { printable } from "../../text/printable.ts";

/** What a progress line shows. Times are milliseconds on one clock. */
export interface ProgressState {
  /** Stands in front, as `Epoch 1/10 [GA:2]`. */
  readonly description: string;
  /** Items done and to do; for training an item is one micro-batch. */
  readonly done: number;
  readonly total: number;
  /** Items that were done when it started, as where a run is gone on with. Default 0. */
  readonly from?: number;
  readonly startedAt: number;
  /** Items per second of late; null before it is known. Once all is done the mean over the whole time is shown. */
  readonly rate: number | null;
  /** `Loss=0.3456` and the like, at the end of the line. */
  readonly notes: readonly string[];
}

const CELLS = 10;
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * `Epoch 1/10 [GA:2]: 100%|██████████| 1492/1492 [10:23<00:00, 2.39it/s, Loss=0.3456]`: tqdm's line. Where `columns`
 * are too few, notes are left out from the end and the bar shrinks, then speed and times go, and the first note last; a
 * line that is still too long is cut.
 */
export function formatProgress(state: ProgressState, now: number, columns = Number.POSITIVE_INFINITY): string {
  const { description, done, total, notes, from = 0 } = state;
  const seconds = Math.max(0, now - state.startedAt) / 1000;
  const rate = done >= total && seconds > 0 && done > from ? (done - from) / seconds : state.rate;
  const known = rate !== null && rate > 0 && done > 0;
  const remaining = done >= total ? formatDuration(0) : known ? formatDuration((total - done) / rate) : "?";
  const fraction = total > 0 ? Math.min(1, done / total) : 1;
  // Rounded down: 100 % is said only when all is done.
  const percent = String(Math.floor(fraction * 100)).padStart(3);
  const times = [`${formatDuration(seconds)}<${remaining}`, known ? formatRate(rate) : "?it/s"] as const;
  return fitted({ head: `${description}: ${percent}%`, count: `${done}/${total}`, times, fraction, notes }, columns);
}

interface Parts {
  readonly head: string;
  readonly count: string;
  readonly times: readonly [passed: string, speed: string];
  readonly fraction: number;
  readonly notes: readonly string[];
}

function fitted({ head, count, times, fraction, notes }: Parts, columns: number): string {
  const withBar = (shown: readonly string[], cells: number) =>
    `${head}|${bar(fraction, cells)}| ${count} [${[...times, ...shown].join(", ")}]`;
  for (let shown = notes.length; shown >= Math.min(1, notes.length); shown--) {
    const some = notes.slice(0, shown);
    const room = columns - displayWidth(withBar(some, 0));
    if (room >= 0) return withBar(some, Math.min(CELLS, room));
  }
  const first = notes.slice(0, 1);
  const short = [[times[0], ...first], first].filter(({ length }) => length > 0);
  const lines = [...short.map((words) => `${head} ${count} [${words.join(", ")}]`), `${head} ${count}`];
  return lines.find((line) => displayWidth(line) <= columns) ?? cut(lines.at(-1)!, columns);
}

function bar(fraction: number, cells: number): string {
  const filled = Math.floor(fraction * cells * 8);
  return ("█".repeat(filled >> 3) + eighths[filled & 7]).padEnd(cells);
}

/** Says with an ellipsis that something is missing. */
function cut(line: string, columns: number): string {
  return `${truncate(line, Math.max(0, columns - 1))}…`;
}

function formatRate(rate: number): string {
  return rate >= 1 ? `${rate.toFixed(2)}it/s` : `${(1 / rate).toFixed(2)}s/it`;
}

/** `mm:ss`, or `h:mm:ss` from one hour on; whole seconds, rounded down. */
export function formatDuration(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${two(minutes)}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

type ProgressText = TerminalText["progress"];

const unmeasured = { value: Number.NaN, lower: 0, resolved: false };

/** `Epoch 1/10 [GA:2]`, epochs counted from 1; with one micro-batch per update accumulation is not mentioned. */
export function describeEpoch(
  {
    epoch,
    epochs,
    accumulationSteps,
  }: { readonly epoch: number; readonly epochs: number; readonly accumulationSteps: number },
  text: ProgressText,
): string {
  const of = Number.isFinite(epochs) ? `/${epochs}` : "";
  return `${text.epoch(epoch, of)}${accumulationSteps > 1 ? ` [GA:${accumulationSteps}]` : ""}`;
}

/**
 * `Loss=0.3456`, `Acc=85.23%`, `GA=2/2`, `LR=1.00e-3`, `GNS=512`; `accuracy` is in 0–1, undefined where the loss is
 * none of classes. The learning rate is left out while it is no number, the gradient noise scale (in examples) while
 * nothing is known of it; where nothing bounds it above it is `GNS≥512`.
 */
export function trainingNotes(
  now: {
    readonly loss: number;
    readonly accuracy: number | undefined;
    /** Micro-batches of the current window that are done. */
    readonly accumulated: number;
    readonly accumulationSteps: number;
    readonly learningRate: number;
    readonly noiseScale?: NoiseScale | undefined;
  },
  text: ProgressText,
): string[] {
  const notes = [`${text.loss}=${now.loss.toFixed(4)}`];
  if (now.accuracy !== undefined) notes.push(`${text.accuracy}=${(now.accuracy * 100).toFixed(2)}%`);
  if (now.accumulationSteps > 1) notes.push(`GA=${now.accumulated}/${now.accumulationSteps}`);
  if (Number.isFinite(now.learningRate)) notes.push(`LR=${now.learningRate.toExponential(2)}`);
  const { value, lower, resolved } = now.noiseScale ?? unmeasured;
  if (resolved) notes.push(`GNS=${Number(value.toPrecision(3))}`);
  else if (lower > 0 && Number.isFinite(lower)) notes.push(`GNS≥${Number(lower.toPrecision(3))}`);
  return notes;
}

/** Where progress is written; process.stderr is one. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressBar {
  /** Begins a new line, of whose items `from` are done already (default 0); ends the one before if nobody did. */
  start(description: string, total: number, from?: number): void;
  update(done: number, notes?: readonly string[]): void;
  /** Draws the last state and ends the line, complete or not. */
  finish(): void;
  /** Writes a line of its own without tearing the bar. */
  log(line: string): void;
}

const REDRAW = 100;
const LINE_EVERY = 10_000;
/** Weight of the newest interval in the rate, tqdm's default. */
const SMOOTHING = 0.3;

/** `auto` is a bar on a terminal that can rewrite a line, else plain lines. */
export function chooseProgress(mode: ProgressMode, isTTY: boolean, terminal: string | undefined) {
  return mode === "auto" ? (isTTY && terminal !== "dumb" ? "bar" : "lines") : mode;
}

/**
 * Draws progress on `stream`: a bar redrawn in place at most ten times a second, or plain lines at most every ten
 * seconds and at the end, or nothing. `clock` gives milliseconds.
 */
export function createProgress(
  mode: "bar" | "lines" | "none",
  stream: ProgressStream,
  clock: () => number,
): ProgressBar {
  const inPlace = mode === "bar";
  let state: ProgressState | null = null;
  let speed: Speed = { at: 0, done: 0, items: 0, seconds: 0 };

  function draw() {
    if (state === null || mode === "none") return;
    // One column stays free: a terminal may wrap after writing into the last one.
    const columns = inPlace ? (stream.columns || 80) - 1 : Number.POSITIVE_INFINITY;
    const line = formatProgress(state, clock(), columns);
    stream.write(inPlace ? `\r${line}\x1b[K` : `${line}\n`);
  }
  function finish() {
    // A line that ends before its speed was measured shows the mean.
    if (state !== null && state.rate === null && state.done > 0)
      state = { ...state, rate: (state.done - (state.from ?? 0)) / Math.max(1e-3, (clock() - state.startedAt) / 1000) };
    draw();
    if (inPlace && state !== null) stream.write("\n");
    state = null;
  }
  return {
    finish,
    start(description, total, from = 0) {
      finish();
      const startedAt = clock();
      state = { description: printable(description), done: from, total, from, startedAt, rate: null, notes: [] };
      speed = { at: startedAt, done: from, items: 0, seconds: 0 };
      if (inPlace) draw();
    },
    update(done, notes = []) {
      if (state === null) return;
      state = { ...state, done, notes: notes.map(printable) };
      const now = clock();
      if (now - speed.at < (inPlace ? REDRAW : LINE_EVERY)) return;
      speed = measure(speed, now, done);
      state = { ...state, rate: speed.items / speed.seconds };
      draw();
    },
    log(text) {
      const line = printable(text);
      stream.write(inPlace && state !== null ? `\r\x1b[K${line}\n` : `${line}\n`);
      if (inPlace) draw();
    },
  };
}

/**
 * Smoothed items and seconds of one interval. Both began at 0 and lack the same factor, which cancels in their ratio.
 */
interface Speed {
  readonly at: number;
  readonly done: number;
  readonly items: number;
  readonly seconds: number;
}

function measure(old: Speed, now: number, done: number): Speed {
  const mean = (before: number, value: number) => before + SMOOTHING * (value - before);
  const seconds = mean(old.seconds, (now - old.at) / 1000);
  return { at: now, done, items: mean(old.items, done - old.done), seconds };
}
