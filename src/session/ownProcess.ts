import { type Child, type ChildEnd, type ChildOptions, commandLine, runChild } from "./childRun.ts";
import { TASK_WORD, type Task, type TaskMessage } from "./task.ts";

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
