import type { Frame } from '#view/frame.ts';

/** An instant before the head of the branch is shown, or lived again. */
export const isPast = (frame: Frame | undefined): frame is Frame => frame !== undefined && (frame.looking || frame.now < frame.head);
