/** Puts into a bounded map: beyond its limit the oldest entry is forgotten. */
export function rememberIn<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  map.set(key, value);
  if (map.size <= limit) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
