/** The tab of etcd's data. */

import type { JSX } from 'react';
import { KeysView } from '#ui/data/KeysView.tsx';

export function DataTab(): JSX.Element {
  return <KeysView />;
}
