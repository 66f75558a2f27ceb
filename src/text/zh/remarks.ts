/** The remarks of an inspection, which keeps them in English as `inspection/remarks.ts` writes them. */
const remarks: readonly (readonly [RegExp, string])[] = [
  [/^examples are windows that may overlap: .*$/, "样本是可能相互重叠的窗口：模型可能用它所判断样本的相邻窗口训练过"],
  [
    /^every fold starts from the weights of (.+): if they were trained .*$/,
    "每一折都从 $1 的权重开始：若该模型用这些数据训练过，则没有样本是未见过的，错误标签也会显得正确",
  ],
  [/^self-influence was not measured: (.+)$/, "未测量自影响：$1"],
  [/^(\d+) of the (\d+) classes have no example among those inspected$/, "$2 个类别中有 $1 个在所检查的数据中没有样本"],
  [
    /^labels not judged, as their models saw fewer than (\d+) other examples of the class: (\d+)$/,
    "有 $2 个标签未作判断：判断它们的模型只见过该类不到 $1 个其他样本",
  ],
  [
    /^the models disagree with (\d+) % of the labels that they have not seen, .*$/,
    "模型与 $1 % 的未见标签不一致，多于看来有误的标签：对于模型难以区分的类别，可疑标签列得少，会漏掉错误；增加 --epochs 或换用其他 --model 也许能发现更多",
  ],
];

/** A remark in Chinese; one that is not known here stays as it is. */
export function remarkInChinese(remark: string): string {
  return remarks.reduce((text, [english, chinese]) => text.replace(english, chinese), remark);
}
