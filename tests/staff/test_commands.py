"""`flask staff`, from a shell on the server."""

import os
import pwd
import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from logistics.core.events import EventLog
from logistics.staff.models import Staff
from tests.cast import Cast
from tests.staff.conftest import sign_in, with_password

ONE_TIME = re.compile(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}")


def test_the_first_administrator_comes_in_by_a_command(app: Flask, client: FlaskClient, session: Session) -> None:
    answer = app.test_cli_runner().invoke(args=["staff", "add", "ada@lamp.example", "--role", "admin", "--name", "Ada"])

    assert answer.exit_code == 0, answer.output
    shown = ONE_TIME.search(answer.output)
    assert shown
    assert sign_in(client, "ada", shown.group()).status_code == 303
    person = session.scalars(select(Staff)).one()
    assert (person.name, person.role, person.demo) == ("Ada", "admin", False)


def test_each_command_puts_the_user_of_the_operating_system_into_the_log(app: Flask, session: Session) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=["staff", "add", "ada@lamp.example", "--role", "admin"])
    runner.invoke(args=["staff", "list"])
    runner.invoke(args=["staff", "password", "ADA@lamp.example"])

    user = pwd.getpwuid(os.getuid()).pw_name
    rows = session.scalars(select(EventLog).order_by(EventLog.id)).all()
    assert [row.data for row in rows if row.name == "CommandRun"] == [
        {"command": "staff add", "os_user": user},
        {"command": "staff list", "os_user": user},
        {"command": "staff password", "os_user": user},
    ]
    assert {row.actor_kind for row in rows} == {"system"}


def test_a_refused_command_changes_nothing_and_says_so_in_one_line(app: Flask, cast: Cast, session: Session) -> None:
    with_password(cast, "clerk")
    runner = app.test_cli_runner()
    for args in (["add", "clerk@lamp.example", "--role", "admin"], ["add", "no address", "--role", "admin"], ["password", "nobody@lamp.example"]):
        answer = runner.invoke(args=["staff", *args])
        assert answer.exit_code == 1
        assert answer.output.startswith("Error: ")
        assert "Traceback" not in answer.output

    assert runner.invoke(args=["staff", "add", "x@lamp.example", "--role", "owner"]).exit_code == 2
    assert len(session.scalars(select(Staff)).all()) == 1
    assert session.scalars(select(EventLog)).all() == []


def test_an_empty_house_has_nobody_and_says_what_to_do(app: Flask, session: Session) -> None:
    assert session.scalars(select(Staff)).all() == []
    assert "flask staff add" in app.test_cli_runner().invoke(args=["staff", "list"]).output


def test_a_lost_password_is_replaced_from_the_shell(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with_password(cast, "admin")

    shown = ONE_TIME.search(app.test_cli_runner().invoke(args=["staff", "password", "admin@lamp.example"]).output)

    assert shown
    assert sign_in(client, "admin").status_code == 401
    assert sign_in(client, "admin", shown.group()).status_code == 303
