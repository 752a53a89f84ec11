/** The hints in Chinese. */

import type { HintId, HintWords } from '#words/hint-id.ts';

/** What each hint says, and its button. */
export const chineseHints: Readonly<Record<HintId, HintWords>> = {
  'wait-election': { text: () => '每个成员都随机等一段时间。谁先等不及，谁就请求其他成员投票。', action: undefined },
  put: { text: (who) => `${who} 是领导者 leader。写入一个键并跟着它走：到领导者，到多数成员，然后才是 “OK”。`, action: () => '写入一个键' },
  'kill-leader': { text: (who) => `如果领导者 ${who} 死了呢？已确认的内容一个都不能丢。`, action: (who) => `杀死 ${who}` },
  restart: { text: (who) => `${who} 已停止。重新启动它：它读自己的磁盘，然后追上来。`, action: (who) => `重启 ${who}` },
  crashed: { text: (who) => `${who} 因自身检查失败而停止。报告在“成员”页。`, action: (who) => `查看 ${who}` },
  'no-quorum': { text: (who) => `能互相通信的不到多数 quorum，什么都无法提交。${who} 可以帮忙。`, action: (who) => `重启 ${who}` },
  thaw: { text: (who) => `${who} 被冻结。别的成员分不清它是死是活，它自己不知道时间在走。`, action: (who) => `解冻 ${who}` },
  cut: { text: () => '把网络切成两半：只有占多数的一边能继续。', action: () => '切断网络' },
  'write-minority': { text: (who) => `通过少数一边的 ${who} 写入一个键：它一直等，最后超时。`, action: (who) => `通过 ${who} 写入` },
  heal: { text: () => '恢复网络，看各份日志 log 如何重新一致。', action: () => '恢复' },
  pause: { text: () => '按空格键暂停，再按句点键一步一步走。', action: () => '暂停' },
  terminal: { text: () => '这里的一切都可以写成命令：在终端输入 etcdctl 和 play 命令。', action: () => '打开终端' },
  free: { text: () => '点击一个成员，可以杀死、冻结或隔离它。按 ? 查看按键和图例。', action: undefined },
};
