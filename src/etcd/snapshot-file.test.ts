import { describe, expect, it } from 'vitest';
import { concatBytes, utf8 } from '#kernel/bytes.ts';
import { decodeSnapshotFile, encodeDatabase, encodeSnapshotFile } from '#etcd/snapshot-file.ts';

const image = utf8('the image');
const file = encodeSnapshotFile(encodeDatabase(image, 20_480));

describe('a snapshot file', () => {
  it('has the size of the database and 32 bytes of hash, as etcd writes it', () => {
    expect(file.length).toBe(20_480 + 32);
    expect(decodeSnapshotFile(file)).toEqual({ type: 'snapshot', image, databaseBytes: 20_480, hasHash: true });
  });

  it('is at least as large as what it holds', () => {
    const large = new Uint8Array(10_000).fill(7);
    const read = decodeSnapshotFile(encodeSnapshotFile(encodeDatabase(large, 4096)));
    expect(read).toMatchObject({ type: 'snapshot', image: large });
  });

  it('is refused when a byte of it has changed, unless the check is skipped', () => {
    const broken = file.slice();
    broken[5000] = 1;
    expect(decodeSnapshotFile(broken)).toMatchObject({ type: 'error', message: expect.stringMatching(/^expected sha256 \[.*\], got \[/) });
    expect(decodeSnapshotFile(broken, true)).toMatchObject({ type: 'snapshot' });
  });

  it('is refused without its hash, unless the check is skipped', () => {
    const bare = file.subarray(0, 20_480);
    expect(decodeSnapshotFile(bare)).toEqual({ type: 'error', message: 'snapshot missing hash but --skip-hash-check=false' });
    expect(decodeSnapshotFile(bare, true)).toMatchObject({ type: 'snapshot', hasHash: false });
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['a few bytes', utf8('abc')],
    ['zeros', new Uint8Array(4096)],
    ['a cut-off file', concatBytes([encodeDatabase(new Uint8Array(5000), 0).subarray(0, 1024)])],
  ])('%s is no database', (_, bytes) => {
    expect(decodeSnapshotFile(bytes, true)).toEqual({ type: 'error', message: 'invalid database' });
  });
});
