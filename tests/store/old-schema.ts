/** Takes back migration 10, with what it moved. */
export const withoutRetention = `
  UPDATE records SET body = json_set(body, '$.where', address, '$.run', run) WHERE client IS NOT NULL;
  DROP INDEX records_at; DROP INDEX records_address; DROP INDEX records_pending; DROP INDEX session_sign_ins_bound;
  ALTER TABLE records DROP COLUMN address; ALTER TABLE records DROP COLUMN pending_until;
`
