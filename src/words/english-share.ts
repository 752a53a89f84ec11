/** Sharing, in English. */

export const englishShare = {
  title: 'Share this run',
  link: 'A link',
  linkExplained:
    'The link itself holds the seed, the options and every command up to now. It opens at this instant; nothing is sent to any server.',
  opens: 'How it opens',
  paused: 'paused at this instant',
  running: 'running',
  copyLink: 'Copy the link',
  copied: 'Copied.',
  showQr: 'QR code',
  qrLabel: 'The link to this run as a QR code',
  linkTooLong: (length: number): string =>
    `The link to this run would have ${length} characters, more than browsers and chat programs carry. Save it as a file.`,
  qrTooLong: (length: number): string =>
    `The link has ${length} characters, too many for a code that a camera reads. Save the run as a file.`,
  files: 'Files',
  saveRun: 'Save the run',
  saveTrace: 'Save its trace (JSON)',
  openFile: 'Open a file…',
  cannotOpen: (name: string, where: string, message: string): string =>
    `${name} holds no run that can be opened: ${where === '' ? '' : `${where}: `}${message}. The present cluster is untouched.`,
  dropHere: 'Drop a saved run or trace to open it',
  dropExplained: 'A saved run or trace can also be dropped anywhere on this page.',
  tools: 'For other tools',
  svg: 'Space-time diagram (SVG)',
  png: 'Space-time diagram (PNG)',
  mermaid: 'Copy as Mermaid',
  mermaidOfSelection: 'Copy the selection as Mermaid',
  shiviz: 'Save for ShiViz',
  stretch: 'What the last stretch of time holds',
  embed: 'On another page',
  embedExplained: 'The stage alone, to be put into a lesson or a slide.',
  copyEmbed: 'Copy the HTML',
  failed: (reason: string): string => `That did not work: ${reason}`,
  working: 'Working…',
  noHistory: 'Nothing has happened yet that could be drawn.',
};
