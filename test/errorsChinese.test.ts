import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { needless } from "../src/cli/spellings.ts";
import { trainFields } from "../src/session/options/options.ts";
import { notesEnglish } from "../src/text/en/notes.ts";
import { errorTranslator } from "../src/text/errors.ts";
import { said as sayWords } from "../src/text/words.ts";
import { errorsChinese } from "../src/text/zh/errors.ts";
import { tryHere, tryIn } from "./cli/inProcess.ts";
import { errorTemplates, readSources, sentencesOf } from "./errorTemplates.ts";
import type { Template } from "./sentences.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { messages, phrases } = errorsChinese;

const sources = readSources(join(root, "src"));
const commander = readSources(join(root, "node_modules/commander/lib"));
/** The sentences of the system and of commander have a word before them. */
const said = [...sentencesOf(commander)].map((text) =>
  text.replace(/^error: |^\n/g, (start) => (start === "\n" ? " " : "")),
);

/** Faults of ours stay English, as nobody but us can mend them; so does what is only names. */
const isSaid = ({ text }: Template) => !text.startsWith("internal: ") && /[a-z]/.test(text.replace(/\{\d+\}/g, ""));

/** What stops a program is not printed. */
const isPrinted = ({ text }: Template) => !text.startsWith("stopped by ");

const templates = errorTemplates(sources).filter((one) => isSaid(one) && isPrinted(one));
const isWhole = ({ text }: Template) => text.includes("expected ");

/** What may stand in the holes of a template, whatever stands in the holes of that. */
const inner = (template: Template): Template[] => template.words.flat().flatMap((one) => [one, ...inner(one)]);
const put = [
  ...new Map(
    templates
      .flatMap(inner)
      .filter(isSaid)
      .map((one) => [one.text, one]),
  ).values(),
];

const holes = (line: string) =>
  [...line.matchAll(/\{(\d+)(\*?)\}/g)].map(([, number, star]) => [Number(number), star] as const);

/** Two words or more that are no fields and no quotation. */
const isPhrase = ({ text }: Template) =>
  text.includes(" ") &&
  (text.replace(/\{[^}]*\}|"[^"]*"|`[^`]*`/g, "").match(/(?<![\w./-])[a-z]+(?![\w./-]*[\w/])/g) ?? []).length > 1;

/** As one writes it into a file of `src/text/zh/errors/`. */
const entry = (text: string, place = "") => `${JSON.stringify(text)}: "",${place && ` // ${place}`}`;

test("every error has a Chinese line", () => {
  const missing = templates.filter((one) => isWhole(one) && !Object.hasOwn(messages, one.text));
  expect(missing.map(({ text, place }) => entry(text, place))).toEqual([]);
});

test("so have the words that errors put into their sentences, unless they are one word, which may be a name", () => {
  const reasons = templates.filter((one) => !isWhole(one) && !Object.hasOwn(messages, one.text));
  const words = [...reasons, ...put.filter((one) => !Object.hasOwn(messages, one.text))];
  const missing = words.filter((one) => isPhrase(one) && !Object.hasOwn(phrases, one.text));
  expect(missing.map(({ text }) => entry(text))).toEqual([]);
});

test("where words may come in, the Chinese line has them said in Chinese too, or does without", () => {
  const isKnown = ({ text }: Template): boolean => Object.hasOwn(phrases, text) || Object.hasOwn(messages, text);
  const verbatim = [...templates, ...put].flatMap(({ text, words }) =>
    holes(messages[text] ?? phrases[text] ?? "")
      .filter(([number, star]) => star === "" && (words[number] ?? []).some(isKnown))
      .map(
        ([number]) =>
          `${text}: {${number}*} is ${words[number]!.filter(isKnown)
            .map((one) => one.text)
            .join(" or ")}`,
      ),
  );
  expect(verbatim).toEqual([]);
});

test("every line is of an error that there is", () => {
  const found = new Set([...templates, ...put].map(({ text }) => text));
  // A remark repeats an error without what to do.
  const clauses = new Set([...found].map((text) => text.split("; ")[0]!));
  const inSources = new Set([
    // What lists are joined by.
    "{0} or {1}",
    // How a trial ended, which its words put into errors.
    sayWords({ kind: "stopped" }, notesEnglish.trial),
    sayWords({ kind: "overLimit" }, notesEnglish.trial),
    sayWords({ kind: "exit", code: 0 }, notesEnglish.trial).replace("0", "{0}"),
    ...sentencesOf(sources),
    ...said,
    ...said.map((text) => `${text} {${holes(text).length}}`),
  ]);
  /** Words that are put behind an error, without it. */
  const behind = (text: string) =>
    text
      .replace(/^\{0\}(?= \()/, "")
      .replace(/\{(\d+)\}/g, (hole, number) => (text.startsWith("{0} (") ? `{${number - 1}}` : hole));
  const dead = Object.keys({ ...messages, ...phrases }).filter(
    (text) =>
      ![text, `expected ${text}`, behind(text)].some((one) => found.has(one) || clauses.has(one) || inSources.has(one)),
  );
  expect(dead).toEqual([]);
});

test("a Chinese line has no hole that the English one has not, is Chinese and ends as lines do", () => {
  for (const [english, line] of Object.entries({ ...messages, ...phrases })) {
    const known = holes(english).map(([number]) => number);
    expect(known, english).toEqual(known.map((_, i) => i));
    expect(
      holes(line).filter(([number]) => !known.includes(number)),
      english,
    ).toEqual([]);
    expect(line, english).not.toMatch(/[。.]$|undefined/);
  }
  const ofOthers = ["`arm` {0}: {1}"];
  for (const [english, line] of Object.entries(messages))
    if (!ofOthers.includes(english)) expect(line, english).toMatch(/\p{Script=Han}/u);
});

test("no line is there twice", () => {
  expect(Object.keys(messages).filter((text) => Object.hasOwn(phrases, text))).toEqual([]);
});

/** Command lines that are refused: the code, what remains as it was written, and what is said. */
const refused: readonly (readonly [line: string, code: number, kept: readonly string[], said: RegExp])[] = [
  ["train --modle x", 2, ["--modle", "--model"], /未知的选项/],
  ["train --lr 1", 2, ["--lr"], /未知的选项/],
  ["runs show one two", 2, ["show"], /参数过多/],
  ["trian", 2, ["trian"], /未知的命令/],
  ["export run --format x", 2, ["--format", "onnx"], /不能为“x”/],
  ["train --model mlp --data iris --epochs 0", 2, ["--epochs", "0"], /应为至少 1 的整数/],
  ["train --model mlp --data iris --epochs 1e12", 2, ["--epochs"], /应至多为/],
  ["train --model mlp --data iris --optimizer adamm", 2, ["--optimizer", "adam"], /您是否要写“adam”？/],
  ["train --model mlp --data nowhere.csv", 4, ["--data", "nowhere.csv"], /不存在/],
  ["train --model mlp --data short.csv --target b", 1, ["short.csv:3", "2", "3"], /应与第一行一样有 2 个单元格/],
  ["train --model mlp --data text.csv --target y", 1, ["text.csv:3", "“b”", "--drop"], /应与另外 \d+ 行一样为数值/],
  ["train --model lenet --data iris", 2, ["lenet"], /应为 \[通道, 高, 宽\]/],
  ["train --model mlp --data iris --config bad.yaml", 2, ["bad.yaml:1", "epochz", "epochs"], /应为已知的选项/],
  ["runs show nothing --dir nowhere", 4, ["nothing", "--dir"], /一个运行也没有/],
  ["verify --model mlp --data iris --batch-size 1000 --gradient-accumulation-steps 2", 2, ["--batch-size"], /应至多/],
];

test.each(refused)("%s is refused in Chinese", async (line, code, kept, chinese) => {
  const folder = mkdtempSync(join(tmpdir(), "batchscope-errors-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "short.csv"), "a,b\n1,2\n1,2,3\n");
  writeFileSync(join(folder, "text.csv"), `a,y\n1,2\nb,2\n${"3,1\n5,2\n".repeat(9)}`);
  writeFileSync(join(folder, "bad.yaml"), "epochz: 3\n");
  const { code: given, text } = await tryIn(folder, ...line.split(" "), "--lang", "zh");
  expect(given, text).toBe(code);
  expect(text).toMatch(/^batchscope: error: [^\n]+$/);
  expect(text).toMatch(chinese);
  for (const word of kept) expect(text).toContain(word);
  expect(text).not.toMatch(/expected|, got|[a-z]{3,} [a-z]{2,} [a-z]{2,}/);
});

/** What every option expects, where an error says it: most say it in a way that is read from their schema alone. */
test.each(Object.entries(trainFields))("what %s expects is said in Chinese", (name, { expects }) => {
  const flag = `--${name}`;
  for (const message of [
    `${flag}: expected ${expects}, got "odd"; change it or leave it out`,
    `${flag}: expected ${expects} for the schedule step, got nothing; pass ${flag}`,
  ])
    expect(errorTranslator(errorsChinese)(message)).not.toMatch(/expected|, got|[a-z]{2,} [a-z]{2,} [a-z]{2,}/);
});

test("which run latest is, is said behind an error", () => {
  const said = errorTranslator(errorsChinese)(
    '--rows: expected a whole number of at least 2, got "1"; change it (latest is x)',
  );
  expect(said).toBe("--rows：应为至少 2 的整数，实际为“1”；请更改（latest 即 x）");
});

test.each([
  [{ kind: "stopped" }, "超过上限时被终止"],
  [{ kind: "signal", signal: "SIGKILL" }, "被 SIGKILL 终止"],
  [{ kind: "exit", code: 134 }, "退出码 134"],
  [{ kind: "said", words: "--epochs: expected a whole number of at least 1, got 0; change it" }, "--epochs：应为"],
] as const)("how a trial ended, %j, is said in Chinese inside an error too", (end, chinese) => {
  for (const error of [
    "profile: expected a batch size that can be measured, got a training that failed: {}; allow more memory, take smaller sizes, or see what train says",
    "findMicroBatch: expected one example to be trained on, got: {}; try train first",
  ]) {
    const line = errorTranslator(errorsChinese)(error.replace("{}", sayWords(end, notesEnglish.trial)));
    expect(line).toContain(chinese);
    expect(line).not.toMatch(/[a-z]{3,} [a-z]{2,}/);
  }
});

test("an error is English again for who reads English", async () => {
  const { text } = await tryHere("train", "--model", "mlp", "--data", "iris", "--epochs", "0");
  expect(text).toMatch(/^batchscope: error: --epochs: expected a whole number/);
});

test("why an option of other tools is not needed is said in Chinese", () => {
  expect(Object.keys(needless).filter((reason) => !Object.hasOwn(phrases, reason))).toEqual([]);
});
