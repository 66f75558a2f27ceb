import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  "src/README.md",
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

test.each(pages)("every relative link of %s leads somewhere", (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);
  const local = links.filter((link) => !/^[a-z]+:/.test(link));
  expect(local.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
});

test("what the package has leads only to what it has, or to the web", () => {
  const { files } = JSON.parse(read("package.json")) as { readonly files: readonly string[] };
  const isPacked = (path: string) => files.some((entry) => path === entry || path.startsWith(`${entry}/`));
  const packed = [
    ...pages.filter(isPacked),
    ...readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
      .map((name) => `examples/${name.replaceAll("\\", "/")}`),
  ];
  const out = packed.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
      .map((match) => match[1]!)
      .filter(
        (link) =>
          !/^[a-z]+:/.test(link) && !isPacked(join(dirname(page), link).replaceAll("\\", "/").replace(/\/$/, "")),
      )
      .map((link) => `${page}: ${link}`),
  );
  expect(packed.length).toBeGreaterThan(20);
  expect(out).toEqual([]);
});

test("docs/README.md leads to every page of docs/", () => {
  const index = read("docs/README.md");
  const all = pages.filter((page) => /^docs\/(?!README)/.test(page)).map((page) => page.slice("docs/".length));
  expect(all.filter((page) => !index.includes(`](${page})`))).toEqual([]);
});

test("docs/dependencies.md has a row for whatever is installed", () => {
  const { dependencies, optionalDependencies } = JSON.parse(read("package.json"));
  const [table = ""] = read("docs/dependencies.md").split("Written here");
  const names = Object.keys({ ...dependencies, ...optionalDependencies });
  const short = (name: string) => name.replace(/^hyparquet-/, "-");
  expect(names.filter((name) => !table.includes(`\`${short(name)}\``))).toEqual([]);
});

describe("docs/bibliography.md", () => {
  const bibliography = read("docs/bibliography.md");
  const rows = bibliography.split("\n").filter((line) => /^\| [^-]/.test(line));
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => `src/${name}`);
  const texts = [...sources, ...pages.filter((page) => page !== "docs/bibliography.md")].map((path) => ({
    path,
    text: read(path).replace(/\n\s*\*? ?/g, " "),
  }));

  test("holds every paper of arXiv that code and documents cite", () => {
    const cited = texts.flatMap(({ path, text }) =>
      [...text.matchAll(/arXiv:? ?(\d{4}\.\d{4,5})/gi)].map((match) => `${match[1]} in ${path}`),
    );
    expect(cited.length).toBeGreaterThan(50);
    expect(cited.filter((one) => !bibliography.includes(`arXiv:${one.split(" ")[0]}`))).toEqual([]);
  });

  test("holds every work of several authors that is cited by name and year", () => {
    const several = /\b([A-Z]\p{L}+)(?:,? et al\.| (?:and|&) (?:Van )?[A-Z]\p{L}+),? \(?((?:19|20)\d\d)/gu;
    const cited = texts.flatMap(({ path, text }) =>
      [...text.matchAll(several)].map(({ 1: author, 2: year }) => ({ author: author!, year: year!, path })),
    );
    expect(cited.length).toBeGreaterThan(50);
    const missing = cited.filter(
      ({ author, year }) => !rows.some((row) => row.includes(author) && new RegExp(`\\b${year}\\b`).test(row)),
    );
    expect(missing).toEqual([]);
  });

  test("lists each work once, in order", () => {
    const keys = rows.slice(1).map((row) => row.slice(2).replace("van der ", "").toLowerCase());
    expect(keys).toEqual([...new Set(keys)].sort());
  });
});

test("docs/glossary.md gives each English term once, in order, with a Chinese one and a meaning", () => {
  const rows = read("docs/glossary.md")
    .split("\n")
    .filter((line) => /^\| [^-]/.test(line))
    .slice(1)
    .map((row) =>
      row
        .replaceAll("\\|", "¦")
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows.length).toBeGreaterThan(50);
  expect(rows.filter((cells) => cells.length !== 3 || cells.some((cell) => cell === ""))).toEqual([]);
  expect(rows.filter(([, chinese]) => !/\p{Script=Han}|Adam/u.test(chinese!))).toEqual([]);
  const terms = rows.map(([english]) => english!.toLowerCase());
  expect(terms).toEqual([...new Set(terms)].sort());
});
