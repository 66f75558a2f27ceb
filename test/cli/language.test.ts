import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { batchscope, document, scratch, writeImages } from "./harness.ts";

const scene = scratch();
writeImages(join(scene, "images"), 1);
afterAll(() => rmSync(scene, { recursive: true }));

const run = (command: string, env: Record<string, string> = {}) =>
  batchscope(command.split(" "), { cwd: scene, env: { BATCHSCOPE_DIR: join(scene, "store"), ...env } });

const training = "train --model mlp --data images --batch-size 8 --epochs 1 --checkpoint-every 1";
/** Words of more than three Latin letters that are names, and may stand in a Chinese text. */
const names = /images|batchscope|analyze|checkpoint|latest|runs\/\S+|rates\.\w+|store|auto|\/\S+|\d{8}-\S+|MiB|--\S+/g;
const english = (text: string) =>
  text
    .replaceAll(/`[^`]*`/g, "")
    .replace(names, "")
    .match(/[A-Za-z]{4,}/g) ?? [];

test("training, its analysis and the searches end with Chinese words where --lang or the locale says so", async () => {
  const trained = await run(`${training} --lang zh`);
  expect([trained.code, english(trained.stdout)]).toEqual([0, []]);
  expect(trained.stdout).toMatch(
    /^批次：.*\n训练：.*\n\n类别 +精确率 +召回率 .*\n(.*\n)*验证：损失 .*\n(训练中的噪声尺度.*\n)?每秒 \d+ 个微批次；运行用时 .*\n/,
  );
  expect(trained.stderr).toMatch(/第 \d 轮验证：损失 0\.\d{4}，准确率/);
  const analyzed = await run("analyze latest --rows 4 --batch-size 4 --by-layer", { LC_ALL: "zh_CN.UTF-8" });
  expect([analyzed.code, analyzed.stdout]).toEqual([0, expect.stringMatching(/^批次：(.*\n)+轮次 +步数 .*\n/)]);
  expect(analyzed.stdout).toMatch(/^层 +参数个数 +\|G\|² +占比/m);
  expect(analyzed.stdout).toMatch(/^图片 {2}\/.*\n数值 {2}\/.*\n报告 {2}\//m);
});

test("lr-find says its table and why, and its document is the same in every language", async () => {
  const flags = "lr-find --model mlp --data images --sweep linear --from 1e-9 --to 1e-8 --rates 20";
  const [said, chinese, plain] = await Promise.all([
    run(`${flags} --lang zh --plot rates`),
    run(`${flags} --lang zh --json`),
    run(`${flags} --json`),
  ]);
  expect([said.code, english(said.stdout)]).toEqual([0, []]);
  expect(said.stdout).toMatch(/^学习率：.*\n\n种子 +学习率个数 +下降最快处 .*\n/);
  expect(said.stdout).toMatch(/\n没有建议：3 次扫描中只有 0 次显出损失在何处下降/);
  expect(existsSync(join(scene, "rates.png"))).toBe(true);
  expect(document(chinese)).toEqual(document(plain));
});
