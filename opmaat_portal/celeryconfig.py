"""How the worker works. The truth is the outbox in PostgreSQL: everything here may be lost or come twice."""

from datetime import timedelta

from django.conf import settings
from kombu import Queue

broker_url = settings.CELERY_BROKER_URL
broker_connection_retry_on_startup = True
broker_connection_max_retries = None  # for ever: a broker that comes back is found again
broker_transport_options = {
    # Above the longest task (task_time_limit), or the broker hands it to a second worker while it runs.
    "visibility_timeout": 900,
    # Look in them in this order, each time: `codes`, then what somebody waits for at a screen, receipts, papers; last
    # `rounds`, that goes on for an hour and for which nobody waits at a given minute.
    "queue_order_strategy": "priority",
    "socket_connect_timeout": 5,
    "health_check_interval": 10,
}
result_backend = None
task_ignore_result = True

task_queues = tuple(Queue(name) for name in ("codes", "sheets", "bulk", "documents", "rounds"))
task_default_queue = "bulk"
# A sweep is short and must not stand behind a round.
task_routes = {
    "notices.tasks.sweep": {"queue": "codes"},
    "policies.tasks.sweep_documents": {"queue": "codes"},
    "policies.tasks.*": {"queue": "documents"},
    "consent.tasks.sweep_piles": {"queue": "codes"},
    "consent.tasks.write_rounds": {"queue": "documents"},
    "consent.tasks.make_piles": {"queue": "sheets"},
    "publications.tasks.sweep": {"queue": "sheets"},
}

# A task is handed over when it is done, not when it is taken; a killed worker's task comes back.
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1
task_time_limit = 600
task_soft_time_limit = 570
worker_cancel_long_running_tasks_on_connection_loss = False

task_serializer = "json"
accept_content = ["json"]
enable_utc = True
timezone = "UTC"  # a local crontab skips an hour when the clock changes
worker_hijack_root_logger = False
worker_enable_remote_control = False
worker_send_task_events = False

# Each entry means "everything due since", so a tick that is missed or comes twice changes nothing; `expires`
# drops the ticks that piled up while no worker ran.
beat_schedule = {
    "sweep": {
        "task": "notices.tasks.sweep",
        "schedule": timedelta(seconds=settings.OUTBOX_SWEEP_SECONDS),
        "options": {"expires": settings.OUTBOX_SWEEP_SECONDS},
    },
    "sweep-documents": {
        "task": "policies.tasks.sweep_documents",
        "schedule": timedelta(seconds=settings.OUTBOX_SWEEP_SECONDS),
        "options": {"expires": settings.OUTBOX_SWEEP_SECONDS},
    },
    "sweep-piles": {
        "task": "consent.tasks.sweep_piles",
        "schedule": timedelta(seconds=settings.OUTBOX_SWEEP_SECONDS),
        "options": {"expires": settings.OUTBOX_SWEEP_SECONDS},
    },
    "sweep-publications": {  # a full look at every item: what the doorbell missed
        "task": "publications.tasks.sweep",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "reconcile-documents": {
        "task": "policies.tasks.reconcile_documents",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 300},
    },
    "write-rounds": {  # what opens today, and what a process that died left
        "task": "consent.tasks.write_rounds",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "ask-new-families": {
        "task": "consent.tasks.ask_new_families",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "remind": {
        "task": "consent.tasks.remind_due",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "tell-of-age": {  # each hour, not once a day: a beat that starts anew each night would never come to it
        "task": "consent.tasks.tell_of_age",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
    "forget-imports": {
        "task": "schools.tasks.forget_old_imports",
        "schedule": timedelta(hours=1),
        "options": {"expires": 3600},
    },
}
if settings.BOUNCE_MAILBOX:
    beat_schedule["read-bounces"] = {
        "task": "notices.tasks.read_bounces",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    }
