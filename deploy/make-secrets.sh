#!/bin/bash
# Makes the secrets that docker-compose.yml reads, in deploy/secrets/. What is there already is kept.
# Afterwards put the address of your mail server in deploy/secrets/email_url.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

made() { # made <name> <content>
    [ -e "$1" ] || printf '%s' "$2" > "$1"
}
random() { head -c 36 /dev/urandom | base64 | tr '+/' '-_'; }

for name in postgres_password portal_owner_password portal_app_password portal_eraser_password secret_key portal_keys; do
    made "$name" "$(random)"
done
made database_url "postgres://portal_app:$(cat portal_app_password)@db:5432/portal"
made owner_database_url "postgres://portal_owner:$(cat portal_owner_password)@db:5432/portal"
made email_url "smtp+tls://USER:PASSWORD@mail.example.org:587"

# The folder keeps others on this machine out. The files themselves must be readable by the user inside the
# container, which has another number.
chmod 700 . && chmod 444 ./*
echo "Secrets are in $(pwd). Change email_url, and keep portal_keys safe: without it no personal link works."
