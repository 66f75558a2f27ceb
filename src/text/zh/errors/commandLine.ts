/** What is said of mistakes on the command line in Chinese, most of it by commander: see `ErrorLines`. */
export const commandLineErrors: Readonly<Record<string, string>> = {
  '{0}: expected one of {1}, got "{2}"; choose one of them': '{0}：应为 {1} 之一，实际为 "{2}"；请选择其一',
  "--only: expected numbers of every checkpoint, as verdict, trace, sharpness or critical, got a figure of one; choose a single --checkpoint for it":
    "--only：应为每个检查点都有的数值，如 verdict、trace、sharpness 或 critical，实际为单个检查点的图；请为它指定一个 --checkpoint",
  '--seconds: expected a number above 0, got "{0}"; change it': '--seconds：应为大于 0 的数，实际为 "{0}"；请修改',
  "{0}: expected a run as well, got a model and data; leave it out, or name a run":
    "{0}：须同时指定一次运行，实际只有模型与数据；请去掉它，或指定运行",
  "{0}: expected a run or a model with data, got both; leave one of them out":
    "{0}：应指定一次运行，或者模型与数据，实际两者都有；请去掉其一",
  "--by-block: expected it without --by-layer, got both; leave one of them out":
    "--by-block：不能与 --by-layer 同用，实际两者都有；请去掉其一",
  "--parameters: expected it without --checkpoint, got both; leave one of them out":
    "--parameters：不能与 --checkpoint 同用，实际两者都有；请去掉其一",
  "missing required argument '{0}'": "缺少必需的 {0}",
  "option '{0}' argument missing": "选项 {0} 缺少取值",
  "required option '{0}' not specified": "必须给出选项 {0}",
  "option '{0}' argument '{1}' is invalid. {2}": "选项 {0} 不能为“{1}”；{2*}",
  "command-argument value '{0}' is invalid for argument '{1}'. {2}": "{1} 不能为“{0}”；{2*}",
  "unknown option '{0}'{1}": "未知的选项 {0}{1*}",
  "unknown option {0}: here it is {1}": "未知的选项 {0}：这里叫 {1}",
  "unknown option {0}: {1}; leave it out": "未知的选项 {0}：不需要，请去掉（{1*}）",
  "unknown command {0}: here it is {1}": "未知的命令 {0}：这里是 {1}",
  "unknown command '{0}'{1}": "未知的命令 {0}{1*}",
  "{0}unknown command '{1}'{2}": "{0}未知的命令 {1}{2*}",
  "too many arguments{0}. Expected {1} argument{2} but got {3}.": "参数过多{0*}：应为 {1} 个，实际为 {3} 个",
  "compare: expected only options, got {0}; `batchscope judge {1}` says whether the first is better":
    "compare：应只给出选项，实际为 {0}；`batchscope judge {1}` 会回答前者是否更好",
  "{0}: expected {1}, got {2}; pass {3} {4}": "{0}：应给出{1*}，实际为 {2}；请传入 {3} {4}",
};

/** What is put into these sentences. */
export const commandLinePhrases: Readonly<Record<string, string>> = {
  " (Did you mean {0}?)": "（您是否要写 {0}？）",
  " (Did you mean one of {0}?)": "（您是否要写 {0} 之一？）",
  "Allowed choices are {0}.": "可选 {0}",
  " for '{0}'": "（{0}）",
  "the run that it is given settles it": "由所给的运行决定",
  "only options": "选项，而没有别的词",
  "{0} word{1} beside its options": "选项和另外 {0} 个词",
  "; choose one of {0}": "；请选择 {0} 之一",
};
