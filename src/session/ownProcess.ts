import { type Child, type ChildEnd, type ChildOptions, commandLine, runChild } from "./childRun.ts";

/** The word that makes bin/batchscope.js a process for one task instead of the command line. */
export const TASK_WORD = "own-process";

/** A function of a module of ours that runs in a process of its own, and what it is called with. */
export interface Task {
  /** URL of a module that exports a `TaskFunction` as `run`: see `besides`. */
  readonly module: string;
  /** Anything that structured clones can hold. */
  readonly argument: unknown;
}

/** What a task is given beside its argument. */
export interface TaskMeans {
  /** Aborts where the process is to end in order: by a signal, or because its parent is gone. */
  readonly signal: AbortSignal;
  /** Tells the parent something, which structured clones can hold. */
  readonly tell: (event: unknown) => void;
  /** From now on `mark` is called with the reason where an error that nobody catches ends the process. */
  readonly onCrash: (mark: (reason: string) => void) => void;
}

export type TaskFunction<Argument, Result> = (argument: Argument, means: TaskMeans) => Promise<Result>;

/** What a process of a task says over its channel. */
export type TaskMessage =
  | { readonly kind: "event"; readonly event: unknown }
  | { readonly kind: "result"; readonly result: unknown }
  /** One line. */
  | { readonly kind: "error"; readonly message: string };

/** A process that works at a task. */
export interface TaskChild extends Child {
  /** Whether it has given its result, so that nothing but its end is awaited. */
  readonly hasAnswered: () => boolean;
}

export interface TaskOptions<Event> extends Pick<ChildOptions, "program" | "signal"> {
  /** Is told what the task tells. */
  readonly listen?: ((event: Event) => void) | undefined;
  /** Called as the process begins; gives what is called once it has ended. */
  readonly attend?: ((child: TaskChild) => () => void) | undefined;
  /** What Node is started with, in place of the program that runs tasks: for tests. */
  readonly argv?: readonly string[] | undefined;
}

/** How a process of a task ended. */
export interface TaskEnd<Result> extends Omit<ChildEnd, "stdout"> {
  /** Undefined where the task threw, or the process did not come to its end. */
  readonly result: Result | undefined;
  /** What the task threw, on one line; else the last line that the process wrote on stderr, or nothing. */
  readonly lastWords: string;
}

/**
 * Runs a task in a process of its own and gives what became of it: the one way in which work leaves this process. It
 * costs a Node and the modules that the task itself loads, no command line. What it writes on stdout is lost, and it is
 * stopped in order where `signal` aborts or this process ends. Throws what the system says where no process can be
 * started, and what `listen` throws, after the process has been stopped.
 */
export async function runTask<Result, Event = never>(
  { module, argument }: Task,
  { listen, attend = () => () => {}, argv = commandLine([TASK_WORD]), ...options }: TaskOptions<Event> = {},
): Promise<TaskEnd<Result>> {
  let [result, message]: [Result | undefined, string | undefined] = [undefined, undefined];
  let answered = false;
  let thrown: { readonly error: unknown } | undefined;
  let stop = () => {};
  const hear = (told: unknown) => {
    const said = told as TaskMessage;
    if (said.kind === "result") [result, answered] = [said.result as Result, true];
    else if (said.kind === "error") message = said.message;
    else if (said.kind === "event" && !thrown) {
      try {
        listen?.(said.event as Event);
      } catch (error) {
        thrown = { error };
        stop();
      }
    }
  };
  const end = await runChild(argv, {
    ...options,
    message: { module, argument },
    hear,
    attend: (child) => {
      stop = () => child.kill("SIGTERM");
      return attend({ ...child, hasAnswered: () => answered });
    },
  });
  if (thrown) throw thrown.error;
  const { pid, code, by, stderr } = end;
  return { pid, code, by, stderr, result, lastWords: message ?? stderr.trim().split("\n").at(-1)! };
}

/** The URL of the module `name` in the folder of the module `url`, a source of a checkout or what is built of it. */
export function besides(url: string, name: string): string {
  return new URL(`${name}${url.slice(url.lastIndexOf("."))}`, url).href;
}
