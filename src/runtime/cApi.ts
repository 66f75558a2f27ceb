import koffi, { type LibraryHandle } from "koffi";
import { EngineUnavailableError } from "../tensor/errors.ts";
import { engineFailure, type IsOurs, oneLine } from "./failures.ts";

/** An opaque `Ort…*`; 0n is null. */
export type Pointer = bigint;

/** The one version whose in-place behaviour is tested (inPlace.ts); package.json pins it too. */
export const ORT_VERSION = "1.30.0";

/** Version of the function table to ask for. The table only grows, so that later libraries serve it as well. */
const API_VERSION = 25;

/**
 * Position in `struct OrtApi` and C prototype of the functions in use. Source: include/onnxruntime/core/session/
 * onnxruntime_c_api.h of ONNX Runtime 1.30; positions never change, new functions are appended. The prototypes have no
 * names, because koffi wants each name once in a process.
 */
const functions = {
  GetErrorMessage: [2, "const char *(void *status)"],
  CreateEnv: [3, "void *(int severity, const char *id, void *out)"],
  CreateSessionFromArray: [8, "void *(void *env, void *model, size_t n, void *options, void *out)"],
  CreateSessionOptions: [10, "void *(void *out)"],
  DisableMemPattern: [17, "void *(void *options)"],
  SetSessionLogSeverityLevel: [22, "void *(void *options, int severity)"],
  SetSessionGraphOptimizationLevel: [23, "void *(void *options, int level)"],
  SetIntraOpNumThreads: [24, "void *(void *options, int threads)"],
  CreateTensorWithDataAsOrtValue: [
    49,
    "void *(void *memory, void *data, size_t bytes, int64_t *shape, size_t rank, int type, void *out)",
  ],
  CreateCpuMemoryInfo: [69, "void *(int allocator, int type, void *out)"],
  ReleaseStatus: [93, "void (void *status)"],
  ReleaseSession: [95, "void (void *session)"],
  ReleaseValue: [96, "void (void *value)"],
  ReleaseSessionOptions: [100, "void (void *options)"],
  AddSessionConfigEntry: [130, "void *(void *options, const char *key, const char *value)"],
  RunWithBinding: [133, "void *(void *session, void *options, void *binding)"],
  CreateIoBinding: [134, "void *(void *session, void *out)"],
  ReleaseIoBinding: [135, "void (void *binding)"],
  BindInput: [136, "void *(void *binding, const char *name, void *value)"],
  BindOutput: [137, "void *(void *binding, const char *name, void *value)"],
} as const;

type Argument = Pointer | number | string | ArrayBufferView | null;

/** A call gives a status (null is success) except where noted. Types of arguments are those of the prototypes above. */
type OrtFunctions = Record<keyof typeof functions, (...args: Argument[]) => Pointer | null>;

export interface OrtApi extends Omit<OrtFunctions, "GetErrorMessage" | "RunWithBinding"> {
  GetErrorMessage(status: Pointer): string;
  RunWithBinding: RunWithBinding;
}

interface RunWithBinding {
  (session: Pointer, options: null, binding: Pointer): Pointer | null;
  /** The same on another thread; `done` is called on this one. */
  async(
    session: Pointer,
    options: null,
    binding: Pointer,
    done: (error: Error | null, status: Pointer | null) => void,
  ): void;
}

/**
 * Bytes of stack. Koffi calls on stacks of its own, by default of 2 MiB and off the thread 128 KiB, of which one matrix
 * product of ONNX Runtime takes more than half; it is built for the 8 MiB of a thread. Pages are touched when used.
 */
const STACK = 8 * 2 ** 20;

/** Koffi unloads a library whose handle is collected, under the feet of the functions taken from its table. */
const handles = new Map<string, LibraryHandle>();

/** Opens the shared library at `path`. Throws `EngineUnavailableError` when it cannot be used. */
export function loadOrt(path: string): OrtApi {
  const [getApi, getVersion] = koffi.decode(openBase(path), "void *", 2) as [Pointer, Pointer];
  assertVersion(koffi.decode(getVersion, koffi.proto("const char *()"))());
  const table: Pointer[] = koffi.decode(
    koffi.decode(getApi, koffi.proto("void *(uint32_t)"))(API_VERSION),
    "void *",
    Math.max(...Object.values(functions).map(([index]) => index)) + 1,
  );
  const entries = Object.entries(functions).map(([name, [index, prototype]]) => [
    name,
    koffi.decode(table[index], koffi.proto(prototype)),
  ]);
  return Object.fromEntries(entries);
}

function openBase(path: string): Pointer {
  try {
    // Only before the first library of the process is loaded.
    if (koffi.config().async_stack_size !== STACK) koffi.config({ sync_stack_size: STACK, async_stack_size: STACK });
    const library = handles.get(path) ?? koffi.load(path);
    handles.set(path, library);
    return library.func("OrtGetApiBase", "void *", [])();
  } catch (error) {
    throw new EngineUnavailableError(
      `native engine: expected ONNX Runtime at ${path}, got "${oneLine((error as Error).message)}"; reinstall onnxruntime-node`,
    );
  }
}

/** Refuses every version but the tested one: in-place outputs are an observed property of it, not a promise. */
export function assertVersion(version: string): void {
  if (version !== ORT_VERSION)
    throw new EngineUnavailableError(
      `native engine: expected ONNX Runtime ${ORT_VERSION}, got ${version}; install onnxruntime-node@${ORT_VERSION}`,
    );
}

/** Throws `engineFailure` with ONNX Runtime's own words when `status` is a failure. */
export function check(api: OrtApi, status: Pointer | null, isOurs?: IsOurs): void {
  if (!status) return;
  const failure = engineFailure(api.GetErrorMessage(status), isOurs);
  api.ReleaseStatus(status);
  throw failure;
}

/** What `make` stores in the pointer that it is given. */
export function created(api: OrtApi, make: (out: BigUint64Array) => Pointer | null): Pointer {
  const out = new BigUint64Array(1);
  check(api, make(out));
  return out[0]!;
}
