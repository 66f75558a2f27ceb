import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { encode } from "../graph/encode.ts";
import type { Graph } from "../graph/graph.ts";
import { onnxTypes } from "../graph/onnxTypes.ts";
import type { Tensor, TensorData } from "../tensor/tensor.ts";
import { type AddedInPlace, addInPlace, placesOf } from "./addInPlace.ts";
import { findBlockSize } from "./blockSize.ts";
import { assertBindable } from "./bound.ts";
import { check, created, loadOrt, type OrtApi, type Pointer } from "./cApi.ts";
import type { Bound, Engine, LoadOptions, Session } from "./engine.ts";
import { assertAttached, assertIdle, assertLoaded, type IsOurs, ownNodes } from "./failures.ts";
import { assertInPlaceSafe } from "./inPlace.ts";
import { lowerForCpu } from "./lower.ts";
import { protect } from "./protect.ts";
import { mapLargeBlocks, returnFreedMemory } from "./returnMemory.ts";
import { reportNothing } from "./telemetry.ts";

/** `OrtLoggingLevel` fatal: what is less than fatal comes back as a status and is thrown. */
const LOG_FATAL = 4;
/** `GraphOptimizationLevel` ORT_DISABLE_ALL; `assertInPlaceSafe` says why. */
const NO_OPTIMIZATION = 0;
/** `OrtDeviceAllocator` and `OrtMemTypeDefault`: memory that we own. */
const DEVICE_ALLOCATOR = 0;
const DEFAULT_MEMORY = 0;

/** Runs that take longer leave the thread; handing over and back costs about 0.05 ms. */
const LONG_RUN_MS = 2;
/** Short runs let the event loop turn this often. */
const TURN_MS = 20;

interface Library {
  readonly api: OrtApi;
  readonly environment: Pointer;
  readonly memory: Pointer;
}

/**
 * ONNX Runtime through the C API of the library that onnxruntime-node ships: bound memory, nothing copied, outputs in
 * place. The package's own binding copies every output. Throws `EngineUnavailableError` when the library or the
 * foreign-function interface is missing or has another version than the tested one.
 */
export function nativeEngine(path: string = libraryPath()): Engine {
  reportNothing();
  const api = loadOrt(path);
  mapLargeBlocks();
  const library: Library = {
    api,
    environment: created(api, (out) => api.CreateEnv(LOG_FATAL, "batchscope", out)),
    memory: created(api, (out) => api.CreateCpuMemoryInfo(DEVICE_ALLOCATOR, DEFAULT_MEMORY, out)),
  };
  const blockSize = findBlockSize(async (graph) => openSession(library, graph));
  const load = async (graph: Graph, options?: LoadOptions) =>
    openSession(library, lowerForCpu(graph, await blockSize), options, ownNodes(graph));
  return { name: "native", load };
}

function libraryPath(): string {
  const names: Partial<Record<NodeJS.Platform, string>> = {
    win32: "onnxruntime.dll",
    darwin: "libonnxruntime.1.dylib",
  };
  const root = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
  const { platform, arch } = process;
  return join(root, "bin", "napi-v6", platform, arch, names[platform] ?? "libonnxruntime.so.1");
}

interface OpenSession {
  readonly library: Library;
  readonly graph: Graph;
  /** What is executed. */
  readonly added: AddedInPlace;
  readonly pointer: Pointer;
  readonly isOurs: IsOurs;
  readonly bindings: Set<Pointer>;
  running: number;
  released: boolean;
}

function openSession(library: Library, graph: Graph, options: LoadOptions = {}, isOurs = ownNodes(graph)): Session {
  const added = addInPlace(graph, options.inPlace ?? {});
  const pointer = createSession(library, encode(protect(added.graph)), options);
  const session: OpenSession = {
    library,
    graph,
    added,
    pointer,
    isOurs,
    bindings: new Set(),
    running: 0,
    released: false,
  };
  return {
    bind: (tensors) => bind(session, tensors),
    release() {
      if (session.released) return;
      session.released = true;
      if (session.running === 0) free(session);
    },
  };
}

function createSession({ api, environment }: Library, model: Uint8Array, { threads = 1 }: LoadOptions): Pointer {
  const options = created(api, (out) => api.CreateSessionOptions(out));
  try {
    check(api, api.SetSessionLogSeverityLevel(options, LOG_FATAL));
    check(api, api.SetSessionGraphOptimizationLevel(options, NO_OPTIMIZATION));
    check(api, api.SetIntraOpNumThreads(options, threads));
    // Shapes that our rules declare and ONNX infers otherwise are then an error when loading.
    check(api, api.AddSessionConfigEntry(options, "session.strict_shape_type_inference", "1"));
    // Planning one arena per shape costs a seventh of the peak memory and saves no time.
    check(api, api.DisableMemPattern(options));
    return created(api, (out) => api.CreateSessionFromArray(environment, model, model.length, options, out));
  } finally {
    api.ReleaseSessionOptions(options);
  }
}

function free({ library: { api }, pointer, bindings }: OpenSession): void {
  for (const binding of bindings) api.ReleaseIoBinding(binding);
  bindings.clear();
  api.ReleaseSession(pointer);
  returnFreedMemory();
}

interface BoundMemory {
  readonly binding: Pointer;
  readonly buffers: ReadonlySet<ArrayBufferLike>;
}

/** Frees a binding that nobody can run any more, when its session lives on. */
const forgotten = new FinalizationRegistry<{ session: OpenSession; binding: Pointer }>(({ session, binding }) => {
  if (session.bindings.delete(binding)) session.library.api.ReleaseIoBinding(binding);
});

function bind(session: OpenSession, tensors: Readonly<Record<string, Tensor>>): Bound {
  const { graph, library, pointer } = session;
  assertLoaded(session.graph, session);
  const aliases = assertBindable(graph, tensors);
  const { graph: executed, scratch } = session.added;
  assertInPlaceSafe(executed, placesOf(scratch, aliases));
  const { api } = library;
  const binding = created(api, (out) => api.CreateIoBinding(pointer, out));
  session.bindings.add(binding);
  for (const { name } of executed.inputs)
    withValue(library, tensors[name]!, (value) => api.BindInput(binding, name, value));
  for (const [name, { shape }] of executed.outputs)
    withValue(library, { ...tensors[scratch.get(name) ?? name]!, shape }, (value) =>
      api.BindOutput(binding, name, value),
    );
  // The buffers are held as long as anything can run: ONNX Runtime knows only their addresses.
  const memory = { binding, buffers: new Set(Object.values(tensors).map(({ data }) => data.buffer)) };
  forgotten.register(memory, { session, binding });
  return { run: runner(session, memory) };
}

/** The binding keeps its own reference to the value, so that ours can go at once. */
function withValue({ api, memory }: Library, tensor: Tensor, use: (value: Pointer) => Pointer | null): void {
  const bytes = memoryOf(tensor.data);
  const shape = BigInt64Array.from(tensor.shape, BigInt);
  const value = created(api, (out) =>
    api.CreateTensorWithDataAsOrtValue(
      memory,
      bytes,
      tensor.data.byteLength,
      shape,
      shape.length,
      onnxTypes[tensor.type],
      out,
    ),
  );
  try {
    check(api, use(value));
  } finally {
    api.ReleaseValue(value);
  }
}

const nothing = new Uint8Array(8);

/** Touching `buffer` moves a small array out of V8's own heap, whose objects wander. An empty one has no address. */
function memoryOf({ buffer, byteOffset, byteLength }: TensorData): Uint8Array {
  return byteLength === 0 ? nothing : new Uint8Array(buffer, byteOffset, byteLength);
}

let lastTurn = 0;

/**
 * The first run and every run after one that took more than `LONG_RUN_MS` happens on another thread; the others at
 * once on this one, which every `TURN_MS` lets timers, signals and servers have a turn.
 */
function runner(session: OpenSession, memory: BoundMemory): Bound["run"] {
  const { api } = session.library;
  let last = Number.POSITIVE_INFINITY;
  let busy = false;
  return async () => {
    assertLoaded(session.graph, session);
    assertIdle(busy);
    for (const buffer of memory.buffers) assertAttached(buffer);
    busy = true;
    session.running++;
    const start = performance.now();
    try {
      if (last > LONG_RUN_MS) await runElsewhere(session, memory.binding);
      else check(api, api.RunWithBinding(session.pointer, null, memory.binding), session.isOurs);
    } finally {
      last = performance.now() - start;
      busy = false;
      session.running--;
      if (session.released && session.running === 0) free(session);
    }
    if (start + last - lastTurn < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    lastTurn = performance.now();
  };
}

function runElsewhere({ library: { api }, pointer, isOurs }: OpenSession, binding: Pointer): Promise<void> {
  return new Promise((resolve, reject) => {
    api.RunWithBinding.async(pointer, null, binding, (error, status) => {
      try {
        if (error) throw error;
        check(api, status, isOurs);
        resolve();
      } catch (failure) {
        reject(failure);
      }
    });
  });
}
