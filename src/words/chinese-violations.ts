/**
 * What a check found, in Chinese. The checks are the engine's and say it in one language, as logs do; each of their sentences has its pattern here. A sentence
 * without one stays as it is: nothing that was found is ever hidden.
 */

type Translation = readonly [pattern: RegExp, text: (...parts: readonly string[]) => string];

/** What a watch was sent: `put "key" of revision 7`. */
const EVENT = '((?:put|delete) ".*" of revision \\d+)';
const eventText = (event = ''): string => {
  const [, type, key, revision] = /^(put|delete) (".*") of revision (\d+)$/.exec(event) ?? [];
  return key === undefined ? event : `修订 ${revision} 的 ${type} ${key}`;
};
const voteText = (vote = ''): string => (vote === 'nobody' ? '没有投票' : vote);

/** What a member must have on its disk before it sends it. */
function sentText(what = ''): string {
  const vote = /^a vote of term (\d+)$/.exec(what);
  if (vote !== null) return `任期 ${vote[1]} 的选票`;
  const [, index, term] = /^an acknowledgement of entry (\d+) in term (\d+)$/.exec(what) ?? [];
  return index === undefined ? what : `任期 ${term} 中对条目 ${index} 的确认`;
}

const OF_RAFT: readonly Translation[] = [
  [/^both led in term (\d+)$/, (term) => `两者都在任期 ${term} 中当过领导者`],
  [/^term fell from (\d+) to (\d+)$/, (from, to) => `任期从 ${from} 退到 ${to}`],
  [/^commit index fell from (\d+) to (\d+)$/, (from, to) => `提交索引从 ${from} 退到 ${to}`],
  [/^applied index fell from (\d+) to (\d+)$/, (from, to) => `应用索引从 ${from} 退到 ${to}`],
  [/^revision fell from (\d+) to (\d+)$/, (from, to) => `修订从 ${from} 退到 ${to}`],
  [
    /^in term (\d+) it voted for (\S+), then for (\S+)$/,
    (term, one, other) => `在任期 ${term} 中先投给 ${voteText(one)}，又投给 ${voteText(other)}`,
  ],
  [/^its vote of term (\d+) was on disk, and now it is (\S+)$/, (term, vote) => `任期 ${term} 的选票已经落盘，现在却是 ${voteText(vote)}`],
  [/^came back with term (\d+), after term (\d+) was on disk$/, (term, durable) => `任期 ${durable} 已经落盘，重启后却是任期 ${term}`],
  [
    /^came back with commit index (\d+), after (\d+) was on disk$/,
    (commit, durable) => `提交索引 ${durable} 已经落盘，重启后却是 ${commit}`,
  ],
  [
    /^came back with entries up to (\d+), after (\d+) were on disk$/,
    (last, durable) => `到 ${durable} 为止的条目已经落盘，重启后却只到 ${last}`,
  ],
  [/^sent (.+) when only term (\d+) was on its disk$/, (what, term) => `发送${sentText(what)}时，磁盘上只有任期 ${term}`],
  [/^sent (.+) when its disk had entries up to (\d+)$/, (what, to) => `发送${sentText(what)}时，磁盘上的条目只到 ${to}`],
  [
    /^sent (.+) to (\S+) when (\S+) had it on its disk$/,
    (what, to, vote) => `把${sentText(what)}发给 ${to} 时，磁盘上记的是 ${voteText(vote)}`,
  ],
  [
    /^counted itself for entry (\d+), which is not on its disk \(that has up to (\d+)\)$/,
    (index, to) => `为条目 ${index} 把自己算作已有，而它的磁盘只到 ${to}`,
  ],
  [
    /^as leader of term (\d+) it replaced entries of its own log from (\d+) on$/,
    (term, index) => `身为任期 ${term} 的领导者，却替换了自己日志中从 ${index} 起的条目`,
  ],
  [
    /^the leader of term (\d+) lacks the entry of term (\d+) that was committed: its log (?:ends at (\d+)|(.+))$/,
    (term, committed, end, has) =>
      `任期 ${term} 的领导者缺少任期 ${committed} 中已提交的条目：它的日志${end === undefined ? ` ${has}` : `只到 ${end}`}`,
  ],
  [
    /^both have an entry of term (\d+) there, and their logs up to it differ$/,
    (term) => `两者在该处都有任期 ${term} 的条目，到它为止的日志却不相同`,
  ],
  [/^committed without an entry there \(its log ends at (\d+)\)$/, (end) => `提交到了没有条目的地方（日志只到 ${end}）`],
  [
    /^one committed an entry of term (\d+), the other of term (\d+)$/,
    (one, other) => `一个提交了任期 ${one} 的条目，另一个提交了任期 ${other} 的`,
  ],
  [
    /^one applied an entry of term (\d+), the other of term (\d+)$/,
    (one, other) => `一个应用了任期 ${one} 的条目，另一个应用了任期 ${other} 的`,
  ],
  [/^they applied the same entry with another outcome$/, () => '它们应用了同一条目，结果却不同'],
  [/^applied (\d+), committed only (\d+)$/, (applied, commit) => `应用到了 ${applied}，而只提交到 ${commit}`],
  [/^revision (\d+) against (\d+) after the same entries$/, (one, other) => `同样的条目之后，一个的修订是 ${one}，另一个是 ${other}`],
  [
    /^after entry (\d+): revision (\d+) on (\S+), (\d+) on (\S+)$/,
    (index, one, a, other, b) => `条目 ${index} 之后：${a} 的修订是 ${one}，${b} 的是 ${other}`,
  ],
];

const OF_WATCHES: readonly Translation[] = [
  [/^revision (\d+) was split over two answers$/, (revision) => `修订 ${revision} 被拆到两次推送里`],
  [new RegExp(`^${EVENT} lies outside of its range$`), (event) => `${eventText(event)} 不在它的范围内`],
  [new RegExp(`^${EVENT} was filtered out$`), (event) => `${eventText(event)} 本该被过滤掉`],
  [new RegExp(`^${EVENT} came after revision (\\d+)$`), (event, revision) => `${eventText(event)} 在修订 ${revision} 之后才到`],
  [new RegExp(`^${EVENT} came twice$`), (event) => `${eventText(event)} 到了两次`],
  [new RegExp(`^${EVENT} lies before its start$`), (event) => `${eventText(event)} 早于它的起点`],
  [
    new RegExp(`^${EVENT} came after a notice of revision (\\d+)$`),
    (event, revision) => `${eventText(event)} 在修订 ${revision} 的进度通知之后才到`,
  ],
  [new RegExp(`^${EVENT} shows (.+) before it$`), (event, version) => `${eventText(event)} 所示的前值是 ${version}`],
  [new RegExp(`^${EVENT} shows (.+)$`), (event, version) => `${eventText(event)} 所示的是 ${version}`],
  [new RegExp(`^${EVENT} is told otherwise than it was seen before$`), (event) => `${eventText(event)} 与先前看到的不同`],
  [
    /^revision (\d+) of (".*") never came, though (.+) did$/,
    (revision, key, event) => `${key} 的修订 ${revision} 一直没有到，而${eventText(event)} 到了`,
  ],
];

const OF_V2: readonly Translation[] = [
  [/^the member answered with index (\d+) after (\d+)$/, (index, before) => `成员先回答索引 ${before}，又回答 ${index}`],
  [/^index (\d+) was given to another write too$/, (index) => `索引 ${index} 也给了另一次写入`],
  [
    /^wrote at index (\d+) though index (\d+) had been answered before it began$/,
    (index, floor) => `写在索引 ${index}，而它开始之前已经回答过索引 ${floor}`,
  ],
  [
    /^a quorum read at index (\d+) though index (\d+) had been answered before it began$/,
    (index, floor) => `多数派读在索引 ${index}，而它开始之前已经回答过索引 ${floor}`,
  ],
  [/^shows (.+) of index (\d+) otherwise than it was seen before$/, (key, index) => `索引 ${index} 的 ${key} 与先前看到的不同`],
  [
    /^read (.+) of index (\d+) at index (\d+), after it had been changed at (\d+)$/,
    (key, modified, index, last) => `在索引 ${index} 读到索引 ${modified} 的 ${key}，而它在 ${last} 已被修改`,
  ],
];

const TRANSLATIONS: readonly Translation[] = [...OF_RAFT, ...OF_WATCHES, ...OF_V2];

/** What a check says of what it found; as it is if no pattern knows it. */
export function violationInChinese(detail: string): string {
  for (const [pattern, text] of TRANSLATIONS) {
    const found = pattern.exec(detail);
    if (found !== null) return text(...found.slice(1));
  }
  return detail;
}
