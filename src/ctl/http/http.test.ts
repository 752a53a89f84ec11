import { describe, expect, test } from 'vitest';
import { fromUtf8, utf8 } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
import { decodePlain, encodePlain } from '#kernel/plain.ts';
import { percentEncode, parseUrl } from '#ctl/http/url.ts';
import { PROGRAMS } from '#ctl/programs.ts';
import type { CallEvent, Program, ProgramEffect, ProgramEvent } from '#ctl/program.ts';

type Opened = Extract<ProgramEffect, { type: 'open-http' }>;
type Reply = 'refused' | 'silence' | readonly CallEvent[];

const reply = (status: number, body: string, headers: readonly (readonly [string, string])[] = []): Reply => [
  { type: 'http-head', status, headers },
  { type: 'http-body', body: utf8(body), last: true },
];

/** Runs a program to its end against a scripted server; timers fire when nothing else is left. */
function run(
  argv: readonly string[],
  answer: (request: Opened) => Reply = () => 'silence',
  options: { columns?: number; stdin?: string } = {},
): { stdout: string; stderr: string; code: number | undefined; requests: readonly Opened[] } {
  const program: Program | undefined = PROGRAMS[argv[0] ?? ''];
  if (program === undefined) throw new Error(`no program ${argv[0] ?? ''}`);
  const result = { stdout: '', stderr: '', code: undefined as number | undefined, requests: [] as Opened[] };
  const queue: ProgramEvent[] = options.stdin === undefined ? [] : [{ type: 'stdin', data: utf8(options.stdin) }, { type: 'stdin-end' }];
  let timer: number | undefined;
  let step = program.start({ argv, env: {}, now: simTime(0), epochMillis: 0, columns: options.columns ?? 80, profile: '3.5' });
  for (;;) {
    for (const effect of step.effects) {
      if (effect.type === 'stdout') result.stdout += fromUtf8(effect.data);
      else if (effect.type === 'stderr') result.stderr += fromUtf8(effect.data);
      else if (effect.type === 'exit') result.code = effect.code;
      else if (effect.type === 'timer') timer = effect.timer;
      else if (effect.type === 'open-http') {
        result.requests.push(effect);
        const a = answer(effect);
        if (a === 'refused') queue.push({ type: 'call', call: effect.call, event: { type: 'refused' } });
        else if (a !== 'silence') for (const event of a) queue.push({ type: 'call', call: effect.call, event });
      }
    }
    const event = queue.shift() ?? (timer === undefined ? undefined : ({ type: 'timer', timer } as const));
    if (event === undefined || result.code !== undefined) return result;
    if (event.type === 'timer') timer = undefined;
    step = program.step(decodePlain(encodePlain(step.state)), event, simTime(event.type === 'timer' ? 1_000_000 : 5000));
  }
}
const words = (line: string): readonly string[] => line.split(' ');
const requestOf = (argv: readonly string[], stdin?: string): Opened | undefined =>
  run(argv, () => reply(200, ''), stdin === undefined ? {} : { stdin }).requests[0];

describe('curl', () => {
  test('methods and bodies', () => {
    expect(requestOf(words('curl -L http://127.0.0.1:2379/version'))).toMatchObject({
      endpoint: '127.0.0.1:2379',
      method: 'GET',
      target: '/version',
      headers: [
        ['Host', '127.0.0.1:2379'],
        ['User-Agent', 'curl/7.88.1'],
        ['Accept', '*/*'],
      ],
    });
    const put = requestOf(['curl', 'http://127.0.0.1:2379/v2/keys/foo', '-XPUT', '-d', 'value=Hello world', '-d', 'ttl=5']);
    expect(put).toMatchObject({ method: 'PUT', body: utf8('value=Hello world&ttl=5') });
    expect(put?.headers).toContainEqual(['Content-Type', 'application/x-www-form-urlencoded']);
    expect(requestOf(['curl', '-sd', '{"key":"Zm9v"}', 'localhost:2379/v3/kv/range'])).toMatchObject({
      method: 'POST',
      target: '/v3/kv/range',
      endpoint: 'localhost:2379',
    });
    expect(requestOf(['curl', '-G', '-d', 'wait=true', 'h:1/v2/keys/a?recursive=true'])).toMatchObject({
      method: 'GET',
      target: '/v2/keys/a?recursive=true&wait=true',
    });
    expect(requestOf(['curl', '--data-urlencode', 'value=a b&c', 'h:1/'])).toMatchObject({ body: utf8('value=a%20b%26c') });
    expect(requestOf(['curl', '-d', '@-', 'h:1/'], 'value=\n1\n')).toMatchObject({ body: utf8('value=1') });
    expect(requestOf(['curl', '-H', 'Content-Type: application/json', '-u', 'root:pw', '-d', '{}', 'h:1/'])?.headers).toEqual([
      ['Host', 'h:1'],
      ['Authorization', 'Basic cm9vdDpwdw=='],
      ['User-Agent', 'curl/7.88.1'],
      ['Accept', '*/*'],
      ['Content-Length', '2'],
      ['Content-Type', 'application/json'],
    ]);
  });
  test('what it prints', () => {
    const answer = (): Reply =>
      reply(201, '{"a":1}\n', [
        ['Content-Type', 'application/json'],
        ['X-Etcd-Index', '4'],
      ]);
    expect(run(words('curl -s h:1/a'), answer).stdout).toBe('{"a":1}\n');
    expect(run(words('curl -si h:1/a'), answer).stdout).toBe(
      'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-Etcd-Index: 4\r\n\r\n{"a":1}\n',
    );
    expect(run(words('curl -I h:1/a'), answer)).toMatchObject({
      stdout: 'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nX-Etcd-Index: 4\r\n\r\n',
      requests: [{ method: 'HEAD' }],
    });
    expect(run(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code} %{content_type}\\n', 'h:1/a'], answer).stdout).toBe(
      '201 application/json\n',
    );
    const failed = (): Reply => reply(400, '{"code":3}', [['Trailer', 'Grpc-Trailer-Content-Type']]);
    expect(run(words('curl -si h:1/a'), failed).stdout).toContain('{"code":3}Grpc-Trailer-Content-Type: application/grpc\r\n');
  });
  test('redirects', () => {
    const answer = (r: Opened): Reply => (r.target === '//a' ? reply(301, 'moved', [['Location', '/a']]) : reply(200, 'here'));
    expect(run(words('curl -L h:1//a'), answer)).toMatchObject({ stdout: 'here', code: 0 });
    expect(run(words('curl h:1//a'), answer)).toMatchObject({ stdout: 'moved', code: 0 });
    expect(run(words('curl -sL h:1/a'), () => reply(301, '', [['Location', '/a']]))).toMatchObject({ code: 47, stderr: '' });
  });
  test.each([
    ['curl h:9/', 'refused', 6, 'curl: (6) Could not resolve host: h\n'],
    ['curl 10.0.0.7:9/', 'refused', 7, "curl: (7) Failed to connect to 10.0.0.7 port 9 after 0 ms: Couldn't connect to server\n"],
    ['curl -s h:9/', 'refused', 6, ''],
    ['curl -sS localhost:9/', 'refused', 7, "curl: (7) Failed to connect to localhost port 9 after 0 ms: Couldn't connect to server\n"],
    ['curl --max-time 1 h:1/', 'silence', 28, 'curl: (28) Operation timed out after 1000 milliseconds with 0 bytes received\n'],
    ['curl -f h:1/', reply(404, 'no'), 22, 'curl: (22) The requested URL returned error: 404\n'],
    ['curl h:1/', [{ type: 'broken' }], 52, 'curl: (52) Empty reply from server\n'],
    ['curl', 'silence', 2, "curl: try 'curl --help' or 'curl --manual' for more information\n"],
    ['curl -s', 'silence', 2, "curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more information\n"],
    [
      'curl --bogus h:1/',
      'silence',
      2,
      "curl: option --bogus: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
    ],
    ['curl -s https://h:1/', 'silence', 35, 'curl: (35) members speak http here: use http://h:1/\n'],
    ['curl ftp://h:1/', 'silence', 1, 'curl: (1) Protocol "ftp" not supported or disabled in libcurl\n'],
    ['curl h:1/[3-1]', 'silence', 3, 'curl: (3) bad range in URL position 10:\nh:1/[3-1]\n         ^\n'],
    ['curl http://', 'silence', 3, 'curl: (3) URL using bad/illegal format or missing URL\n'],
  ] as const)('%s (%j)', (line, answer, code, stderr) => {
    expect(run(words(line), () => answer)).toMatchObject({ code, stderr });
  });
});

describe('curl with several addresses', () => {
  test('asks for them one after the other, and ends with the code of the last', () => {
    const answer = (request: Opened): Reply => (request.target === '/1' ? 'refused' : reply(200, request.target));
    const ran = run(words('curl -s h:1/[1-3] h:1/{a,b}'), answer);
    expect(ran.requests.map((r) => r.target)).toEqual(['/1', '/2', '/3', '/a', '/b']);
    expect(ran).toMatchObject({ stdout: '/2/3/a/b', code: 0 });
    expect(run(words('curl -s h:1/2 h:1/1'), answer)).toMatchObject({ stdout: '/2', code: 6 });
    expect(run(words('curl -s -g h:1/[1-3]'), answer).requests).toMatchObject([{ target: '/[1-3]' }]);
  });
  test('-o belongs to the addresses in order; -w comes after each', () => {
    const ran = run(
      ['curl', '-s', '-o', '/dev/null', 'h:1/x', 'h:1/y', '-w', '%{url_effective} %{http_code} %{size_download} %{urlnum}%%\\n'],
      () => reply(200, 'abc'),
    );
    expect(ran.stdout).toBe('http://h:1/x 200 3 0%\nabchttp://h:1/y 200 3 1%\n');
    expect(run(['curl', '-s', '10.0.0.7:1/', '-w', '%{http_code} %{time_total} %{nope}\\n'], () => 'refused')).toMatchObject({
      stdout: '000 0.005000 \n',
      stderr: "curl: unknown --write-out variable: 'nope'\n",
      code: 7,
    });
  });
  test('a range of a bad address ends at once; Ctrl-C would end all', () => {
    expect(run(words('curl -sS ftp://h/[1-1000000000]'))).toMatchObject({ code: 1, requests: [] });
  });
});

test('curl -v tells as curl 7.88.1 does', () => {
  const answer = (): Reply => reply(200, 'ok\n', [['Content-Length', '3']]);
  const request = '> Host: h:1\r\n> User-Agent: curl/7.88.1\r\n> Accept: */*\r\n';
  const head = '< HTTP/1.1 200 OK\r\n< Content-Length: 3\r\n< \r\n';
  expect(run(words('curl -sv h:1/a h:1/b'), answer).stderr).toBe(
    `*   Trying h:1...\n* Connected to h (h) port 1 (#0)\n> GET /a HTTP/1.1\r\n${request}> \r\n${head}* Connection #0 to host h left intact\n` +
      `* Re-using existing connection #0 with host h\n> GET /b HTTP/1.1\r\n${request}> \r\n${head}* Connection #0 to host h left intact\n`,
  );
  expect(run(words('curl -sv localhost:1/a -XPUT -d a=1'), answer, { columns: 0 }).stderr).toBe(
    '*   Trying 127.0.0.1:1...\n* Connected to localhost (127.0.0.1) port 1 (#0)\n> PUT /a HTTP/1.1\r\n> Host: localhost:1\r\n> User-Agent: curl/7.88.1\r\n> Accept: */*\r\n' +
      `> Content-Length: 3\r\n> Content-Type: application/x-www-form-urlencoded\r\n> \r\n} [3 bytes data]\n${head}{ [3 bytes data]\n* Connection #0 to host localhost left intact\n`,
  );
  expect(run(words('curl -sv 127.0.0.1:9/'), () => 'refused').stderr).toBe(
    "*   Trying 127.0.0.1:9...\n* connect to 127.0.0.1 port 9 failed: Connection refused\n* Failed to connect to 127.0.0.1 port 9 after 0 ms: Couldn't connect to server\n* Closing connection 0\n",
  );
});

test('curl into a pipe prints at its end, and not when it is interrupted before', () => {
  const answer = (): Reply => [
    { type: 'http-head', status: 200, headers: [] },
    { type: 'http-body', body: utf8('part'), last: false },
  ];
  expect(run(words('curl -s h:1/a'), answer, { columns: 0 })).toMatchObject({ stdout: '', code: undefined });
  expect(run(words('curl -sN h:1/a'), answer, { columns: 0 })).toMatchObject({ stdout: 'part' });
  expect(run(words('curl -s h:1/a'), answer)).toMatchObject({ stdout: 'part' });
  expect(run(words('curl -s h:1/a'), () => reply(200, 'all'), { columns: 0 })).toMatchObject({ stdout: 'all', code: 0 });
});

describe('http', () => {
  test('queries, bodies, headers', () => {
    expect(requestOf(['http', 'PUT', 'http://127.0.0.1:2379/v2/keys/message', 'value==hello, etcd', 'ttl=='])).toMatchObject({
      method: 'PUT',
      target: '/v2/keys/message?value=hello%2C%20etcd&ttl=',
    });
    expect(requestOf(['http', ':2379/v2/members', 'peerURLs:=["http://h:1"]', 'X-A:b'])).toMatchObject({
      method: 'POST',
      endpoint: 'localhost:2379',
      body: utf8('{"peerURLs": ["http://h:1"]}'),
    });
    for (const line of ['http -a root:pw :1/', 'http --auth=root:pw :1/', 'http :1/ --auth root:pw'])
      expect(requestOf(words(line))?.headers).toContainEqual(['Authorization', 'Basic cm9vdDpwdw==']);
    expect(run(words('http https://h:1/a'))).toMatchObject({ code: 1, stderr: 'http: error: members speak http here: use http://h:1/a\n' });
    expect(requestOf(words('http --form POST h:1/ value=a'))).toMatchObject({ body: utf8('value=a') });
    expect(requestOf(words('http -f POST h:1/ value=a'))).toMatchObject({ body: utf8('value=a') });
  });
  test('sorted headers and keys on a terminal, the bare body in a pipe', () => {
    const answer = (): Reply =>
      reply(200, '{"b":{"y":1,"x":[]},"a":"z"}', [
        ['X-Etcd-Index', '4'],
        ['Content-Type', 'application/json'],
      ]);
    expect(run(words('http h:1/'), answer).stdout).toBe(
      'HTTP/1.1 200 OK\nContent-Type: application/json\nX-Etcd-Index: 4\n\n{\n    "a": "z",\n    "b": {\n        "x": [],\n        "y": 1\n    }\n}\n\n',
    );
    expect(run(words('http h:1/'), answer, { columns: 0 }).stdout).toBe('{"b":{"y":1,"x":[]},"a":"z"}');
    expect(run(words('http h:1/'), () => 'refused')).toMatchObject({ code: 1 });
  });
});

describe('small programs', () => {
  test.each([
    [['echo', '-n', 'foo'], '', 'foo'],
    [['echo', 'a', 'b'], '', 'a b\n'],
    [['echo', '-e', 'a\\tb'], '', 'a\tb\n'],
    [['printf', 'put %s %s\\n\\n', 'k', 'v'], '', 'put k v\n\n'],
    [['printf', '%s\\n', 'a', 'b'], '', 'a\nb\n'],
    [['base64'], 'foo', 'Zm9v\n'],
    [['base64', '-d'], 'Zm9v\n', 'foo'],
    [['cat'], 'x\n', 'x\n'],
    [['sleep', '2'], '', ''],
    [['etcdutl', 'version'], '', 'etcdutl version: 3.5.16\nAPI version: 3.5\n'],
  ])('%j', (argv, stdin, stdout) => {
    expect(run(argv, () => 'silence', { stdin })).toMatchObject({ stdout, code: 0 });
  });
});

test('addresses', () => {
  expect(parseUrl('127.0.0.1:2379')).toMatchObject({ url: { target: '/' } });
  expect(parseUrl('http://h')).toMatchObject({ url: { endpoint: 'h:80', host: 'h' } });
  expect(parseUrl('h:1/a/../b/./c//d/..?x=/../y')).toMatchObject({ url: { target: '/b/c//?x=/../y' } });
  expect(parseUrl('h:1/a b')).toMatchObject({ type: 'error' });
  expect(percentEncode('a/é~')).toBe('a%2F%C3%A9~');
});
