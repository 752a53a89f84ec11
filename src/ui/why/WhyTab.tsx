/** Why what is selected is as it is, and below it what happened. */

import type { JSX } from 'react';
import { EventFeed } from '#ui/why/EventFeed.tsx';
import { WhyAnswer } from '#ui/why/WhyAnswer.tsx';

export function WhyTab(): JSX.Element {
  return (
    <div className="why">
      <WhyAnswer />
      <EventFeed />
    </div>
  );
}
