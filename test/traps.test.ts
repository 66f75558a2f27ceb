import { expect, test } from "vitest";
import { probeOperator } from "../scripts/traps/campaign.ts";

/**
 * A share of `npm run test:traps`: the operator whose least integer, divided by -1, ends a process that is not guarded.
 */
test("an operator that traps is refused in its process, which lives", async () => {
  const { deaths, runs, refused } = await probeOperator("native", "Mod");
  expect(deaths).toEqual([]);
  expect(runs).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(0);
});

test.runIf(process.platform === "linux")(
  "a process that dies is told with what it did, and the next goes on",
  async () => {
    const { deaths } = await probeOperator("dying", "Abs");
    expect(deaths).toHaveLength(5);
    expect(new Set(deaths.map(({ about }) => about)).size).toBe(5);
    expect(deaths[0]).toMatchObject({ engine: "dying", about: expect.stringMatching(/^Abs, .*: load$/), by: "SIGFPE" });
  },
);
