/** The space-time diagram's filters, breakpoints and other words of the views in Chinese. */

import type { ViewWords } from '#words/english-views.ts';

export const chineseViews: ViewWords = {
  messages: '显示的消息',
  groups: {
    all: '所有消息',
    append: '日志复制',
    vote: '投票',
    client: '客户端',
    heartbeat: '心跳',
    lost: '丢失的消息',
  },
  search: '键或文字',
  follow: '跟随',
  panned: '时空图：方向键移动，+ 和 − 缩放，End 跟随现在，双击前往某一时刻',
  several: (count) => `${count} 条消息`,
  appliedFrom: (first, last) => `已应用 ${first} 到 ${last}`,
  breakpoints: '断点',
  breakpointsExplained: '条件一旦成立，时间就会停住。条件与 play until 的相同。',
  condition: '条件',
  addBreakpoint: '添加',
  ideas: '可以从这些条件开始',
  noBreakpoints: '还没有断点。',
  hits: (count) => (count === 0 ? '从未命中' : `命中 ${count} 次`),
  lastHit: (at) => `最近一次在 ${at}`,
  removeBreakpoint: (condition) => `删除 ${condition}`,
  stoppedAt: (condition, at) => `已停在 ${at}：${condition}`,
};
