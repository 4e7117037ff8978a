import { NetworkLine } from './network.ts';
import { Program } from './program.ts';
import { allSent, openTill, signIn } from './screen-steps.ts';
import { STORY_PASSWORD, Stack } from './stack.ts';
import { Tablet } from './tablet.ts';

/** A fresh pharmacy with one till, which its owner has opened on the one tablet, behind a line that can be cut. Everything is sent. */
export interface OneTill {
  readonly stack: Stack;
  readonly line: NetworkLine;
  readonly tablet: Tablet;
  readonly program: Program;
  readonly tillId: string;
  readonly close: () => Promise<void>;
}

/** Makes it. `prepare` runs before the tablet is switched on. */
export async function openOneTill(
  owner: string,
  options: {
    readonly prepare?: (program: Program) => Promise<void>;
    readonly switchOn?: Parameters<Tablet['switchOn']>[0];
  } = {},
): Promise<OneTill> {
  const stack = await Stack.start();
  const line = await NetworkLine.open(stack.port);
  const tablet = await Tablet.unpack(line.url);
  const program = await Program.createPharmacy(stack, owner);
  const { id: tillId } = await program.act('till.add', { name: 'Till 1' });
  await options.prepare?.(program);
  const page = await tablet.switchOn(options.switchOn);
  await signIn(page, owner, STORY_PASSWORD);
  await openTill(page, tillId);
  await allSent(page);
  const close = async () => {
    await tablet.discard();
    await line.close();
    await stack.stop();
  };
  return { stack, line, tablet, program, tillId, close };
}
