// Adds to package-lock.json the prebuilt packages of other platforms that npm left out because the registry it was
// written against did not carry them, and the checksums that are missing. Without the former `npm ci` refuses the file,
// here and on those platforms; without the latter it would install whatever the registry sends.
// Run from the root after each `npm install` that changes the lock: node scripts/complete-lock.js
import { execFileSync } from "node:child_process";
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
/** The registry's SHA-512 of a package; throws where it has none, since a lock without it locks nothing. */
function checksumOf(name, version) {
  const said = execFileSync("npm", ["view", `${name}@${version}`, "dist.integrity"], { encoding: "utf8" }).trim();
  if (!said.startsWith("sha512-"))
    throw new Error(
      `${name}@${version}: expected the checksum sha512-…, got "${said}"; try again with another registry`,
    );
  return said;
}

const completed = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === "" || entry.link || entry.integrity) continue;
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const { version, ...rest } = entry;
  lock.packages[path] = { version, integrity: checksumOf(name, version), ...rest };
  completed.push(name);
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added.length} packages and ${completed.length} checksums added`);
