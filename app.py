"""WSGI entry: `gunicorn app:app`, `flask --app app <command>`."""

from logistics import create_app

app = create_app()
