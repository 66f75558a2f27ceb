import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Entry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));
const packages: [string, Entry][] = Object.entries<Entry>(read("package-lock.json").packages).filter(
  ([path]) => path !== "",
);

test("every locked package has a SHA-512: nothing else that a registry may send is installed", () => {
  const without = packages.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ""));
  expect(without.map(([path]) => path)).toEqual([]);
});

test("no package comes from anywhere but a registry", () => {
  expect(packages.filter(([, { link, version }]) => link || !/^\d+\.\d+\.\d+/.test(version ?? ""))).toEqual([]);
  const elsewhere = packages.filter(
    ([, { resolved }]) => resolved && !resolved.startsWith("https://registry.npmjs.org/"),
  );
  expect(elsewhere.map(([path]) => path)).toEqual([]);
});

test("dependencies are pinned exactly, but for type declarations", () => {
  const { dependencies, devDependencies, optionalDependencies } = read("package.json");
  const ranges = Object.entries<string>({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(ranges.filter(([name, range]) => !/^\d+\.\d+\.\d+(-\d+)?$/.test(range) && name !== "@types/node")).toEqual([]);
});
