#!/bin/bash
# Runs once, when the postgres container makes its cluster: roles, database, and the passwords of the roles.
# The same SQL as in the demo; only the passwords are added, from files in /run/secrets.
set -euo pipefail

here="${SQL_DIR:-/portal-sql}"
secrets="${SECRETS_DIR:-/run/secrets}"
psql=(psql -X -q -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres)

"${psql[@]}" -f "$here/roles.sql"
"${psql[@]}" -f "$here/database.sql"

for role in portal_owner portal_app portal_eraser; do
    # Through a psql variable, so that any character in a password stays a character.
    "${psql[@]}" -v role="$role" -v password="$(cat "$secrets/${role}_password")" \
        <<< "ALTER ROLE :\"role\" PASSWORD :'password';"
done
