import { expect, test } from "vitest";
import { textIn } from "../../text/text.ts";
import { doubtedGroupTable } from "./inspectTables.ts";

test("groups without a doubted label are counted, not listed", () => {
  const group = (value: string, doubted: number) => ({ column: "town", value, examples: 40, doubted });
  const groups = [group("Rome", 2), ...Array.from({ length: 15 }, (_, i) => group(`t${i}`, 0))];
  const { inspection } = textIn("en");
  const { rows, others } = doubtedGroupTable({ groups }, inspection);
  expect(rows).toEqual([["town", "Rome", "40", "2", "5.0 %"]]);
  expect(inspection.undoubtedGroups(others)).toBe("15 groups have no doubted label");
  expect(inspection.undoubtedGroups(1)).toBe("1 group has no doubted label");
  expect(doubtedGroupTable({ groups: groups.slice(1) }, inspection).rows).toEqual([]);
});
