/** Paths of the v2 store, as Go's package path treats them: rooted, without empty, `.` and `..` segments. */

/** path.Clean of a rooted path. */
export function cleanKey(path: string): string {
  const out: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') out.pop();
    else if (segment !== '' && segment !== '.') out.push(segment);
  }
  return `/${out.join('/')}`;
}

/** The segments of a clean path; none for `/`. */
export const segmentsOf = (path: string): readonly string[] => (path === '/' ? [] : path.slice(1).split('/'));

/** A name below a path. */
export const joinKey = (path: string, name: string): string => (path === '/' ? `/${name}` : `${path}/${name}`);
