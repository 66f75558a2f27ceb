/** Why an option of other tools is not needed, in Chinese (`needless` of `cli/spellings.ts`). */
export const needlessPhrases: Readonly<Record<string, string>> = {
  "every epoch has an order of its own, which --seed decides": "每个 epoch 各有自己的顺序，由 --seed 决定",
  "a run of one --seed is the same to the bit on one machine": "同一台机器上，同一 --seed 的训练逐位相同",
  "the best epoch is kept as well: evaluate and analyze take --checkpoint best":
    "最好的 epoch 也会保存：evaluate 和 analyze 可用 --checkpoint best",
  "one device trains": "只用一个设备训练",
  "the model's own activation stays; an .onnx file brings another": "模型保持自己的激活函数；.onnx 文件可带来别的",
  "nothing is sent anywhere; export writes metrics for other tools": "不会向任何地方发送；export 可为其他工具写出指标",
  "compare trains over several --seeds, and inspect-data judges by cross-validation":
    "compare 用多个 --seeds 训练，inspect-data 用交叉验证判断",
  "train only trains; evaluate RUN --data FILE tests": "train 只训练；用 evaluate RUN --data FILE 测试",
};
