import type * as sqlite from "node:sqlite";

/** Of Node 22 on. An import of what an older one lacks would end before it is told so (`requireNode`). */
export const { DatabaseSync } = process.getBuiltinModule("node:sqlite");

export type DatabaseSync = sqlite.DatabaseSync;
