/** ARCHITECTURE.md, the compiler's project references and the folders of src must say the same about the layers. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

interface TsConfig {
  readonly compilerOptions?: { readonly lib?: readonly string[]; readonly types?: readonly string[] };
  readonly references: readonly { readonly path: string }[];
}

const tsconfig = (path: string): TsConfig => JSON.parse(read(path)) as TsConfig;
const nameOf = (reference: { readonly path: string }): string => reference.path.split('/').at(-1) ?? '';

const folders = readdirSync(new URL('src', ROOT), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

/** Layer → layers that it may import, by the table under "Layers". */
function documented(): Map<string, readonly string[]> {
  const rows = [...read('ARCHITECTURE.md').matchAll(/^\| `([a-z0-9]+)` \| [^|]+ \| ([^|]+) \|$/gm)];
  return new Map(rows.map((row) => [row[1] ?? '', row[2] === 'nothing' ? [] : (row[2] ?? '').split(', ')]));
}

describe('the layers', () => {
  it('stand in ARCHITECTURE.md as the compiler holds them', () => {
    const compiled = folders.map((name) => [name, tsconfig(`src/${name}/tsconfig.json`).references.map(nameOf)] as const);
    expect(Object.fromEntries(documented())).toEqual(Object.fromEntries(compiled));
  });

  it('are all built by tsc -b, the tests after them', () => {
    const all = tsconfig('tsconfig.json').references.map(nameOf);
    expect(all.filter((name) => name !== 'tsconfig.test.json').sort()).toEqual(folders);
    expect(all.at(-1)).toBe('tsconfig.test.json');
  });

  it('import only layers above them in the table, so there is no cycle', () => {
    const seen = new Set<string>();
    for (const [layer, imports] of documented()) {
      expect(
        imports.filter((name) => !seen.has(name)),
        layer,
      ).toEqual([]);
      seen.add(layer);
    }
  });

  it('of the engine see no platform', () => {
    const engine = [...documented().keys()];
    for (const layer of engine.slice(0, engine.indexOf('checker') + 1)) {
      const options = tsconfig(`src/${layer}/tsconfig.json`).compilerOptions;
      expect([options?.lib, options?.types], layer).toEqual([undefined, undefined]);
    }
    expect(tsconfig('tsconfig.base.json').compilerOptions).toMatchObject({ lib: ['es2023'], types: [] });
  });

  it('keep the page away from the engine', () => {
    for (const layer of ['ui', 'store', 'viz', 'words', 'view']) {
      expect(documented().get(layer), layer).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(sim|host|etcd|raft)$/)]));
    }
  });
});
