/** What the database code needs of a logger: details first, then the sentence. A pino logger fits as it is. */
export interface DatabaseLog {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
