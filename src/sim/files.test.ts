import { describe, expect, it } from 'vitest';
import { fromUtf8, utf8 } from '#kernel/bytes.ts';
import { resolvePath } from '#ctl/file-request.ts';
import { DISK_BYTES_MAX, Files, FILES_MAX } from '#sim/files.ts';

const write = (files: Files, path: string, text: string, append = false) => files.do({ type: 'write', path, data: utf8(text), append });
const textOf = (files: Files, path: string): string => {
  const answer = files.do({ type: 'read', path });
  return answer.type === 'data' ? fromUtf8(answer.data) : answer.type === 'error' ? answer.code : answer.type;
};

describe('the machine-wide files', () => {
  it('a file is written, added to, read, renamed and removed', () => {
    const files = new Files();
    expect(write(files, '/tmp/a', 'one').type).toBe('done');
    write(files, '/tmp/a', ' two', true);
    expect(textOf(files, '/tmp/a')).toBe('one two');
    write(files, '/tmp/a', 'x');
    expect(textOf(files, '/tmp/a')).toBe('x');
    expect(files.do({ type: 'rename', path: '/tmp/a', to: '/tmp/b' }).type).toBe('done');
    expect(textOf(files, '/tmp/a')).toBe('ENOENT');
    expect(files.do({ type: 'remove', path: '/tmp/b', recursive: false }).type).toBe('done');
    expect(textOf(files, '/tmp/b')).toBe('ENOENT');
  });

  it.each([
    ['a folder that is not there', '/no/a', 'ENOENT'],
    ['a folder itself', '/tmp', 'EISDIR'],
    ['below a file', '/tmp/f/a', 'ENOTDIR'],
    ['a name beyond all measure', `/tmp/${'a'.repeat(2000)}`, 'ENAMETOOLONG'],
  ])('writing to %s is refused with its code', (_, path, code) => {
    const files = new Files();
    write(files, '/tmp/f', 'f');
    expect(write(files, path, 'x')).toMatchObject({ type: 'error', code });
  });

  it('the disk is full at its limit of bytes and of names, and what was there stays', () => {
    const files = new Files();
    expect(files.do({ type: 'write', path: '/tmp/big', data: new Uint8Array(DISK_BYTES_MAX), append: false }).type).toBe('done');
    expect(write(files, '/tmp/more', 'x')).toMatchObject({ code: 'ENOSPC' });
    expect(write(files, '/tmp/big', 'x', true)).toMatchObject({ code: 'ENOSPC' });
    expect(write(files, '/tmp/big', 'x').type).toBe('done');
    for (let i = 0; i < FILES_MAX; i++) write(files, `/tmp/${i}`, '');
    expect(write(files, '/tmp/last', '')).toMatchObject({ code: 'ENOSPC' });
    expect(textOf(files, '/tmp/big')).toBe('x');
  });

  it('folders: made with their parents, listed by name, removed only when empty or with all that is in them', () => {
    const files = new Files();
    expect(files.do({ type: 'mkdir', path: '/tmp/a/b', parents: false })).toMatchObject({ code: 'ENOENT' });
    expect(files.do({ type: 'mkdir', path: '/tmp/a/b', parents: true }).type).toBe('done');
    write(files, '/tmp/a/z', '12');
    expect(files.do({ type: 'list', path: '/tmp/a' })).toEqual({
      type: 'names',
      folder: true,
      entries: [
        { name: 'b', folder: true, bytes: 0 },
        { name: 'z', folder: false, bytes: 2 },
      ],
    });
    expect(files.do({ type: 'remove', path: '/tmp/a', recursive: false })).toMatchObject({ code: 'ENOTEMPTY' });
    expect(files.do({ type: 'remove', path: '/tmp/a', recursive: true }).type).toBe('done');
    expect(files.do({ type: 'list', path: '/tmp/a/b' })).toMatchObject({ code: 'ENOENT' });
    expect(files.do({ type: 'remove', path: '/tmp', recursive: true })).toMatchObject({ code: 'EROFS' });
  });

  it('what is restored is what was saved', () => {
    const files = new Files();
    files.do({ type: 'mkdir', path: '/tmp/a', parents: true });
    write(files, '/tmp/a/z', '12');
    const copy = new Files();
    copy.restore(files.save());
    write(files, '/tmp/a/z', 'changed later');
    expect(textOf(copy, '/tmp/a/z')).toBe('12');
    expect(copy.do({ type: 'list', path: '/tmp' })).toEqual(files.do({ type: 'list', path: '/tmp' }));
  });

  it.each([
    ['f.db', '/home/you/f.db'],
    ['./a/../b', '/home/you/b'],
    ['~/x', '/home/you/x'],
    ['/tmp//y/', '/tmp/y'],
    ['../../..', '/'],
  ])('the path %s is %s', (path, full) => {
    expect(resolvePath(path)).toBe(full);
  });
});
