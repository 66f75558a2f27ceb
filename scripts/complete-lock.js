// Adds to package-lock.json the prebuilt packages of other platforms that npm left out because the registry it was
// written against did not carry them. Without them `npm ci` refuses the file, here and on those platforms.
// Run from the root after each `npm install` that changes the lock: node scripts/complete-lock.js
import { readFileSync, writeFileSync } from "node:fs";

const systems = ["android", "darwin", "freebsd", "linux", "win32"];
const libraries = { gnu: "glibc", gnueabihf: "glibc", musl: "musl" };

/** `@biomejs/cli-linux-x64-musl` → where npm installs it: { os: ["linux"], cpu: ["x64"], libc: ["musl"] }. */
function platformOf(name) {
  const words = name.split("-");
  const at = words.findIndex((word) => systems.includes(word));
  if (at < 0) throw new Error(`${name}: expected a platform in the name; add its entry to package-lock.json by hand`);
  const [os, cpu, abi] = words.slice(at);
  // Without a suffix a Linux package means glibc where its -musl twin exists, as both of ours do.
  const libc = os === "linux" ? [libraries[abi ?? "gnu"] ?? "glibc"] : undefined;
  return { os: [os], cpu: [cpu], ...(libc && { libc }) };
}

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const added = [];
for (const { dev, optionalDependencies = {} } of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`;
    // A range (an optional peer, say) names no version to lock; npm checks only the exact ones.
    if (lock.packages[path] || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    lock.packages[path] = { version, ...(dev && { dev }), optional: true, ...platformOf(name) };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added.length} packages added`);
