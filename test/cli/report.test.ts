import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { batchscope, runsIn, scratch, textOfPage, writeImages } from "./harness.ts";

const scene = scratch();
const images = writeImages(join(scene, "images"), 1);
const small = ["--model", "mlp", "--data", images, "--batch-size", "8", "--checkpoint-every", "1", "--dir", "store"];
const report = (...flags: string[]) => batchscope(["report", "latest", "--dir", "store", ...flags], { cwd: scene });
const read = (name: string) => readFileSync(join(scene, name), "utf8");

beforeAll(() => batchscope(["train", ...small, "--epochs", "2"], { cwd: scene }));
afterAll(() => rmSync(scene, { recursive: true }));

test("a run that was only trained has a report, which says what is missing", async () => {
  const { code, stdout } = await report("--out", "trained.html", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    language: "en",
    report: join(scene, "trained.html"),
    figures: [],
    answer: [{ kind: expect.any(String) }, { kind: expect.any(String) }, { kind: "dataUnexamined" }],
  });
  const html = read("trained.html");
  expect(html).toContain("No checkpoint of this run has been analyzed yet");
  expect(html).toContain("Confusion matrix of the validation data, epoch 2");
  expect(html).toMatch(/<pre>batchscope train [^\n]*\nbatchscope report /);
});

test("a run folder that does not take the page is named, with the way out", async () => {
  const [id] = runsIn(join(scene, "store")) as [string];
  const place = join(scene, "store", "runs", id, "report.html");
  mkdirSync(place);
  const { code, stdout, stderr } = await report();
  rmSync(place, { recursive: true });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(
    /^batchscope: error: --out: expected a run folder that can be written where it is left out, got .*report\.html \(EISDIR\); pass it\n$/,
  );
});

test("the language of the environment is that of the report, and the flag wins", async () => {
  const environment = { BATCHSCOPE_LANG: "zh" };
  await batchscope(["report", "latest", "--dir", "store", "--out", "zh.html"], { cwd: scene, env: environment });
  expect(read("zh.html")).toContain("验证数据的混淆矩阵");
  await batchscope(["report", "latest", "--dir", "store", "--out", "en.html", "--lang", "en"], {
    cwd: scene,
    env: environment,
  });
  expect(read("en.html")).toContain('<html lang="en">');
});

test("an analysis is told in Chinese, and its command stands in the report", async () => {
  const flags = ["--checkpoint", "all", "--rows", "4", "--batch-size", "4", "--lang", "zh", "--dir", "store"];
  const { code, stdout } = await batchscope(["analyze", "latest", ...flags, "--verbose"], { cwd: scene });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^批次：.*\n训练：.*\n数据：/);
  expect(stdout).toMatch(/轮次 +步数/);
  expect(stdout).toContain("噪声尺度是梯度中的噪声与梯度本身同样大时的批次大小");
  const { stdout: told } = await report("--lang", "zh", "--static", "--out", "all.html", "--figures", "figures");
  expect(told).toMatch(/^批次：.*\n训练：.*\n数据：(.*\n)+另有 \d+ 句，加 --verbose 显示。/);
  expect(told).not.toContain("噪声尺度是梯度中的噪声与梯度本身同样大时的批次大小");
  const html = read("all.html");
  expect(html).not.toContain("<script");
  expect(textOfPage(html)).toMatch(/batchscope analyze --run [^\n]* --rows 4 --batch-size 4/);
  const names = readdirSync(join(scene, "figures"));
  for (const name of ["training", "confusion", "gradient_similarities_epoch_1", "gradient_directions_tsne_epoch_2"])
    expect(names).toEqual(expect.arrayContaining([`${name}.png`, `${name}.svg`]));
  expect(read("figures/confusion.svg")).toContain("预测");
});

test("figures for slides have the size, the background and the words that are asked for", async () => {
  const slides = ["--figures", "slides", "--figure-size", "640x360", "--dark", "--title-only", "--out", "slides.html"];
  expect((await report(...slides)).code).toBe(0);
  expect(read("slides/training.svg")).toMatch(/^<svg width="640" height="360" style="background:#16191d"/);
  const png = readFileSync(join(scene, "slides/training.png"));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([640, 360]);
});

test.each([
  [["--figure-size", "640x360"], 2, /--figure-size: expected --figures with it, got none; name the folder/],
  [["--dark"], 2, /--dark: expected --figures with it, got none/],
  [["--title-only"], 2, /--title-only: expected --figures with it, got none/],
  [["--figures", "new", "--figure-size", "9x9"], 2, /between 320 and 8192, got "9x9"; write 1920x1080/],
  [["--figures", "new", "--figure-size", "640"], 2, /got "640"; write/],
  [["--figures", "new", "--figure-size", "9000x400"], 2, /got "9000x400"; write/],
  [["--lang", "de"], 2, /lang/],
  [["--dir", "nowhere"], 4, /nowhere/],
])("%j ends with %i and one line", async (flags, expected, message) => {
  const { code, stderr } = await report(...flags);
  expect(code).toBe(expected);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(message);
  expect(existsSync(join(scene, "report.html"))).toBe(false);
});
