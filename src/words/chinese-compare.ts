/** 并排比较两条分支。 */

import type { englishCompare } from '#words/english-compare.ts';
import { instantText } from '#words/measure.ts';

export const chineseCompare: typeof englishCompare = {
  title: '并排比较两条分支',
  compare: '与当前分支比较',
  working: '正在从分叉处重放两条分支…',
  gone: '其中一条分支已不存在。',
  parted: (at) => `两者在 ${instantText(at)} s 分道。第一个不同的事件：`,
  same: (at) => `到 ${instantText(at)} s 为止，两者的每个事件都相同。`,
  nothing: '无',
  membersAt: (at) => `${instantText(at)} s 时的成员`,
  alike: (names) => `${names.join('、')}：比较的各项都相同。`,
  equal: '比较的各项中，所有成员都相同。',
  what: '项目',
  rows: {
    alive: '运行中',
    role: '角色',
    term: '任期 term',
    commit: '已提交',
    applied: '已应用',
    lastIndex: '最后一条日志',
    revision: '修订版本 revision',
  },
  yes: '是',
  no: '否',
  differs: '不同',
  entries: (count) => `${count} 条日志不同`,
  keys: (count) => `${count} 个键不同`,
  none: '没有',
  drawing: '两条分支在同一时间轴上；标记处是第一个不同的事件',
};
