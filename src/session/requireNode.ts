import { EngineUnavailableError } from "../tensor/errors.ts";

/** The Node that has all that is used here, Float16Array and SQLite among it; `bin/batchscope.js` looks for it. */
const NEEDED = 24;

const { node } = process.versions;
if (Number.parseInt(node, 10) < NEEDED)
  throw new EngineUnavailableError(
    `batchscope: expected Node ${NEEDED} or newer, got ${node}; run the program with it (npx -p node@${NEEDED} node program.js), or install it`,
  );
