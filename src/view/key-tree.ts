/** Keys as rows of a list, or of a tree that is cut at each `/`. etcd has no folders: a folder here is what several keys begin with. */

/** A row; `index` is the key's place in the list, undefined for a folder. */
export interface KeyRow {
  readonly id: string;
  readonly name: string;
  /** From 1. */
  readonly level: number;
  readonly index: number | undefined;
  readonly count: number;
  readonly open: boolean;
  /** Place among its siblings, from 1, and how many there are. */
  readonly place: number;
  readonly siblings: number;
}

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly keys: { readonly name: string; readonly index: number }[];
  count: number;
}

const newFolder = (): Folder => ({ folders: new Map(), keys: [], count: 0 });

export function listRows(names: readonly string[]): readonly KeyRow[] {
  return names.map((name, index) => ({
    id: `k${index}`,
    name,
    level: 1,
    index,
    count: 1,
    open: false,
    place: index + 1,
    siblings: names.length,
  }));
}

/** @param isOpen says of a folder's path (with its `/`) whether what is in it is shown */
export function treeRows(names: readonly string[], isOpen: (path: string) => boolean): readonly KeyRow[] {
  const root = newFolder();
  names.forEach((name, index) => {
    let folder = root;
    folder.count++;
    let from = 0;
    // A leading slash belongs to the first name.
    for (let at = name.indexOf('/', 1); at !== -1 && at < name.length - 1; at = name.indexOf('/', at + 1)) {
      const part = name.slice(from, at + 1);
      const known = folder.folders.get(part) ?? newFolder();
      folder.folders.set(part, known);
      folder = known;
      folder.count++;
      from = at + 1;
    }
    folder.keys.push({ name: name.slice(from), index });
  });
  const rows: KeyRow[] = [];
  const walk = (folder: Folder, path: string, level: number): void => {
    const siblings = folder.folders.size + folder.keys.length;
    let place = 0;
    for (const [part, inner] of folder.folders) {
      const here = path + part;
      const open = isOpen(here);
      rows.push({ id: `f${here}`, name: part, level, index: undefined, count: inner.count, open, place: ++place, siblings });
      if (open) walk(inner, here, level + 1);
    }
    for (const { name, index } of folder.keys)
      rows.push({ id: `k${index}`, name, level, index, count: 1, open: false, place: ++place, siblings });
  };
  walk(root, '', 1);
  return rows;
}
