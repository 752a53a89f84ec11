/** What every run must keep, and whether this one did. */

import type { JSX } from 'react';
import { useView, useWords } from '#ui/playground-context.ts';

export function SafetyTab(): JSX.Element {
  const words = useWords();
  const safe = useView((state) => state.frame?.safe ?? true);
  const feed = useView((state) => state.feed);
  const violations = feed.filter((item) => item.fact.type === 'violated');
  return (
    <div className="scroll">
      <p role="status">{safe ? words.safety.kept : words.safety.violated}</p>
      <ul>
        {violations.map((item) => (
          <li key={item.seq}>{words.fact(item).text}</li>
        ))}
      </ul>
    </div>
  );
}
