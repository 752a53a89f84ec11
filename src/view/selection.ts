/**
 * What a visitor points at: one thing of the run, in the page's names. The page selects it, the conductor answers why it is as it is. Plain data.
 * Event ids are those of the trace, as feed items, flights and messages carry them.
 */

/** Members, clients and keys by name; leases in hex. */
export type Selection =
  | { readonly type: 'member'; readonly name: string }
  /** A message between members, or a call, an answer or a watch event: by the event that sent it. */
  | { readonly type: 'message'; readonly id: number }
  /** An entry as it lies in a member's log. */
  | { readonly type: 'entry'; readonly member: string; readonly index: number; readonly term: number }
  /** An event of the trace; `at` is its instant in virtual µs. */
  | { readonly type: 'event'; readonly id: number; readonly at: number }
  /** A client's request: by the event that opened its call. */
  | { readonly type: 'request'; readonly id: number }
  /** One way from one member to another. */
  | { readonly type: 'link'; readonly from: string; readonly to: string }
  | { readonly type: 'client'; readonly name: string }
  | { readonly type: 'key'; readonly key: string }
  /** A watch at a member: `client` by name, `call` and `watch` as the trace numbers them. */
  | { readonly type: 'watch'; readonly member: string; readonly client: string; readonly call: number; readonly watch: number }
  | { readonly type: 'lease'; readonly id: string }
  | { readonly type: 'term'; readonly term: number };

/** The same for the same thing, and different for different ones. */
function selectionKey(selection: Selection): string {
  const parts: readonly (string | number)[] = Object.values(selection);
  return parts.join('\n');
}

/** Whether both are the same thing, or both nothing. */
export function isSameSelection(a: Selection | undefined, b: Selection | undefined): boolean {
  return a === undefined || b === undefined ? a === b : selectionKey(a) === selectionKey(b);
}

/** The member that is selected; undefined if none, or something else is. */
export function selectedMember(selection: Selection | undefined): string | undefined {
  return selection?.type === 'member' ? selection.name : undefined;
}
