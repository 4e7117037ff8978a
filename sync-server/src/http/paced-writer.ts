import type { Response } from 'express';

/** The reader hung up in the middle. */
export class ReaderGone extends Error {}

/**
 * Writes to an answer as fast as its reader takes it. The writer throws `ReaderGone`. One listener serves every wait: the compression takes over who listens for
 * `drain` and does not give them back.
 */
export function pacedWriter(response: Response): (chunk: string) => Promise<void> {
  let goOn = () => {};
  response.on('drain', () => goOn());
  response.on('close', () => goOn());
  return async (chunk) => {
    if (response.destroyed) throw new ReaderGone();
    if (response.write(chunk)) return;
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
  };
}
