/** The key-value view's answer: a member's store at a revision, asked of the member itself. */

import { fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { idToHex } from '#host/cast.ts';
import { nodeId } from '#kernel/brand.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { KeysAnswer as MemberAnswer } from '#etcd/inspection.ts';
import type { KeysAnswer, KeyView } from '#view/conductor.ts';

/** Keys that one answer holds. */
const KEYS_MAX = 500;
/** Characters of a value that are shown. */
const VALUE_CHARS_MAX = 2000;

export async function readKeys(run: LiveRun | undefined, member: string, prefix: string, revision: number): Promise<KeysAnswer> {
  const refused = (error: string): KeysAnswer => ({ member, revision: 0, compactRevision: 0, keys: [], more: false, error });
  const seat = run?.world.core.seats.find((s) => s.name === member);
  if (run === undefined || seat === undefined) return refused(`no member ${JSON.stringify(member)}`);
  if (seat.life !== 'up' && seat.life !== 'frozen') return refused(`${member} is not running`);
  const key = utf8(prefix);
  const start = key.length === 0 ? Uint8Array.of(0) : key;
  const plain = await run.ask(seat.actor, {
    type: 'keys',
    key: start,
    rangeEnd: key.length === 0 ? Uint8Array.of(0) : prefixEnd(key),
    revision,
    limit: KEYS_MAX,
  });
  if (plain === undefined) return refused(`${member} is not running`);
  const answer = plain as unknown as MemberAnswer; // the member's own answer; both ends are the same build
  if (answer.error !== '') return { ...refused(answer.error), revision: answer.revision, compactRevision: answer.compactRevision };
  return {
    member,
    revision: answer.revision,
    compactRevision: answer.compactRevision,
    keys: answer.keys.map(keyView),
    more: answer.more,
    error: undefined,
  };
}

function keyView(kv: MemberAnswer['keys'][number]): KeyView {
  return {
    key: showBytes(kv.key),
    value: showBytes(kv.value),
    createRevision: kv.createRevision,
    modRevision: kv.modRevision,
    version: kv.version,
    lease: kv.lease === 0n ? '' : idToHex(nodeId(kv.lease)),
  };
}

/** The first key after all that begin with a prefix; `\0` (no end) if there is none. */
function prefixEnd(prefix: Bytes): Bytes {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const b = prefix[i] ?? 0;
    if (b < 0xff) return Uint8Array.from([...prefix.subarray(0, i), b + 1]);
  }
  return Uint8Array.of(0);
}

/** Text as it is; bytes that are not UTF-8, and control characters, as `\xNN`. */
export function showBytes(bytes: Bytes): string {
  const shown = bytes.length > VALUE_CHARS_MAX ? bytes.subarray(0, VALUE_CHARS_MAX) : bytes;
  const text = fromUtf8(shown);
  const isText = !text.includes('\ufffd') && !hasControl(text);
  const body = isText
    ? text
    : Array.from(shown, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : `\\x${b.toString(16).padStart(2, '0')}`)).join('');
  return shown === bytes ? body : `${body}…`;
}

const hasControl = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 0x20 && c !== 0x0a && c !== 0x09) return true;
  }
  return false;
};
