import { describe, expect, it, test } from 'vitest';
import { ShellLab } from '#sim/testing/shell-lab.ts';

/** One cluster for all lines of a group: each leaves nothing that another would see. */
const lab = new ShellLab({ nodes: 3 });

describe('the language of the shell', () => {
  it.each([
    ['echo a b  "c  d" \'e $x\' f\\ g $HOME ~/x', 'a b c  d e $x f g /home/you /home/you/x\n'],
    ['x=5; echo $((x*2+1)) ${x:-3} ${y:-z} ${#x}', '11 5 z 1\n'],
    ['f=a.tar.gz; echo ${f%.gz} ${f%%.*} ${f#*.} ${f/a/b} ${f:0:3} ${f^^}', 'a.tar a tar.gz b.tar.gz a.t A.TAR.GZ\n'],
    ["echo $'a\\tb' $'\\x41'", 'a\tb A\n'],
    ['for f in a b; do echo $f; done | wc -l', '2\n'],
    ['i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done', '0\n1\n2\n'],
    ['i=0; until [[ $i == 2 ]]; do ((i++)); done; echo $i', '2\n'],
    ['for ((i=0;i<3;i++)); do [ $i = 1 ] && continue; echo $i; done', '0\n2\n'],
    ['for i in 1 2 3; do [ $i = 2 ] && break; echo $i; done', '1\n'],
    ['if false; then echo a; elif true; then echo b; else echo c; fi', 'b\n'],
    ['case abc in x|y) echo X;; a*) echo A;; *) echo B;; esac', 'A\n'],
    ['f() { echo "f $1 $#"; return 3; }; f q r; echo $?', 'f q 2\n3\n'],
    ['cat <<EOF\nx $((1+1))\nEOF', 'x 2\n'],
    ["cat <<'EOF'\n$x `y`\nEOF", '$x `y`\n'],
    ['cat <<-EOF\n\ta\n\tEOF', 'a\n'],
    ['cat <<< "a b"', 'a b\n'],
    ['echo {a,b}{1..3} {03..01}', 'a1 a2 a3 b1 b2 b3 03 02 01\n'],
    ['echo $(echo "a  b") "$(echo "a  b")" `echo q`', 'a b a  b q\n'],
    ['true && echo y || echo n; ! true; echo $?', 'y\n1\n'],
    ['(cd /tmp; x=1; pwd); pwd; echo "[$x]"; unset x', '/tmp\n/home/you\n[2]\n'.replace('2', '5')],
    ['{ echo a; echo b; } | tail -1', 'b\n'],
    ['set -- a "b c"; for w in "$@"; do echo "<$w>"; done; shift; echo $# $1', '<a>\n<b c>\n1 b c\n'],
    ['echo a # comment\necho b \\\n  c', 'a\nb c\n'],
    ['sh -c \'echo $0 $1\' x y; sh -c "exit 4"; echo $?', 'x y\n4\n'],
    ['printf "%s=%d\\n" a 1 b 2', 'a=1\nb=2\n'],
    ['a=(x "y z"); a+=(w); for i in "${a[@]}"; do echo "<$i>"; done; echo ${#a[@]} ${a[1]} ${a[*]}', '<x>\n<y z>\n<w>\n3 y z x y z w\n'],
    [
      'unset a; a[3]=x; a[1]=y; a[$((1+1))]+=z; a+=(w); echo "${a[@]}" - ${!a[@]} - ${#a[@]} ${a[-1]} "[${a[0]}]"',
      'y z x w - 1 2 3 4 - 4 w []\n',
    ],
    ['a=(1 2 3); a[0]=9; i=1; echo $a ${a[i]} ${a[i+1]} "${a[@]:1}" "${a[@]:0:2}" ${a[@]/#/n}', '9 2 3 2 3 9 2 n9 n2 n3\n'],
    [
      'a=([2]=c d [0]="a b"); for i in "${!a[@]}"; do echo "$i=${a[$i]}"; done; unset "a[2]" \'a[0]\'; echo ${!a[@]}',
      '0=a b\n2=c\n3=d\n3\n',
    ],
    ['x=1; x[1]=2; echo $x "${x[*]}"; x=7; echo "${x[@]}"; IFS=,; echo "${x[*]}"; unset IFS', '1 1 2\n7 2\n7,2\n'],
    [
      'declare -A m=([x]=1 ["k 2"]=b); m[y]=$(echo q); m[x]+=0; for k in "${!m[@]}"; do echo "$k -> ${m[$k]}"; done; echo ${#m[@]} "${m[z]-none}" ${#m[x]}',
      'x -> 10\nk 2 -> b\ny -> q\n3 none 2\n',
    ],
    ['declare -A n; n[a]=1; ((n[a]++)); echo $((n[a] * 3)); unset n; declare -a l; echo "${#l[@]}"; l+=(q); echo ${l[0]}', '6\n0\nq\n'],
    ['n=1; let n=n+1; echo $n $?; let "n = n * 5" n++; echo $n; let n=0; echo $?; let a[2]=4+1; echo ${a[2]}', '2 0\n11\n1\n5\n'],
    ['a=(5 6); ((a[1] += 2)); (a[0]=0; a+=(7)); echo ${a[@]} $((a[0] + a[1])); f() { local -a b=(1 2); echo ${#b[@]}; }; f', '5 8 13\n2\n'],
    [
      'a=(1); a+=($(echo ${a[@]}) [5]=y); echo ${!a[@]} : ${a[@]}; b=$(a[0]=9; a+=(w); echo ${a[@]}); echo $b : ${a[@]}',
      '0 1 5 : 1 1 y\n9 1 y w : 1 1 y\n',
    ],
    [
      'a=(); for ((i = 0; i < 3000; i++)); do a[i]=$((i * 2)); done; echo ${#a[@]} ${a[2999]}; unset "a[2999]"; a+=(z); echo ${a[-1]} ${#a[@]}',
      '3000 5998\nz 3000\n',
    ],
    ['e=(); echo "${#e[@]}" "${e[@]:-none}" "[${e[*]}]"; for i in "${e[@]}"; do echo no; done', '0 none []\n'],
    ['read -ra w <<< "x y z"; echo ${#w[@]} ${w[2]}; IFS=: read -a p <<< "1:2"; echo ${p[1]}', '3 z\n2\n'],
    ['read a b <<< "1 2 3"; echo "$a/$b"', '1/2 3\n'],
    ['eval "echo \\$HOME"; export V=1; env | grep ^V=; V=2 sh -c \'echo $V\'', '/home/you\nV=1\n2\n'],
  ])('%s', (line, stdout) => {
    expect(lab.line(line)).toMatchObject({ stdout, stderr: '' });
  });

  it.each([
    ['nonsense', 127, 'nonsense: command not found'],
    ['echo "a', 2, 'syntax error: unterminated double quote (at 6)'],
    ['| a', 2, "syntax error: unexpected token '|' (at 1)"],
    ['echo $RANDOM', 1, 'nothing in it is random'],
    ['echo $((1/0))', 1, 'division by 0'],
    ['a[0]=(1 2)', 1, 'cannot assign list to array member'],
    ['unset a; a[-1]=1', 1, 'a[-1]: bad array subscript'],
    ['a=(1 2); declare -A a', 1, 'cannot convert indexed to associative array'],
    ['declare -A q=(1)', 1, 'must use subscript when assigning associative array'],
    ['a=(1) etcdctl version', 1, 'an array is not handed to a command'],
    ['let "1)); echo ((2"', 1, 'syntax error in expression'],
    ['let', 1, 'let: expression expected'],
    ['a[1/0]=1', 1, 'division by 0'],
    ['unset q; q[999999999999]=1; for i in {1..3}; do q+=({1..50000}); done', 1, 'an array has at most 100000 items'],
    ['diff <(echo a) b', 1, 'process substitution is not supported here'],
    ['cat < none', 1, 'none: No such file or directory'],
    ['echo x > /none/a', 1, '/none/a: No such file or directory'],
    ['f() { f; }; f', 1, 'more than 60 calls within each other'],
    ['seq 1 99999999', 1, 'at most 1000000 numbers'],
    ["echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | grep -E '(a+)+b'", 2, 'could take forever'],
    ['vim x', 1, 'there is no editor here'],
  ])('says what is wrong: %s', (line, code, text) => {
    const { stderr, code: actual } = lab.line(line);
    expect(stderr).toContain(text);
    expect(actual).toBe(code);
  });
});

describe('programs of the world in a shell', () => {
  it.each([
    ['etcdctl put a 1; etcdctl get a | grep 1', 'OK\n1\n'],
    ['echo v7 | etcdctl put k7; etcdctl get k7', 'OK\nk7\nv7\n\n'],
    ['for i in 1 2 3; do etcdctl put n$i $i; done; etcdctl get --prefix n --keys-only | grep -c n', 'OK\nOK\nOK\n3\n'],
    ['etcdctl get none && echo yes; etcdctl get --bad >/dev/null 2>&1 || echo no', 'yes\nno\n'],
    ['etcdctl bad 2>&1 >/dev/null | head -1 | cut -c1-5', 'Error\n'],
    ['ETCDCTL_API=3 etcdctl version | head -1', 'etcdctl version: 3.5.16\n'],
    ['docker exec -it etcd etcdctl version | head -1; sudo ./bin/etcdctl version | tail -1', 'etcdctl version: 3.5.16\nAPI version: 3.5\n'],
    ['at leader: etcdctl endpoint status | cut -d, -f5', ' true\n'],
    ["printf 'put m 1\\n\\n\\n' | etcdctl txn -i >/dev/null; etcdctl put m 2; etcdctl get m --print-value-only", 'OK\n2\n'],
    ['etcdctl put x "$(head -c 1600000 /dev/zero | tr "\\0" x)" 2>&1', 'Error: etcdserver: request is too large\n'],
    ['etcdctl get a -w json > f.json; base64 -d <<< YQ==; echo; rm f.json', 'a\n'],
    ['curl -s -o v.json http://127.0.0.1:2379/version; cut -c1-23 v.json; rm v.json', '{"etcdserver":"3.5.16",\n'],
    ['echo \'{"key":"Zm9v"}\' > q.json; curl -s http://127.0.0.1:2379/v3/kv/range -d @q.json | jq -r .header.raft_term; rm q.json', '2\n'],
    [
      'curl -s -o /none/x http://127.0.0.1:2379/version; echo $?; curl -s -d @none http://127.0.0.1:2379/v3/kv/range 2>&1 | head -1',
      '23\nWarning: Couldn\'t read data from file "none", this makes an empty POST.\n',
    ],
    ['seq 3 | xargs -I{} etcdctl put x{} {}', 'OK\nOK\nOK\n'],
    [
      'ls etcd-1.etcd/member etcd-1.etcd/member/wal',
      'etcd-1.etcd/member:\nsnap\nwal\n\netcd-1.etcd/member/wal:\n0000000000000000-0000000000000000.wal\n',
    ],
  ])('%s', (line, stdout) => {
    expect(lab.line(line).stdout).toBe(stdout);
  });

  it('a value of several MiB typed on one line reaches etcd, which answers for itself', () => {
    expect(lab.line(`etcdctl put big ${'x'.repeat(1_600_000)}`)).toMatchObject({
      stderr: 'Error: etcdserver: request is too large\n',
      code: 1,
    });
    expect(lab.line(`echo ${'x'.repeat(4_200_000)}`).stderr).toContain('longer than 4194304 characters');
  });

  it('a pipe streams: what a watch says is filtered while it runs', () => {
    const watch = lab.begin('etcdctl watch w | grep PUT', undefined);
    lab.pass(500);
    lab.line('etcdctl put w 1');
    lab.pass(100);
    expect(watch.printed().stdout).toBe('PUT\n');
    lab.session.signal(watch.run, 'INT');
    lab.finish(watch.run);
    expect(watch.run.task.code).toBe(130);
  });

  it('who reads enough ends who writes', () => {
    const { run, printed } = lab.begin('etcdctl watch h | head -1', '');
    lab.pass(500);
    lab.line('etcdctl put h 1; etcdctl put h 2');
    lab.finish(run);
    expect(printed().stdout).toBe('PUT\n');
  });

  it('a job runs beside the shell, is listed, killed and waited for', () => {
    const { stdout } = lab.line('etcdctl watch j > j.out & sleep 1; etcdctl put j 1; sleep 1; jobs; kill %1; wait; cat j.out; rm j.out');
    expect(stdout).toBe('OK\n[1]+  Running                 etcdctl watch j > j.out &\nPUT\nj\n1\n');
  });

  it('a run records the programs and files that came out of a line, never the line', () => {
    const before = lab.world.spec().commands.length;
    lab.line('for i in 1 2; do etcdctl put r$i $i > out.txt; done; echo $(cat out.txt) | tr O o; rm out.txt');
    const made = lab.world
      .spec()
      .commands.slice(before)
      .map(({ command }) =>
        command.type === 'start' ? command.argv.join(' ') : command.type === 'file' ? `${command.action} ${command.path}` : command.type,
      );
    expect(made).toEqual([
      'etcdctl put r1 1',
      'write /home/you/out.txt',
      'etcdctl put r2 2',
      'write /home/you/out.txt',
      'remove /home/you/out.txt',
    ]);
  });

  it('sh is a program of the world too, where another program starts it', () => {
    expect(lab.line('env | wc -l; timeout 2 sleep 5; echo $?').stdout).toBe('1\n124\n');
  });
});

describe('jq', () => {
  const KV =
    '{"header":{"revision":"5"},"kvs":[{"key":"Zm9v","value":"YmFy","id":9223372036854775807},{"key":"Zg==","value":"MQ=="}],"count":"2"}';
  it.each([
    ['.count', '"2"\n'],
    ['-r .count', '2\n'],
    ['-c .header', '{"revision":"5"}\n'],
    ['.header', '{\n  "revision": "5"\n}\n'],
    ["-r '.kvs[].key | @base64d'", 'foo\nf\n'],
    ['-r \'.kvs[] | "\\(.key|@base64d)=\\(.value|@base64d)"\'', 'foo=bar\nf=1\n'],
    ["-c '.kvs | map({k: .key, n: (.value|length)})'", '[{"k":"Zm9v","n":4},{"k":"Zg==","n":4}]\n'],
    ['-c \'[.kvs[] | select(.key == "Zg==")] | length\'', '1\n'],
    ['.kvs[0].id', '9223372036854775807\n'],
    ['-r \'.kvs | length, (.[1].value // "none")\'', '2\nMQ==\n'],
    ["-c 'keys'", '["count","header","kvs"]\n'],
    ["'.count | tonumber + 1'", '3\n'],
    ['-r \'.missing // "none"\'', 'none\n'],
    ['-r \'if (.count|tonumber) > 1 then "many" else "few" end\'', 'many\n'],
    ["-c '.kvs[:1] | map(del(.id)) | to_entries | .[0].key'", '0\n'],
    ["-r '.kvs as $k | $k[0].key'", 'Zm9v\n'],
    ["-c '.kvs | sort_by(.key) | [.[].key]'", '["Zg==","Zm9v"]\n'],
  ])('%s', (args, stdout) => {
    expect(lab.line(`echo '${KV}' | jq ${args}`)).toMatchObject({ stdout, stderr: '' });
  });

  it.each([
    ['.count.x', 'Cannot index string with "x"'],
    ["'.a |'", 'unexpected end of the filter'],
    ["'reduce .[] as $x (0; .)'", 'reduce is not supported here'],
    ['.kvs.key', 'Cannot index array with "key"'],
    ["'nonsense(1)'", 'nonsense/1 is not defined'],
  ])('says what is wrong: %s', (args, text) => {
    expect(lab.line(`echo '${KV}' | jq ${args}`).stderr).toContain(text);
  });
});

describe('awk, sed and the rest', () => {
  it.each([
    ["echo 'a b c' | awk '{print $2}'", 'b\n'],
    ["printf 'a:1\\nb:2\\n' | awk -F: '$2 > 1 {print $1, NR}'", 'b 2\n'],
    ['seq 4 | awk \'{s+=$1} END {print "sum", s}\'', 'sum 10\n'],
    ["printf 'x\\n\\ny\\n' | awk NF", 'x\ny\n'],
    ["echo 'a, b' | awk -F', ' '/a/ {printf \"%s-%s\\n\", $1, $NF}'", 'a-b\n'],
    ["seq 5 | awk 'NR==2 || NR==4'", '2\n4\n'],
    ["seq 5 | sed -n '2,3p'", '2\n3\n'],
    ["echo 'a.b.c' | sed 's/\\./-/g; s/a/[&]/'", '[a]-b-c\n'],
    ["seq 3 | sed '/2/d'", '1\n3\n'],
    ["echo 'k=v' | sed -E 's/(.*)=(.*)/\\2 \\1/'", 'v k\n'],
    ["printf 'b\\na\\nb\\n' | sort | uniq -c", '      1 a\n      2 b\n'],
    ["printf '10\\n9\\n' | sort -n | tail -1", '10\n'],
    ["printf 'one\\ntwo\\nthree\\n' | grep -n -A1 one", '1:one\n2-two\n'],
    ["echo 'abc123' | grep -oE '[0-9]+'", '123\n'],
    ["printf 'a\\nb\\n' | grep -v a; printf 'a\\nb\\n' | grep -ci A", 'b\n1\n'],
    ['echo -n foo | base64; echo Zm9v | base64 -d', 'Zm9v\nfoo'],
    ['echo hi | tee t.txt | tr a-z A-Z; cat t.txt; rm t.txt', 'HI\nhi\n'],
    ['echo abc | xxd', '00000000: 6162 630a                                abc.\n'],
    ['basename /a/b.txt .txt; dirname /a/b.txt', 'b\n/a\n'],
    ['mkdir -p d/e; touch d/e/f; find d -type f; cp -r d g; ls g/e; rm -r d g', 'd/e/f\nf\n'],
    ['echo x > s.sh; echo "echo run \\$1" > s.sh; sh s.sh 1; ./s.sh 2; . ./s.sh 3; rm s.sh', 'run 1\nrun 2\nrun 3\n'],
  ])('%s', (line, stdout) => {
    expect(lab.line(line)).toMatchObject({ stdout, stderr: '' });
  });
});

describe('Ctrl-C', () => {
  it.each([
    'sleep 100',
    'while true; do :; done',
    'etcdctl watch x',
    'cat',
    'for i in 1 2 3; do sleep 10; done; echo no',
    'yes_() { while true; do echo y; done; }; yes_ | wc -l',
    'sleep 50 | cat',
    'watch -n 1 true > /dev/null',
    'etcdctl lock l',
  ])('gives back the prompt of: %s', (line) => {
    const { run, printed } = lab.begin(line, undefined);
    lab.pass(300);
    expect(run.task.done).toBe(false);
    lab.session.signal(run, 'INT');
    lab.finish(run);
    expect(run.task.code).not.toBe(0);
    expect(printed().stdout).not.toContain('no\n');
  });

  it('a second one gets it back from a program that does not heed the first', () => {
    const { run } = lab.begin('etcdctl watch x', undefined);
    lab.pass(500);
    lab.session.signal(run, 'INT');
    lab.session.signal(run, 'INT');
    expect(run.task.done).toBe(true);
    lab.pass(100);
    expect([...lab.world.core.clients.values()].flatMap((c) => [...c.processes.keys()])).toEqual([]);
  });
});

test('`at NODE:` gives each face of etcdctl the endpoint that it takes', () => {
  const v2 = new ShellLab({ nodes: 3, enableV2: true });
  expect(v2.line('at etcd-2: ETCDCTL_API=2 etcdctl set /a 1')).toMatchObject({ stdout: '1\n', stderr: '', code: 0 });
  expect(v2.line('at leader: ETCDCTL_API=2 etcdctl get /a')).toMatchObject({ stdout: '1\n', code: 0 });
  expect(v2.line('at etcd-2: etcdctl put a 1')).toMatchObject({ stdout: 'OK\n', code: 0 });
});
