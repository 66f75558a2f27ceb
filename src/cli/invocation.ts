import { basename, delimiter, dirname, relative, resolve } from "node:path";
import { quote } from "../session/command.ts";

/** How this process was called, for the command lines that it prints. */
export interface Invocation {
  /** What a shell calls the program by. */
  readonly program: string;
  /** What followed, without passwords of addresses: command lines are printed and written into pages. */
  readonly words: readonly string[];
}

let told: Invocation | undefined;

/** How this process was called; a library that prints commands calls them by the program's name. */
export function invocation(): Invocation {
  if (told) return told;
  const [, script, ...words] = process.argv;
  const isOurs = script !== undefined && basename(script).startsWith("batchscope");
  return isOurs
    ? { program: programName(script, process.env, process.cwd()), words: words.map(withoutPassword) }
    : { program: process.env.BATCHSCOPE_PROGRAM || "batchscope", words: [] };
}

/** From now on command lines are printed as of this call; as of the process's own where it is undefined. */
export function invoked(called: Invocation | undefined): void {
  told = called;
}

/** `redis://user:password@host` as `redis://user@host`: the password of a repeated command comes by the environment. */
export function withoutPassword(word: string): string {
  return word.replace(/(rediss?:\/\/)([^:@\s]*):\S*@/gi, (_, scheme: string, user: string) =>
    user === "" ? scheme : `${scheme}${user}@`,
  );
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What runs a package's programs, by how it presents itself (`npm_config_user_agent`). */
const runners: readonly (readonly [RegExp, string])[] = [
  [/^pnpm\//, "pnpm exec batchscope"],
  [/^yarn\//, "yarn batchscope"],
  [/^bun\//, "bunx batchscope"],
  [/./, "npx batchscope"],
];

/**
 * What to call the program by in the folder `cwd`: `BATCHSCOPE_PROGRAM` where it is set; `npx batchscope` under npm,
 * and likewise under its kin; `batchscope` where PATH has the link that was run; else the link, or `node` and the
 * script, by their paths.
 */
export function programName(script: string | undefined, environment: Environment, cwd: string): string {
  const { BATCHSCOPE_PROGRAM: told, npm_config_user_agent: agent, PATH = "" } = environment;
  if (told) return told;
  if (agent) return runners.find(([runner]) => runner.test(agent))![1];
  if (script === undefined) return "batchscope";
  const path = resolve(cwd, script);
  const from = relative(cwd, path);
  const short = quote(from === "" || from.startsWith("../..") || from.length > path.length ? path : from);
  if (!basename(path).startsWith("batchscope") || /\.[cm]?js$/.test(path)) return `node ${short}`;
  return PATH.split(delimiter).some((folder) => folder !== "" && resolve(folder) === dirname(path))
    ? "batchscope"
    : short;
}
