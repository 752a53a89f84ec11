import type { Plugin } from 'vite';

/** What the built page may load: its own files and nothing else; no inline scripts, no inline styles. */
const POLICY: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'worker-src': "'self'",
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** What the development server needs beyond that: the refresh preamble is an inline script, styles are, and updates come by a socket. */
const DEVELOPMENT: Readonly<Record<string, string>> = {
  ...POLICY,
  'script-src': "'self' 'unsafe-inline'",
  'style-src': "'self' 'unsafe-inline'",
  'connect-src': "'self' ws: wss:",
};

/** Puts the Content-Security-Policy into index.html, in its first place, so that it holds for everything after it. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'playground:content-security-policy',
    transformIndexHtml: {
      order: 'post',
      handler(_html, context) {
        const policy = context.server === undefined ? POLICY : DEVELOPMENT;
        const content = Object.entries(policy)
          .map(([directive, sources]) => `${directive} ${sources}`)
          .join('; ');
        return [{ tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content }, injectTo: 'head-prepend' }];
      },
    },
  };
}
