import type { SessionText } from "../en/session.ts";
import { errorInWords } from "../errorWords.ts";
import { trainingFindingsChinese } from "./trainingFindings.ts";

/** What is said of a run while it trains, in Chinese. */
export const sessionChinese: SessionText = {
  found: trainingFindingsChinese,
  copy: {
    starts: (copy, of) => `第 ${copy} 份模型（共 ${of} 份）开始训练`,
    goesOn: (copy, of) => `第 ${copy} 份模型（共 ${of} 份）继续训练`,
    finished: (copy, of, loss, accuracy) =>
      `第 ${copy} 份模型（共 ${of} 份）：验证损失 ${loss}${accuracy === null ? "" : `，准确率 ${accuracy}`}`,
    failed: (copy, why) => `第 ${copy} 份模型失败：${errorInWords(why)}`,
  },
};
