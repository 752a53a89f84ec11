/** Why what is selected is as it is, and below it what happened. */

import type { JSX } from 'react';
import { EventFeed } from '#ui/why/EventFeed.tsx';

export function WhyTab(): JSX.Element {
  return <EventFeed />;
}
