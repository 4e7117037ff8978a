/**
 * Why the embedded database cannot run, in order of precedence:
 * - `data_folder_not_writable`: DATA_DIR cannot be created or written by this user.
 * - `data_folder_in_use`: another live server process owns this DATA_DIR.
 * - `no_database_account`: run as root, and no unprivileged account can be used (PostgreSQL refuses root).
 * - `data_unreachable`: the data exists, but not where the database may enter, or the recorded place is gone.
 * - `data_version_mismatch`: the data was written by another major version of PostgreSQL.
 * - `binaries_unusable`: the packaged programs are missing for this platform or do not run.
 * - `start_failed`: initdb or postgres ended early, or did not get ready in time.
 */
export type EmbeddedPostgresErrorCode =
  | 'data_folder_not_writable'
  | 'data_folder_in_use'
  | 'no_database_account'
  | 'data_unreachable'
  | 'data_version_mismatch'
  | 'binaries_unusable'
  | 'start_failed';

/** Thrown when the embedded database cannot be started; `message` is for the operator and names the remedy. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}
