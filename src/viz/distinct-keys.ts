/** Keys of drawn messages. A message and its copies have one id, and elements with the same key would stay behind as ghosts. */

/** A key for each name, in their order: the name where it comes first, and `name.1`, `name.2`, … for its copies. */
export function distinctKeys(names: readonly (string | number)[]): readonly string[] {
  const seen = new Map<string | number, number>();
  return names.map((name) => {
    const copy = seen.get(name) ?? 0;
    seen.set(name, copy + 1);
    return copy === 0 ? String(name) : `${name}.${copy}`;
  });
}
