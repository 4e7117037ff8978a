import { PassThrough, pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Request, Response } from 'express';

/** Most bytes, compressed, that wait for a slow reader: about 800,000 records of a snapshot. */
const AHEAD_BYTES_MAX = 16 * 1024 * 1024;
/** A reader that takes nothing for so long is hung up on. */
const STALLED_MS_MAX = 60_000;

/** The reader hung up in the middle, or is so far behind that it must come again for the rest. */
export class ReaderGone extends Error {}

/**
 * Writes an answer in pieces, ahead of its reader, compressed when the reader can read that. What was read from the database waits here, so that no connection to it
 * waits for a tablet on a slow line (SY12). Nothing is answered before the first piece. Brotli would save a snapshot another seventh of its bytes and take five
 * times as long (`bench/snapshot.ts`).
 */
export class AheadWriter {
  readonly #response: Response;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #isZipped: boolean;
  readonly #encoder: NodeJS.ReadWriteStream & { readonly destroyed: boolean };
  /** Takes everything: it is asked for its length instead. */
  readonly #ahead = new PassThrough({ highWaterMark: Number.MAX_SAFE_INTEGER });
  #sent: Promise<void> | null = null;
  #goOn = () => {};

  constructor(request: Request, response: Response, headers: Readonly<Record<string, string>>) {
    this.#response = response;
    this.#headers = headers;
    this.#isZipped = request.acceptsEncodings('gzip') === 'gzip';
    this.#encoder = this.#isZipped ? createGzip() : new PassThrough();
    this.#encoder.on('drain', () => this.#goOn());
  }

  /** Resolves when the next piece may come, which no reader delays; throws `ReaderGone`. */
  readonly write = async (piece: string): Promise<void> => {
    this.#sent ??= this.#begin();
    if (this.#encoder.destroyed || this.#ahead.readableLength > AHEAD_BYTES_MAX) throw new ReaderGone();
    if (this.#encoder.write(piece)) return;
    await new Promise<void>((resolve) => {
      this.#goOn = resolve;
    });
  };

  /** No piece comes any more. Resolves when the reader has everything that was written, or is gone. */
  async end(): Promise<void> {
    this.#encoder.end();
    await this.#sent;
  }

  #begin(): Promise<void> {
    this.#response.set({ ...this.#headers, Vary: 'Accept-Encoding' });
    if (this.#isZipped) this.#response.set('Content-Encoding', 'gzip');
    this.#response.setTimeout(STALLED_MS_MAX, () => this.#response.destroy());
    this.#response.flushHeaders();
    return new Promise((resolve) => {
      pipeline(this.#encoder, this.#ahead, this.#response, () => {
        this.#goOn();
        resolve();
      });
    });
  }
}
