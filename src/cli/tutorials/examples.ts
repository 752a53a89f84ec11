/** Examples of etcd tutorials as they are printed, each with what must come of it here. The short names are those of the checklist of what real etcd does. */

/** `works`: as real etcd does. `explained`: it cannot do anything here, or is wrong there, and a sentence says so. */
export type Outcome = 'works' | 'explained';

export interface Example {
  readonly id: string;
  /** As it would be pasted, prompts and line numbers with it. */
  readonly paste: string;
  readonly outcome: Outcome;
  /** Texts that its output holds. `ID` stands for 16 hexadecimal digits. */
  readonly says: readonly string[];
  /** Virtual milliseconds to wait afterwards. */
  readonly wait?: number;
  /** Lines typed before it, which a tutorial's own machine would not need: the page's members have the ports. */
  readonly before?: string;
  /** It runs until Ctrl-C: started, and interrupted at the end of its part. */
  readonly watches?: true;
}

/** Examples that are tried one after another on one cluster. */
export interface Part {
  readonly title: string;
  readonly nodes: 1 | 3;
  readonly v2?: true;
  readonly examples: readonly Example[];
}

const ok = (id: string, paste: string, ...says: string[]): Example => ({ id, paste, outcome: 'works', says });
const told = (id: string, paste: string, ...says: string[]): Example => ({ id, paste, outcome: 'explained', says });

/** The page's own members give their ports and directories back. */
const FREE = 'play kill all; play wipe all';
/** Virtual ms until a cluster has begun. */
const STARTED = 3000;

/** The three files that the script starts from. */
const CONFIG_FILES = [1, 2, 3]
  .map((i) => {
    const [peer, client] = [`http://127.0.0.1:2${i + 2}80`, `http://127.0.0.1:2${i + 2}79`];
    return `mkdir etcd${i}; cat > etcd${i}/etcd.conf <<'EOF'\nname: etcd-${i}\ndata-dir: etcd-${i}.data\nlisten-client-urls: ${client}\nadvertise-client-urls: ${client}\nlisten-peer-urls: ${peer}\ninitial-advertise-peer-urls: ${peer}\ninitial-cluster: etcd-1=http://127.0.0.1:2380,etcd-2=http://127.0.0.1:2480,etcd-3=http://127.0.0.1:2580\ninitial-cluster-token: etcd-cluster-my\ninitial-cluster-state: new\nEOF`;
  })
  .join('\n');

const OFFICIAL = 'etcd, etcdctl and etcdutl are here already';

export const PARTS: readonly Part[] = [
  {
    title: 'Docker and a first key (S0)',
    nodes: 1,
    examples: [
      told(
        'S0-3',
        'docker image pull gcr.io/etcd-development/etcd:v3.5.13\n\ndocker volume create etcd-data\n\ndocker netowrk create etcd-network',
        'there are no containers here',
      ),
      {
        id: 'S0-4',
        paste:
          'docker container run \\\n    --name etcd \\\n    --privileged \\\n    --network etcd-network \\\n    -v etcd-data:/etcd-data \\\n    -p 2379:2379 \\\n    -p 2380:2380 \\\n    -d gcr.io/etcd-development/etcd:v3.5.13 \\\n        /usr/local/bin/etcd \\\n        --name s1 \\\n        --data-dir /etcd-data \\\n        --advertise-client-urls http://0.0.0.0:2379 \\\n        --listen-client-urls http://0.0.0.0:2379',
        before: FREE,
        outcome: 'works',
        says: ['etcd runs beside this shell, its log is written to etcd.log'],
        wait: STARTED,
      },
      ok('S0-5', 'docker exec etcd /usr/local/bin/etcd --version', 'etcd Version: 3.5', 'Git SHA:', 'Go Version:', 'Go OS/Arch:'),
      ok('S0-6', 'docker exec etcd /usr/local/bin/etcdctl version', 'etcdctl version: 3.5', 'API version: 3.5'),
      ok('S0-7', 'docker exec etcd /usr/local/bin/etcdutl version', 'etcdutl version: 3.5'),
      ok('S0-8', 'docker exec etcd /usr/local/bin/etcdctl endpoint health', 'is healthy: successfully committed proposal: took = '),
      ok('S0-9', 'docker exec etcd /usr/local/bin/etcdctl put foo bar\ndocker exec etcd /usr/local/bin/etcdctl get foo', 'OK\nfoo\nbar\n'),
      told('S0-10', 'docker image pull tzfun/etcd-workbench:1.1.2', 'there are no containers here'),
    ],
  },
  {
    title: 'etcdctl (S1)',
    nodes: 1,
    examples: [
      ok('S1-2', './etcdctl.exe h', 'etcdctl', 'put'),
      ok('S1-3', 'export ETCDCTL_API=3'),
      ok('S1-3 PowerShell', '$Env:ETCDCTL_API=3'),
      ok('S1-4', '> $ etcdctl version\n> etcdctl version: 3.3.13\n> API version: 3.3', 'etcdctl version: '),
      ok('S1-6', '$ etcdctl put foo bar\nOK', 'OK\n'),
      ok('S1-7', '$ etcdctl lease grant 10\nlease 32695410dcc0ca06 granted with TTL(10s)', 'lease ID granted with TTL(10s)'),
      ok('S1-8', '$ etcdctl put foo1 bar1 --lease=32695410dcc0ca06', 'Error: etcdserver: requested lease not found'),
      ok('S1-9', '$ etcdctl get foo', 'foo\nbar\n'),
      ok('S1-10', '$ etcdctl get foo --hex', '\\x66\\x6f\\x6f\n\\x62\\x61\\x72\n'),
      ok('S1-11', '$ etcdctl get foo --print-value-only', 'bar\n'),
      ok('S1-12', '$ etcdctl get foo --prefix', 'foo\nbar\n'),
      ok(
        'S1-13',
        '$ etcdctl put / 0\n$ etcdctl put /home 1\n$ etcdctl put /home/root 2\n$ etcdctl put /home/mysql 2\n$ etcdctl put /home/etcd 2\n$ etcdctl put /home/etcd/history 3',
        'OK\nOK\nOK\nOK\nOK\nOK\n',
      ),
      ok(
        'S1-14',
        '$ etcdctl get /home/ --keys-only --prefix\n/home/etcd',
        '/home/etcd\n\n/home/etcd/history\n\n/home/mysql\n\n/home/root\n',
      ),
      ok('S1-14b', '$ etcdctl get /home --keys-only --prefix ', '/home\n\n/home/etcd\n'),
      ok('S1-15', '$ etcdctl del foo\n1', '1\n'),
      ok('S1-16', '$ etcdctl del foo --prefix', '0\n'),
      ok(
        'S1-17',
        'LEASE=$(etcdctl lease grant 20 | cut -d" " -f2); etcdctl put zoo 1 --lease=$LEASE; etcdctl get zoo; sleep 25; etcdctl get zoo',
        'OK\nzoo\n1\n',
      ),
      {
        id: 'S1-18',
        paste: '$ etcdctl watch /dc/ --prefix',
        outcome: 'works',
        says: ['PUT\n/dc/beijing1\n13557\n', 'DELETE\n/dc/beijing1\n\n'],
        watches: true,
      },
      ok('S1-19', "$ LEASE=$(etcdctl lease grant 60 | awk '{print $2}'); etcdctl put /dc/beijing1 13557 --lease=$LEASE", 'OK'),
      ok('S1-20', '$ timeout 90 etcdctl lease keep-alive $LEASE; sleep 70', 'lease ID keepalived with TTL(60)'),
    ],
  },
  {
    title: 'Installation and the first keys (S2)',
    nodes: 1,
    examples: [
      told('S2-9', 'wget https://github.com/etcd-io/etcd/releases/download/v3.5.15/etcd-v3.5.15-linux-amd64.tar.gz', OFFICIAL),
      told('S2-9b', 'tar zxvf etcd-v3.5.15-linux-amd64.tar.gz\nln -s etcd-v3.5.15-linux-amd64 etcd', OFFICIAL),
      {
        id: 'S2-10',
        paste: "nohup ./etcd --listen-client-urls 'http://0.0.0.0:2379' --advertise-client-urls 'http://0.0.0.0:2379' &",
        before: FREE,
        outcome: 'works',
        says: ["nohup: ignoring input and appending output to 'nohup.out'"],
        wait: STARTED,
      },
      ok(
        'S2-11',
        'less nohup.out',
        '"local-member-id":"8e9e05c52164694d","cluster-id":"cdf818194e3a8c32"',
        'switched to configuration voters=(10276657743932975437)',
      ),
      ok('S2-12', 'grep "starting an etcd server" nohup.out', '"msg":"starting an etcd server"'),
      ok(
        'S2-13',
        "grep raft nohup.out | jq -r .msg | grep -A20 'new election'",
        '8e9e05c52164694d is starting a new election at term 1\n8e9e05c52164694d became pre-candidate at term 1\n8e9e05c52164694d received MsgPreVoteResp from 8e9e05c52164694d at term 1\n',
        '8e9e05c52164694d became candidate at term 2\n8e9e05c52164694d received MsgVoteResp from 8e9e05c52164694d at term 2\n',
        '8e9e05c52164694d became leader at term 2\nraft.node: 8e9e05c52164694d elected leader 8e9e05c52164694d at term 2\n',
      ),
      ok('S2-14', 'cat nohup.out', '"msg":"published local member to cluster through raft"', '"msg":"ready to serve client requests"'),
      ok(
        'S2-15',
        'root@ubuntu:/opt/etcd# ./etcdctl put name etcd\nOK\nroot@ubuntu:/opt/etcd# ./etcdctl get name\nname\netcd\nroot@ubuntu:/opt/etcd# ./etcdctl del name\n1\nroot@ubuntu:/opt/etcd# ./etcdctl get name\nroot@ubuntu:/opt/etcd#',
        'OK\nname\netcd\n1\n',
      ),
      {
        id: 'S2-17',
        paste: 'root@ubuntu:/opt/etcd# ./etcdctl watch "/cron/jobs/" --prefix',
        outcome: 'works',
        says: ['PUT\n/cron/jobs/job2\n{111}\n', 'DELETE\n/cron/jobs/job2\n\n'],
        watches: true,
      },
      ok(
        'S2-16',
        'root@ubuntu:/opt/etcd# ./etcdctl put "/cron/jobs/job1" "{...job1}"\nOK\nroot@ubuntu:/opt/etcd# ./etcdctl put "/cron/jobs/job2" "{...job2}"\nOK',
        'OK\nOK\n',
      ),
      ok('S2-16b', 'root@ubuntu:/opt/etcd# ./etcdctl get "/cron/jobs/job1"', '/cron/jobs/job1\n{...job1}\n'),
      ok(
        'S2-16c',
        'root@ubuntu:/opt/etcd# ./etcdctl get "/cron/jobs" --prefix',
        '/cron/jobs/job1\n{...job1}\n/cron/jobs/job2\n{...job2}\n',
      ),
      ok(
        'S2-17b',
        'root@ubuntu:/opt/etcd# ./etcdctl put "/cron/jobs/job2" "{111}"\nOK\nroot@ubuntu:/opt/etcd# ./etcdctl del "/cron/jobs/job2"\n1',
        'OK\n1\n',
      ),
    ],
  },
  {
    title: 'The v3 API and its gateway (S3)',
    nodes: 1,
    examples: [
      ok('S3-2', '$ export ETCDCTL_API=3'),
      ok('S3-3', '$ ./etcdctl put foo bar\nOK\n$ ./etcdctl get foo\nbar', 'OK\nfoo\nbar\n'),
      ok('S3-4', '$ etcdctl get foo --print-value-only', 'bar\n'),
      ok(
        'S3-5',
        '$ etcdctl put foo1 bar1; etcdctl put foo bar_new; etcdctl put foo1 bar1_new; etcdctl get --prefix --rev=4 foo ',
        'foo\nbar_new\nfoo1\nbar1\n',
      ),
      ok('S3-6', '$ etcdctl compact 5\ncompacted revision 5', 'compacted revision 5'),
      ok('S3-6b', '$ etcdctl get --rev=4 foo', 'Error: etcdserver: mvcc: required revision has been compacted'),
      ok('S3-7', '$ etcdctl lease grant 10\nlease 32695410dcc0ca06 granted with TTL(10s)', 'granted with TTL(10s)'),
      ok('S3-7b', '$ etcdctl put --lease=32695410dcc0ca06 foo bar', 'Error: etcdserver: requested lease not found'),
      ok(
        'S3-8',
        'curl -L http://localhost:2379/v3alpha/kv/put \\\n\t-X POST -d \'{"key": "Zm9v", "value": "YmFy"}\'\n# {"header":{"cluster_id":"12585971608760269493"}}',
        '404 page not found',
      ),
      ok('S3-8 today', 'curl -L http://localhost:2379/v3/kv/put -X POST -d \'{"key": "Zm9v", "value": "YmFy"}\'', '"revision":"6"'),
      ok(
        'S3-9 today',
        'curl -L http://localhost:2379/v3/kv/range -X POST -d \'{"key": "Zm9v"}\' | jq -r ".kvs[0].value | @base64d"',
        'bar\n',
      ),
      ok('S3-11', 'echo -n foo | base64; echo YmFy | base64 -d', 'Zm9v\nbar'),
    ],
  },
  {
    title: 'A cluster from files and scripts (S4)',
    nodes: 3,
    examples: [
      told('S4-1', '2  git clone https://gitee.com/hcrwang/etcd.git', 'no repositories are fetched here'),
      told('S4-1b', 'tar -C /usr/local -xzf go1.15.3.linux-amd64.tar.gz', OFFICIAL),
      ok('S4-1c', 'export GOPATH=~/.go # 在home目录下的go目录\nexport PATH=$PATH:/usr/local/go/bin'),
      told('S4-1d', '$ go env -w GO111MODULE=on', 'nothing is built here'),
      ok('S4-1e', '$ echo "export GO111MODULE=on" >> ~/.profile\n$ source ~/.profile'),
      {
        id: 'S4-2',
        paste:
          'nohup ./etcd --data-dir ./data.etcd/ --listen-client-urls http://0.0.0.0:2379 --advertise-client-urls http://0.0.0.0:2379 --enable-v2 &',
        before: FREE,
        outcome: 'works',
        says: ["nohup: ignoring input and appending output to 'nohup.out'"],
        wait: STARTED,
      },
      ok('S4-2b', 'curl http://127.0.0.1:2379/v2/keys/message -XPUT -d value=hi; ls data.etcd/member', '"action":"set"', 'snap\nwal\n'),
      told('S4-3', './etcd --enable-v3', 'flag provided but not defined: -enable-v3'),
      ok('S4-5', CONFIG_FILES),
      {
        id: 'S4-6',
        paste:
          '1  #!/bin/bash\n2  CRTDIR=$(pwd)\n3  servers=("etcd1" "etcd2" "etcd3")\n4  for server in ${servers[@]}\n5  do\n6      cd ${CRTDIR}/${server}\n7      nohup ./etcd --config-file=etcd.conf &\n8      echo $?\n9  done',
        before: FREE,
        outcome: 'works',
        says: ['0\n', "nohup: ignoring input and appending output to 'nohup.out'"],
        wait: STARTED,
      },
      told('S4-6b', '1  chmod +x start.sh', 'everything may be read and run'),
      ok(
        'S4-7',
        'xmge@xmge-Vostro-3667:~/show/etcd_cluster/etcd1$ ./etcdctl member list',
        '470f778210a711ed, started, etcd-3, http://127.0.0.1:2580, http://127.0.0.1:2579, false\n47a42fb96a975854, started, etcd-1, http://127.0.0.1:2380, http://127.0.0.1:2379, false\n72ab37cc61e2023b, started, etcd-2, http://127.0.0.1:2480, http://127.0.0.1:2479, false\n',
      ),
      ok('S4-8', 'curl -L <http://127.0.0.1:2379/version>', '"etcdserver":"3.5', '"etcdcluster":"3.5.0"'),
      ok('S4-8b', 'ubuntu@VM-0-13-ubuntu:~$ curl -L http://127.0.0.1:2379/version', '"etcdserver":"3.5'),
      ok(
        'S4-8c',
        '1  ubuntu@VM-0-13-ubuntu:~$ http http://127.0.0.1:2379/version\n2  HTTP/1.1 200 OK',
        'HTTP/1.1 200 OK',
        '"etcdserver": "3.5',
      ),
      ok('S4-9', 'curl -L <http://127.0.0.1:2379/health>', '"health":"true"'),
    ],
  },
  {
    title: 'The v2 API (S4)',
    nodes: 1,
    v2: true,
    examples: [
      ok('S4-10', 'curl <http://127.0.0.1:2379/v2/keys/message> -XPUT -d value="Hello world"', '"action":"set"', '"value":"Hello world"'),
      told(
        'S4-10b',
        '→ client curl http://127.0.0.1:4001/v2/keys/message -XPUT -d value="hello world"',
        'Failed to connect to 127.0.0.1 port 4001',
      ),
      ok('S4-11', 'curl <http://127.0.0.1:2379/v2/keys/message>', '"action":"get"', '"value":"Hello world"'),
      ok('S4-10c', 'curl <http://127.0.0.1:2379/v2/keys/message> -XPUT -d value="Hello etcd"', '"prevNode"', '"value":"Hello etcd"'),
      ok('S4-12', 'curl <http://127.0.0.1:2379/v2/keys/message> -XDELETE', '"action":"delete"', '"prevNode"'),
      ok('S4-13', 'curl -i http://127.0.0.1:2379/v2/keys/', 'X-Etcd-Cluster-Id', 'X-Etcd-Index', 'X-Raft-Index', 'X-Raft-Term'),
      ok('S4-14', 'curl <http://127.0.0.1:2379/v2/keys/foo> -XPUT -d value=bar -d ttl=5', '"expiration"', '"ttl":5'),
      {
        id: 'S4-17',
        paste: 'curl <http://127.0.0.1:2379/v2/keys/foo?wait=true>',
        outcome: 'works',
        says: ['"action":"set"', '"value":"bar2"'],
        watches: true,
      },
      ok('S4-17b', 'curl http://127.0.0.1:2379/v2/keys/foo -XPUT -d value=bar2', '"value":"bar2"'),
      ok('S4-20', 'curl <http://127.0.0.1:2379/v2/keys/dir> -XPUT -d dir=true', '"action":"set"', '"dir":true'),
      ok('S4-20b', 'curl <http://127.0.0.1:2379/v2/keys/dir>', '"key":"/dir"'),
      ok('S4-21', 'curl <http://127.0.0.1:2379/v2/keys/dir?recursive=true>', '"key":"/dir"'),
      { id: 'S4-19', paste: 'curl http://127.0.0.1:2379/v2/keys/dir?recursive=true&wait=true', outcome: 'works', says: ['"key":"/dir"'] },
      ok('S4-22', "curl 'http://127.0.0.1:2379/v2/keys/dir?dir=true' -XDELETE", '"action":"delete"'),
      ok('S4-31', 'http PUT http://127.0.0.1:2379/v2/keys/message value=="hello, etcd"', '"action": "set"', '"value": "hello, etcd"'),
      ok('S4-31b', '1  ubuntu@VM-0-13-ubuntu:~$ http GET http://127.0.0.1:2379/v2/keys/message', '"action": "get"'),
      ok('S4-31c', 'http PUT http://127.0.0.1:2379/v2/keys/message value=="I\'m changed"', '"prevNode"', "I'm changed"),
      ok('S4-31d', 'http DELETE http://127.0.0.1:2379/v2/keys/message', '"action": "delete"'),
      {
        id: 'S4-31e',
        paste: 'http PUT http://127.0.0.1:2379/v2/keys/tempkey value=="Gone with wind" ttl==5',
        outcome: 'works',
        says: ['"ttl": 5'],
        wait: 7000,
      },
      ok('S4-31f', 'http http://127.0.0.1:2379/v2/keys/tempkey', '"errorCode": 100', '"message": "Key not found"'),
      ok('S4-23', 'curl http://127.0.0.1:2379/v2/keys/queue -XPOST -d value=job1', '"action":"create"', '/queue/000000000000000'),
      ok(
        'S4-25',
        'http PUT http://127.0.0.1:2379/v2/keys/cas value==bar; http PUT http://127.0.0.1:2379/v2/keys/cas prevValue==bar value==new',
        '"action": "compareAndSwap"',
      ),
      ok('S4-25b', 'http PUT http://127.0.0.1:2379/v2/keys/cas prevValue==bar value==new', '"errorCode": 101', '[bar != new]'),
      ok('S4-28', 'curl http://127.0.0.1:2379/v2/members', '"members":[', '"peerURLs"'),
      ok('S4-29', 'curl http://127.0.0.1:2379/v2/stats/self', '"state"'),
      ok('S4-29b', 'curl http://127.0.0.1:2379/v2/state/store', '404 page not found'),
      ok(
        'S4-30',
        'curl http://127.0.0.1:2379/v2/keys/_secret -XPUT -d value=1; curl http://127.0.0.1:2379/v2/keys/',
        '"key":"/_secret"',
        '"dir":true',
      ),
    ],
  },
];
