import type { Plugin } from 'vite';

/**
 * The picture that other sites show beside a link to this one. They want whole addresses, and a static build does not know its own:
 * `SITE_URL` (such as https://example.org/etcd-playground/) gives it; without it the tags are left out.
 */
export function socialPicture(siteUrl: string | undefined): Plugin {
  return {
    name: 'playground:social-picture',
    apply: 'build',
    transformIndexHtml: () => {
      if (siteUrl === undefined || siteUrl === '') return [];
      const at = (name: string): string => new URL(name, siteUrl.endsWith('/') ? siteUrl : `${siteUrl}/`).href;
      const tags: readonly (readonly [string, string])[] = [
        ['og:type', 'website'],
        ['og:url', at('./')],
        ['og:title', 'etcd playground'],
        ['og:description', 'An etcd cluster that lives in a browser tab, made to be broken.'],
        ['og:image', at('social.png')],
        ['og:image:width', '1200'],
        ['og:image:height', '630'],
        ['og:image:alt', 'Three members of an etcd cluster on a stage, one of them down, a request on its way, and the tape of time below'],
      ];
      const meta = tags.map(([property, content]) => ({ tag: 'meta', attrs: { property, content }, injectTo: 'head' as const }));
      return [...meta, { tag: 'meta', attrs: { name: 'twitter:card', content: 'summary_large_image' }, injectTo: 'head' as const }];
    },
  };
}
