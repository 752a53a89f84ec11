/** `-w` of curl. */

import { headerOf, type CurlState } from '#ctl/http/curl-state.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** @param time virtual µs since the transfer began @param code what curl ends with */
function valuesOf(state: CurlState, time: number, code: number): Readonly<Record<string, string>> {
  const seconds = (time / 1e6).toFixed(6);
  const status = String(state.status).padStart(3, '0');
  return {
    http_code: status,
    response_code: status,
    http_connect: '000',
    http_version: state.status === 0 ? '0' : '1.1',
    content_type: headerOf(state, 'content-type') ?? '',
    errormsg: state.failure,
    exitcode: String(code),
    filename_effective: state.place.output ?? '',
    method: state.method,
    num_redirects: String(state.redirects),
    redirect_url: state.options.follow || state.status < 300 || state.status > 399 ? '' : (headerOf(state, 'location') ?? ''),
    remote_ip: state.status === 0 ? '' : state.endpoint.replace(/:\d+$/, '').replace('localhost', '127.0.0.1'),
    remote_port: state.status === 0 ? '0' : (/\d+$/.exec(state.endpoint)?.[0] ?? '0'),
    scheme: state.status === 0 ? '' : 'HTTP',
    size_download: String(state.received),
    speed_download: time > 0 ? String(Math.floor((state.received * 1e6) / time)) : '0',
    time_connect: '0.000000',
    time_namelookup: '0.000000',
    time_total: seconds,
    url: state.place.url,
    url_effective: /^[a-z]+:\/\//i.test(state.place.url) && state.redirects === 0 ? state.place.url : `http://${state.host}${state.target}`,
    urlnum: String(state.turn.target),
    onerror: '',
    stderr: '',
    stdout: '',
  };
}

/** The text after a transfer, and curl's complaints about variables that it does not have. */
export function writeOut(state: CurlState, time: number, code: number): { readonly text: string; readonly complaints: string } {
  const values = valuesOf(state, time, code);
  const { writeOut: format } = state.options;
  let complaints = '';
  const text = format.replace(/%%|%\{(\w+)\}|\\([ntr])/g, (whole, name: string | undefined, escape: string | undefined) => {
    if (whole === '%%') return '%';
    if (name === undefined) return ESCAPES[escape ?? ''] ?? '';
    if (!Object.hasOwn(values, name)) complaints += `curl: unknown --write-out variable: '${name}'\n`;
    return values[name] ?? '';
  });
  return { text, complaints };
}
