import type { statusesEnglish } from "../en/statuses.ts";

/** How runs stand. */
export const statusesChinese: typeof statusesEnglish = {
  running: "进行中",
  finished: "已完成",
  interrupted: "已中断",
  diverged: "已发散",
  failed: "失败",
  lost: "已失联",
};
