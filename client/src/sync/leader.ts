import type { CancelTimer } from '#schema/env.ts';
import type { ClientEnv } from '../env.ts';

/** The leading tab says so this often. */
export const HEARTBEAT_MS = 1_000;
/** After so long a silence another tab takes the lead by force. */
export const SILENCE_MS = 4_000;

/**
 * One tab of a device leads: it alone pushes and pulls. The lead is a Web Lock; a leader that was frozen still holds it, so it also has a heartbeat, and four
 * silent seconds let another tab steal the lock. Two leaders for a moment change nothing (SY5).
 */
export function followLeadership(
  env: Pick<ClientEnv, 'locks' | 'channel' | 'schedule' | 'now'>,
  name: string,
  onLead: (isLeader: boolean) => void,
): () => void {
  const channel = env.channel(`lead ${name}`);
  let heardAt = env.now();
  let isLeader = false;
  let stopped = false;
  let cancel: CancelTimer = () => undefined;
  let release: () => void = () => undefined;
  const stopListening = channel.listen(() => {
    heardAt = env.now();
  });

  const claim = (steal: boolean) => {
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const lead = () => {
      isLeader = true;
      onLead(true);
    };
    const lose = () => {
      if (isLeader) onLead(false);
      isLeader = false;
      // Stolen from a tab that was frozen: wait in line again.
      if (!stopped) claim(false);
    };
    env.locks.hold(`lead ${name}`, { steal }, lead, released).then(lose, lose);
  };

  const beat = () => {
    if (isLeader) channel.post('leading');
    else if (env.now() - heardAt > SILENCE_MS) {
      heardAt = env.now();
      claim(true);
    }
    cancel = env.schedule(HEARTBEAT_MS, beat);
  };

  claim(false);
  beat();
  return () => {
    stopped = true;
    cancel();
    release();
    stopListening();
    channel.close();
  };
}
