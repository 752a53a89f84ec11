import { describe, expect, it } from 'vitest';
import { socialPicture } from './vite-social.ts';

/** The tags that a build for an address puts into the page. */
function tagsFor(siteUrl: string | undefined): unknown {
  const { transformIndexHtml } = socialPicture(siteUrl);
  // The plugin gives a function without the rest of Vite's hook.
  return typeof transformIndexHtml === 'function' ? Reflect.apply(transformIndexHtml, undefined, []) : undefined;
}

describe('the social picture', () => {
  it.each(['https://example.org/etcd-playground', 'https://example.org/etcd-playground/'])(
    'is linked by its whole address, built for %s',
    (site) => {
      expect(tagsFor(site)).toContainEqual({
        tag: 'meta',
        attrs: { property: 'og:image', content: 'https://example.org/etcd-playground/social.png' },
        injectTo: 'head',
      });
      expect(tagsFor(site)).toContainEqual({
        tag: 'meta',
        attrs: { name: 'twitter:card', content: 'summary_large_image' },
        injectTo: 'head',
      });
    },
  );

  it('is not linked by a build that does not know its address', () => {
    expect(tagsFor(undefined)).toEqual([]);
  });
});
