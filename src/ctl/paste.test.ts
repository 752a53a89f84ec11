import { describe, expect, it } from 'vitest';
import { cleanPaste } from '#ctl/paste.ts';

describe('what is pasted from a tutorial', () => {
  it.each([
    ['$ etcdctl put foo bar', 'etcdctl put foo bar'],
    ['# etcdctl put foo bar', 'etcdctl put foo bar'],
    ['# a comment', '# a comment'],
    ['root@ubuntu:/opt/etcd# ./etcdctl get name', './etcdctl get name'],
    ['[root@node1 ~]# etcdctl member list', 'etcdctl member list'],
    ['xmge@xmge-Vostro-3667:~/show/etcd_cluster/etcd1$ ./etcdctl member list', './etcdctl member list'],
    ['> $ etcdctl version', 'etcdctl version'],
    ['→ client curl http://127.0.0.1:4001/v2/keys/message', 'curl http://127.0.0.1:4001/v2/keys/message'],
    ['curl -L <http://127.0.0.1:2379/version>', 'curl -L http://127.0.0.1:2379/version'],
    ['curl [x](http://127.0.0.1:2379/version)', 'curl http://127.0.0.1:2379/version'],
    ['etcdctl put “a b” ‘c’', 'etcdctl put "a b" \'c\''],
    ['etcdctl get foo –prefix', 'etcdctl get foo --prefix'],
    ['etcdctl\u00a0get\u00a0foo', 'etcdctl get foo'],
    ['$Env:ETCDCTL_API=3', 'export ETCDCTL_API=3'],
    ['set ETCDCTL_API=3', 'export ETCDCTL_API=3'],
    ['set -e', 'set -e'],
    ['echo $HOME', 'echo $HOME'],
    ['1  ubuntu@VM-0-13-ubuntu:~$ http http://127.0.0.1:2379/version', 'http http://127.0.0.1:2379/version'],
    ['1 etcdctl put a 1\n2 etcdctl get a', 'etcdctl put a 1\netcdctl get a'],
    ['1  for i in a b\n2  do\n3      echo $i\n4  done', 'for i in a b\ndo\necho $i\ndone'],
    ['$ etcdctl put foo bar\nOK\n$ etcdctl get foo\nfoo\nbar\n', 'etcdctl put foo bar\netcdctl get foo'],
    ['$ curl -L http://a \\\n  -X POST\n{"ok":1}\n', 'curl -L http://a \\\n  -X POST'],
    ['```shell\n$ etcdctl get a\n```', 'etcdctl get a'],
    ['curl -L http://a \\  \n\t-X POST', 'curl -L http://a \\\n\t-X POST'],
    ['etcdctl get a\r\netcdctl get b\r\n', 'etcdctl get a\netcdctl get b'],
    ['2  git clone https://x/etcd.git', 'git clone https://x/etcd.git'],
    ['seq 3', 'seq 3'],
    ['3 blind mice', '3 blind mice'],
  ])('%j', (pasted, meant) => {
    expect(cleanPaste(pasted)).toBe(meant);
  });
});
