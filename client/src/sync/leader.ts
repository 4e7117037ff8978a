import { z } from 'zod';
import type { CancelTimer } from '#schema/env.ts';
import type { ClientEnv } from '../env.ts';

/** The leading tab says so this often. */
export const HEARTBEAT_MS = 1_000;
/** After so long a silence another tab takes the lead by force. */
export const SILENCE_MS = 4_000;

const beatSchema = z.literal('leading');

/**
 * One tab of a device leads: it alone pushes and pulls. The lead is a Web Lock; a leader that was frozen still holds it, so it also has a heartbeat, and four
 * silent seconds let another tab steal the lock. Two leaders for a moment change nothing (SY5).
 *
 * `onLead` is told true and false in turns, and never again after the answer was called.
 */
export function followLeadership(
  env: Pick<ClientEnv, 'locks' | 'channel' | 'schedule' | 'now'>,
  name: string,
  onLead: (isLeader: boolean) => void,
): () => void {
  const channel = env.channel(`lead ${name}`);
  let heardAt = env.now();
  let isStopped = false;
  let cancelTimer: CancelTimer = () => undefined;
  /** Lets go of the lead, or of the place in line. */
  let letGo: () => void = () => undefined;
  let isLeader = false;
  const stopListening = channel.listen((message) => {
    if (beatSchema.safeParse(message).success) heardAt = env.now();
  });

  const claim = (steal: boolean) => {
    // Whoever waits in line from before must not be handed the lead behind the back of this claim.
    letGo();
    let holdsLock = false;
    let isGivenUp = false;
    const released = new Promise<void>((resolve) => {
      letGo = () => {
        isGivenUp = true;
        resolve();
      };
    });
    const onHeld = () => {
      if (isGivenUp || isStopped) return;
      holdsLock = true;
      isLeader = true;
      channel.post('leading');
      onLead(true);
    };
    const onGone = () => {
      if (!holdsLock || isStopped) return;
      isLeader = false;
      heardAt = env.now();
      onLead(false);
      // Stolen, because this tab was silent: wait in line again.
      claim(false);
    };
    env.locks.hold(`lead ${name}`, { steal }, onHeld, released).then(onGone, onGone);
  };

  const beat = () => {
    if (isLeader) channel.post('leading');
    else if (env.now() - heardAt >= SILENCE_MS) {
      heardAt = env.now();
      claim(true);
    }
    cancelTimer = env.schedule(HEARTBEAT_MS, beat);
  };

  claim(false);
  cancelTimer = env.schedule(HEARTBEAT_MS, beat);
  return () => {
    isStopped = true;
    isLeader = false;
    cancelTimer();
    letGo();
    stopListening();
    channel.close();
  };
}
