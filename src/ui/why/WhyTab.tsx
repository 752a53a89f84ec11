/** Why what is selected is as it is, and below it what happened. */

import type { JSX } from 'react';
import { EventFeed } from '#ui/why/EventFeed.tsx';
import { MessageInspector } from '#ui/why/MessageInspector.tsx';
import { RequestLife } from '#ui/why/RequestLife.tsx';
import { WhyAnswer } from '#ui/why/WhyAnswer.tsx';

export function WhyTab(): JSX.Element {
  return (
    <div className="why">
      <WhyAnswer />
      <MessageInspector />
      <RequestLife />
      <EventFeed />
    </div>
  );
}
