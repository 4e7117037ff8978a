import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { HttpProblem, invalidInput } from './http-problem.ts';

/** An answer that is not a plain 200 with JSON. */
export class Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** What a handler answers when it wrote the response itself (streams). */
export const STREAMED = Symbol('streamed');

interface Shape {
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.infer<Schema> : undefined;

/** Checked input of a request, and the request itself for what no schema describes. */
export interface HandlerInput<S extends Shape> {
  readonly params: Parsed<S['params']>;
  readonly query: Parsed<S['query']>;
  readonly body: Parsed<S['body']>;
  readonly request: Request;
  readonly response: Response;
}

const NOTHING = z.strictObject({});

/**
 * Parse → call → reply. What the shape leaves out must be empty: an unknown query parameter is refused like an unknown key. The handler's value
 * is answered as JSON with status 200; `Reply` gives another status; `STREAMED` says it answered itself. Whatever it throws becomes a problem.
 */
export function handle<const S extends Shape>(shape: S, handler: (input: HandlerInput<S>) => unknown): RequestHandler {
  return async (request, response) => {
    const params = shape.params ? parse(shape.params, request.params, 'params') : undefined;
    const query = parse(shape.query ?? NOTHING, request.query, 'query');
    const body = shape.body ? parse(shape.body, bodyOf(request), '') : undefined;
    // Each part was parsed by its own schema above; a conditional type cannot follow that.
    const input = { params, query: shape.query ? query : undefined, body, request, response } as unknown as HandlerInput<S>;
    const answer = await handler(input);
    if (answer === STREAMED) return;
    const reply = answer instanceof Reply ? answer : new Reply(200, answer ?? {});
    response.set({ 'Cache-Control': 'no-store', ...reply.headers });
    if (reply.status === 204) response.status(204).end();
    else if (typeof reply.body === 'string') response.status(reply.status).send(reply.body);
    else response.status(reply.status).json(reply.body);
  };
}

const MISSING_BODY = { field: '', problem: 'The body is missing.', remedy: 'Send a JSON object as application/json.' };

function parse(schema: z.ZodType, value: unknown, prefix: string): unknown {
  const parsed = schema.safeParse(value);
  if (!parsed.success && value === undefined) throw new HttpProblem('invalid_request', { errors: [MISSING_BODY] });
  if (!parsed.success) throw invalidInput(parsed.error, prefix);
  return parsed.data;
}

/** The parsed JSON body, undefined for none; body parsers leave it undefined also when the content type was another. */
function bodyOf(request: Request): unknown {
  if (request.body !== undefined) return request.body;
  const hasBody = request.headers['content-length'] !== '0' && request.headers['content-length'] !== undefined;
  if (hasBody || request.headers['transfer-encoding'] !== undefined)
    throw new HttpProblem('unsupported_media_type', { detail: 'Send the body as application/json.' });
  return undefined;
}
