import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { losses, lossNames } from "../src/model/loss.ts";
import { lossPresetNames, lossPresets } from "../src/model/losses/presets.ts";
import { type LossField, lossFields } from "../src/session/options/lossOptions.ts";

const page = readFileSync(new URL("../docs/losses.md", import.meta.url), "utf8");
const flagOf = (field: LossField) => lossFields[field].flags.split(" ")[0]!;
const row = (name: string) => page.split("\n").find((line) => line.startsWith(`| \`${name}\` |`)) ?? "";

test.each(lossNames)("%s is described with the options that it takes, and no other", (name) => {
  const named = [...row(name).matchAll(/`(--[a-z0-9-]+)/g)].map(([, flag]) => flag);
  expect(row(name)).not.toBe("");
  expect(new Set(named)).toEqual(new Set(losses[name].options.map(flagOf)));
});

test.each(lossPresetNames)("the preset %s is described as it is", (name) => {
  const { loss, options } = lossPresets[name];
  const flags = Object.entries(options).map(([field, value]) => `${flagOf(field as LossField)} ${value}`);
  const what = row(name).split(" | ")[1];
  expect(what).toBe(`\`${loss}\` with \`${flags.join(" ")}\``);
});
