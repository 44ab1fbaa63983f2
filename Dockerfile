# Two stages: the first builds, the second has only what runs. docker-compose.yml starts web, worker, beat
# and the migrations from this one image; the commands are those of devstack/commands.py.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends gettext \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY . .
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN for po in locale/*/LC_MESSAGES/*.po; do msgfmt --check-format -o "${po%.po}.mo" "$po"; done \
    && set -a && source deploy/placeholder.env && set +a \
    && /venv/bin/python manage.py collectstatic --noinput --verbosity=0 \
    && rm -rf tests devstack chaos bench scripts deploy/secrets

FROM python:3.11-slim-bookworm
# What WeasyPrint draws letters with.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin portal
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=opmaat_portal.settings.production \
    BIND_ADDRESS=0.0.0.0 \
    PORT=8000
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "-c", "deploy/gunicorn.conf.py", "opmaat_portal.wsgi"]
