/** The named scenarios, in Chinese. */

import type { englishScenarios } from '#words/english-scenarios.ts';

export const chineseScenarios: typeof englishScenarios = {
  title: '场景',
  about: '每个短小的运行展示一件事，打开时停在它发生之前不久，取代当前的运行。',
  open: '打开',
  copyLink: '复制链接',
  qr: '二维码',
  qrLabel: (name) => `“${name}”的链接二维码`,
  more: '场景：每个展示一件事',
  of: {
    'leader-killed': { name: '领导者死去', shows: '三个成员失去了领导者；另外两个中的一个等不及了，请求投票，成为下一任期的领导者。' },
    'two-leaders': {
      name: '两个领导者',
      shows: '网络分成 2 | 3：旧领导者在少的一边继续自己的任期，新领导者在多数那边领导。',
    },
    'log-truncated': { name: '一个条目被收回', shows: '从未到达多数的条目，在网络恢复后从日志中截去，由新领导者提交的内容取代。' },
    'snapshot-installed': { name: '快照', shows: '一个成员离开太久，它缺少的条目已被压缩：领导者改为发送快照。' },
    'quorum-lost': { name: '失去多数', shows: '三个成员死了两个：剩下的一个请求投票却得不到，写入一直等到客户端放弃。' },
    'stale-read': {
      name: '旧的答复',
      shows: '在分区中少的一边，用 --consistency=s 读到的是旧值；线性一致的读则得不到答复。',
    },
    'lease-survives': {
      name: '租约比领导者活得久',
      shows: '为租约倒数的领导者死了；下一个领导者重新开始倒数，所以键只会活得更久，不会更短。',
    },
    'watch-goes-on': { name: '监听继续', shows: '客户端经跟随者监听；领导者死后，监听照样收到下一次变化，好像什么也没有发生。' },
    'rule-broken': { name: '规则被打破', shows: '成员忘记自己投过票：同一任期出现两个领导者，检查器指出这一点。' },
  },
};
