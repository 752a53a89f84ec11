/** 分享。 */

import type { englishShare } from '#words/english-share.ts';

export const chineseShare: typeof englishShare = {
  title: '分享本次运行',
  link: '链接',
  linkExplained: '种子、选项和到此为止的每条命令都在链接里。打开后停在同一时刻，不会向任何服务器发送内容。',
  paused: '停在此刻',
  running: '继续运行',
  copyLink: '复制链接',
  copied: '已复制。',
  showQr: '二维码',
  qrLabel: '本次运行链接的二维码',
  linkTooLong: (length) => `此运行的链接将有 ${length} 个字符，超出浏览器和聊天软件所能承载的长度。请保存为文件。`,
  qrTooLong: (length) => `链接有 ${length} 个字符，做成二维码后摄像头难以识别。请改存为文件。`,
  files: '文件',
  saveRun: '保存本次运行',
  saveTrace: '保存轨迹 trace（JSON）',
  openFile: '打开文件…',
  dropExplained: '也可以把保存的运行或轨迹拖到页面任意位置。',
  tools: '供其他工具使用',
  svg: '时空图（SVG）',
  png: '时空图（PNG）',
  mermaid: '复制为 Mermaid',
  shiviz: '保存为 ShiViz 日志',
  stretch: '最近一段时间的内容',
  embed: '嵌入其他网页',
  embedExplained: '只含舞台，可放进课件或幻灯片。',
  copyEmbed: '复制 HTML',
  failed: (reason) => `没有成功：${reason}`,
  working: '正在处理…',
  noHistory: '还没有可以绘制的内容。',
};
