import type { Dataset } from "../../data/dataset.ts";
import { dataSources, isInstalled, knownName, listSubsets, type OpenData, openData } from "../../data/registry.ts";
import { columnsWithoutTarget } from "../../data/tableAt.ts";
import { dataOptionsOf } from "../../session/options/sequenceOptions.ts";
import { targetRuleOf } from "../../session/options/targetRule.ts";
import { storeDirectory } from "../../store/storeDirectory.ts";
import { errorInWords } from "../../text/errorWords.ts";
import { whole } from "../../text/format.ts";
import { printable } from "../../text/printable.ts";
import { inFlags } from "../inFlags.ts";
import type { Choice } from "../terminal/listQuestion.ts";
import { fittingModels } from "./fittingModels.ts";
import { lacking, type Values } from "./needs.ts";
import { dataHere, isRefusal, typedPath } from "./ownFiles.ts";
import { type Answers, choose, type Scene, type Step } from "./scene.ts";

/** Bytes that a look at the columns of a table may take. */
const MEMORY = 2 ** 30;

/** Names of classes that are told. */
const MOST_NAMES = 5;

export interface DataStepOptions {
  /** Whether the data are opened, to see what fits them and whether they can be read at all. */
  readonly open?: boolean;
  /** Whether "all" subsets can be asked for. */
  readonly all?: boolean;
  /** Whether the column of a table is asked for that is to be predicted. */
  readonly target?: boolean;
  /** Whether the command has data at all. */
  needed?(known: Values): boolean;
}

/** Which data, and which part of them. */
export function dataStep({ open = false, all = false, target = true, needed = () => true }: DataStepOptions): Step {
  return {
    fields: ["data", "subset", ...(target ? ["target"] : [])],
    async ask(scene) {
      const { known, conversation } = scene;
      if (!needed(known) || (known.data === undefined && !lacking(scene.command, known).includes("data"))) return {};
      for (;;) {
        const data = (known.data as string | undefined) ?? (await askData(scene));
        try {
          return await askPart(scene, data, { open, all, target });
        } catch (error) {
          // What was given by a flag is refused as ever.
          if (known.data !== undefined || !isRefusal(error)) throw error;
          conversation.say(printable(inFlags(errorInWords(error.message))));
        }
      }
    },
  };
}

/** Whether a path leads to several sets, one of which must be chosen: own data have no whole then. */
export async function isFolderOfSets(data: string, { configuration, known }: Pick<Scene, "configuration" | "known">) {
  if (knownName(data) !== undefined) return false;
  try {
    return (await listSubsets(data, dataOptionsOf(configuration(known)))).length > 0;
  } catch (error) {
    // The command says it itself.
    if (isRefusal(error)) return false;
    throw error;
  }
}

async function askPart(scene: Scene, data: string, { open, all, target }: DataStepOptions): Promise<Answers> {
  const known = { ...scene.known, data };
  const options = dataOptionsOf(scene.configuration(known));
  const subsets = await listSubsets(data, options);
  const isWhole = knownName(data) !== undefined;
  const given = scene.known.subset as string | undefined;
  const subset = given ?? (subsets.length === 0 ? "" : await askSubset(scene, data, { subsets, isWhole, all }));
  const one = subset === "all" ? subsets[0] : subset || undefined;
  const column = target ? await askColumn(scene, { ...known, subset: one }) : {};
  const answers = {
    ...(scene.known.data === undefined && { data }),
    ...(subset !== "" && !given && { subset }),
    ...column,
  };
  if (!open) return answers;
  const configuration = scene.configuration({ ...known, ...column });
  scene.opened = await openData(data, {
    subset: one,
    ...dataOptionsOf(configuration),
    targets: targetRuleOf(configuration),
  });
  if (!isWhole)
    scene.conversation.say(
      openedText(scene, subset === "" || subset === "all" ? data : `${data} ${subset}`, scene.opened),
    );
  return answers;
}

/** The columns of a table of one's own of which one is to be chosen: none says by its name that it is the target. */
export async function openColumns({ known }: Pick<Scene, "known">): Promise<readonly string[]> {
  const { data, subset, target } = known;
  if (target !== undefined || knownName(String(data)) !== undefined) return [];
  try {
    return await columnsWithoutTarget(String(data), subset as string | undefined, MEMORY);
  } catch (error) {
    // What opens it says so itself.
    if (isRefusal(error)) return [];
    throw error;
  }
}

/** Which column is to be predicted, where the table leaves that open: by custom the last one. */
async function askColumn(scene: Scene, known: Values): Promise<Answers> {
  const columns = await openColumns({ known });
  if (columns.length === 0) return {};
  const choices = columns.map((value) => ({ value }));
  return { target: await choose(scene, scene.text.prompts.target, choices, { preset: columns.at(-1) }) };
}

/** What the files were taken for: above all, whether folders are classes or sets of their own. */
function openedText({ text }: Scene, name: string, { train, validation }: OpenData): string {
  const classes = train.target.type === "float32" ? null : train.classes;
  const more = train.classNames.length > MOST_NAMES ? ", ..." : "";
  const names = train.classNames.slice(0, MOST_NAMES).join(", ") + more;
  return printable(
    text.prompts.opened({ name, train: whole(train.size), validation: whole(validation.size), classes, names }),
  );
}

/** Only data that the model takes where it is known, as far as data by name tell it. */
async function askData(scene: Scene): Promise<string> {
  const { text, known, command } = scene;
  const { prompts, commands } = text;
  const rows = Object.entries(dataSources).map(([name, source]) => ({ name, source, there: isInstalled(source) }));
  const wanted = rows.filter(({ source }) => takes(known.model as string | undefined, source.example));
  const choice = ({ name, source, there }: (typeof rows)[number]): Choice => {
    const about = commands.about(name, source.about);
    return { value: name, about: there ? about : `${prompts.install(source.package!)}; ${about}` };
  };
  const own = await dataHere(".", storeDirectory(known.dir as string | undefined));
  const [there, absent] = [wanted.filter((one) => one.there), wanted.filter((one) => !one.there)];
  const choices = [...there.map(choice), ...own.map((value) => ({ value, about: prompts.own })), ...absent.map(choice)];
  const preset = there.find(({ name }) => name === PROPOSED)?.name ?? choices[0]?.value;
  const free = (typed: string) => ({
    value: typedPath(typed),
    label: prompts.newRow(typedPath(typed)),
    about: prompts.file,
  });
  return choose(scene, command === "train" ? prompts.data : prompts.dataFor(command.replace(/ run$/, "")), choices, {
    preset,
    free,
  });
}

/** Small enough to be learned in seconds, by any model for tables. */
const PROPOSED = "iris";

type Example = { readonly type: string; readonly shape: readonly number[] } | undefined;

/** Whether a model by name takes such examples; any other model may. */
function takes(model: string | undefined, example: Example): boolean {
  if (model === undefined || example === undefined || model.endsWith(".onnx")) return true;
  const data = { inputs: [{ name: "x", ...example }], target: { type: "int64", shape: [] }, classes: 2 };
  const base = (name: string) => name.toLowerCase().replace(/:.*/s, "");
  return fittingModels(data as unknown as Dataset).some(({ name }) => base(name) === base(model));
}

interface Parts {
  readonly subsets: readonly string[];
  readonly isWhole: boolean;
  readonly all: boolean | undefined;
}

async function askSubset(scene: Scene, data: string, { subsets, isWhole, all }: Parts): Promise<string> {
  const { prompts } = scene.text;
  if (!isWhole) scene.conversation.say(printable(prompts.sets(data, subsets.length)));
  const choices = [
    ...(isWhole ? [{ value: "", label: prompts.whole }] : []),
    ...subsets.map((value) => ({ value })),
    ...(all ? [{ value: "all", label: prompts.all }] : []),
  ];
  return choose(scene, isWhole ? prompts.subset : prompts.set, choices);
}
