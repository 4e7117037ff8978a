import type { Random } from '../support/random.ts';
import type { Fault } from './faults.ts';
import { noteZNumbers } from './oracle.ts';
import type { SimTablet, World } from './world.ts';

const MINUTE_MS = 60_000;

/** Puts what the seed has chosen to go wrong into the calendar of the next `busyMs`. */
export function planFaults(world: World, busyMs: number): void {
  const random = world.random.fork();
  const plan = (fault: Fault, times: number, happen: (random: Random) => void) => {
    // Drawn whether or not it is chosen, so that switching one fault off leaves the others where they are.
    for (let i = 0; i < times; i += 1) {
      const own = random.fork();
      const at = own.next() * busyMs;
      if (world.faults.chosen.has(fault)) world.scheduler.after(null, at, () => world.faults.isHealing || happen(own));
    }
  };
  const say = (who: string, what: string) => world.trace.say(world.scheduler.now, who, what);
  const onTablet = (happen: (tablet: SimTablet, random: Random) => void) => (own: Random) => {
    const tablet = own.pick(world.tablets);
    if (tablet) happen(tablet, own);
  };
  const later = (own: Random, withinMs: number, task: () => void) => world.scheduler.after(null, own.next() * withinMs, task);

  plan(
    'offline',
    8,
    onTablet((tablet, own) => {
      say(tablet.browser.name, 'loses its network');
      tablet.browser.isOnline = false;
      world.network.changed();
      later(own, 2 * MINUTE_MS, () => {
        tablet.browser.isOnline = true;
        world.network.changed();
        if (own.chance(0.7)) tablet.browser.wake('online');
      });
    }),
  );
  plan(
    'tabs',
    6,
    onTablet((tablet) => {
      if (tablet.tabs.length < 3) world.openTab(tablet);
    }),
  );
  plan(
    'tabKill',
    10,
    onTablet((tablet, own) => {
      const tab = own.pick(tablet.tabs);
      if (!tab) return;
      say(tab.process.name, 'is killed');
      world.scheduler.kill(tab.process);
      later(own, 20_000, () => tablet.tabs.length === 0 && world.openTab(tablet));
    }),
  );
  plan(
    'browserKill',
    4,
    onTablet((tablet, own) => {
      say(tablet.browser.name, 'is killed with all its tabs');
      for (const { process } of tablet.tabs) world.scheduler.kill(process);
      later(own, 30_000, () => tablet.tabs.length === 0 && world.openTab(tablet));
    }),
  );
  plan(
    'evict',
    2,
    onTablet((tablet, own) => {
      say(tablet.browser.name, 'is closed, and the browser clears its stores');
      for (const { process } of tablet.tabs) world.scheduler.kill(process);
      tablet.browser.disk.evict();
      later(own, 20_000, () => tablet.tabs.length === 0 && world.openTab(tablet));
    }),
  );
  plan(
    'freeze',
    8,
    onTablet((tablet, own) => {
      const tab = own.pick(tablet.tabs);
      if (!tab) return;
      say(tab.process.name, 'freezes');
      world.scheduler.freeze(tab.process);
      later(own, MINUTE_MS, () => {
        say(tab.process.name, 'thaws');
        world.scheduler.thaw(tab.process);
      });
    }),
  );
  plan(
    'clockJump',
    4,
    onTablet((tablet, own) => {
      tablet.browser.clockOffsetMs += Math.round((own.next() - 0.5) * 7_200_000);
      say(tablet.browser.name, `has its clock at ${tablet.browser.clockOffsetMs} ms`);
    }),
  );
  plan('serverKill', 5, (own) => {
    world.killServer();
    later(own, 20_000, () => world.server ?? world.startServer());
  });
  plan('rewind', 2, (own) => {
    const copy = world.database.copy();
    say('server', `is copied at seq ${copy.head.seq}`);
    later(own, 2 * MINUTE_MS, () => {
      if (world.faults.isHealing) return;
      world.killServer();
      noteZNumbers(world, copy);
      world.restore(copy, own.chance(0.5));
      later(own, 20_000, () => world.server ?? world.startServer());
    });
  });
  plan(
    'signOut',
    3,
    onTablet((tablet, own) => {
      say(tablet.browser.name, 'must sign in again');
      tablet.isSignedIn = false;
      later(own, MINUTE_MS, () => {
        tablet.isSignedIn = true;
        for (const { workspace, process } of tablet.tabs) if (process.state === 'running') workspace?.syncNow();
      });
    }),
  );
  plan(
    'oldClient',
    1,
    onTablet((tablet, own) => {
      say(tablet.browser.name, 'is too old for the server');
      tablet.isOld = true;
      later(own, 2 * MINUTE_MS, () => {
        tablet.isOld = false;
      });
    }),
  );
  plan('revoked', 1, (own) => world.changeRole('paul', own.chance(0.7) ? null : 'auditor'));
  plan(
    'bitRot',
    2,
    onTablet((tablet, own) => {
      const gone = tablet.browser.disk.rot(own);
      if (gone === null) return;
      say(tablet.browser.name, `has a bad sector: ${gone}`);
      tablet.hadRot.push(tablet.session.device.id);
    }),
  );
}
