/** The migrated database every test database is a copy of. */
export const TEMPLATE_DATABASE = 'pharmasaas_template';
