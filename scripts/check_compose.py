"""Is docker-compose.yml a valid Compose file, and does it start the very commands that the demo starts?"""

import json
import sys
from pathlib import Path

import jsonschema
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from devstack import commands, postgres, valkey  # noqa: E402

SECRET_WORDS = ("PASSWORD", "SECRET", "KEYS", "DATABASE_URL", "EMAIL")


def faults(compose: dict) -> list[str]:
    """What is wrong with it, one sentence each; empty when nothing is."""
    schema = json.loads((ROOT / "deploy" / "compose.schema.json").read_text())
    found = [
        f"{'/'.join(map(str, error.absolute_path)) or 'the file'}: {error.message}"
        for error in jsonschema.Draft7Validator(schema).iter_errors(compose)
    ]
    services = compose.get("services", {})
    for name, command in {**commands.PORTAL, "migrate": commands.MIGRATE}.items():
        if services.get(name, {}).get("command") != list(command):
            found.append(f"services/{name}: the command must be {list(command)}, as in devstack/commands.py")
    return found + server_faults(services) + secret_faults(compose)


def server_faults(services: dict) -> list[str]:
    """Database and broker must have the arguments that the tests ran with."""
    found = []
    given = set(services["db"]["environment"]["POSTGRES_INITDB_ARGS"].split())
    wanted = {argument for argument in postgres.INITDB_ARGUMENTS if not argument.startswith("--username")}
    if given != wanted:
        found.append(f"services/db: POSTGRES_INITDB_ARGS must be {sorted(wanted)}")
    words = services["broker"]["command"]
    settings = dict(zip(words[1::2], words[2::2], strict=True))
    kept = ("appendonly", "appendfsync", "save", "maxmemory-policy")
    return found + [
        f"services/broker: --{key} must be {valkey.SETTINGS[key]!r}"
        for key in kept
        if settings.get(f"--{key}") != valkey.SETTINGS[key]
    ]


def secret_faults(compose: dict) -> list[str]:
    """No secret stands in the file itself, each one used is declared, and only `migrate` is the owner."""
    found = []
    declared = set(compose.get("secrets", {}))
    for name, service in compose["services"].items():
        given = set(service.get("secrets", []))
        found += [f"services/{name}: secret {one} is not declared" for one in given - declared]
        for variable, value in service.get("environment", {}).items():
            if any(word in variable for word in SECRET_WORDS) and not variable.endswith("_FILE"):
                found.append(f"services/{name}: {variable} must come from a file")
            if value.startswith("/run/secrets/") and value.rpartition("/")[2] not in given:
                found.append(f"services/{name}: {variable} names a secret that it is not given")
        if "owner_database_url" in given and name != "migrate":
            found.append(f"services/{name}: only migrate connects as the owner")
    return found


if __name__ == "__main__":
    problems = faults(yaml.safe_load((ROOT / "docker-compose.yml").read_text()))
    for problem in problems:
        print(f"docker-compose.yml: {problem}")
    sys.exit(bool(problems))
